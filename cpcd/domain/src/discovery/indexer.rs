//! The indexer: follows the marks that changes leave and brings the index up to the rows.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cpcd_model::{Error, Result, time::Clock};
use cpcd_store::{Index, Store, index::Change, sql::Priority};
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Marks taken at once: large enough for a commit of the index to be worth it, small enough to stay far below the lag promised.
const BATCH: u32 = 2_000;
/// Without a wake-up it looks by itself so often: a change may have come from elsewhere.
const POLL: Duration = Duration::from_millis(100);
const LEASE: &str = "indexer";
const LEASE_TTL: Duration = Duration::from_secs(10);
/// After a failure it waits, longer each time, up to this.
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Keeps the index in step with the store.
pub struct Indexer {
    store: Store,
    index: Index,
    clock: Clock,
    changed: Arc<Notify>,
    holder: String,
}

impl Indexer {
    pub(super) fn new(store: &Store, index: &Index, clock: &Clock, changed: Arc<Notify>) -> Self {
        let holder = Uuid::now_v7().to_string();
        Self { store: store.clone(), index: index.clone(), clock: clock.clone(), changed, holder }
    }

    /// Marks all content, so that an index that is new gets everything.
    ///
    /// # Errors
    /// What the store says.
    pub async fn rebuild(&self) -> Result<u64> {
        let now = self.clock.now();
        self.store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.mark_all_contents(now).await })).await
    }

    /// Runs until `stop`; an outage of store or index is waited out.
    pub async fn run(self, stop: CancellationToken) {
        let mut backoff = POLL;
        while !stop.is_cancelled() {
            let pause = match self.step().await {
                Ok(0) => {
                    backoff = POLL;
                    POLL
                }
                Ok(_) => {
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
        if let Err(error) = self.store.release_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the indexer's lease was not given back; it ends by itself");
        }
    }

    /// Indexes one batch of marks under the lease; gives their number.
    async fn step(&self) -> Result<usize> {
        let marks = self.store.list_index_marks(BATCH).await?;
        if marks.is_empty() {
            return Ok(0);
        }
        let Some(epoch) = self.store.acquire_lease(LEASE, &self.holder, LEASE_TTL, self.clock.now()).await? else {
            return Ok(0);
        };
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
        self.index.apply(changes).await?;
        self.store
            .write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    tx.require_lease(LEASE, epoch).await?;
                    tx.delete_index_marks(&done).await
                })
            })
            .await
            .map_err(|error| {
                Error::new(error.reason(), "the marks of indexed content were not removed").with_source(error)
            })?;
        Ok(count)
    }
}
