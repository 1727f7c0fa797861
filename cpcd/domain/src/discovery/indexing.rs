//! The index as its administrators see it: how it is, and how to have it made anew.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    permission::{Level, Resource},
    time::{Clock, elapsed},
};
use cpcd_store::{
    Index, Store,
    sql::{IndexFailure, IndexRebuild},
};
use tokio::{sync::Notify, time};

use crate::Caller;

/// How often a rebuild that somebody watches is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Refusals that a status shows.
const FAILURES_SHOWN: u32 = 100;

/// The state of the index.
#[derive(Debug)]
pub struct IndexStatus {
    /// Name of the engine.
    pub engine: &'static str,
    /// Whether it answers.
    pub answer: Result<()>,
    /// Contents in the store.
    pub contents: u64,
    /// Contents in the index; nothing while it is away.
    pub indexed: Option<u64>,
    /// Changes that wait for it.
    pub pending: u64,
    /// Age of the oldest of them.
    pub lag: Duration,
    /// How many contents it refuses.
    pub failed: u64,
    /// The latest of them.
    pub failures: Vec<IndexFailure>,
    /// The last rebuild that was asked for.
    pub rebuild: Option<IndexRebuild>,
}

/// Looks after the index.
#[derive(Clone)]
pub struct Indexing {
    store: Store,
    index: Index,
    clock: Clock,
    changed: Arc<Notify>,
}

impl Indexing {
    pub(super) fn new(store: &Store, index: &Index, clock: &Clock, changed: Arc<Notify>) -> Self {
        Self { store: store.clone(), index: index.clone(), clock: clock.clone(), changed }
    }

    /// Gives the state of the index. Needs read on system.
    ///
    /// # Errors
    /// What the store says; an index that is away is part of the answer.
    pub async fn status(&self, caller: &Caller) -> Result<IndexStatus> {
        caller.require(Resource::System, Level::Read)?;
        let (pending, oldest) = self.store.index_backlog().await?;
        let now = self.clock.now();
        Ok(IndexStatus {
            engine: self.index.engine(),
            answer: self.index.ping().await,
            contents: self.store.count_contents().await?,
            indexed: self.index.count().await.ok(),
            pending,
            lag: oldest.map(|oldest| elapsed(oldest, now)).unwrap_or_default(),
            failed: self.store.count_index_failures().await?,
            failures: self.store.list_index_failures(FAILURES_SHOWN).await?,
            rebuild: self.store.get_index_rebuild().await?,
        })
    }

    /// Has the index made anew, or joins those who wait for that already. Needs admin on system.
    ///
    /// # Errors
    /// What the store says.
    pub async fn rebuild(&self, caller: &Caller) -> Result<IndexRebuild> {
        caller.require(Resource::System, Level::Admin)?;
        let rebuild = self.store.request_index_rebuild(self.clock.now()).await?;
        tracing::info!(rebuild.id = %rebuild.id, "the search index is made anew because somebody asked for it");
        self.changed.notify_one();
        Ok(rebuild)
    }

    /// Waits until a rebuild has come further, or a while; gives how far it is. Needs admin on system.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if another one was asked for since, what the store says.
    pub async fn follow(&self, caller: &Caller, last: &IndexRebuild) -> Result<IndexRebuild> {
        caller.require(Resource::System, Level::Admin)?;
        time::sleep(LOOK_EVERY).await;
        let now = self.store.get_index_rebuild().await?;
        now.filter(|now| now.id == last.id)
            .ok_or_else(|| Error::new(Reason::WriteConflict, "another rebuild of the index was asked for"))
    }
}
