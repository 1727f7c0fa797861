//! Takes parts off nodes that are no more to be counted on.

use cpcd_model::{Result, allocation::PartState, id::NodeId, time::Timestamp};
use uuid::Uuid;

use super::{EXCLUSIVE_WAIT, Moved, rows::Held, writing::Change};
use crate::sql::Tx;

impl Tx {
    /// Holds nodes that are about to be taken out, and those that their allocations were asked for by, in the order of their ids.
    /// Before anything else is held.
    ///
    /// # Errors
    /// What the engine says, here as in all of these.
    pub async fn lock_nodes_to_unplace(&mut self, nodes: &[NodeId]) -> Result<()> {
        let nodes: Vec<_> = nodes.iter().map(|id| id.uuid()).collect();
        self.hold_nodes(&nodes, &[]).await
    }

    /// Takes all parts off nodes: they wait for another, and whoever holds one is told. After the node's row was changed so that
    /// nothing more is placed there, and in the same transaction.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn unplace_nodes(&mut self, nodes: &[NodeId], reason: &str, now: Timestamp) -> Result<Vec<Moved>> {
        let nodes: Vec<_> = nodes.iter().map(|id| id.uuid()).collect();
        // Mostly there are none, which takes one statement to know.
        if nodes.is_empty() || self.parts_on(&nodes).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.hold_nodes(&nodes, &[]).await?;
        self.hold_allocations(&nodes, &[]).await?;
        let held = self.parts_on(&nodes).await?;
        let changes: Vec<_> = held.into_iter().map(|held| unplaced(held, reason, None)).collect();
        self.write_parts("allocation.waiting", &changes, now).await
    }
}

/// Makes the change of a part that loses its node; whoever refused it does not provide for it, so then nothing is waited for.
pub(super) fn unplaced(was: Held, reason: &str, refused_by: Option<Uuid>) -> Change {
    let mut refused = was.refused.clone();
    if let Some(node) = refused_by.filter(|node| !refused.contains(node)) {
        refused.push(node);
        let over = refused.len().saturating_sub(super::MOST_REFUSALS);
        refused.drain(..over);
    }
    let not_before = (was.is_exclusive && refused_by.is_none()).then(|| was.deadline + EXCLUSIVE_WAIT);
    Change { node: None, state: PartState::Waiting, reason: reason.to_owned(), not_before, refused, was }
}
