//! The one place where a driver's error becomes ours.

use std::{error::Error as StdError, fmt, time::Duration};

use cpcd_model::{Error, Reason};
use sqlx::error::{DatabaseError, ErrorKind};

const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What a row broke, as the source of an [`Error`].
#[derive(Debug)]
pub(super) enum Violation {
    /// A constraint's name on PostgreSQL, `table.column` on SQLite.
    Unique(String),
    /// Something that it refers to is not there.
    ForeignKey,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique(name) => write!(f, "unique constraint violated: {name}"),
            Self::ForeignKey => f.write_str("foreign key constraint violated"),
        }
    }
}

impl StdError for Violation {}

/// Gives what a row broke, if that is why a statement failed.
pub(super) fn violation(error: &Error) -> Option<&Violation> {
    error.source()?.downcast_ref()
}

/// Says whether a statement failed at the unique constraint of this name (PostgreSQL) or column (SQLite).
pub(super) fn violates_unique(error: &Error, constraint: &str, column: &str) -> bool {
    matches!(violation(error), Some(Violation::Unique(name)) if name == constraint || name == column)
}

/// Makes the error of an engine that does not answer.
pub(super) fn engine_away(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::new(Reason::EngineAway, "the store does not answer").with_retry_after(RETRY_AFTER).with_source(source)
}

/// Makes the error of a write of which nobody knows whether it is there: the engine went while it was asked to commit.
pub(super) fn outcome_unknown(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    let text = "the store went away while it was asked to commit: the change may be there or not; ask again under the same request id";
    Error::new(Reason::OutcomeUnknown, text).with_retry_after(RETRY_AFTER).with_source(source)
}

/// Makes the error of a write that another one crossed.
pub(super) fn write_conflict(message: &str) -> Error {
    Error::new(Reason::WriteConflict, message).with_retry_after(Duration::ZERO)
}

/// Makes the error of a store that closes.
pub(super) fn closing() -> Error {
    Error::new(Reason::ShuttingDown, "the store is closing").with_retry_after(RETRY_AFTER)
}

/// Makes the same error once more, for another caller.
pub(super) fn again(error: &Error) -> Error {
    let copy = Error::new(error.reason(), error.message()).with_source(format!("{error:?}"));
    match error.retry_after() {
        Some(after) => copy.with_retry_after(after),
        None => copy,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the driver's enum grows; what is unknown is internal")]
pub(super) fn from_sqlx(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(error) => from_database(error),
        error @ (sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        // What a connection says that breaks off in the midst of a message.
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed) => engine_away(error),
        error => Error::internal(error),
    }
}

fn from_database(error: Box<dyn DatabaseError>) -> Error {
    let kind = error.kind();
    let code = error.code().unwrap_or_default().into_owned();
    if kind == ErrorKind::UniqueViolation {
        let name = match error.constraint() {
            Some(name) => name.to_owned(),
            // SQLite says it in words: "UNIQUE constraint failed: users.username, ...".
            None => error.message().split_once(": ").map_or("", |(_, columns)| columns).to_owned(),
        };
        return write_conflict("another write was faster; try again").with_source(Violation::Unique(name));
    }
    if kind == ErrorKind::ForeignKeyViolation {
        return write_conflict("what this refers to is gone; try again").with_source(Violation::ForeignKey);
    }
    let full = "the disk under the store is full; nothing was changed: make room on it, and it goes on by itself";
    // SQLSTATE has five characters; SQLite's extended codes carry the plain one in their lowest byte.
    match code.as_str() {
        "40001" | "40P01" | "55P03" => write_conflict("another write came between; try again").with_source(error),
        "53100" => Error::new(Reason::StoreFull, full).with_source(error),
        "57014" => Error::new(Reason::DeadlineExceeded, "the store took too long").with_source(error),
        // Shut down, restarted, not up yet, out of connections, memory or patience with an idle transaction.
        "57P01" | "57P02" | "57P03" | "53300" | "53200" | "25P03" => engine_away(error),
        _ if code.len() == 5 && code.starts_with("08") => engine_away(error),
        // No such database, no such role, a wrong password.
        "3D000" | "28000" | "28P01" => {
            let text = format!("PostgreSQL refuses the connection: {}; see store.url", error.message());
            Error::new(Reason::EngineAway, text).with_retry_after(RETRY_AFTER).with_source(error)
        }
        _ if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() => {
            match code.parse::<u32>().unwrap_or(1) & 0xff {
                13 => Error::new(Reason::StoreFull, full).with_source(error), // SQLITE_FULL
                5 | 6 | 8 | 10 | 14 => engine_away(error),                    // BUSY, LOCKED, READONLY, IOERR, CANTOPEN
                26 => Error::new(Reason::StoreForeign, "the store's file is no SQLite database").with_source(error), // NOTADB
                _ => Error::internal(error),
            }
        }
        _ => Error::internal(error),
    }
}
