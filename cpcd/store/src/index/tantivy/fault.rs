//! What the engine's errors mean to us.

use std::{io, path::Path, sync::Arc};

use cpcd_model::{Error, Reason};
use tantivy::{
    TantivyError,
    directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
};

/// Says what an error of the index in `folder` means: a full disk, or an engine that is away.
pub(super) fn fault(folder: &Path, error: TantivyError) -> Error {
    // Most errors of writing lose their cause on the way out of the engine's threads, so the disk itself is asked.
    let known = io_error(&error).map(|cause| reason(cause)).filter(|reason| *reason == Reason::StoreFull);
    let reason = known.unwrap_or_else(|| probe(folder));
    refuse(reason, folder).with_source(error)
}

/// Says what an input or output error in `folder` means.
pub(super) fn io_fault(folder: &Path, error: io::Error) -> Error {
    refuse(reason(&error), folder).with_source(error)
}

fn refuse(reason: Reason, folder: &Path) -> Error {
    let folder = folder.display();
    let message = if reason == Reason::StoreFull {
        format!("the disk under the search index {folder} is full; free some space and try again")
    } else {
        format!("the search index {folder} does not answer; try again")
    };
    Error::new(reason, message)
}

fn reason(error: &io::Error) -> Reason {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
    if full.contains(&error.kind()) { Reason::StoreFull } else { Reason::EngineAway }
}

fn probe(folder: &Path) -> Reason {
    const SIZE: usize = 1 << 20;
    let path = folder.join(".tmp-space");
    let result = std::fs::write(&path, vec![1; SIZE]);
    let removed = std::fs::remove_file(&path);
    match result.and(removed) {
        Ok(()) => Reason::EngineAway,
        Err(error) => reason(&error),
    }
}

/// Says whether an index that cannot be opened for this reason is damaged, rather than out of reach.
pub(super) fn is_damage(error: &TantivyError) -> bool {
    let passing = [io::ErrorKind::PermissionDenied, io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    match io_error(error) {
        Some(cause) => !passing.contains(&cause.kind()),
        None => !matches!(error, TantivyError::LockFailure(..)),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all others hold no input or output error")]
fn io_error(error: &TantivyError) -> Option<&Arc<io::Error>> {
    match error {
        TantivyError::IoError(cause)
        | TantivyError::LockFailure(LockError::IoError(cause), _)
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: cause, .. })
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: cause, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: cause, .. }) => Some(cause),
        _ => None,
    }
}
