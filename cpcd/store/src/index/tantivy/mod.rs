//! The embedded search engine: tantivy, in a folder of this machine.

mod excluded;
mod fault;
mod folder;
mod lower;
mod schema;
mod searchers;
mod timely;

use std::{
    collections::HashSet,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use cpcd_model::{
    Error, Reason, Result,
    content::Content,
    id::ContentId,
    query::{Filter, Query},
};
use tantivy::{
    IndexReader, IndexWriter,
    collector::{
        Count, TopDocs,
        sort_key::{SortBySimilarityScore, SortByStaticFastValue},
    },
    tokenizer::TextAnalyzer,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
};
use uuid::Uuid;

use self::{fault::fault, folder::Stamp, schema::Fields, searchers::Searchers, timely::Timely};
use super::{Change, Hit, Hits, IsNew, MAX_WINDOW, analysis};
use crate::deadline;

/// What the engine takes as memory of its writer.
pub(super) const MEMORY_BYTES: RangeInclusive<usize> = 15_000_000..=4_000_000_000;

/// The embedded engine; clones share it.
#[derive(Clone)]
pub struct Tantivy {
    /// Another one after the folder was lost.
    engine: Arc<RwLock<Arc<Engine>>>,
    writer: Arc<Mutex<Option<IndexWriter>>>,
    searchers: Arc<Searchers>,
    /// Callers live on several runtimes; the blocking work is done on the one that opened the index.
    runtime: Handle,
    /// Set when another index follows the store.
    is_displaced: Arc<AtomicBool>,
}

struct Engine {
    folder: PathBuf,
    index: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    analyser: TextAnalyzer,
    mark: String,
    /// Of the last commit.
    stamp: std::sync::Mutex<Stamp>,
    memory_bytes: usize,
}

impl Tantivy {
    /// Opens the index in `folder`, or makes it.
    pub(super) async fn open(folder: &Path, memory_bytes: usize, store_id: Uuid) -> Result<(Self, IsNew)> {
        let mark = format!("cpcd {} {store_id}", schema::VERSION);
        let runtime = Handle::current();
        let folder = folder.to_owned();
        let (engine, writer, is_new) = run(&runtime, move || Engine::open(folder, mark, memory_bytes)).await?;
        let tantivy = Self {
            engine: Arc::new(RwLock::new(Arc::new(engine))),
            writer: Arc::new(Mutex::new(Some(writer))),
            searchers: Arc::new(Searchers::start()?),
            runtime,
            is_displaced: Arc::default(),
        };
        Ok((tantivy, IsNew(is_new)))
    }

    /// Makes the changes, one caller at a time.
    pub(super) async fn apply(&self, changes: Vec<Change>, generation: u64) -> Result<()> {
        let engine = self.engine();
        let writer = Arc::clone(&self.writer).lock_owned().await;
        let stamp = Stamp { index_id: self.stamp().0, generation };
        run(&self.runtime, move || engine.commit(writer, stamp, |engine, writer| engine.write(writer, changes))).await
    }

    /// Empties it; what it is from then on is another index.
    pub(super) async fn clear(&self) -> Result<()> {
        let engine = self.engine();
        let writer = Arc::clone(&self.writer).lock_owned().await;
        let clear = |_: &Engine, writer: &IndexWriter| writer.delete_all_documents().map(drop);
        run(&self.runtime, move || engine.commit(writer, Stamp::first(), clear)).await
    }

    fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives the id of the index and the generation of its last commit.
    pub(super) fn stamp(&self) -> (Uuid, u64) {
        let stamp = *self.engine().stamp();
        (stamp.index_id, stamp.generation)
    }

    /// Gives the same after a look at the folder: one that was lost is made anew, with an empty index of another id.
    pub(super) async fn checked_stamp(&self) -> Result<(Uuid, u64)> {
        let engine = self.engine();
        if tokio::fs::try_exists(engine.folder.join("meta.json")).await.unwrap_or(true) {
            return Ok(self.stamp());
        }
        tracing::warn!(index.folder = %engine.folder.display(), "the folder of the search index was lost");
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let slot = Arc::clone(&self.engine);
        let reopen = move || {
            drop(writer.take());
            let (opened, fresh, _) = Engine::open(engine.folder.clone(), engine.mark.clone(), engine.memory_bytes)?;
            *slot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(opened);
            *writer = Some(fresh);
            Ok(())
        };
        run(&self.runtime, reopen).await?;
        Ok(self.stamp())
    }

    /// Refuses searches from now on.
    pub(super) fn displace(&self) {
        self.is_displaced.store(true, Ordering::Relaxed);
    }

    fn require_place(&self) -> Result<()> {
        if self.is_displaced.load(Ordering::Relaxed) {
            let message = "another daemon indexes this store; stop one of the two, then start the other again";
            return Err(Error::new(Reason::EngineAway, message));
        }
        Ok(())
    }

    /// Finds content.
    pub(super) async fn search(&self, query: &Query, filter: &Filter, offset: u32, limit: u32) -> Result<Hits> {
        self.require_place()?;
        let engine = self.engine();
        let query = lower::lower(query, filter, &engine.fields, &engine.analyser);
        let end = deadline::current();
        let search = move || {
            engine.search(&query, offset, limit, end).map_err(|error| match timely::is_late(&error) {
                true => deadline::exceeded(),
                false => fault(&engine.folder, &error),
            })
        };
        self.searchers.run(end, search).await
    }

    /// Counts the content in the index.
    pub(super) fn count(&self) -> u64 {
        self.engine().reader.searcher().num_docs()
    }

    /// Checks that the folder can be read.
    pub(super) async fn ping(&self) -> Result<()> {
        self.require_place()?;
        let engine = self.engine();
        let read = move || engine.index.load_metas().map(drop).map_err(|error| fault(&engine.folder, &error));
        run(&self.runtime, read).await
    }
}

impl Engine {
    fn open(folder: PathBuf, mark: String, memory_bytes: usize) -> Result<(Self, IndexWriter, bool)> {
        let (schema, fields) = Fields::new();
        let opened = folder::open(&folder, &schema, &mark, memory_bytes)?;
        let (index, reader) = (opened.index, opened.reader);
        let (analyser, stamp) = (analysis::analyser(), std::sync::Mutex::new(opened.stamp));
        let engine = Self { folder, index, reader, fields, analyser, mark, stamp, memory_bytes };
        Ok((engine, opened.writer, opened.is_new))
    }

    fn stamp(&self) -> std::sync::MutexGuard<'_, Stamp> {
        self.stamp.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(
        &self,
        mut slot: OwnedMutexGuard<Option<IndexWriter>>,
        stamp: Stamp,
        write: impl FnOnce(&Self, &IndexWriter) -> tantivy::Result<()>,
    ) -> Result<()> {
        // A writer that has failed, or panicked, is of no use any more: it goes back only after a success.
        let kept = slot.take();
        let result = kept.map_or_else(|| folder::writer(&self.index, self.memory_bytes), Ok).and_then(|mut writer| {
            write(self, &writer)?;
            folder::commit(&mut writer, &self.mark, stamp)?;
            *self.stamp() = stamp;
            Ok(writer)
        });
        *slot = Some(result.map_err(|error| fault(&self.folder, &error))?);
        self.reader.reload().map_err(|error| fault(&self.folder, &error))
    }

    fn write(&self, writer: &IndexWriter, changes: Vec<Change>) -> tantivy::Result<()> {
        let mut seen: HashSet<ContentId> = HashSet::with_capacity(changes.len());
        for change in changes.into_iter().rev() {
            let (id, content): (ContentId, Option<Content>) = match change {
                Change::Put(content) => (content.id, Some(content)),
                Change::Delete(id, _version) => (id, None),
            };
            if seen.insert(id) {
                writer.delete_term(self.fields.id(id.uuid()));
                if let Some(content) = content {
                    writer.add_document(self.fields.document(&content, &self.analyser))?;
                }
            }
        }
        Ok(())
    }

    fn search(
        &self,
        query: &dyn tantivy::query::Query,
        offset: u32,
        limit: u32,
        end: Option<Instant>,
    ) -> tantivy::Result<Hits> {
        let searcher = self.reader.searcher();
        let limit = limit.min(MAX_WINDOW.saturating_sub(offset));
        if limit == 0 {
            return Ok(Hits { hits: Vec::new(), total: searcher.search(query, &Timely { inner: Count, end })? as u64 });
        }
        // By score, then newest first: ids are unique, so that the order is the same whatever segments hold them.
        let half = SortByStaticFastValue::<u64>::for_field;
        let order = (SortBySimilarityScore, half(schema::ID_HIGH), half(schema::ID_LOW));
        let top = TopDocs::with_limit(limit as usize).and_offset(offset as usize).order_by(order);
        let (top, total) = searcher.search(query, &Timely { inner: (top, Count), end })?;
        let mut hits = Vec::with_capacity(top.len());
        for ((score, high, low), address) in top {
            let columns = searcher.segment_reader(address.segment_ord).fast_fields();
            let version = columns.u64(schema::CONTENT_VERSION)?.first(address.doc_id);
            if let (Some(high), Some(low), Some(version)) = (high, low, version) {
                hits.push(Hit { id: Uuid::from_u64_pair(high, low).into(), version, score });
            }
        }
        Ok(Hits { hits, total: total as u64 })
    }
}

/// Runs blocking work on `runtime`.
async fn run<T: Send + 'static>(runtime: &Handle, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match runtime.spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_cancelled() => Err(stopping()),
        Err(error) => Err(Error::internal(error)),
    }
}

fn stopping() -> Error {
    Error::new(Reason::ShuttingDown, "the search index is stopping")
}
