//! The messages of events.

use cpc_proto::v1;
use cpcd_domain::events::{About, Happened, News, ShownWebhook, Watched};
use cpcd_model::{Error, Result};

use super::Wire;

impl Wire for Happened {
    type Message = v1::Event;

    fn to_wire(&self) -> v1::Event {
        use v1::event::Subject;
        let subject = match &self.about {
            About::Node(seen) => Some(Subject::Node(seen.to_wire())),
            About::Allocation(shown) => Some(Subject::Allocation(shown.to_wire())),
            About::Gone(id) => Some(Subject::GoneId(id.hyphenated().to_string())),
            About::Nothing => None,
        };
        v1::Event {
            kind: self.kind.clone(),
            subject_id: self.subject_id.hyphenated().to_string(),
            time: Some(self.time.to_wire()),
            reason: self.reason.clone(),
            subject,
            details: self.details.clone().into_iter().collect(),
        }
    }
}

impl Wire for Watched {
    type Message = v1::WatchEventsResponse;

    fn to_wire(&self) -> v1::WatchEventsResponse {
        use v1::watch_events_response::What;
        let what = match &self.news {
            News::Nothing => None,
            News::Event(happened) => Some(What::Event(happened.to_wire())),
            News::Gap => Some(What::Gap(v1::Gap {})),
        };
        v1::WatchEventsResponse { cursor: self.cursor.clone(), what }
    }
}

impl Wire for ShownWebhook {
    type Message = v1::Webhook;

    fn to_wire(&self) -> v1::Webhook {
        let Self { webhook, cursor } = self;
        let state = &webhook.state;
        v1::Webhook {
            id: webhook.id.to_string(),
            owner_id: webhook.owner_id.to_string(),
            url: webhook.url.clone(),
            kinds: webhook.kinds.clone(),
            created_at: Some(webhook.created_at.to_wire()),
            delivered_at: state.delivered_at.map(|time| time.to_wire()),
            failures: state.failures,
            last_error: state.last_error.clone(),
            next_attempt_at: state.next_attempt_at.map(|time| time.to_wire()),
            disabled_at: state.disabled_at.map(|time| time.to_wire()),
            cursor: cursor.clone(),
        }
    }
}

/// Gives an event as JSON, for webhooks.
///
/// # Errors
/// `INTERNAL`, for what cannot be written.
pub(crate) fn event_json(happened: &Happened) -> Result<serde_json::Value> {
    serde_json::to_value(happened.to_wire()).map_err(Error::internal)
}

/// Gives what the older call tells of the same: it knows nodes only.
pub(crate) fn watched_node(watched: &Watched) -> v1::WatchNodesResponse {
    use v1::watch_nodes_response::Event;
    let event = match &watched.news {
        News::Nothing => None,
        News::Gap => Some(Event::Gap(v1::Gap {})),
        News::Event(happened) => match &happened.about {
            About::Node(seen) => Some(Event::Changed(seen.to_wire())),
            About::Gone(id) => Some(Event::DeletedId(id.hyphenated().to_string())),
            About::Allocation(_) | About::Nothing => None,
        },
    };
    v1::WatchNodesResponse { cursor: watched.cursor.clone(), event }
}
