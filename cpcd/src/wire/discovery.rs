//! Discovery's messages.

use cpc_proto::v1;
use cpcd_domain::discovery::{BatchReport, Refusal, SearchResults};
use cpcd_model::{
    Result,
    content::{Content, Outcome, RawDraft, Visibility},
};

use super::{Wire, identity::unknown};

impl Wire for Content {
    type Message = v1::Content;

    fn to_wire(&self) -> v1::Content {
        let metadata = &self.metadata;
        let visibility = match metadata.visibility {
            Visibility::Public => v1::Visibility::Public,
            Visibility::Friends => v1::Visibility::Friends,
            Visibility::Private => v1::Visibility::Private,
        };
        v1::Content {
            id: self.id.to_string(),
            owner_id: self.owner_id.to_string(),
            metadata: Some(v1::ContentMetadata {
                id: self.id.to_string(),
                title: metadata.title.clone(),
                description: metadata.description.clone(),
                tags: metadata.tags.clone(),
                cid: metadata.cid.as_ref().map(ToString::to_string).unwrap_or_default(),
                size_bytes: metadata.size_bytes,
                media_type: metadata.media_type.clone(),
                visibility: visibility.into(),
                request_id: self.request_id.clone().unwrap_or_default(),
            }),
            availability: self.availability,
            version: self.version,
            created_at: Some(self.created_at.to_wire()),
            updated_at: Some(self.updated_at.to_wire()),
        }
    }
}

impl Wire for SearchResults {
    type Message = v1::SearchResults;

    fn to_wire(&self) -> v1::SearchResults {
        let hit = |(content, score): &(Content, f32)| v1::SearchHit { content: Some(content.to_wire()), score: *score };
        v1::SearchResults {
            hits: self.hits.iter().map(hit).collect(),
            next_page_token: self.next_page_token.clone(),
            total: self.total,
            total_is_exact: self.total_is_exact,
            degraded: self.degraded,
        }
    }
}

impl Wire for BatchReport {
    type Message = v1::PublishContentStreamResponse;

    fn to_wire(&self) -> Self::Message {
        v1::PublishContentStreamResponse {
            durable_through: self.durable_through,
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            refusals: self.refusals.iter().map(refusal).collect(),
        }
    }
}

/// Gives a refusal as a message.
fn refusal(refusal: &Refusal) -> v1::Refusal {
    v1::Refusal {
        sequence: refusal.sequence,
        reason: refusal.reason.as_str().to_owned(),
        field: refusal.field.clone(),
        message: refusal.message.clone(),
    }
}

/// Gives the answer to a publish.
pub(crate) fn publish_response(content: &Content, outcome: Outcome) -> v1::PublishResponse {
    let outcome = match outcome {
        Outcome::Created => v1::PublishOutcome::Created,
        Outcome::Updated => v1::PublishOutcome::Updated,
        Outcome::Unchanged => v1::PublishOutcome::Unchanged,
    };
    v1::PublishResponse { content: Some(content.to_wire()), outcome: outcome.into() }
}

/// Reads what a publisher says.
pub(crate) fn draft(message: v1::ContentMetadata) -> Result<RawDraft> {
    let visibility = match v1::Visibility::try_from(message.visibility) {
        Ok(v1::Visibility::Unspecified) => None,
        Ok(v1::Visibility::Public) => Some(Visibility::Public),
        Ok(v1::Visibility::Private) => Some(Visibility::Private),
        Ok(v1::Visibility::Friends) => Some(Visibility::Friends),
        Err(_) => return Err(unknown("visibility", message.visibility)),
    };
    Ok(RawDraft {
        id: message.id,
        title: message.title,
        description: message.description,
        tags: message.tags,
        cid: message.cid,
        size_bytes: message.size_bytes,
        media_type: message.media_type,
        visibility,
        request_id: message.request_id,
    })
}
