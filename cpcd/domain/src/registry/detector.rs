//! The detector: under a lease, looks at all nodes each second and writes who became online, degraded or offline.
//!
//! Every replica follows what the others hear and what is stored, and doubts for itself; the one with the lease judges. So whoever
//! takes the lease over has known all for as long as it has had no doubt, and needs no time of grace for the change of hands itself.
//! A replica that is still in its time of grace leaves the lease to one that is not. What a replica writes is fenced by the lease's
//! epoch: one that was cut off from the store or held up changes nothing any more.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

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
    brake::News,
    changes::Changes,
    judge::{Judge, Judgement},
    moment::Moment,
    moves::Moves,
    receiver::Receiver,
    signals::Signals,
    table::{Judged, Table},
};
use crate::caller::Caller;

const LEASE: &str = "detector";
const LEASE_TTL: Duration = Duration::from_secs(15);
/// A third of the lease: two attempts may fail.
const RENEW_EVERY: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What replicas that died have left is cleared away so long after.
const KEEP_DEAD: Duration = Duration::from_secs(600);
/// Changes that are written in one transaction.
const TOGETHER: usize = 100;
/// Longest that a look goes on with the next of them.
const LOOK_AT_MOST: Duration = Duration::from_secs(2);
const CLEAR_EVERY: Duration = Duration::from_secs(60);

/// Judges who lives.
pub struct Detector {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    judge: Judge,
    holder: String,
    held: Option<Held>,
    moves: Moves,
    /// The other replicas; nothing where there can be none.
    others: Option<Others>,
}

/// What a replica among others follows.
pub(super) struct Others {
    pub(super) signals: Arc<Signals>,
    pub(super) receiver: Receiver,
    pub(super) changes: Changes,
    pub(super) cleared: Tick,
}

/// The lease as it was last taken or renewed.
#[derive(Clone, Copy)]
struct Held {
    epoch: u64,
    renewed: Tick,
}

impl Detector {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        config: &Config,
        table: Arc<Table>,
        moves: Moves,
        others: Option<Others>,
    ) -> Self {
        Self {
            store: store.clone(),
            clock: clock.clone(),
            table,
            judge: Judge::begin(config, clock.tick()),
            holder: others.as_ref().map_or_else(Uuid::now_v7, |others| others.signals.id).to_string(),
            held: None,
            moves,
            others,
        }
    }

    /// Looks until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let caller = Caller::system();
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(LOOK_EVERY) => {}
            }
            match self.look(&caller).await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "nobody's status changes until the store answers");
                    }
                    is_away = true;
                }
            }
        }
        self.release().await;
    }

    /// Gives the lease to whoever takes it.
    pub(super) async fn release(&mut self) {
        self.held = None;
        if let Err(error) = self.store.release_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the detector's lease was not given back; it ends by itself");
        }
    }

    pub(super) async fn look(&mut self, caller: &Caller) -> Result<()> {
        caller.require_system()?;
        // A look that fails is none: when the next one comes late, silence proves nothing for a while.
        let (now, as_of, is_other_warm) = match &mut self.others {
            None => {
                let now = Moment::now(&self.clock);
                (now, now.tick, false)
            }
            Some(others) => {
                let known = others.receiver.read().await?;
                if known.is_doubtful {
                    self.judge.doubt(known.now.tick);
                }
                others.changes.follow().await?;
                (known.now, known.as_of, known.is_other_warm)
            }
        };
        let may_worsen = self.judge.is_sure(now.tick, as_of);
        if let Some(others) = &self.others {
            others.signals.is_warm.store(may_worsen, Ordering::Relaxed);
        }
        let held = self.hold(now, may_worsen || !is_other_warm).await?;
        let judgement = self.judge.look(&self.table, now, may_worsen.then_some(as_of), held.is_some());
        let Some(epoch) = held else { return Ok(()) };
        self.clear(now).await?;
        let Judgement { changes: judged, news } = &judgement;
        if judged.is_empty() && news.is_empty() {
            return Ok(());
        }
        // A dead node may provide for much: no look takes so long that the next one counts as late. What is left is judged anew then.
        let (first, rest) = judged.split_at(judged.len().min(TOGETHER));
        let mut changed = self.write(first, news, epoch, now, as_of).await?;
        for some in rest.chunks(TOGETHER) {
            if self.clock.tick().since(now.tick) >= LOOK_AT_MOST {
                break;
            }
            changed.extend(self.write(some, &[], epoch, now, as_of).await?);
        }
        self.judge.written(&self.table, &judgement, &changed, now.tick);
        let left: Vec<_> =
            judgement.changes.iter().filter(|judged| !changed.contains_key(&judged.id)).map(|j| j.id).collect();
        self.catch_up(&left).await
    }

    /// Takes the lease or renews it, unless somebody else could do better; gives its epoch, or nothing while somebody else holds it.
    async fn hold(&mut self, now: Moment, may_take: bool) -> Result<Option<u64>> {
        if !may_take {
            // Whoever could judge does.
            if self.held.is_some() {
                self.release().await;
            }
            return Ok(None);
        }
        if let Some(held) = self.held.filter(|held| now.tick.since(held.renewed) < RENEW_EVERY) {
            return Ok(Some(held.epoch));
        }
        let epoch = self.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, self.clock.now()).await?;
        self.held = epoch.map(|epoch| Held { epoch, renewed: now.tick });
        Ok(epoch)
    }

    /// Clears away what replicas that died have left, now and then.
    async fn clear(&mut self, now: Moment) -> Result<()> {
        let Some(others) = self.others.as_mut().filter(|others| now.tick.since(others.cleared) >= CLEAR_EVERY) else {
            return Ok(());
        };
        others.cleared = now.tick;
        let before = now.time - KEEP_DEAD;
        self.store
            .write(Priority::Bulk, move |tx| Box::pin(async move { tx.delete_liveness_before(before).await }))
            .await
    }

    /// Writes changes with their events, in one transaction under the lease; gives those that were made.
    pub(super) async fn write(
        &self,
        judged: &[Judged],
        news: &[News],
        epoch: u64,
        now: Moment,
        as_of: Tick,
    ) -> Result<HashMap<NodeId, NodeStatus>> {
        let (wall, known) = (now.time, now.time_of(as_of));
        let from: HashMap<NodeId, NodeStatus> = judged.iter().map(|judged| (judged.id, judged.from)).collect();
        let transitions: Vec<_> = judged
            .iter()
            .map(|judged| {
                let limit = match judged.to {
                    NodeStatus::Online => None,
                    NodeStatus::Degraded => Some(self.judge.rules.degraded_after),
                    NodeStatus::Offline => Some(self.judge.rules.offline_after),
                };
                Transition {
                    id: judged.id,
                    to: judged.to,
                    last_seen: judged.seen.map(|seen| now.time_of(seen)),
                    // A second line of defence: what a replica has written that it heard counts, whatever we think to know. Where
                    // there is but one, the monotonic clock alone decides.
                    unless_seen: limit.filter(|_| self.others.is_some()).map(|limit| (known - limit, wall)),
                }
            })
            .collect();
        let has_deaths = judged.iter().any(|judged| judged.to == NodeStatus::Offline);
        let changing: Vec<_> = judged.iter().map(|judged| judged.id).collect();
        let alarms: Vec<_> = news.iter().map(|news| self.alarm(news)).collect();
        let (changed, moved) = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    if has_deaths {
                        // All that changes here, so that all of it is locked in one order.
                        tx.lock_nodes_to_unplace(&changing).await?;
                    }
                    let changed = tx.update_statuses(&transitions).await?;
                    let events: Vec<_> = changed
                        .iter()
                        .map(|(id, to)| NewEvent {
                            kind: "node.status",
                            subject_id: id.uuid(),
                            payload: json!({ "from": from.get(id).map(|from| from.as_str()), "status": to.as_str() }),
                        })
                        .collect();
                    let events = [events, alarms].concat();
                    if !events.is_empty() {
                        tx.insert_events(&events, wall).await?;
                    }
                    // What was on them waits from now on for another node: in the same transaction, so that it is never forgotten.
                    let dead: Vec<_> =
                        changed.iter().filter(|(_, to)| *to == NodeStatus::Offline).map(|(id, _)| *id).collect();
                    let moved =
                        tx.unplace_nodes(&dead, "its node was not heard of and is taken for dead", wall).await?;
                    Ok((changed, moved))
                })
            })
            .await?;
        self.moves.note(&moved);
        news.iter().for_each(|news| self.log(news));
        for (id, to) in &changed {
            tracing::info!(node.id = %id, node.status = %to, "a node's status changed");
        }
        Ok(changed.into_iter().collect())
    }

    /// Makes the event of a brake that went on or let go.
    fn alarm(&self, News { realm, is_on, count }: &News) -> NewEvent {
        let payload = json!({
            "realm": self.table.realms.name(*realm),
            "state": if *is_on { "on" } else { "off" },
            "failing": count.failing,
            "baseline": count.baseline,
        });
        NewEvent { kind: "registry.brake", subject_id: Uuid::nil(), payload }
    }

    fn log(&self, News { realm, is_on, count }: &News) {
        let (realm, failing, baseline) = (self.table.realms.name(*realm), count.failing, count.baseline);
        if *is_on {
            tracing::warn!(
                realm,
                failing,
                baseline,
                "many nodes of a realm fail at once, so they are called degraded or offline slowly until that has ended"
            );
        } else {
            tracing::info!(realm, failing, baseline, "the nodes of a realm are judged as fast as usual again");
        }
    }

    /// Takes over from the store what others know of nodes that did not change as we judged.
    async fn catch_up(&self, ids: &[NodeId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let now = Moment::now(&self.clock);
        let known: HashMap<_, _> = self.store.get_nodes(ids).await?.into_iter().map(|node| (node.id, node)).collect();
        for id in ids {
            match known.get(id) {
                None => self.table.forget(*id),
                // A time to come is of a clock that was set back, and says nothing.
                Some(node) if node.last_seen.is_some_and(|seen| seen > now.time) => {
                    self.table.heard_elsewhere(*id, node.status, Tick::default());
                }
                Some(node) => {
                    let heard = node.last_seen.map_or_else(Tick::default, |seen| now.tick_of(seen.as_millisecond()));
                    self.table.heard_elsewhere(*id, node.status, heard);
                }
            }
        }
        Ok(())
    }
}
