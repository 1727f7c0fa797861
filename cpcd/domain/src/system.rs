//! The daemon itself: its status, and the clearing away of what has served its time.

use std::{future::Future, time::Duration};

use cpcd_model::{
    Result,
    permission::{Level, Resource},
    time::Clock,
};
use cpcd_store::{Cache, Index, Store, cache, sql::Priority};
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Caller, discovery::Contents, identity::TOKENS_GONE};

/// Events, tombstones and allocations that have ended are kept so long: whoever follows them may be away for a day.
const KEEP: Duration = Duration::from_secs(24 * 3600);
const CLEAN_EVERY: Duration = Duration::from_secs(600);
const LEASE: &str = "cleaner";
/// Longer than a part of the clearing takes; it is renewed for each.
const LEASE_TTL: Duration = Duration::from_secs(60);
/// Rows that one transaction clears away: the next login waits no longer than for so many.
const CHUNK: u32 = 5_000;
/// Invites are shown so long after their end.
const KEEP_INVITES: Duration = Duration::from_secs(30 * 24 * 3600);
/// Used challenges are kept this much longer than they are good for: a clock that is set back must not make one good again.
const KEEP_CHALLENGES: Duration = Duration::from_secs(600);

const SEARCH: &str = "search";
const CACHE: &str = "cache";

/// The state of an engine.
#[derive(Debug)]
pub struct EngineStatus {
    /// What it is for.
    pub role: &'static str,
    /// Which it is.
    pub engine: &'static str,
    /// What it answered.
    pub answer: Result<()>,
}

/// The state of the daemon.
#[derive(Debug)]
pub struct Status {
    /// Its engines.
    pub engines: Vec<EngineStatus>,
    /// Number of users; 0 while the store is away.
    pub users: u64,
    /// Number of contents; 0 while the store is away.
    pub contents: u64,
    /// Changes that wait for the index.
    pub index_pending: u64,
    /// Age of the oldest of them.
    pub index_lag: Duration,
    /// Contents that the index refuses to hold.
    pub index_failures: u64,
}

/// The daemon itself.
#[derive(Clone)]
pub struct System {
    store: Store,
    index: Index,
    cache: Cache,
    clock: Clock,
    contents: Contents,
    /// How long a user waits for approval before the account is removed.
    pending_users_for: Duration,
}

impl System {
    /// Assembles it.
    #[must_use]
    pub fn new(
        store: &Store,
        index: &Index,
        cache: &Cache,
        clock: &Clock,
        contents: &Contents,
        pending_users_for: Duration,
    ) -> Self {
        Self {
            store: store.clone(),
            index: index.clone(),
            cache: cache.clone(),
            clock: clock.clone(),
            contents: contents.clone(),
            pending_users_for,
        }
    }

    /// Does work whose statements count as caused by `cause`.
    pub fn caused_by<F: Future>(&self, cause: &'static str, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.store.caused_by(cause, work)
    }

    /// Gives how many statements each cause has had. Needs nothing: the edge asks for read on metrics.
    #[must_use]
    pub fn statement_counts(&self) -> Vec<(&'static str, u64)> {
        self.store.statement_counts()
    }

    /// Gives what the cache did so far, and whether it is there. Needs nothing: the edge asks for read on metrics.
    #[must_use]
    pub fn cache_state(&self) -> cache::State {
        self.cache.state()
    }

    /// Asks each engine whether it answers.
    async fn engines(&self) -> Vec<EngineStatus> {
        // All at once: one that is silent must not keep the others waiting.
        let (store, search, cache) = tokio::join!(self.store.ping(), self.index.ping(), self.cache.ping());
        vec![
            EngineStatus { role: "store", engine: self.store.engine(), answer: store },
            EngineStatus { role: SEARCH, engine: self.index.engine(), answer: search },
            EngineStatus { role: CACHE, engine: self.cache.engine(), answer: cache },
        ]
    }

    /// Says whether each engine answers that the daemon cannot do without. Needs nothing: health checks have no token.
    pub async fn are_engines_well(&self) -> bool {
        // Without the cache everything goes on, only slower; and the store searches while a shared index is away.
        let can_wait = |role| role == CACHE || (role == SEARCH && self.index.is_shared() && self.store.has_full_text());
        self.engines().await.iter().all(|engine| engine.answer.is_ok() || can_wait(engine.role))
    }

    /// Gives the daemon's state; an engine that is away is part of the answer. Needs read on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn status(&self, caller: &Caller) -> Result<Status> {
        caller.require(Resource::System, Level::Read)?;
        let (engines, backlog, users, contents, index_failures) = tokio::join!(
            self.engines(),
            self.contents.backlog(),
            self.store.count_users(),
            self.store.count_contents(),
            self.store.count_index_failures(),
        );
        let (index_pending, index_lag) = backlog.unwrap_or_default();
        Ok(Status {
            engines,
            users: users.unwrap_or_default(),
            contents: contents.unwrap_or_default(),
            index_pending,
            index_lag,
            index_failures: index_failures.unwrap_or_default(),
        })
    }

    /// Clears away used challenges, ended sessions, old events and tombstones, until `stop`.
    pub async fn clean(self, stop: CancellationToken) {
        let holder = Uuid::now_v7().to_string();
        if let Err(error) = self.store.end_leases_of_the_dead().await {
            tracing::debug!(%error, "old leases were not ended; they end by themselves");
        }
        loop {
            if let Err(error) = self.clean_once(&Caller::system(), &holder).await {
                tracing::warn!(error = ?error, "clearing away failed and is tried again");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(CLEAN_EVERY) => {}
            }
        }
        if let Err(error) = self.store.release_lease(LEASE, &holder).await {
            tracing::debug!(%error, "the cleaner's lease was not given back; it ends by itself");
        }
    }

    async fn clean_once(&self, caller: &Caller, holder: &str) -> Result<()> {
        caller.require(Resource::System, Level::Admin)?;
        let mut removed = 0;
        // One transaction at a time, each for all of them: whatever has much to go, the others are not put off.
        loop {
            let now = self.clock.now();
            let Some(epoch) = self.store.acquire_lease(LEASE, holder, LEASE_TTL, now).await? else {
                return Ok(());
            };
            let (old, used, invites) = (now - KEEP, now - KEEP_CHALLENGES, now - KEEP_INVITES);
            let (keys, pending) = (now - TOKENS_GONE - KEEP_CHALLENGES, now - self.pending_users_for);
            let counts = self
                .store
                .write(Priority::Bulk, move |tx| {
                    Box::pin(async move {
                        tx.require_lease(LEASE, epoch).await?;
                        Ok([
                            tx.delete_used_challenges_expired_before(used, CHUNK).await?,
                            tx.delete_revocations_expired_before(now, CHUNK).await?,
                            tx.delete_sessions_expired_before(now, CHUNK).await?,
                            tx.delete_invites_expired_before(invites, CHUNK).await?,
                            tx.delete_service_tokens_expired_before(invites, CHUNK).await?,
                            tx.delete_users_pending_before(pending, CHUNK).await?,
                            tx.delete_signing_keys_retired_before(keys).await?,
                            tx.delete_replicas_silent_for(KEEP).await?,
                            tx.delete_events_before(old, CHUNK).await?,
                            tx.delete_tombstones_before(old, CHUNK).await?,
                            tx.delete_node_counts_of_none_before(old, CHUNK).await?,
                            tx.delete_allocations_ended_before(old, CHUNK).await?,
                        ])
                    })
                })
                .await?;
            removed += counts.iter().sum::<u64>();
            if counts.iter().all(|count| *count < u64::from(CHUNK)) {
                break;
            }
        }
        tracing::debug!(removed, "cleared away what has served its time");
        Ok(())
    }
}
