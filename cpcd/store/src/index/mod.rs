//! The search index: finds content by its text, for one viewer at a time.
//!
//! It holds nothing that SQL does not have, so it may be lost: [`Index::open`] says when it was, and the caller fills it again.
//! Queries come as typed trees; no engine's own syntax passes through.

mod analysis;
mod config;
mod opening;
mod opensearch;
mod tantivy;
#[cfg(test)]
mod tests;
mod weights;

use cpcd_model::{
    Result,
    content::Content,
    id::ContentId,
    query::{Filter, Query},
};
use uuid::Uuid;

use self::{config::Place, opensearch::OpenSearch, tantivy::Tantivy};

pub use config::Config;

/// Deepest hit that a search reaches: `offset + limit` is at most this.
pub const MAX_WINDOW: u32 = 1_000;

/// The search index, as one of its engines; clones share it.
#[derive(Clone)]
pub enum Index {
    /// In this process, in a folder.
    Tantivy(Tantivy),
    /// A cluster that all daemons on a store share.
    OpenSearch(OpenSearch),
}

/// Whether an index was made anew and so has to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsNew(pub bool);

/// What is to change in an index.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all changes are of the large kind")]
pub enum Change {
    /// Holds this content from now on, in place of what it held under its id.
    Put(Content),
    /// Holds nothing under this id, from this version of it on.
    Delete(ContentId, u64),
}

impl Change {
    /// Gives what it changes.
    #[must_use]
    pub fn id(&self) -> ContentId {
        match self {
            Self::Put(content) => content.id,
            Self::Delete(id, _) => *id,
        }
    }
}

/// Content that an engine refuses to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The content.
    pub id: ContentId,
    /// Its version.
    pub version: u64,
    /// What the engine says.
    pub reason: String,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// The asked part of it, best first; newest first among equals.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: u64,
}

/// One piece of content that a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The content.
    pub id: ContentId,
    /// Version of the content that matched.
    pub version: u64,
    /// How well it matched, comparable within one query only; 0 if the query had no words.
    pub score: f32,
}

impl Index {
    /// Opens the index of the store `store_id`, on the runtime of the caller.
    ///
    /// An index in a folder that is missing, damaged, of another version or of another store is made anew; it is empty then. A
    /// cluster is not asked for anything yet: it may be away.
    ///
    /// # Errors
    /// `FIELD_INVALID` for settings, `ENGINE_AWAY` if the folder cannot be used, `STORE_FULL`.
    pub async fn open(config: &Config, store_id: Uuid) -> Result<(Self, IsNew)> {
        config.validate()?;
        match config.place()? {
            Place::Folder(folder) => {
                let (engine, is_new) = Tantivy::open(&folder, config.memory_bytes, store_id).await?;
                Ok((Self::Tantivy(engine), is_new))
            }
            Place::Nodes(address) => Ok((Self::OpenSearch(OpenSearch::new(config, address, store_id)?), IsNew(false))),
        }
    }

    /// Gives the name of the engine.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Tantivy(_) => "tantivy",
            Self::OpenSearch(_) => "opensearch",
        }
    }

    /// Says whether other daemons search it too, so that only one of them may write to it at a time.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match self {
            Self::Tantivy(_) => false,
            Self::OpenSearch(_) => true,
        }
    }

    /// Gives the id of the index and the generation of its last commit: 0 for an empty one that was just made.
    ///
    /// A shared engine may have several and is asked for the `known` one; nothing if it is not there.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn stamp(&self, known: Option<Uuid>) -> Result<Option<(Uuid, u64)>> {
        match (self, known) {
            (Self::Tantivy(engine), _) => engine.checked_stamp().await.map(Some),
            (Self::OpenSearch(_), None) => Ok(None),
            (Self::OpenSearch(engine), Some(known)) => {
                Ok(engine.generation(known).await?.map(|generation| (known, generation)))
            }
        }
    }

    /// Begins an empty index of generation 0; gives its id. An index in a folder is emptied for it; in a shared engine the one that
    /// searches use stays until [`Index::serve`].
    ///
    /// # Errors
    /// `STORE_FULL`, `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn clear(&self) -> Result<Uuid> {
        match self {
            Self::Tantivy(engine) => engine.clear().await.map(|()| engine.stamp().0),
            Self::OpenSearch(engine) => engine.create(0).await,
        }
    }

    /// Begins an empty index beside the one that searches use, if the engine can have two; gives its id.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn begin(&self, generation: u64) -> Result<Option<Uuid>> {
        match self {
            Self::Tantivy(_) => Ok(None),
            Self::OpenSearch(engine) => engine.create(generation).await.map(Some),
        }
    }

    /// Lets searches use `index` from now on, and removes what a shared engine has of this store besides it and `kept`.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `STORE_FOREIGN` if the index that searches use is another store's.
    pub async fn serve(&self, index: Uuid, kept: Option<Uuid>) -> Result<()> {
        match self {
            Self::Tantivy(_) => Ok(()),
            Self::OpenSearch(engine) => engine.serve(index, kept).await,
        }
    }

    /// Says that another index follows the store, so that this one has nothing to say any more: searches and pings fail.
    pub fn displace(&self) {
        match self {
            Self::Tantivy(engine) => engine.displace(),
            Self::OpenSearch(_) => {}
        }
    }

    /// Makes the changes in `index` as its commit `generation`; they are durable, and searches see them, when it returns. Gives
    /// those that the engine refuses for good.
    ///
    /// Of several changes to one id the last counts. After an error the same changes can be made again.
    ///
    /// # Errors
    /// `STORE_FULL`, `ENGINE_AWAY`, `SHUTTING_DOWN`; `WRITE_CONFLICT` if the index has gone on without the caller.
    pub async fn apply(&self, index: Uuid, changes: Vec<Change>, generation: u64) -> Result<Vec<Failure>> {
        match self {
            Self::Tantivy(engine) => engine.apply(changes, generation).await.map(|()| Vec::new()),
            Self::OpenSearch(engine) => engine.apply(index, &changes, generation).await,
        }
    }

    /// Writes to an index that nobody searches yet, as part of its next commit. Gives what the engine refuses for good.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn fill(&self, index: Uuid, changes: Vec<Change>) -> Result<Vec<Failure>> {
        match self {
            Self::Tantivy(_) => Ok(Vec::new()),
            Self::OpenSearch(engine) => engine.fill(index, &changes).await,
        }
    }

    /// Finds what matches `query` and passes `filter`: `limit` hits after the first `offset`.
    ///
    /// `offset + limit` must be at most [`MAX_WINDOW`]; what lies beyond is left out.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `DEADLINE_EXCEEDED`, `SHUTTING_DOWN`.
    pub async fn search(&self, query: &Query, filter: &Filter, offset: u32, limit: u32) -> Result<Hits> {
        debug_assert!(offset.saturating_add(limit) <= MAX_WINDOW, "the caller refuses pages beyond the window");
        match self {
            Self::Tantivy(engine) => engine.search(query, filter, offset, limit).await,
            Self::OpenSearch(engine) => engine.search(query, filter, offset, limit).await,
        }
    }

    /// Counts the content in it.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn count(&self) -> Result<u64> {
        match self {
            Self::Tantivy(engine) => Ok(engine.count()),
            Self::OpenSearch(engine) => engine.count().await,
        }
    }

    /// Checks that the engine answers.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn ping(&self) -> Result<()> {
        match self {
            Self::Tantivy(engine) => engine.ping().await,
            Self::OpenSearch(engine) => engine.ping().await,
        }
    }
}
