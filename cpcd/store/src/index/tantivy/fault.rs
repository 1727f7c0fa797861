//! What the engine's errors mean to us.

use std::{
    collections::BTreeMap,
    error::Error as StdError,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use cpcd_model::{Error, Reason};
use tantivy::{
    TantivyError,
    directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
};

/// The disk is asked this often.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// Says what an error of the index in `folder` means: a full disk, or an engine that is away.
pub(super) fn fault(folder: &Path, error: &TantivyError) -> Error {
    // Most errors of writing lose their cause on the way out of the engine's threads, so the disk itself is asked.
    let known = io_error(error).map(|cause| reason(cause)).filter(|reason| *reason == Reason::StoreFull);
    let reason = known.unwrap_or_else(|| probe(folder));
    refuse(reason, folder, error)
}

/// Says what an input or output error in `folder` means.
pub(super) fn io_fault(folder: &Path, error: &io::Error) -> Error {
    refuse(reason(error), folder, error)
}

/// The message goes to callers, whom the server's folders do not concern: those are in the source, for the log.
fn refuse(reason: Reason, folder: &Path, error: &impl StdError) -> Error {
    let message = if reason == Reason::StoreFull {
        "the disk under the search index is full; free some space and try again"
    } else {
        "the search index does not answer; try again"
    };
    Error::new(reason, message).with_source(format!("{}: {error} ({error:?})", folder.display()))
}

fn reason(error: &io::Error) -> Reason {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
    if full.contains(&error.kind()) { Reason::StoreFull } else { Reason::EngineAway }
}

/// Asks the disk, or remembers what it said a moment ago: many callers may fail at once, and each writes as much as this.
fn probe(folder: &Path) -> Reason {
    static LAST: Mutex<BTreeMap<PathBuf, (Instant, Reason)>> = Mutex::new(BTreeMap::new());
    // Held meanwhile, so that the others wait for the one answer.
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match last.get(folder) {
        Some((time, reason)) if time.elapsed() < PROBE_EVERY => *reason,
        Some(_) | None => {
            let reason = write_and_remove(folder);
            last.insert(folder.to_owned(), (Instant::now(), reason));
            reason
        }
    }
}

fn write_and_remove(folder: &Path) -> Reason {
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

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn messages_name_no_folders_and_the_log_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let error = fault(folder.path(), &TantivyError::SystemError(format!("cannot read {path}/meta.json")));
        assert_eq!(error.reason(), Reason::EngineAway);
        assert!(!error.message().contains(&path), "{}", error.message());
        assert!(error.source().unwrap().to_string().contains(&path));
    }

    #[test]
    fn the_disk_is_asked_once_for_many_errors() {
        let folder = tempfile::tempdir().unwrap();
        let space = folder.path().join(".tmp-space");
        // A full disk, for one attempt: the link to it is removed with what was written.
        symlink("/dev/full", &space).unwrap();
        assert_eq!(probe(folder.path()), Reason::StoreFull);
        assert!(fs::symlink_metadata(&space).is_err(), "the first error asked");
        assert_eq!(
            probe(folder.path()),
            Reason::StoreFull,
            "the second one remembers; the disk would have said otherwise"
        );
    }
}
