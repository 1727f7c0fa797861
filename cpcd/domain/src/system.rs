//! The daemon itself: its status, and the clearing away of what has served its time.

use std::time::Duration;

use cpcd_model::{
    Result,
    permission::{Level, Resource},
    time::Clock,
};
use cpcd_store::{Index, Store, sql::Priority};
use tokio::time;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Caller, discovery::Contents};

/// Events and tombstones are kept so long: whoever follows them may be away for a day.
const KEEP: Duration = Duration::from_secs(24 * 3600);
const CLEAN_EVERY: Duration = Duration::from_secs(600);
const LEASE: &str = "cleaner";

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
}

/// The daemon itself.
#[derive(Clone)]
pub struct System {
    store: Store,
    index: Index,
    clock: Clock,
    contents: Contents,
}

impl System {
    /// Assembles it.
    #[must_use]
    pub fn new(store: &Store, index: &Index, clock: &Clock, contents: &Contents) -> Self {
        Self { store: store.clone(), index: index.clone(), clock: clock.clone(), contents: contents.clone() }
    }

    /// Asks each engine whether it answers.
    async fn engines(&self) -> Vec<EngineStatus> {
        vec![
            EngineStatus { role: "store", engine: self.store.engine(), answer: self.store.ping().await },
            EngineStatus { role: "search", engine: self.index.engine(), answer: self.index.ping().await },
        ]
    }

    /// Says whether each engine answers. Needs nothing: health checks have no token.
    pub async fn are_engines_well(&self) -> bool {
        self.engines().await.iter().all(|engine| engine.answer.is_ok())
    }

    /// Gives the daemon's state; an engine that is away is part of the answer. Needs read on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn status(&self, caller: &Caller) -> Result<Status> {
        caller.require(Resource::System, Level::Read)?;
        let engines = self.engines().await;
        let (index_pending, index_lag) = self.contents.backlog().await.unwrap_or_default();
        Ok(Status {
            engines,
            users: self.store.count_users().await.unwrap_or_default(),
            contents: self.store.count_contents().await.unwrap_or_default(),
            index_pending,
            index_lag,
        })
    }

    /// Clears away used challenges, ended sessions, old events and tombstones, until `stop`.
    pub async fn clean(self, stop: CancellationToken) {
        let holder = Uuid::now_v7().to_string();
        loop {
            if let Err(error) = self.clean_once(&Caller::system(), &holder).await {
                tracing::warn!(error = ?error, "clearing away failed and is tried again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(CLEAN_EVERY) => {}
            }
        }
    }

    async fn clean_once(&self, caller: &Caller, holder: &str) -> Result<()> {
        caller.require(Resource::System, Level::Admin)?;
        let now = self.clock.now();
        let Some(epoch) = self.store.acquire_lease(LEASE, holder, CLEAN_EVERY * 2, now).await? else {
            return Ok(());
        };
        let old = now - KEEP;
        let removed = self
            .store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    let challenges = tx.delete_used_challenges_expired_before(now).await?;
                    let revocations = tx.delete_revocations_expired_before(now).await?;
                    let sessions = tx.delete_sessions_expired_before(now).await?;
                    let events = tx.delete_events_before(old).await?;
                    let tombstones = tx.delete_tombstones_before(old).await?;
                    Ok(challenges + revocations + sessions + events + tombstones)
                })
            })
            .await?;
        tracing::debug!(removed, "cleared away what has served its time");
        Ok(())
    }
}
