//! The search index: finds content by its text, for one viewer at a time.
//!
//! It holds nothing that SQL does not have, so it may be lost: [`Index::open`] says when it was, and the caller fills it again.
//! Queries come as typed trees; no engine's own syntax passes through.

mod tantivy;
#[cfg(test)]
mod tests;

use std::path::Path;

use cpcd_model::{
    Error, Reason, Result,
    content::Content,
    id::ContentId,
    query::{Filter, Query},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::tantivy::Tantivy;

/// Deepest hit that a search reaches: `offset + limit` is at most this.
pub const MAX_WINDOW: u32 = 1_000;

/// Settings of the search index.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it is: `tantivy:FOLDER`; empty stands for the folder `index` in the data directory.
    pub url: String,
    /// Memory that the writer may fill before it writes to disk.
    pub memory_bytes: usize,
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub fn validate(&self) -> Result<()> {
        if !self.url.is_empty() {
            self.folder()?;
        }
        let range = tantivy::MEMORY_BYTES;
        if !range.contains(&self.memory_bytes) {
            let description = format!("must be from {} to {}", range.start(), range.end());
            return Err(Error::field(Reason::FieldInvalid, "search.memory_bytes", description));
        }
        Ok(())
    }

    fn folder(&self) -> Result<&Path> {
        match self.url.strip_prefix("tantivy:") {
            Some(path) if !path.is_empty() => Ok(Path::new(path)),
            Some(_) | None => {
                Err(Error::field(Reason::FieldInvalid, "search.url", "must be of the form tantivy:/path/of/a/folder"))
            }
        }
    }
}

/// The search index, as one of its engines; clones share it.
#[derive(Clone)]
pub enum Index {
    /// In this process, in a folder.
    Tantivy(Tantivy),
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
    /// Holds nothing under this id.
    Delete(ContentId),
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
    /// An index that is missing, damaged, of another version or of another store is made anew; it is empty then.
    ///
    /// # Errors
    /// `FIELD_INVALID` for settings, `ENGINE_AWAY` if the folder cannot be used, `STORE_FULL`.
    pub async fn open(config: &Config, store_id: Uuid) -> Result<(Self, IsNew)> {
        config.validate()?;
        let (engine, is_new) = Tantivy::open(config.folder()?, config.memory_bytes, store_id).await?;
        Ok((Self::Tantivy(engine), is_new))
    }

    /// Gives the name of the engine.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Tantivy(_) => "tantivy",
        }
    }

    /// Gives the id of the index, and the generation of its last commit: 0 for an empty one that was just made.
    #[must_use]
    pub fn stamp(&self) -> (Uuid, u64) {
        match self {
            Self::Tantivy(engine) => engine.stamp(),
        }
    }

    /// Empties it and gives it a new id.
    ///
    /// # Errors
    /// `STORE_FULL`, `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn clear(&self) -> Result<()> {
        match self {
            Self::Tantivy(engine) => engine.clear().await,
        }
    }

    /// Says that another index follows the store, so that this one has nothing to say any more: searches and pings fail.
    pub fn displace(&self) {
        match self {
            Self::Tantivy(engine) => engine.displace(),
        }
    }

    /// Makes the changes as the commit `generation`, all or none; they are durable, and searches see them, when it returns.
    ///
    /// Of several changes to one id the last counts. After an error the same changes can be made again.
    ///
    /// # Errors
    /// `STORE_FULL`, `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn apply(&self, changes: Vec<Change>, generation: u64) -> Result<()> {
        match self {
            Self::Tantivy(engine) => engine.apply(changes, generation).await,
        }
    }

    /// Finds what matches `query` and passes `filter`: `limit` hits after the first `offset`.
    ///
    /// `offset + limit` must be at most [`MAX_WINDOW`]; what lies beyond is left out.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn search(&self, query: &Query, filter: &Filter, offset: u32, limit: u32) -> Result<Hits> {
        debug_assert!(offset.saturating_add(limit) <= MAX_WINDOW, "the caller refuses pages beyond the window");
        match self {
            Self::Tantivy(engine) => engine.search(query, filter, offset, limit).await,
        }
    }

    /// Counts the content in it.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `SHUTTING_DOWN`.
    #[expect(clippy::unused_async, reason = "an engine across the network has to be asked")]
    pub async fn count(&self) -> Result<u64> {
        match self {
            Self::Tantivy(engine) => Ok(engine.count()),
        }
    }

    /// Checks that the engine answers.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, `SHUTTING_DOWN`.
    pub async fn ping(&self) -> Result<()> {
        match self {
            Self::Tantivy(engine) => engine.ping().await,
        }
    }
}
