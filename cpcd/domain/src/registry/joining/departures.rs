//! Removes nodes whose time is over: expired, not approved for too long, or ephemeral and gone.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Result,
    node::{Node, NodeStatus},
    time::{Clock, Tick, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{Departure, Priority},
};
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    super::{Config, moves::Moves, table::Table},
    removal::{Removed, remove},
};
use crate::{Caller, identity::Revoked};

const EVERY: Duration = Duration::from_secs(2);
const LEASE: &str = "departures";
/// Longer than a transaction takes; it is renewed for each.
const LEASE_TTL: Duration = Duration::from_secs(60);
/// Nodes that one transaction removes: some statements for each.
const CHUNK: u32 = 64;

/// Removes nodes whose time is over.
#[derive(Clone)]
pub struct Departures {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    moves: Moves,
    revoked: Revoked,
    pending_for: Duration,
    ephemeral_for: Duration,
    started: Tick,
}

impl Departures {
    pub(in crate::registry) fn new(
        store: &Store,
        clock: &Clock,
        config: &Config,
        table: Arc<Table>,
        moves: Moves,
        revoked: Revoked,
    ) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Self {
            store: store.clone(),
            clock: clock.clone(),
            table,
            moves,
            revoked,
            pending_for: seconds(config.pending_seconds),
            ephemeral_for: seconds(config.offline_seconds) + seconds(config.ephemeral_seconds),
            started: clock.tick(),
        }
    }

    /// Looks every two seconds, until `stop`. All replicas look, with one statement; only the lease's holder removes.
    pub async fn run(self, stop: CancellationToken) {
        let holder = Uuid::now_v7().to_string();
        loop {
            if let Err(error) = self.look(&Caller::system(), &holder).await {
                tracing::warn!(error = ?error, "nodes whose time is over were not removed; it is tried again");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(EVERY) => {}
            }
        }
        if let Err(error) = self.store.release_lease(LEASE, &holder).await {
            tracing::debug!(%error, "the lease of departures was not given back; it ends by itself");
        }
    }

    async fn look(&self, caller: &Caller, holder: &str) -> Result<()> {
        caller.require_system()?;
        loop {
            let now = self.clock.now();
            let departure = self.departure(now);
            let ids = self.store.list_departing(departure, CHUNK).await?;
            if ids.is_empty() {
                return Ok(());
            }
            let Some(epoch) = self.store.acquire_lease(LEASE, holder, LEASE_TTL, now).await? else { return Ok(()) };
            let (table, found) = (self.table.clone(), ids.len());
            let (removed, gone) = self
                .store
                .write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        tx.require_lease(LEASE, epoch).await?;
                        tx.lock_nodes_to_unplace(&ids).await?;
                        let mut nodes = tx.lock_departing(&ids, departure).await?;
                        // One that is back is not written as online yet.
                        nodes.retain(|node| {
                            why(node, departure) != Some(EPHEMERAL)
                                || table.view(node.id).is_none_or(|view| view.status == NodeStatus::Offline)
                        });
                        let (mut removed, mut gone) = (Removed::default(), Vec::new());
                        for reason in [EXPIRED, PENDING, EPHEMERAL] {
                            let some: Vec<_> =
                                nodes.iter().filter(|node| why(node, departure) == Some(reason)).cloned().collect();
                            if !some.is_empty() {
                                let Removed { revocations, moved } = remove(tx, &some, reason, now).await?;
                                removed.revocations.extend(revocations);
                                removed.moved.extend(moved);
                                gone.extend(some.iter().map(|node| node.id));
                            }
                        }
                        Ok((removed, gone))
                    })
                })
                .await?;
            gone.iter().for_each(|id| self.table.forget(*id));
            self.moves.note(&removed.moved);
            removed.revocations.iter().for_each(|revocation| self.revoked.add(revocation));
            if !gone.is_empty() {
                tracing::info!(nodes = gone.len(), "nodes were removed whose time was over");
            }
            if found < CHUNK as usize || gone.is_empty() {
                return Ok(());
            }
        }
    }

    fn departure(&self, now: Timestamp) -> Departure {
        // Whoever could not reach us while we were away gets the time to come back.
        let is_young = self.clock.tick().since(self.started) < self.ephemeral_for;
        let ephemeral = if is_young { Timestamp::UNIX_EPOCH } else { now - self.ephemeral_for };
        Departure { expired: now, pending: now - self.pending_for, ephemeral }
    }
}

const EXPIRED: &str = "expired";
const PENDING: &str = "not approved in time";
const EPHEMERAL: &str = "ephemeral and gone";

/// Says why a node is to go; nothing if it stays.
fn why(node: &Node, departure: Departure) -> Option<&'static str> {
    let heard = node.last_seen.unwrap_or(node.created_at);
    if node.expires_at.is_some_and(|at| at <= departure.expired) {
        Some(EXPIRED)
    } else if node.is_pending && node.created_at < departure.pending {
        Some(PENDING)
    } else if node.is_ephemeral && node.status == NodeStatus::Offline && heard < departure.ephemeral {
        Some(EPHEMERAL)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use cpcd_model::id::NodeId;

    use super::*;

    #[test]
    fn a_node_goes_for_one_reason() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let departure = Departure { expired: at(100), pending: at(50), ephemeral: at(20) };
        let node = Node::new(NodeId::generate(), [7; 32], at(10));
        assert_eq!(why(&node, departure), None);
        assert_eq!(why(&Node { expires_at: Some(at(101)), ..node.clone() }, departure), None);
        let expired = Node { expires_at: Some(at(100)), is_pending: true, ..node.clone() };
        assert_eq!(why(&expired, departure), Some(EXPIRED));
        assert_eq!(why(&Node { is_pending: true, ..node.clone() }, departure), Some(PENDING));
        let ephemeral = Node { is_ephemeral: true, ..node };
        assert_eq!(why(&ephemeral, departure), None, "it lives");
        let gone = Node { status: NodeStatus::Offline, ..ephemeral };
        assert_eq!(why(&gone, departure), Some(EPHEMERAL));
        assert_eq!(why(&Node { last_seen: Some(at(30)), ..gone }, departure), None, "it was heard of lately");
    }
}
