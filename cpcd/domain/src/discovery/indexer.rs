//! The indexer: follows the marks that changes leave and brings the index up to the rows.
//!
//! An index of the daemon's own is its own to follow with. One that daemons share is followed by whichever of them holds the lease;
//! all that it says to the store it says under that lease, and the index itself takes no older version of anything, so that a daemon
//! that was held up and goes on can spoil neither.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    time::{Clock, Tick},
};
use cpcd_store::{
    Index, Store, Tx,
    index::{Change, Failure},
    sql::{IndexFailure, IndexMark, IndexRebuild, IndexState, Priority},
};
use futures_util::future::BoxFuture;
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::settled::Settled;

/// Marks taken at once: large enough for a commit of the index to be worth it, small enough to stay far below the lag promised.
const BATCH: u32 = 2_000;
/// Without a wake-up it looks by itself so often, at an index of its own: nobody else should write to the store.
const POLL_OWN: Duration = Duration::from_secs(1);
/// And at a shared one: most changes come from other daemons.
const POLL_SHARED: Duration = Duration::from_millis(500);
/// So often it is asked whether a shared index is still there and whether anybody wants another.
const CHECK_SHARED: Duration = Duration::from_secs(3);
/// Small batches follow each other no faster in a shared index: each costs the cluster a segment.
const GATHER: Duration = Duration::from_millis(100);
/// After a failure it waits, longer each time, up to this.
const BACKOFF_MIN: Duration = Duration::from_millis(200);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

const LEASE: &str = "indexer";
const LEASE_TTL: Duration = Duration::from_secs(15);
/// A third of the lease: two attempts may fail.
const RENEW_EVERY: Duration = Duration::from_secs(5);

/// Keeps the index in step with the store.
pub struct Indexer {
    pub(super) store: Store,
    pub(super) index: Index,
    pub(super) clock: Clock,
    changed: Arc<Notify>,
    settled: Arc<Settled>,
    holder: String,
}

/// What the indexer remembers from one round to the next.
#[derive(Default)]
pub(super) struct Memory {
    lease: Option<(u64, Tick)>,
    /// When index and rebuild were last looked at.
    checked: Option<Tick>,
    /// The index that is followed.
    pub(super) index_id: Option<Uuid>,
    /// Whether searches use it.
    pub(super) is_served: bool,
    /// The rebuild that is under way.
    pub(super) rebuild: Option<IndexRebuild>,
}

/// What comes after a round.
enum Next {
    /// Another one, after this.
    Again(Duration),
    /// Nothing is to be done until something changes.
    Rest(Duration),
    /// Nothing ever again: another index follows the store.
    Displaced,
}

impl Memory {
    /// Gives the lease that writes are made under, if the index is shared.
    pub(super) fn lease(&self) -> Option<(&'static str, u64)> {
        self.lease.map(|(epoch, _)| (LEASE, epoch))
    }
}

impl Indexer {
    pub(super) fn new(
        store: &Store,
        index: &Index,
        clock: &Clock,
        changed: Arc<Notify>,
        settled: Arc<Settled>,
    ) -> Self {
        let holder = Uuid::now_v7().to_string();
        Self { store: store.clone(), index: index.clone(), clock: clock.clone(), changed, settled, holder }
    }

    /// Sees to it that an index of the daemon's own follows the store: one that is new, or was parted from it, begins anew and gets
    /// everything. A shared one is looked after later, by whoever holds the lease: it may be away now.
    ///
    /// # Errors
    /// What store and index say.
    pub async fn prepare(&self) -> Result<()> {
        if self.index.is_shared() {
            return Ok(());
        }
        let state = self.store.get_index_state().await?;
        let stamp = self.index.stamp(state.map(|state| state.index_id)).await?;
        if fits(state, stamp).is_some() {
            return Ok(());
        }
        self.begin_anew(&mut Memory::default()).await
    }

    /// Runs until `stop`, or until another index follows the store; an outage of store or index is waited out.
    pub async fn run(self, stop: CancellationToken) {
        let mut memory = Memory::default();
        let mut backoff = BACKOFF_MIN;
        while !stop.is_cancelled() {
            let (pause, may_wake) = match self.round(&mut memory).await {
                Ok(Next::Displaced) => {
                    tracing::error!("another daemon indexes this store, or the store was replaced; search stops here");
                    self.index.displace();
                    return;
                }
                Ok(Next::Again(pause)) => {
                    backoff = BACKOFF_MIN;
                    (pause, false)
                }
                Ok(Next::Rest(pause)) => {
                    backoff = BACKOFF_MIN;
                    (pause, true)
                }
                Err(error) => {
                    if backoff == BACKOFF_MIN {
                        tracing::warn!(error = ?error, "indexing failed and is tried again");
                    } else {
                        tracing::debug!(error = ?error, "indexing failed again");
                    }
                    memory.checked = None;
                    if error.reason() == Reason::WriteConflict {
                        memory.lease = None;
                    }
                    let has_waited = backoff == BACKOFF_MAX;
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                    if has_waited && error.reason() == Reason::EngineAway && memory.lease.take().is_some() {
                        // It may be our way there that is broken, and not another daemon's: they go first.
                        self.give_lease_back().await;
                        backoff = LEASE_TTL;
                    }
                    (backoff, false)
                }
            };
            if pause.is_zero() {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.changed.notified(), if may_wake => memory.checked = None,
                () = time::sleep(pause) => {}
            }
        }
        if memory.lease.is_some() {
            self.give_lease_back().await;
        }
    }

    async fn give_lease_back(&self) {
        if let Err(error) = self.store.release_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the indexer's lease was not given back; it ends by itself");
        }
    }

    async fn round(&self, memory: &mut Memory) -> Result<Next> {
        let is_shared = self.index.is_shared();
        if is_shared && !self.hold(memory).await? {
            // Whoever has the lease sees what changes here; to ask for it with each change would be a write each.
            return Ok(Next::Again(RENEW_EVERY));
        }
        let marks = self.store.list_index_marks(BATCH).await?;
        let now = self.clock.tick();
        let is_due = memory.checked.is_none_or(|checked| now.since(checked) >= CHECK_SHARED);
        if is_shared && marks.is_empty() && !is_due && memory.rebuild.is_none() {
            return Ok(Next::Rest(POLL_SHARED));
        }
        let state = self.store.get_index_state().await?;
        let stamp = self.index.stamp(state.map(|state| state.index_id)).await?;
        let Some(state) = fits(state, stamp) else {
            // A shared index was lost, or ours was with its folder and is another one now; else somebody took our place.
            let is_lost = is_shared || stamp.map(|(id, _)| id) != memory.index_id;
            if !is_lost {
                return Ok(Next::Displaced);
            }
            self.begin_anew(memory).await?;
            return Ok(Next::Again(Duration::ZERO));
        };
        memory.index_id = Some(state.index_id);
        let reached = stamp.map_or(state.promised, |(_, generation)| generation);
        if is_due || !is_shared {
            memory.rebuild = self.store.get_index_rebuild().await?.filter(|rebuild| rebuild.finished_at.is_none());
            memory.checked = Some(now);
        }
        self.forget_lost_rebuild(memory, state.index_id).await?;
        let count = marks.len();
        let reached = if count == 0 { reached } else { self.follow(memory, state, marks).await? };
        let has_caught_up = count < BATCH as usize;
        if has_caught_up && is_shared && !memory.is_served {
            self.serve(memory, state.index_id).await?;
        }
        if memory.rebuild.is_some() {
            self.go_on_rebuilding(memory, state.index_id, reached, has_caught_up).await?;
            return Ok(Next::Again(if is_shared { Duration::ZERO } else { GATHER }));
        }
        Ok(match count {
            0 if is_shared => Next::Rest(POLL_SHARED),
            0 => Next::Rest(POLL_OWN),
            _ if is_shared && has_caught_up => Next::Again(GATHER),
            _ => Next::Again(Duration::ZERO),
        })
    }

    /// Begins the filling of an index beside anew if that index was lost: nothing can be written to it any more.
    async fn forget_lost_rebuild(&self, memory: &mut Memory, index_id: Uuid) -> Result<()> {
        if let Some(rebuild) = &mut memory.rebuild
            && let Some(beside) = rebuild.index_id.filter(|beside| *beside != index_id)
            && self.index.is_shared()
            && self.index.stamp(Some(beside)).await?.is_none()
        {
            (rebuild.index_id, rebuild.after, rebuild.done) = (None, Uuid::nil().into(), 0);
        }
        Ok(())
    }

    /// Takes or renews the lease; says whether it is ours.
    async fn hold(&self, memory: &mut Memory) -> Result<bool> {
        let now = self.clock.tick();
        if memory.lease.is_some_and(|(_, renewed)| now.since(renewed) < RENEW_EVERY) {
            return Ok(true);
        }
        let before = memory.lease.map(|(epoch, _)| epoch);
        let epoch = self.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, self.clock.now()).await?;
        if epoch != before {
            // Whatever was known of the index, another daemon may have changed since.
            *memory = Memory::default();
        }
        memory.lease = epoch.map(|epoch| (epoch, now));
        Ok(epoch.is_some())
    }

    /// Lets an empty index follow the store: it gets everything.
    pub(super) async fn begin_anew(&self, memory: &mut Memory) -> Result<()> {
        let index_id = self.index.clear().await?;
        let contents = self.store.follow_with_index(index_id, memory.lease(), self.clock.now()).await?;
        memory.index_id = Some(index_id);
        memory.is_served = false;
        tracing::info!(contents, "the index is new, or not that of the store as it is: all content is indexed again");
        Ok(())
    }

    /// Lets searches use the index, which has caught up.
    pub(super) async fn serve(&self, memory: &mut Memory, index_id: Uuid) -> Result<()> {
        let kept = memory.rebuild.as_ref().and_then(|rebuild| rebuild.index_id);
        let kept = match kept {
            Some(kept) => Some(kept),
            // Nobody has looked yet.
            None => self.store.get_index_rebuild().await?.filter(|r| r.finished_at.is_none()).and_then(|r| r.index_id),
        };
        self.index.serve(index_id, kept).await?;
        memory.is_served = true;
        Ok(())
    }

    /// Indexes one batch of marks; gives the generation that the index has reached.
    ///
    /// `cpcd_store::sql::IndexState` says why in this order.
    async fn follow(&self, memory: &Memory, state: IndexState, marks: Vec<IndexMark>) -> Result<u64> {
        let (changes, done) = self.read(marks).await?;
        let (index_id, generation) = (state.index_id, state.promised + 1);
        self.write(memory.lease(), move |tx| Box::pin(async move { tx.promise_index(index_id, generation).await }))
            .await?;
        if let Some(beside) = memory.rebuild.as_ref().and_then(|rebuild| rebuild.index_id)
            && self.index.is_shared()
        {
            self.index.fill(beside, changes.clone()).await?;
        }
        let failures = self.failures(self.index.apply(index_id, changes, generation).await?);
        self.write(memory.lease(), move |tx| {
            Box::pin(async move {
                tx.settle_index(index_id, generation).await?;
                let ids: Vec<_> = done.iter().map(|(id, _)| *id).collect();
                tx.delete_index_failures(&ids).await?;
                if !failures.is_empty() {
                    tx.upsert_index_failures(&failures).await?;
                }
                tx.delete_index_marks(&done).await
            })
        })
        .await
        .map_err(|error| {
            Error::new(error.reason(), "the marks of indexed content were not removed").with_source(error)
        })?;
        self.settled.set(Some((index_id, generation)));
        Ok(generation)
    }

    /// Reads what marks are about: the changes, and the marks with the versions that these bring.
    async fn read(&self, marks: Vec<IndexMark>) -> Result<(Vec<Change>, Vec<(cpcd_model::id::ContentId, u64)>)> {
        let ids: Vec<_> = marks.iter().map(|mark| mark.content_id).collect();
        let mut rows: HashMap<_, _> =
            self.store.list_contents_by_ids(&ids).await?.into_iter().map(|content| (content.id, content)).collect();
        let read = marks.into_iter().map(|mark| match rows.remove(&mark.content_id) {
            Some(content) => {
                let version = content.version.max(mark.version);
                (Change::Put(content), (mark.content_id, version))
            }
            None => (Change::Delete(mark.content_id, mark.version), (mark.content_id, mark.version)),
        });
        Ok(read.unzip())
    }

    /// Says in the log what the index refuses, and makes rows of it.
    pub(super) fn failures(&self, failures: Vec<Failure>) -> Vec<IndexFailure> {
        let failed_at = self.clock.now();
        let row = |Failure { id, version, reason }| {
            tracing::warn!(content.id = %id, content.version = version, reason, "the index refuses content");
            IndexFailure { content_id: id, version, reason, failed_at }
        };
        failures.into_iter().map(row).collect()
    }

    /// Does a write, under the lease if there is one.
    pub(super) async fn write<F>(&self, lease: Option<(&'static str, u64)>, job: F) -> Result<()>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<()>> + Send + 'static,
    {
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    if let Some((name, epoch)) = lease {
                        tx.require_lease(name, epoch).await?;
                    }
                    job(tx).await
                })
            })
            .await
    }
}

/// Gives the state if the index with this stamp fits it.
fn fits(state: Option<IndexState>, stamp: Option<(Uuid, u64)>) -> Option<IndexState> {
    let (index_id, generation) = stamp?;
    state.filter(|state| state.fits(index_id, generation))
}
