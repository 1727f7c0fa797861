//! What a node says of the parts that it was given.

use cpcd_model::{
    Result,
    allocation::PartState,
    id::{AllocationId, NodeId},
    time::Timestamp,
};

use super::{Moved, unplacing::unplaced, writing::Change};
use crate::sql::Tx;

/// What a node says of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnswer {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// The part.
    pub number: u32,
    /// The epoch at which it was given.
    pub epoch: u64,
    /// Why it is refused; nothing if it is accepted.
    pub refusal: Option<String>,
}

impl Tx {
    /// Takes what a node says of its parts: one that is refused waits for another node, and remembers. What it says of parts that it
    /// has not, or has at another epoch, changes nothing.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn answer_parts(&mut self, node: NodeId, answers: &[NewAnswer], now: Timestamp) -> Result<Vec<Moved>> {
        let id = node.uuid();
        self.hold_nodes(&[id], &[]).await?;
        let mut ids: Vec<_> = answers.iter().map(|answer| answer.allocation_id.uuid()).collect();
        ids.sort_unstable();
        ids.dedup();
        self.hold_allocations(&[], &ids).await?;
        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        for part in self.parts_of(&ids).await? {
            let says = |answer: &&NewAnswer| {
                (answer.allocation_id.uuid(), i64::from(answer.number)) == (part.allocation, part.number)
                    && i64::try_from(answer.epoch) == Ok(part.part_epoch)
            };
            // The last word counts.
            let Some(answer) = answers.iter().rev().find(says).filter(|_| part.node == Some(id)) else { continue };
            match &answer.refusal {
                Some(reason) => refused.push(unplaced(part, reason, Some(id))),
                None if part.state == PartState::Placed => accepted.push(Change {
                    node: part.node,
                    state: PartState::Accepted,
                    reason: part.reason.clone(),
                    not_before: part.not_before,
                    refused: part.refused.clone(),
                    was: part,
                }),
                None => {}
            }
        }
        let mut moved = self.write_parts("allocation.accepted", &accepted, now).await?;
        moved.extend(self.write_parts("allocation.waiting", &refused, now).await?);
        Ok(moved)
    }
}
