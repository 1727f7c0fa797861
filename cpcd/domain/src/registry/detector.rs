//! The detector: under a lease, looks at all nodes each second and writes who became online, degraded or offline.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cpcd_model::{
    Result,
    id::NodeId,
    node::NodeStatus,
    time::{Clock, Tick},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority, Transition},
};
use serde_json::json;
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Config,
    rules::{Grace, Rules},
    table::{Judged, Table},
};
use crate::caller::Caller;

const LEASE: &str = "detector";
const LEASE_TTL: Duration = Duration::from_secs(15);
/// A third of the lease: two attempts may fail.
const RENEW_EVERY: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Changes of one look; when more are due the next look takes them. One transaction has so many.
const MOST: usize = 2_000;

/// Judges who lives.
pub struct Detector {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    rules: Rules,
    grace: Duration,
    holder: String,
    /// Whether other daemons may live on the store.
    has_replicas: bool,
}

/// The lease as it was last taken or renewed.
#[derive(Clone, Copy)]
struct Held {
    epoch: u64,
    renewed: Tick,
}

impl Detector {
    pub(super) fn new(store: &Store, clock: &Clock, config: &Config, table: Arc<Table>) -> Self {
        Self {
            store: store.clone(),
            clock: clock.clone(),
            table,
            rules: config.rules(),
            grace: Duration::from_secs(config.grace_seconds.into()),
            holder: Uuid::now_v7().to_string(),
            has_replicas: store.engine() != "sqlite",
        }
    }

    /// Looks until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let caller = Caller::system();
        let mut grace = Grace::begin(self.grace, self.clock.tick());
        let (mut held, mut is_away) = (None, false);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(LOOK_EVERY) => {}
            }
            match self.look(&caller, &mut grace, &mut held).await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "nobody's status changes until the store answers");
                    }
                    is_away = true;
                }
            }
        }
        if let Err(error) = self.store.release_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the detector's lease was not given back; it ends by itself");
        }
    }

    async fn look(&self, caller: &Caller, grace: &mut Grace, held: &mut Option<Held>) -> Result<()> {
        caller.require_system()?;
        let now = self.clock.tick();
        let may_worsen = grace.look(now);
        let Some(Held { epoch, .. }) = self.hold(grace, held, now).await? else { return Ok(()) };
        let judged = self.table.judge(&self.rules, now, may_worsen && now >= grace.until(), MOST);
        if judged.is_empty() {
            return Ok(());
        }
        let changed = self.write(&judged, epoch, now).await?;
        for Judged { id, to, .. } in &judged {
            if changed.get(id) == Some(to) {
                self.table.change(*id, *to, now);
            }
        }
        let left: Vec<_> = judged.iter().filter(|judged| !changed.contains_key(&judged.id)).map(|j| j.id).collect();
        self.catch_up(&left).await
    }

    /// Takes or renews the lease; nothing while somebody else holds it. Taking it over begins a time of grace.
    async fn hold(&self, grace: &mut Grace, held: &mut Option<Held>, now: Tick) -> Result<Option<Held>> {
        if let Some(held) = held.filter(|held| now.since(held.renewed) < RENEW_EVERY) {
            return Ok(Some(held));
        }
        let epoch = self.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, self.clock.now()).await?;
        let before = held.map(|held| held.epoch);
        // A lease that lapsed is as good as lost: the store was away, and nobody could write whom they had heard of.
        let has_lapsed = held.is_none_or(|held| now.since(held.renewed) >= LEASE_TTL);
        *held = epoch.map(|epoch| Held { epoch, renewed: now });
        if epoch.is_some() && (epoch != before || has_lapsed) {
            grace.renew(now);
        }
        Ok(*held)
    }

    /// Writes changes with their events, in one transaction under the lease; gives those that were made.
    async fn write(&self, judged: &[Judged], epoch: u64, now: Tick) -> Result<HashMap<NodeId, NodeStatus>> {
        let wall = self.clock.now();
        let from: HashMap<NodeId, NodeStatus> = judged.iter().map(|judged| (judged.id, judged.from)).collect();
        let transitions: Vec<_> = judged
            .iter()
            .map(|judged| {
                let silent = now.since(judged.heard);
                let limit = match judged.to {
                    NodeStatus::Online => None,
                    NodeStatus::Degraded => Some(self.rules.degraded_after),
                    NodeStatus::Offline => Some(self.rules.offline_after),
                };
                Transition {
                    id: judged.id,
                    to: judged.to,
                    last_seen: judged.is_heard_here.then(|| wall - silent),
                    // Silence is measured here; another replica may have heard of it and have written so. Where there is none, the
                    // monotonic clock alone decides.
                    unless_seen_after: limit.filter(|_| self.has_replicas).map(|limit| wall - limit),
                }
            })
            .collect();
        let changed = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    let changed = tx.update_statuses(&transitions).await?;
                    let events: Vec<_> = changed
                        .iter()
                        .map(|(id, to)| NewEvent {
                            kind: "node.status",
                            subject_id: id.uuid(),
                            payload: json!({ "from": from.get(id).map(|from| from.as_str()), "status": to.as_str() }),
                        })
                        .collect();
                    if !events.is_empty() {
                        tx.insert_events(&events, wall).await?;
                    }
                    Ok(changed)
                })
            })
            .await?;
        for (id, to) in &changed {
            tracing::info!(node.id = %id, node.status = %to, "a node's status changed");
        }
        Ok(changed.into_iter().collect())
    }

    /// Takes over from the store what others know of nodes that did not change as we judged.
    async fn catch_up(&self, ids: &[NodeId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let (tick, wall) = (self.clock.tick(), self.clock.now());
        let known: HashMap<_, _> = self.store.get_nodes(ids).await?.into_iter().map(|node| (node.id, node)).collect();
        for id in ids {
            match known.get(id) {
                None => self.table.forget(*id),
                // A time to come is of a clock that was set back, and says nothing.
                Some(node) if node.last_seen.is_some_and(|seen| seen > wall) => {
                    self.table.heard_elsewhere(*id, node.status, Tick::default());
                }
                Some(node) => {
                    let silent =
                        node.last_seen.map_or(self.rules.offline_after, |seen| cpcd_model::time::elapsed(seen, wall));
                    self.table.heard_elsewhere(*id, node.status, tick.before(silent));
                }
            }
        }
        Ok(())
    }
}
