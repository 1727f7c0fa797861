//! One side of a copy: a connection that has the store for itself.

use std::path::Path;

use cpcd_model::{Error, Reason, Result};
use sqlx::{
    ConnectOptions, Connection, PgConnection, SqliteConnection, query_scalar, raw_sql,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous},
};

use super::{from_sqlx, tables::COPIED};
use crate::sql::{
    Config,
    config::Place,
    migrate::{COPYING, Found, Link, POSTGRES, SQLITE, State, judge, last, lock, migration_connection, up},
};

/// A side.
pub(super) enum Side {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Side {
    /// Takes a store for itself, as far as the engine can; `is_there` says that it must exist.
    pub(super) async fn open(config: &Config, is_there: bool) -> Result<Self> {
        config.validate()?;
        match config.place()? {
            Place::Memory => {
                Err(Error::field(Reason::FieldInvalid, "store.url", "a store in memory is nobody's to copy"))
            }
            Place::File(path) => Self::open_file(Path::new(path), is_there).await,
            Place::Postgres(options) => {
                let mut connection = migration_connection(&options.application_name("cpcd store copy")).await?;
                lock(&mut connection).await?;
                let found = Link::Postgres(&mut connection).look().await?;
                require_alone(Link::Postgres(&mut connection).replicas(&found).await?)?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    async fn open_file(file: &Path, is_there: bool) -> Result<Self> {
        if is_there && !file.exists() {
            let text = format!("the store's file {} is not there", file.display());
            return Err(Error::new(Reason::EngineAway, text));
        }
        // Alone on the file from the first look to the last: neither a daemon that runs nor one that starts meanwhile.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(!is_there)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let used = |error: Error| {
            if error.reason() != Reason::EngineAway {
                return error;
            }
            let text = format!("another program has the store {} open: stop the daemon on it", file.display());
            Error::new(Reason::StoreInUse, text).with_source(format!("{error:?}"))
        };
        let mut connection = options.connect().await.map_err(|error| used(from_sqlx(error)))?;
        let taken = raw_sql("BEGIN EXCLUSIVE; COMMIT").execute(&mut connection).await;
        taken.map_err(|error| used(from_sqlx(error)))?;
        Ok(Self::Sqlite(connection))
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Says which of the two it is, for people.
    fn word(&self) -> &'static str {
        if self.is_postgres() { "PostgreSQL" } else { "SQLite" }
    }

    async fn look(&mut self) -> Result<Found> {
        match self {
            Self::Postgres(connection) => Link::Postgres(connection).look().await,
            Self::Sqlite(connection) => Link::Sqlite(connection).look().await,
        }
    }

    fn judge(&self, found: &Found) -> Result<State> {
        judge(if self.is_postgres() { &POSTGRES } else { &SQLITE }, found)
    }

    /// Refuses to go on if a daemon has come into service meanwhile; a file is nobody else's from the first look.
    pub(super) async fn require_alone(&mut self) -> Result<()> {
        let found = self.look().await?;
        match self {
            Self::Postgres(connection) => require_alone(Link::Postgres(connection).replicas(&found).await?),
            Self::Sqlite(_) => Ok(()),
        }
    }

    /// Refuses a store that does not have exactly the tables of this version.
    pub(super) async fn require_ready(&mut self) -> Result<()> {
        let found = self.look().await?;
        let newest = last(&POSTGRES);
        let why = match self.judge(&found)? {
            State::Ready if found.applied.iter().all(|applied| applied.version <= newest) => return Ok(()),
            State::Ready => "it was migrated by a newer version; copy it with that one".to_owned(),
            State::Empty => "it is empty".to_owned(),
            State::Pending(version) if self.is_postgres() => {
                format!("it is at migration {version}, this version needs {newest}; run `cpcctl --local migrate up`")
            }
            State::Pending(version) => {
                format!(
                    "it is at migration {version}, this version needs {newest}; start and stop this version on it once"
                )
            }
        };
        Err(Error::new(Reason::MigrationPending, format!("the {} store cannot be copied: {why}", self.word())))
    }

    /// Makes the tables of an empty store; gives whether a copy into it was begun before.
    pub(super) async fn prepare(&mut self) -> Result<bool> {
        let mut found = self.look().await?;
        let is_begun = found.tables.iter().any(|table| table == COPYING);
        found.tables.retain(|table| table != COPYING);
        if self.judge(&found)? == State::Ready && is_begun {
            return Ok(true);
        }
        for table in COPIED.iter().filter(|table| found.tables.iter().any(|there| there == *table)) {
            let any = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            let rows: i64 = match self {
                Self::Postgres(connection) => query_scalar(any).fetch_one(connection).await,
                Self::Sqlite(connection) => query_scalar(any).fetch_one(connection).await,
            }
            .map_err(from_sqlx)?;
            if rows > 0 {
                let text = format!("the {} store is not empty: table {table} has rows; name an empty one", self.word());
                return Err(Error::new(Reason::StoreInUse, text));
            }
        }
        match self {
            Self::Postgres(connection) => up(&mut Link::Postgres(connection), &POSTGRES, None, &mut |_| ()).await?,
            Self::Sqlite(connection) => up(&mut Link::Sqlite(connection), &SQLITE, None, &mut |_| ()).await?,
        };
        Ok(is_begun)
    }

    /// Gives the store's id, in hexadecimal digits.
    pub(super) async fn identity(&mut self) -> Result<Option<String>> {
        match self {
            Self::Postgres(connection) => {
                let id = "SELECT replace(store_id::TEXT, '-', '') FROM server_identity";
                query_scalar(id).fetch_optional(connection).await
            }
            Self::Sqlite(connection) => {
                query_scalar("SELECT lower(hex(store_id)) FROM server_identity").fetch_optional(connection).await
            }
        }
        .map_err(from_sqlx)
    }

    /// Reads from here on what is there now, whatever is written meanwhile.
    pub(super) async fn begin_snapshot(&mut self) -> Result<()> {
        self.statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN").await
    }

    pub(super) async fn end_snapshot(&mut self) -> Result<()> {
        self.statement("COMMIT", "COMMIT").await
    }

    /// Runs statements in the dialect of the side.
    pub(super) async fn statement(&mut self, postgres: &'static str, sqlite: &'static str) -> Result<()> {
        match self {
            Self::Postgres(connection) => raw_sql(postgres).execute(connection).await.map(drop),
            Self::Sqlite(connection) => raw_sql(sqlite).execute(connection).await.map(drop),
        }
        .map_err(from_sqlx)
    }

    pub(super) async fn close(self) -> Result<()> {
        match self {
            Self::Postgres(connection) => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        }
        .map_err(from_sqlx)
    }
}

fn require_alone(replicas: i64) -> Result<()> {
    if replicas == 0 {
        return Ok(());
    }
    let text =
        format!("{replicas} daemons in service were heard on the store within ten seconds; stop them, and try again");
    Err(Error::new(Reason::StoreInUse, text))
}
