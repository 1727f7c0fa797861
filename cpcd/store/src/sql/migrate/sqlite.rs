//! Migrations of an SQLite file: at the start, after a copy of what it was.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use cpcd_model::{Error, Result};
use sqlx::{ConnectOptions, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};

use super::{
    SQLITE,
    state::{Link, State, judge},
    steps,
};
use crate::sql::fault::{engine_away, from_sqlx};

/// Brings a file up to date, after a copy of what it was.
pub(in crate::sql) async fn open(connection: &mut SqliteConnection, file: Option<&Path>) -> Result<()> {
    open_with(connection, file, &SQLITE).await
}

pub(super) async fn open_with(
    connection: &mut SqliteConnection,
    file: Option<&Path>,
    migrator: &Migrator,
) -> Result<()> {
    let mut link = Link::Sqlite(&mut *connection);
    match (judge(migrator, &link.look().await?)?, file) {
        (State::Ready, _) => return Ok(()),
        (State::Pending(version), Some(file)) => copy(connection, file, version).await?,
        (State::Pending(_), None) | (State::Empty, _) => {}
    }
    let mut link = Link::Sqlite(connection);
    steps::up(&mut link, migrator, None, &mut |step| tracing::debug!(?step, "migrating")).await.map(drop)
}

/// Opens a connection to a file that is there.
pub(super) async fn connect(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(true).busy_timeout(Duration::from_secs(5));
    options.connect().await.map_err(from_sqlx)
}

/// Copies the store beside itself, under the version that it has.
pub(super) async fn copy(connection: &mut SqliteConnection, file: &Path, version: i64) -> Result<()> {
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
