//! Events: who is told what, in which order, and what a cut costs.

mod receiver;
mod sse;
mod watch;
mod webhooks;

use cpc_proto::{
    clients::event_service_client::EventServiceClient,
    v1::{self, watch_events_response::What},
};
use serde_json::Value;
use tonic::Streaming;
use uuid::Uuid;

use crate::harness::{Bearer, Client, Daemon, Engine, within};

impl Daemon {
    async fn events(&self, token: Option<&str>) -> EventServiceClient<Client> {
        let bearer = Bearer(token.map(Into::into));
        EventServiceClient::with_interceptor(self.channel().await, bearer).max_decoding_message_size(64 << 20)
    }
}

/// Follows events of some kinds from a cursor.
async fn watch(daemon: &Daemon, token: &str, kinds: &[&str], cursor: &str) -> Streaming<v1::WatchEventsResponse> {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let request = v1::WatchEventsRequest { cursor: cursor.into(), kinds, ..Default::default() };
    daemon.events(Some(token)).await.watch_events(request).await.expect("a watch").into_inner()
}

async fn next(told: &mut Streaming<v1::WatchEventsResponse>) -> v1::WatchEventsResponse {
    within("an answer", told.message()).await.expect("the watch goes on").expect("the watch goes on")
}

/// Gives the next event, past what only moves the cursor.
async fn next_event(told: &mut Streaming<v1::WatchEventsResponse>) -> (String, v1::Event) {
    loop {
        let response = next(told).await;
        match response.what {
            Some(What::Event(event)) => return (response.cursor, event),
            Some(What::Gap(_)) => panic!("a gap"),
            None => {}
        }
    }
}

/// An event to be recorded.
struct Recorded {
    kind: &'static str,
    subject: Uuid,
    payload: Value,
}

fn recorded(kind: &'static str, subject: Uuid, payload: Value) -> Recorded {
    Recorded { kind, subject, payload }
}

/// Records events behind the daemon's back, all in one transaction.
async fn record(daemon: &Daemon, engine: &Engine, events: &[Recorded]) {
    let rows = events.iter().map(|Recorded { kind, subject, payload }| {
        let payload = payload.to_string().replace('\'', "''");
        if engine.url.is_empty() {
            let now = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";
            format!("('{kind}', x'{}', '{payload}', {now})", subject.simple())
        } else {
            format!("('{kind}', '{subject}', '{payload}', now())")
        }
    });
    let rows: Vec<_> = rows.collect();
    let statement = format!("INSERT INTO events (kind, subject_id, payload, created_at) VALUES {}", rows.join(", "));
    daemon.execute(engine, &statement).await;
}
