//! The search index's messages.

use cpc_proto::v1;
use cpcd_domain::discovery::{IndexRebuild, IndexStatus};

use super::Wire;

impl Wire for IndexStatus {
    type Message = v1::GetIndexStatusResponse;

    fn to_wire(&self) -> Self::Message {
        v1::GetIndexStatusResponse {
            engine: self.engine.to_owned(),
            is_ok: self.answer.is_ok(),
            message: self.answer.as_ref().err().map(ToString::to_string).unwrap_or_default(),
            contents: self.contents,
            indexed: self.indexed.unwrap_or_default(),
            pending: self.pending,
            lag_ms: u64::try_from(self.lag.as_millis()).unwrap_or(u64::MAX),
            failed: self.failed,
            failures: self
                .failures
                .iter()
                .map(|failure| v1::IndexFailure {
                    content_id: failure.content_id.to_string(),
                    version: failure.version,
                    reason: failure.reason.clone(),
                    failed_at: Some(failure.failed_at.to_wire()),
                })
                .collect(),
            rebuild: self.rebuild.as_ref().map(Wire::to_wire),
        }
    }
}

impl Wire for IndexRebuild {
    type Message = v1::RebuildIndexResponse;

    fn to_wire(&self) -> Self::Message {
        v1::RebuildIndexResponse {
            done: self.done,
            total: self.total,
            started_at: Some(self.started_at.to_wire()),
            finished_at: self.finished_at.map(|time| time.to_wire()),
        }
    }
}
