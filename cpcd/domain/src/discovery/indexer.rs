//! The indexer: follows the marks that changes leave and brings the index up to the rows.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cpcd_model::{Error, Result, time::Clock};
use cpcd_store::{Index, Store, index::Change, sql::Priority};
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;

/// Marks taken at once: large enough for a commit of the index to be worth it, small enough to stay far below the lag promised.
const BATCH: u32 = 2_000;
/// Without a wake-up it looks by itself so often: a change may have come from elsewhere.
const POLL: Duration = Duration::from_millis(100);
/// After a failure it waits, longer each time, up to this.
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Keeps the index in step with the store.
pub struct Indexer {
    store: Store,
    index: Index,
    clock: Clock,
    changed: Arc<Notify>,
}

impl Indexer {
    pub(super) fn new(store: &Store, index: &Index, clock: &Clock, changed: Arc<Notify>) -> Self {
        Self { store: store.clone(), index: index.clone(), clock: clock.clone(), changed }
    }

    /// Sees to it that the index follows the store: one that is new, or was parted from it, begins anew and gets everything.
    ///
    /// # Errors
    /// What store and index say.
    pub async fn prepare(&self) -> Result<()> {
        let (index_id, generation) = self.index.stamp();
        if self.store.get_index_state().await?.is_some_and(|state| state.fits(index_id, generation)) {
            return Ok(());
        }
        self.index.clear().await?;
        let contents = self.store.follow_with_index(self.index.stamp().0, self.clock.now()).await?;
        tracing::info!(contents, "the index is new, or not that of the store as it is: all content is indexed again");
        Ok(())
    }

    /// Runs until `stop`, or until another index follows the store; an outage of store or index is waited out.
    pub async fn run(self, stop: CancellationToken) {
        let mut backoff = POLL;
        while !stop.is_cancelled() {
            let pause = match self.step().await {
                Ok(None) => {
                    tracing::error!("another daemon indexes this store, or the store was replaced; search stops here");
                    self.index.displace();
                    return;
                }
                Ok(Some(0)) => {
                    backoff = POLL;
                    POLL
                }
                Ok(Some(_)) => {
                    backoff = POLL;
                    continue;
                }
                Err(error) => {
                    tracing::warn!(error = ?error, "indexing failed and is tried again");
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                    backoff
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.changed.notified(), if pause == POLL => {}
                () = time::sleep(pause) => {}
            }
        }
    }

    /// Indexes one batch of marks; gives their number, or nothing if this index does not follow the store any more.
    ///
    /// `cpcd_store::sql::IndexState` says why in this order.
    async fn step(&self) -> Result<Option<usize>> {
        let (index_id, reached) = self.index.stamp();
        let state = self.store.get_index_state().await?.filter(|state| state.fits(index_id, reached));
        let Some(state) = state else { return Ok(None) };
        let marks = self.store.list_index_marks(BATCH).await?;
        if marks.is_empty() {
            return Ok(Some(0));
        }
        let ids: Vec<_> = marks.iter().map(|mark| mark.content_id).collect();
        let mut rows: HashMap<_, _> =
            self.store.list_contents_by_ids(&ids).await?.into_iter().map(|content| (content.id, content)).collect();
        let mut done = Vec::with_capacity(marks.len());
        let mut changes = Vec::with_capacity(marks.len());
        for mark in marks {
            let (change, version) = match rows.remove(&mark.content_id) {
                Some(content) => {
                    let version = content.version.max(mark.version);
                    (Change::Put(content), version)
                }
                None => (Change::Delete(mark.content_id), mark.version),
            };
            changes.push(change);
            done.push((mark.content_id, version));
        }
        let count = done.len();
        let generation = state.promised + 1;
        self.store
            .write(Priority::Bulk, move |tx| Box::pin(async move { tx.promise_index(index_id, generation).await }))
            .await?;
        self.index.apply(changes, generation).await?;
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.settle_index(index_id, generation).await?;
                    tx.delete_index_marks(&done).await
                })
            })
            .await
            .map_err(|error| {
                Error::new(error.reason(), "the marks of indexed content were not removed").with_source(error)
            })?;
        Ok(Some(count))
    }
}
