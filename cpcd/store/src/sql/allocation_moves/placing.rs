//! Places parts on nodes: those that wait, and those whose node is being drained.

use std::collections::{HashMap, HashSet};

use cpcd_model::{Result, allocation::PartState, id::NodeId, time::Timestamp};
use uuid::Uuid;

use super::{Moved, PartKey, rows::HeldNode, unplacing::unplaced, writing::Change};
use crate::sql::Tx;

/// A part that is to be placed.
#[derive(Clone, Debug)]
pub struct Placing {
    /// The part.
    pub part: PartKey,
    /// The node that it is on, which is being drained; nothing if it waits.
    pub from: Option<NodeId>,
    /// Where it may go, best first.
    pub candidates: Vec<NodeId>,
    /// Why it moves, to be read with the part.
    pub reason: String,
}

/// What has become of a part that was to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on a node.
    Placed(NodeId),
    /// It waits for its old deadline, since no two nodes may provide for it.
    Waits,
    /// No candidate has room any more.
    NoRoom,
    /// It is not there any more, or not where it was thought to be.
    Gone,
}

impl Tx {
    /// Places parts, each on the first of its candidates that has room and no other part of its allocation; gives what has become of
    /// each, in their order, and what has moved.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn place_parts(&mut self, wanted: &[Placing], now: Timestamp) -> Result<(Vec<Outcome>, Vec<Moved>)> {
        let candidates = wanted.iter().flat_map(|one| one.candidates.iter().chain(&one.from)).map(|id| id.uuid());
        let mut nodes: Vec<_> = candidates.collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut ids: Vec<_> = wanted.iter().map(|one| one.part.allocation_id.uuid()).collect();
        ids.sort_unstable();
        ids.dedup();
        self.hold_placing(&nodes, &ids).await?;
        self.hold_allocations(&[], &ids).await?;
        let mut room: HashMap<Uuid, HeldNode> =
            self.held_nodes(&nodes).await?.into_iter().map(|node| (node.id, node)).collect();
        let parts = self.parts_of(&ids).await?;
        let mut taken: HashSet<(Uuid, Uuid)> =
            parts.iter().filter_map(|part| part.node.map(|node| (part.allocation, node))).collect();
        let parts: HashMap<_, _> = parts.into_iter().map(|part| ((part.allocation, part.number), part)).collect();
        let (mut outcomes, mut placed, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        for one in wanted {
            let Some(part) = parts.get(&(one.part.allocation_id.uuid(), i64::from(one.part.number))) else {
                outcomes.push(Outcome::Gone);
                continue;
            };
            let from = one.from.map(NodeId::uuid);
            let is_due = part.deadline > now && part.not_before.is_none_or(|time| time <= now);
            let is_leaving = from.is_none_or(|from| room.get(&from).is_some_and(|node| node.is_draining));
            if part.node != from || !is_due || !is_leaving {
                outcomes.push(Outcome::Gone);
                continue;
            }
            let fits = |id: &&NodeId| {
                let id = id.uuid();
                !part.refused.contains(&id)
                    && !taken.contains(&(part.allocation, id))
                    && room.get_mut(&id).is_some_and(|node| node.take(part.amounts))
            };
            let Some(to) = one.candidates.iter().find(fits).copied() else {
                outcomes.push(Outcome::NoRoom);
                continue;
            };
            let was = part.clone();
            if part.is_exclusive && from.is_some() {
                // There is room, so it leaves; but the node may think that it provides for it until the deadline.
                outcomes.push(Outcome::Waits);
                waiting.push(unplaced(was, &one.reason, None));
                continue;
            }
            taken.insert((part.allocation, to.uuid()));
            outcomes.push(Outcome::Placed(to));
            let (node, state, refused) = (Some(to.uuid()), PartState::Placed, part.refused.clone());
            placed.push(Change { was, node, state, reason: one.reason.clone(), not_before: None, refused });
        }
        let mut moved = self.write_parts("allocation.moved", &placed, now).await?;
        // Of one allocation some parts may have moved already.
        let raised: HashSet<_> = placed.iter().map(|change| change.was.allocation).collect();
        for change in &mut waiting {
            change.was.epoch += i64::from(raised.contains(&change.was.allocation));
        }
        moved.extend(self.write_parts("allocation.waiting", &waiting, now).await?);
        Ok((outcomes, moved))
    }

    /// Holds the nodes that something may move between, and those that the allocations were asked for by.
    async fn hold_placing(&mut self, nodes: &[Uuid], allocations: &[Uuid]) -> Result<()> {
        if !self.is_postgres() {
            return Ok(());
        }
        let _: Vec<(i32,)> = self
            .fetch_all(
                "SELECT 1 FROM nodes WHERE id IN (
                     SELECT unnest($1) UNION SELECT requester_id FROM allocations WHERE id = ANY($2) AND requester_kind = 'node'
                 ) ORDER BY id FOR NO KEY UPDATE",
                &[crate::sql::arg::Arg::UuidArray(nodes), crate::sql::arg::Arg::UuidArray(allocations)],
            )
            .await?;
        Ok(())
    }
}
