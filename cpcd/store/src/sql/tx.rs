//! A transaction, and the four verbs inside it.

use std::mem;

use cpcd_model::{Error, Reason, Result};
use sqlx::{Postgres, SqliteConnection, Transaction, query_as_with, query_with};

use super::{
    arg::{self, Arg, Sql},
    audited::Trail,
    cause::note_statement,
    fault::{from_sqlx, outcome_unknown},
    health::Health,
    row::Record,
};

/// A transaction that the store began and ends; the methods of the tables are its verbs.
pub struct Tx {
    link: Link,
    failed: bool,
    rows: u64,
    /// What the audit will say of the job at hand.
    pub(super) trail: Option<Trail>,
}

enum Link {
    Postgres(Transaction<'static, Postgres>),
    /// The writer's connection; it begins and ends the transaction.
    Sqlite(SqliteConnection),
}

/// Runs a statement on the engine at hand. It counts as failed until it has succeeded, so that one whose future was dropped
/// halfway is no success either.
macro_rules! run {
    ($tx:ident, $sql:ident, $args:ident, $query:path, $verb:ident $($then:tt)*) => {{
        note_statement();
        let failed = mem::replace(&mut $tx.failed, true);
        let done = match &mut $tx.link {
            Link::Postgres(link) => {
                $query($sql.postgres, arg::postgres($args)?).$verb(&mut **link).await $($then)*
            }
            Link::Sqlite(link) => $query($sql.sqlite, arg::sqlite($args)?).$verb(link).await $($then)*,
        };
        if done.is_ok() {
            $tx.failed = failed;
        }
        done.map_err(from_sqlx)
    }};
}

impl Tx {
    pub(super) fn postgres(transaction: Transaction<'static, Postgres>) -> Self {
        Self { link: Link::Postgres(transaction), failed: false, rows: 0, trail: None }
    }

    pub(super) fn sqlite(connection: SqliteConnection) -> Self {
        Self { link: Link::Sqlite(connection), failed: false, rows: 0, trail: None }
    }

    /// Runs a statement; gives the number of rows that it changed.
    pub(super) async fn execute(&mut self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<u64> {
        let sql = sql.into();
        let rows = run!(self, sql, args, query_with, execute.map(|done| done.rows_affected()))?;
        self.rows += rows;
        Ok(rows)
    }

    /// Runs a statement that gives at most one row.
    pub(super) async fn fetch_optional<R: Record>(
        &mut self,
        sql: impl Into<Sql>,
        args: &[Arg<'_>],
    ) -> Result<Option<R>> {
        let sql = sql.into();
        run!(self, sql, args, query_as_with, fetch_optional)
    }

    /// Runs a statement that gives rows.
    pub(super) async fn fetch_all<R: Record>(&mut self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<Vec<R>> {
        let sql = sql.into();
        run!(self, sql, args, query_as_with, fetch_all)
    }

    /// Says whether the engine is PostgreSQL, for the few locks that only it needs.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.link, Link::Postgres(_))
    }

    /// Gives the number of rows changed since the last call.
    pub(super) fn take_rows(&mut self) -> u64 {
        mem::take(&mut self.rows)
    }

    /// Turns the success of a job into a failure if one of its statements failed; begins anew for the next job.
    ///
    /// After a failed statement PostgreSQL answers a commit with yes and rolls back, SQLite commits the rest: neither may be.
    pub(super) fn judge<T>(&mut self, result: Result<T>) -> Result<T> {
        if mem::take(&mut self.failed) && result.is_ok() {
            return Err(Error::internal("a statement failed and the transaction was to be committed all the same"));
        }
        result
    }

    /// Commits or rolls back, on PostgreSQL.
    ///
    /// A server that goes away while it commits leaves open whether it has; then, and only then, the error says so.
    pub(super) async fn end<T>(mut self, result: Result<T>, health: &Health) -> Result<T> {
        let result = self.judge(result);
        let Link::Postgres(transaction) = self.link else { return result };
        let value = match result {
            Ok(value) => value,
            Err(error) => {
                // Without an answer it ends with its connection.
                if let Ok(Err(rollback)) = health.cut(transaction.rollback()).await {
                    tracing::debug!(error = %rollback, "a transaction ended with its connection, not by a roll-back");
                }
                return Err(error);
            }
        };
        match health.cut(transaction.commit()).await {
            Ok(Ok(())) => Ok(value),
            Ok(Err(refusal @ sqlx::Error::Database(_))) => match from_sqlx(refusal) {
                // A server that is told to stop may say so after it has committed.
                error if error.reason() == Reason::EngineAway => Err(outcome_unknown(error)),
                error => Err(error),
            },
            Ok(Err(lost)) => Err(outcome_unknown(lost)),
            Err(away) => Err(outcome_unknown(away)),
        }
    }

    /// Gives the connection back, on SQLite.
    pub(super) fn into_sqlite(self) -> Option<SqliteConnection> {
        match self.link {
            Link::Sqlite(connection) => Some(connection),
            Link::Postgres(_) => None,
        }
    }
}
