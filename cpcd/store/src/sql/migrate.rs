//! Migrations: what a store must look like, and who may bring it there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cpcd_model::{Error, Reason, Result};
use sqlx::{
    Connection, PgConnection, SqliteConnection,
    migrate::{Migrate, MigrateError, Migrator},
    postgres::PgConnectOptions,
    query_as,
};

use super::fault::{engine_away, from_sqlx};

static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");

const TABLE: &str = "_sqlx_migrations";

/// How far a store is.
#[derive(Debug, PartialEq)]
enum State {
    /// There is nothing in it.
    Empty,
    /// Its last migration, and whether there are later ones.
    At { version: i64, pending: bool },
}

/// Fills an empty database, and accepts one that is up to date.
pub(super) async fn postgres(options: &PgConnectOptions) -> Result<()> {
    // A connection of its own: no time-out for statements, and the lock goes when it goes.
    let mut connection = PgConnection::connect_with(options).await.map_err(from_sqlx)?;
    // Replicas that start together: one fills, the others wait and find it filled.
    connection.lock().await.map_err(from_migrate)?;
    let done = match postgres_state(&mut connection).await? {
        State::Empty | State::At { pending: false, .. } => {
            POSTGRES.run_direct(None, &mut connection, false).await.map_err(from_migrate)
        }
        State::At { version, pending: true } => Err(Error::new(
            Reason::StoreForeign,
            format!(
                "migrations are pending: the store is at {version}, this version needs {}; a PostgreSQL store with data is \
                 not changed without being told to",
                last(&POSTGRES)
            ),
        )),
    };
    connection.close().await.map_err(from_sqlx)?;
    done
}

async fn postgres_state(connection: &mut PgConnection) -> Result<State> {
    let (known, others): (bool, i64) = query_as(
        "SELECT count(*) FILTER (WHERE relname = '_sqlx_migrations') > 0, count(*) FILTER (WHERE relname <> '_sqlx_migrations')
         FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm', 'f')",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    state(connection, &POSTGRES, known, others).await
}

/// Brings a file up to date, after a copy of what it was.
pub(super) async fn sqlite(connection: &mut SqliteConnection, file: Option<&Path>) -> Result<()> {
    sqlite_with(connection, file, &SQLITE).await
}

async fn sqlite_with(connection: &mut SqliteConnection, file: Option<&Path>, migrator: &Migrator) -> Result<()> {
    let (known, others): (bool, i64) = query_as(
        "SELECT count(*) FILTER (WHERE name = '_sqlx_migrations') > 0, count(*) FILTER (WHERE name <> '_sqlx_migrations')
         FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    match (state(connection, migrator, known, others).await?, file) {
        (State::At { version, pending: true }, Some(file)) => copy(connection, file, version).await?,
        (State::At { .. } | State::Empty, _) => {}
    }
    migrator.run_direct(None, connection, false).await.map_err(from_migrate)
}

/// Copies the store beside itself, under the version that it has.
async fn copy(connection: &mut SqliteConnection, file: &Path, version: i64) -> Result<()> {
    let copy = beside(file, &format!("version-{version}"));
    // A copy that was broken off must never look like a whole one: it gets its name at the end.
    let part = beside(file, &format!("version-{version}.part"));
    if part.exists() {
        fs::remove_file(&part).map_err(engine_away)?;
    }
    let name = part.to_str().ok_or_else(|| Error::internal("the path of the store is no UTF-8"))?;
    sqlx::query("VACUUM INTO $1").bind(name.to_owned()).execute(connection).await.map_err(from_sqlx)?;
    fs::File::open(&part).and_then(|part| part.sync_all()).map_err(engine_away)?;
    fs::rename(&part, &copy).map_err(engine_away)?;
    tracing::info!(store.version = version, copy = %copy.display(), "the store was copied before its migration");
    Ok(())
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

async fn state<C: Migrate>(connection: &mut C, migrator: &Migrator, known: bool, others: i64) -> Result<State> {
    let applied =
        if known { connection.list_applied_migrations(TABLE).await.map_err(from_migrate)? } else { Vec::new() };
    let Some(version) = applied.iter().map(|migration| migration.version).max() else {
        return if others == 0 {
            Ok(State::Empty)
        } else {
            Err(foreign("it has tables, but none of cpcd's migrations"))
        };
    };
    let newest = last(migrator);
    if version > newest {
        let message =
            format!("it is at migration {version} and this version knows {newest}; take a newer version of cpcd");
        return Err(foreign(&message));
    }
    // Branches that were merged may leave a gap: what counts is what is missing, not the greatest number.
    let is_missing = |known: i64| applied.iter().all(|migration| migration.version != known);
    Ok(State::At {
        version,
        pending: migrator.iter().any(|known| known.migration_type.is_up_migration() && is_missing(known.version)),
    })
}

fn last(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or_default()
}

fn foreign(why: &str) -> Error {
    Error::new(Reason::StoreForeign, format!("the store is not this version's: {why}"))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the driver's enum grows; what is unknown is internal")]
fn from_migrate(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        MigrateError::VersionMissing(version) => {
            foreign(&format!("it has migration {version}, which is not known here"))
        }
        MigrateError::VersionMismatch(version) => foreign(&format!("its migration {version} was another one")),
        MigrateError::Dirty(version) => foreign(&format!("its migration {version} was broken off")),
        error => Error::internal(error),
    }
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
