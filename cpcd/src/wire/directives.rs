//! Messages of what a node is to do, and of what it says of it.

use cpc_proto::v1;
use cpc_signing::PeerId;
use cpcd_domain::registry::{Answer, Directives};
use cpcd_model::{allocation::Requester, time};

use super::Wire;

impl Wire for Directives {
    type Message = v1::Directives;

    fn to_wire(&self) -> v1::Directives {
        let given = self.given.iter().map(|given| v1::GivenPart {
            allocation_id: given.allocation_id.to_string(),
            number: given.number,
            epoch: given.epoch,
            resources: Some(given.resources.to_wire()),
            deadline: Some(given.deadline.to_wire()),
            expires_in_ms: u64::try_from(time::elapsed(self.as_of, given.deadline).as_millis()).unwrap_or(u64::MAX),
            requester_id: match given.requester {
                Requester::User(id) => id.to_string(),
                Requester::Node(id) => id.to_string(),
                Requester::Local => String::new(),
            },
            requester_peer_id: given
                .requester_key
                .map(|key| PeerId::of_key_bytes(&key).to_string())
                .unwrap_or_default(),
            labels: given.labels.clone().into_iter().collect(),
            exclusive: given.is_exclusive,
        });
        let held = self.held.iter().map(|held| v1::ResourceAllocation { request: None, ..held.to_wire() });
        v1::Directives {
            version: self.version,
            scheduling: self.scheduling.to_wire().into(),
            given: given.collect(),
            held: held.collect(),
            is_partial: self.is_partial,
        }
    }
}

/// Reads what a node says of a part.
pub(super) fn answer(message: &v1::PartAnswer) -> Answer {
    Answer {
        allocation_id: message.allocation_id.clone(),
        number: message.number,
        epoch: message.epoch,
        is_refused: message.refused,
        reason: message.reason.clone(),
    }
}
