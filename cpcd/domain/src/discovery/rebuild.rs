//! Making the index anew because somebody asked for it.
//!
//! In a shared engine another index is filled beside the one that searches use, in the order of ids and a part at a time; whatever
//! changes meanwhile goes to both. When it has everything it takes the place of the old one, in the store and then for searches. How
//! far it is stands in the store, so that another daemon can go on. An index in a folder is emptied and filled again instead.

use cpcd_model::{Result, id::ContentId};
use cpcd_store::{index::Change, sql::IndexRebuild};
use uuid::Uuid;

use super::indexer::{Indexer, Memory};

/// Contents of one part.
const PART: u32 = 1_000;

impl Indexer {
    /// Does the next part of a rebuild of the index that is at this generation.
    pub(super) async fn go_on_rebuilding(
        &self,
        memory: &mut Memory,
        index_id: Uuid,
        reached: u64,
        has_caught_up: bool,
    ) -> Result<()> {
        let Some(rebuild) = memory.rebuild.clone() else { return Ok(()) };
        let next = match rebuild.index_id {
            None => Some(self.begin(memory, rebuild, reached).await?),
            Some(_) if !self.index.is_shared() => self.see_whether_filled(memory, rebuild, has_caught_up).await?,
            Some(beside) if self.index.stamp(Some(beside)).await?.is_none() => {
                tracing::warn!("the index that was being made is gone; it begins again");
                Some(IndexRebuild { index_id: None, after: ContentId::from(Uuid::nil()), done: 0, ..rebuild })
            }
            Some(beside) => self.fill_part(memory, rebuild, (index_id, beside), reached).await?,
        };
        memory.rebuild = next;
        Ok(())
    }

    async fn begin(&self, memory: &mut Memory, rebuild: IndexRebuild, reached: u64) -> Result<IndexRebuild> {
        let total = self.store.count_contents().await?;
        let index_id = match self.index.begin(reached).await? {
            Some(index_id) => index_id,
            None => {
                self.begin_anew(memory).await?;
                memory.index_id.unwrap_or_default()
            }
        };
        let next = IndexRebuild { index_id: Some(index_id), total, done: 0, ..rebuild };
        self.note(memory, next.clone()).await?;
        Ok(next)
    }

    /// Looks whether all marks of an index that was emptied are gone.
    async fn see_whether_filled(
        &self,
        memory: &Memory,
        rebuild: IndexRebuild,
        has_caught_up: bool,
    ) -> Result<Option<IndexRebuild>> {
        if has_caught_up {
            let done = rebuild.total;
            self.note(memory, IndexRebuild { done, finished_at: Some(self.clock.now()), ..rebuild }).await?;
            return Ok(None);
        }
        let (pending, _) = self.store.index_backlog().await?;
        let next = IndexRebuild { done: rebuild.total.saturating_sub(pending), ..rebuild };
        self.note(memory, next.clone()).await?;
        Ok(Some(next))
    }

    async fn fill_part(
        &self,
        memory: &mut Memory,
        rebuild: IndexRebuild,
        (from, to): (Uuid, Uuid),
        reached: u64,
    ) -> Result<Option<IndexRebuild>> {
        let part = self.store.list_contents_after(rebuild.after, PART).await?;
        let Some(last) = part.last().map(|content| content.id) else {
            return self.finish(memory, rebuild, (from, to), reached).await.map(|()| None);
        };
        let done = rebuild.done + part.len() as u64;
        let failures = self.failures(self.index.fill(to, part.into_iter().map(Change::Put).collect()).await?);
        let next = IndexRebuild { after: last, done, total: rebuild.total.max(done), ..rebuild };
        let noted = next.clone();
        self.write(memory.lease(), move |tx| {
            Box::pin(async move {
                if !failures.is_empty() {
                    tx.upsert_index_failures(&failures).await?;
                }
                tx.update_index_rebuild(&noted).await
            })
        })
        .await?;
        Ok(Some(next))
    }

    /// Puts the new index in the place of the old one.
    async fn finish(
        &self,
        memory: &mut Memory,
        rebuild: IndexRebuild,
        (from, to): (Uuid, Uuid),
        reached: u64,
    ) -> Result<()> {
        // It has all that the old one has at this generation: the parts, and whatever changed since.
        self.index.apply(to, Vec::new(), reached).await?;
        let started_at = rebuild.started_at;
        self.write(memory.lease(), move |tx| {
            Box::pin(async move {
                tx.replace_index(from, to).await?;
                tx.delete_index_failures_before(started_at).await
            })
        })
        .await?;
        memory.index_id = Some(to);
        memory.rebuild = None;
        // It is done when searches use it; a crash before that leaves it to the next holder of the lease.
        memory.is_served = false;
        self.index.serve(to, None).await?;
        memory.is_served = true;
        let total = rebuild.total.max(rebuild.done);
        self.note(memory, IndexRebuild { done: total, total, finished_at: Some(self.clock.now()), ..rebuild }).await?;
        tracing::info!(contents = total, "the search index was made anew");
        Ok(())
    }

    async fn note(&self, memory: &Memory, rebuild: IndexRebuild) -> Result<()> {
        self.write(memory.lease(), move |tx| Box::pin(async move { tx.update_index_rebuild(&rebuild).await })).await
    }
}
