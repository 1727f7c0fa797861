//! The folder of the index: opened if it is sound and ours, made anew if not.

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use cpcd_model::{Error, Reason, Result};
use tantivy::{
    Directory as _, Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError,
    directory::{INDEX_WRITER_LOCK, MmapDirectory, error::LockError},
    indexer::{IndexWriterOptions, LogMergePolicy},
    schema::Schema,
};
use uuid::Uuid;

use super::{
    super::analysis,
    fault::{fault, io_fault, is_damage},
};

/// An open index.
pub(super) struct Opened {
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) writer: IndexWriter,
    pub(super) stamp: Stamp,
    pub(super) is_new: bool,
}

/// What each commit carries beside the mark: which index it is, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) index_id: Uuid,
    pub(super) generation: u64,
}

impl Stamp {
    /// The stamp of an index that begins.
    pub(super) fn first() -> Self {
        Self { index_id: Uuid::now_v7(), generation: 0 }
    }

    fn write(self, mark: &str) -> String {
        format!("{mark} {} {}", self.index_id, self.generation)
    }

    fn read(mark: &str, payload: &str) -> Option<Self> {
        let (index_id, generation) = payload.strip_prefix(mark)?.strip_prefix(' ')?.split_once(' ')?;
        Some(Self { index_id: index_id.parse().ok()?, generation: generation.parse().ok()? })
    }
}

/// What is in the folder.
enum Found {
    Sound(Index, IndexReader, Stamp),
    /// Nothing that can be used, for this reason.
    Useless(String),
}

/// Opens the index in `folder`, or makes one there; `mark`, which each commit carries, says whose and of what version it is.
pub(super) fn open(folder: &Path, schema: &Schema, mark: &str, memory_bytes: usize) -> Result<Opened> {
    fs::create_dir_all(folder).map_err(|error| {
        let path = folder.display();
        let message = format!("the folder {path} of the search index cannot be made; change search.url or its rights");
        Error::new(Reason::EngineAway, message).with_source(error)
    })?;
    let lock = directory(folder)?.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| match error {
        LockError::LockBusy => {
            let path = folder.display();
            Error::new(Reason::EngineAway, format!("another process uses the search index {path}; stop it first"))
        }
        LockError::IoError(_) => fault(folder, &TantivyError::LockFailure(error, None)),
    })?;
    // The engine may panic over damaged files.
    let found = catch_unwind(AssertUnwindSafe(|| existing(folder, schema, mark)));
    let (index, reader, stamp, is_new) = match found.unwrap_or_else(|_| Ok(Found::Useless("it is damaged".into())))? {
        Found::Sound(index, reader, stamp) => (index, reader, stamp, false),
        Found::Useless(reason) => {
            tracing::info!(index.folder = %folder.display(), reason, "makes the search index anew");
            wipe(folder).map_err(|error| io_fault(folder, &error))?;
            let (index, reader) = create(folder, schema).map_err(|error| fault(folder, &error))?;
            (index, reader, Stamp::first(), true)
        }
    };
    drop(lock);
    let writer = (|| {
        let mut writer = writer(&index, memory_bytes)?;
        if is_new {
            commit(&mut writer, mark, stamp)?;
        }
        Ok(writer)
    })();
    Ok(Opened { index, reader, writer: writer.map_err(|error| fault(folder, &error))?, stamp, is_new })
}

/// Starts a writer; there can be one at a time.
pub(super) fn writer(index: &Index, memory_bytes: usize) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder();
    let options = options.num_worker_threads(1).num_merge_threads(1).memory_budget_per_thread(memory_bytes).build();
    let writer = index.writer_with_options(options)?;
    let mut policy = LogMergePolicy::default();
    // Small commits are merged with each other long before they are with large ones, and deleted content does not pile up.
    policy.set_min_layer_size(1_000);
    policy.set_del_docs_ratio_before_merge(0.3);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// Makes what was written durable.
pub(super) fn commit(writer: &mut IndexWriter, mark: &str, stamp: Stamp) -> tantivy::Result<()> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&stamp.write(mark));
    commit.commit().map(drop)
}

fn directory(folder: &Path) -> Result<MmapDirectory> {
    MmapDirectory::open(folder).map_err(|error| fault(folder, &error.into()))
}

fn existing(folder: &Path, schema: &Schema, mark: &str) -> Result<Found> {
    let directory = directory(folder)?;
    let checked = (|| {
        if !Index::exists(&directory)? {
            return Ok(Found::Useless("there is none".into()));
        }
        let index = Index::open(directory)?;
        let payload = index.load_metas()?.payload;
        let stamp = payload.and_then(|payload| Stamp::read(mark, &payload)).filter(|_| index.schema() == *schema);
        let Some(stamp) = stamp else {
            return Ok(Found::Useless("it is of another version or another store".into()));
        };
        let damaged = index.validate_checksum()?;
        if !damaged.is_empty() {
            return Ok(Found::Useless(format!("it is damaged: {damaged:?}")));
        }
        with_reader(index).map(|(index, reader)| Found::Sound(index, reader, stamp))
    })();
    checked.or_else(
        |error: TantivyError| {
            if is_damage(&error) { Ok(Found::Useless(error.to_string())) } else { Err(fault(folder, &error)) }
        },
    )
}

fn create(folder: &Path, schema: &Schema) -> tantivy::Result<(Index, IndexReader)> {
    with_reader(Index::create(MmapDirectory::open(folder)?, schema.clone(), tantivy::IndexSettings::default())?)
}

fn with_reader(index: Index) -> tantivy::Result<(Index, IndexReader)> {
    index.tokenizers().register(analysis::TEXT, analysis::analyser());
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok((index, reader))
}

/// Removes the engine's files and leaves all others, as the setting may name a folder that holds more.
fn wipe(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_engines(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_engines(name: &str) -> bool {
    let segment = name.split_once('.').map(|(id, _)| id);
    matches!(name, "meta.json" | ".managed.json")
        || name.starts_with(".tmp") && name.len() == ".tmp".len() + 6
        || segment.is_some_and(|id| id.len() == 32 && id.bytes().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_engines_files_are_removed() {
        for name in ["meta.json", ".managed.json", ".tmpXk3u9Q", "0198c5f07a3e7c529d213f1b2a4c5d6e.12.del"] {
            assert!(is_engines(name), "{name}");
        }
        for name in ["photo.jpg", "0198c5f0.del", "0198c5f07a3e7c529d213f1b2a4c5d6e", ".tmp", "meta"] {
            assert!(!is_engines(name), "{name}");
        }
    }
}
