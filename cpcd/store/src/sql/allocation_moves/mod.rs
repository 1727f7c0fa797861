//! What moves parts of allocations between nodes, or ends them: each in one transaction, with its events.
//!
//! Whoever changes a part holds the rows of its nodes first, of the one that provides and of the one that asked, in the order of their
//! ids; then those of the allocations, in the order of theirs. So a status that changes at the same time is waited for, and nobody
//! waits for each other. What is decided is decided on rows that are held, and written by a few statements whatever their number.

mod answers;
mod directives;
mod draining;
mod ending;
mod lists;
mod placing;
mod rows;
mod unplacing;
mod writing;

use std::time::Duration;

use cpcd_model::{
    allocation::Requester,
    id::{AllocationId, NodeId},
    labels::Labels,
};
use serde_json::json;
use uuid::Uuid;

use super::NewEvent;

pub use self::{
    answers::NewAnswer,
    directives::{Directives, Given},
    draining::SetScheduling,
    lists::{PartKey, WaitingPart},
    placing::{Outcome, Placing},
};

/// An exclusive part is placed again so long after the deadline that its node was last told.
pub const EXCLUSIVE_WAIT: Duration = Duration::from_secs(5);
/// Most parts on one node: what a node is told of them has to fit into an answer.
pub const MOST_PARTS_OF_NODE: i64 = 256;
/// Most nodes that a part remembers to have been refused by.
const MOST_REFUSALS: usize = 100;

/// An allocation of which something has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// What has happened, such as `allocation.moved`.
    pub kind: &'static str,
    /// Whom it counts for.
    pub owner_id: Option<Uuid>,
    /// Who asked for it.
    pub requester: Requester,
    /// Its labels.
    pub labels: Labels,
    /// Its epoch now.
    pub epoch: u64,
    /// Nodes that are to do something else now, with the version of it.
    pub nodes: Vec<(NodeId, u64)>,
    /// Why.
    pub reason: String,
}

impl Moved {
    /// Gives the event that tells of it.
    #[must_use]
    pub fn event(&self) -> NewEvent {
        NewEvent {
            kind: self.kind,
            subject_id: self.allocation_id.uuid(),
            payload: json!({
                "owner_id": self.owner_id,
                "requester_id": self.requester.uuid(),
                "labels": self.labels,
                "epoch": self.epoch,
                "nodes": self.nodes.iter().map(|(id, version)| json!([id.uuid(), version])).collect::<Vec<_>>(),
                "reason": self.reason,
            }),
        }
    }
}
