//! What is found in a store, and what it means to this program.
//!
//! A store may have migrations that the program does not know, if they only add to it: a new version expands the store while old ones
//! still run on it, and contracts it when none is left. A migration that takes something away says so itself: it raises
//! `schema_compatibility.least_known` to the last migration that a program must know to go on.

use std::{borrow::Cow, time::Duration};

use cpcd_model::{Result, time::Timestamp};
use sqlx::{
    PgConnection, SqliteConnection,
    migrate::{Migrate, Migration, Migrator},
    query_as, query_scalar,
};

use super::{TABLE, foreign, from_migrate};
use crate::sql::fault::from_sqlx;

/// A connection to either engine; what is asked here is spelled alike on both where it can be.
pub(in crate::sql) enum Link<'c> {
    Postgres(&'c mut PgConnection),
    Sqlite(&'c mut SqliteConnection),
}

/// Runs a query on the engine at hand.
macro_rules! on {
    ($link:expr, $query:expr, $verb:ident) => {
        match $link {
            Link::Postgres(connection) => $query.$verb(&mut **connection).await,
            Link::Sqlite(connection) => $query.$verb(&mut **connection).await,
        }
        .map_err(from_sqlx)
    };
}

/// A migration that a store has.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sql) struct Applied {
    pub(in crate::sql) version: i64,
    pub(in crate::sql) name: String,
    pub(in crate::sql) checksum: Vec<u8>,
    pub(in crate::sql) is_whole: bool,
    pub(in crate::sql) at: Timestamp,
    pub(in crate::sql) took: Duration,
}

/// What is in a store.
#[derive(Debug, Default)]
pub(in crate::sql) struct Found {
    /// Tables that are not the list of migrations.
    pub(in crate::sql) tables: Vec<String>,
    pub(in crate::sql) applied: Vec<Applied>,
    /// The last migration that a program must know.
    pub(in crate::sql) least_known: i64,
}

/// How far a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) enum State {
    /// There is nothing in it.
    Empty,
    /// It has all that this program needs, and maybe more.
    Ready,
    /// Migrations are missing after this one.
    Pending(i64),
}

impl Link<'_> {
    /// Looks what is there.
    pub(in crate::sql) async fn look(&mut self) -> Result<Found> {
        let tables: Vec<String> = match self {
            Self::Postgres(connection) => {
                let tables = "SELECT relname::TEXT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                              WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm', 'f')";
                query_scalar(tables).fetch_all(&mut **connection).await.map_err(from_sqlx)?
            }
            Self::Sqlite(connection) => {
                let tables = "SELECT name FROM sqlite_schema
                              WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
                query_scalar(tables).fetch_all(&mut **connection).await.map_err(from_sqlx)?
            }
        };
        let has = |name: &str| tables.iter().any(|table| table == name);
        let applied = if has(TABLE) { self.applied().await? } else { Vec::new() };
        let least_known = if has("schema_compatibility") {
            let least: Option<i64> =
                on!(self, query_scalar("SELECT least_known FROM schema_compatibility"), fetch_optional)?;
            least.unwrap_or_default()
        } else {
            0
        };
        Ok(Found { tables: tables.into_iter().filter(|table| table != TABLE).collect(), applied, least_known })
    }

    async fn applied(&mut self) -> Result<Vec<Applied>> {
        type Row = (i64, String, Vec<u8>, bool, i64, i64);
        let rows: Vec<Row> = match self {
            Self::Postgres(connection) => {
                let applied =
                    "SELECT version, description, checksum, success, extract(epoch FROM installed_on)::BIGINT,
                                   execution_time FROM _sqlx_migrations ORDER BY version";
                query_as(applied).fetch_all(&mut **connection).await
            }
            Self::Sqlite(connection) => {
                let applied = "SELECT version, description, checksum, success,
                                   CAST(coalesce(strftime('%s', installed_on), 0) AS INTEGER), execution_time
                               FROM _sqlx_migrations ORDER BY version";
                query_as(applied).fetch_all(&mut **connection).await
            }
        }
        .map_err(from_sqlx)?;
        let applied = rows.into_iter().map(|(version, name, checksum, is_whole, at, took)| Applied {
            version,
            name,
            checksum,
            is_whole,
            at: Timestamp::from_second(at).unwrap_or_default(),
            took: Duration::from_nanos(u64::try_from(took).unwrap_or_default()),
        });
        Ok(applied.collect())
    }

    /// Gives how many daemons live on the store, by its own clock.
    pub(in crate::sql) async fn replicas(&mut self, found: &Found) -> Result<i64> {
        if !found.tables.iter().any(|table| table == "replicas") {
            return Ok(0);
        }
        match self {
            Self::Postgres(connection) => {
                let alive = "SELECT count(*) FROM replicas WHERE seen_at > clock_timestamp() - INTERVAL '10 seconds'";
                query_scalar(alive).fetch_one(&mut **connection).await
            }
            Self::Sqlite(connection) => {
                let alive = "SELECT count(*) FROM replicas
                             WHERE seen_at > strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-10 seconds')";
                query_scalar(alive).fetch_one(&mut **connection).await
            }
        }
        .map_err(from_sqlx)
    }

    /// Makes the list of migrations if it is not there.
    pub(in crate::sql) async fn prepare(&mut self) -> Result<()> {
        match self {
            Self::Postgres(connection) => connection.ensure_migrations_table(TABLE).await,
            Self::Sqlite(connection) => connection.ensure_migrations_table(TABLE).await,
        }
        .map_err(from_migrate)
    }

    /// Does a migration and notes it, in one transaction; gives how long it took.
    pub(in crate::sql) async fn apply(&mut self, migration: &Migration) -> Result<Duration> {
        match self {
            Self::Postgres(connection) => connection.apply(TABLE, migration).await,
            Self::Sqlite(connection) => connection.apply(TABLE, migration).await,
        }
        .map_err(from_migrate)
    }

    /// Takes a migration back, in one transaction.
    pub(in crate::sql) async fn revert(&mut self, migration: &Migration) -> Result<Duration> {
        match self {
            Self::Postgres(connection) => connection.revert(TABLE, migration).await,
            Self::Sqlite(connection) => connection.revert(TABLE, migration).await,
        }
        .map_err(from_migrate)
    }
}

/// Gives the migrations that a program knows, in their order.
pub(in crate::sql) fn ups(migrator: &Migrator) -> impl DoubleEndedIterator<Item = &Migration> {
    migrator.migrations.iter().filter(|migration| migration.migration_type.is_up_migration())
}

/// Gives the way back of a migration.
pub(in crate::sql) fn down_of(migrator: &Migrator, version: i64) -> Option<&Migration> {
    migrator.migrations.iter().find(|known| known.version == version && known.migration_type.is_down_migration())
}

pub(in crate::sql) fn last(migrator: &Migrator) -> i64 {
    ups(migrator).map(|migration| migration.version).max().unwrap_or_default()
}

/// The table of a copy that is under way; a store that has it is not whole.
pub(in crate::sql) const COPYING: &str = "store_copy";

/// Says what a store is to this program, or why it is nothing.
pub(in crate::sql) fn judge(migrator: &Migrator, found: &Found) -> Result<State> {
    if found.tables.iter().any(|table| table == COPYING) {
        return Err(foreign("a copy into it was not finished; run `cpcd store copy` again, or copy into an empty one"));
    }
    let Some(version) = found.applied.iter().map(|migration| migration.version).max() else {
        return if found.tables.is_empty() {
            Ok(State::Empty)
        } else {
            Err(foreign("it has tables, but none of cpcd's migrations"))
        };
    };
    let newest = last(migrator);
    for applied in &found.applied {
        let number = applied.version;
        if !applied.is_whole {
            return Err(foreign(&format!("its migration {number} was broken off")));
        }
        match ups(migrator).find(|known| known.version == number) {
            Some(known) if known.checksum != Cow::Borrowed(applied.checksum.as_slice()) => {
                return Err(foreign(&format!("its migration {number} was another one")));
            }
            None if number < newest => {
                return Err(foreign(&format!("it has migration {number}, which is not known here")));
            }
            Some(_) | None => {}
        }
    }
    if version > newest && found.least_known > newest {
        return Err(foreign(&format!(
            "it is at migration {version} and needs a program that knows migration {}, and this one knows {newest}; \
             take a newer version of cpcd",
            found.least_known
        )));
    }
    // Branches that were merged may leave a gap: what counts is what is missing, not the greatest number.
    let is_missing = |known: &Migration| found.applied.iter().all(|applied| applied.version != known.version);
    Ok(if ups(migrator).any(is_missing) { State::Pending(version) } else { State::Ready })
}
