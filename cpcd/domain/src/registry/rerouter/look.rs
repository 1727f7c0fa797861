//! What a look does.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use cpcd_model::{
    Result,
    allocation::{AllocationState, Requester},
    id::NodeId,
};
use cpcd_store::sql::{Moved, Outcome, PartKey, Placing, Priority, WaitingPart};

use super::{LEASE, Rerouter};
use crate::registry::placement::{Ask, Avoid, Reach};

/// Parts that are placed in one transaction.
const BATCH: usize = 100;
/// Parts that are read at once, of those that are new and of those whose turn it is.
const READ: u32 = 1_000;
/// Parts that a look tries to place.
const MOST: usize = 1_000;
/// Allocations that are ended in one transaction, and how many such there are in a look.
const ENDED: u32 = 200;
const ENDINGS: usize = 10;
/// Nodes that are drained in a look.
const DRAINED: u32 = 100;
/// Nodes that a part may go to, since some of them may have filled up.
const CANDIDATES: usize = 4;
/// Longest that a look goes on; the lease lasts longer.
const LOOK_AT_MOST: Duration = Duration::from_secs(2);
/// Most parts of a node, see `cpcd_store`.
const MOST_PARTS_OF_NODE: usize = 256;
/// An event of another replica may be dated so much earlier than one that was seen before.
const OVERLAP: Duration = Duration::from_secs(10);

impl Rerouter {
    /// Ends what was not renewed before its deadline.
    pub(super) async fn expire(&mut self, epoch: u64) -> Result<()> {
        for _ in 0..ENDINGS {
            let now = self.clock.now();
            let overdue = self.store.list_overdue(now, ENDED).await?;
            if overdue.is_empty() {
                return Ok(());
            }
            let is_last = overdue.len() < ENDED as usize;
            let ended = self
                .store
                .write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        tx.require_lease(LEASE, epoch).await?;
                        tx.end_allocations(&overdue, AllocationState::Expired, Some(now), now).await
                    })
                })
                .await?;
            tracing::info!(allocations = ended.len(), "allocations were not renewed and have ended");
            self.moved(&ended).await?;
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Places what waits, as far as there is room.
    pub(super) async fn place_waiting(&mut self, epoch: u64) -> Result<()> {
        let (now, tick) = (self.clock.now(), self.clock.tick());
        let fresh = self.store.list_waiting(self.fresh, now, READ).await?;
        if fresh.is_empty() && self.fresh.is_none() {
            return Ok(());
        }
        match fresh.last().filter(|_| fresh.len() == READ as usize) {
            Some(last) => {
                self.fresh = Some((last.since, last.part));
                self.moves.go_on();
            }
            // All that are new have been seen, but for those that are dated from before.
            None => {
                let first = PartKey { allocation_id: uuid::Uuid::nil().into(), number: 0 };
                self.fresh = Some((now - OVERLAP, first));
            }
        }
        let turn = self.store.list_waiting(self.turn, now, READ).await?;
        self.turn = turn.last().filter(|_| turn.len() == READ as usize).map(|last| (last.since, last.part));
        if fresh.is_empty() && turn.is_empty() && self.turn.is_none() {
            // Nothing waits: that takes one statement to know from now on.
            self.fresh = None;
        }
        let mut seen = HashSet::new();
        let mut due: Vec<_> = fresh
            .into_iter()
            .chain(turn)
            .filter(|one| seen.insert(one.part) && self.backoff.is_due(one.part, tick))
            .collect();
        due.truncate(MOST);
        self.place(epoch, &due, "it was placed again").await
    }

    /// Moves what is on nodes that are being drained, as far as others have room; those that have nothing left are drained.
    pub(super) async fn drain(&mut self, epoch: u64) -> Result<()> {
        let draining = self.store.list_draining(self.drained, DRAINED).await?;
        self.drained = draining.last().filter(|_| draining.len() == DRAINED as usize).map(|(id, _)| *id);
        let (full, empty): (Vec<_>, Vec<_>) = draining.into_iter().partition(|(_, has_parts)| *has_parts);
        let tick = self.clock.tick();
        if !full.is_empty() {
            let ids: Vec<_> = full.into_iter().map(|(id, _)| id).collect();
            // So many that all of their parts are read at once: what cannot leave one node hides nothing of the next.
            for some in ids.chunks(READ as usize / MOST_PARTS_OF_NODE) {
                let mut left = self.store.list_parts_on(some, READ).await?;
                left.retain(|one| self.backoff.is_due(one.part, tick));
                self.place(epoch, &left, "its node is being drained").await?;
            }
        }
        if empty.is_empty() {
            return Ok(());
        }
        let (ids, now): (Vec<_>, _) = (empty.into_iter().map(|(id, _)| id).collect(), self.clock.now());
        let drained = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    tx.mark_drained(&ids, now).await
                })
            })
            .await?;
        for one in &drained {
            tracing::info!(node.id = %one.node, "a node is drained");
            self.moves.note_scheduling(one);
        }
        Ok(())
    }

    /// Places parts, batch after batch.
    async fn place(&mut self, epoch: u64, parts: &[WaitingPart], reason: &str) -> Result<()> {
        let mut reaches: HashMap<Requester, Reach> = HashMap::new();
        for batch in parts.chunks(BATCH) {
            // What is left has its turn later: the lease must not end meanwhile.
            if self.clock.tick().since(self.began) >= LOOK_AT_MOST {
                self.moves.go_on();
                break;
            }
            let (mut wanted, mut reasons) = (Vec::new(), Vec::new());
            for one in batch {
                let reach = match reaches.get(&one.requester) {
                    Some(reach) => reach.clone(),
                    None => Reach::of_requester(&self.store, one.requester, self.clock.now()).await?,
                };
                reaches.insert(one.requester, reach.clone());
                let ask = Ask::of(&self.store, &one.request, reach).await?;
                let refused = one.refused.iter().copied().map(NodeId::from);
                let avoid = Avoid {
                    nodes: refused.chain(one.node).collect(),
                    beside: one.siblings.iter().copied().map(NodeId::from).collect(),
                };
                let candidates = self.placements.propose(&ask, CANDIDATES, &avoid);
                if candidates.is_empty() {
                    reasons.push((one.part, lack(self.placements.explain(&ask, 1, &avoid).what, one)));
                    self.backoff.failed(one.part, self.clock.tick());
                    continue;
                }
                wanted.push(Placing { part: one.part, from: one.node, candidates, reason: reason.to_owned() });
            }
            self.write(epoch, wanted).await?;
            // Why it waits is for those that have no node; what is on one that is drained is where it is.
            reasons.retain(|(part, reason)| {
                batch.iter().any(|one| one.part == *part && one.node.is_none() && one.reason != *reason)
            });
            if !reasons.is_empty() {
                self.store
                    .write(Priority::Bulk, move |tx| {
                        Box::pin(async move {
                            tx.require_lease(LEASE, epoch).await?;
                            tx.update_part_reasons(&reasons).await
                        })
                    })
                    .await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, epoch: u64, wanted: Vec<Placing>) -> Result<()> {
        if wanted.is_empty() {
            return Ok(());
        }
        let (now, written) = (self.clock.now(), wanted.clone());
        let (outcomes, moved) = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    tx.place_parts(&written, now).await
                })
            })
            .await?;
        let tick = self.clock.tick();
        let mut stale = HashSet::new();
        for (one, outcome) in wanted.iter().zip(outcomes) {
            match outcome {
                Outcome::Placed(node) => {
                    tracing::info!(allocation.id = %one.part.allocation_id, part = one.part.number, node.id = %node, "a part was placed");
                    self.backoff.succeeded(one.part);
                }
                Outcome::NoRoom => {
                    stale.extend(one.candidates.iter().copied());
                    self.backoff.failed(one.part, tick);
                }
                Outcome::Waits | Outcome::Gone => self.backoff.succeeded(one.part),
            }
        }
        self.moved(&moved).await?;
        self.placements.refresh(&stale.into_iter().collect::<Vec<_>>()).await
    }

    /// Tells this replica of what has moved.
    async fn moved(&self, moved: &[Moved]) -> Result<()> {
        self.moves.note(moved);
        let nodes: HashSet<_> = moved.iter().flat_map(|one| one.nodes.iter().map(|(id, _)| *id)).collect();
        self.placements.refresh(&nodes.into_iter().collect::<Vec<_>>()).await
    }
}

/// Says why a part waits.
fn lack(what: &str, part: &WaitingPart) -> String {
    match (what, part.refused.len()) {
        ("nodes" | "placement", 0) => "no node fits its placement".into(),
        ("nodes" | "placement", count) => format!("no other node fits its placement; {count} refused it"),
        ("room", _) => "no node that fits its placement has room".into(),
        (amount, _) => format!("no node that fits its placement has so much {amount} left"),
    }
}
