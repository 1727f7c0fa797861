//! The engines: one enum, the four verbs outside a transaction, and the way into one. It and `postgres.rs` alone name a pool.

use std::{path::Path, sync::Arc, time::Duration};

use cpcd_model::{Error, Reason, Result};
use futures_util::future::BoxFuture;
use sqlx::{
    ConnectOptions, SqlitePool, query_as_with,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Config, Priority, Tx,
    arg::{self, Arg, Sql},
    cause::note_statement,
    config::Place,
    fault::from_sqlx,
    migrate,
    postgres::Postgres,
    row::Record,
    turns::Turns,
    writer::Writer,
};
use crate::deadline;

/// Readers of SQLite, for each core, and at least.
const READERS_PER_CORE: usize = 2;
const LEAST_READERS: u32 = 4;

/// An open engine.
#[derive(Clone)]
pub(super) enum Db {
    Postgres(Arc<Postgres>),
    Sqlite(Arc<Sqlite>),
}

pub(super) struct Sqlite {
    readers: SqlitePool,
    turns: Turns,
    writer: Writer,
}

/// Runs a read on the engine at hand.
macro_rules! read {
    ($db:ident, $sql:ident, $args:ident, $row:ty, $verb:ident) => {{
        note_statement();
        match $db {
            Self::Postgres(postgres) => {
                let (pool, args) = (postgres.pool(), arg::postgres($args)?);
                let begin = postgres.begin_in_time()?;
                // In a box, as a write: else each future that reads somewhere has room for it, and is copied with it.
                let read = Box::pin(async move {
                    let query = query_as_with::<_, $row, _>($sql.postgres, args);
                    match begin {
                        None => query.$verb(&pool).await,
                        // It ends by itself when it is dropped, after the answer has gone.
                        Some(begin) => query.$verb(&mut *pool.begin_with(begin).await?).await,
                    }
                });
                postgres.read(read).await
            }
            Self::Sqlite(sqlite) => {
                let _turn = sqlite.turns.take().await?;
                let query = query_as_with::<_, $row, _>($sql.sqlite, arg::sqlite($args)?);
                let read = query.$verb(&sqlite.readers);
                match deadline::left(deadline::current())? {
                    None => read.await,
                    Some(left) => timeout(left, read).await.map_err(|_| deadline::exceeded())?,
                }
                .map_err(from_sqlx)
            }
        }
    }};
}

impl Db {
    pub(super) async fn open(config: &Config) -> Result<Self> {
        match config.place()? {
            Place::Memory => open_sqlite(config, SqliteConnectOptions::new(), None).await,
            Place::File(path) => {
                open_sqlite(config, SqliteConnectOptions::new().filename(path), Some(Path::new(path))).await
            }
            Place::Postgres(options) => Ok(Self::Postgres(Arc::new(Postgres::open(config, *options).await?))),
        }
    }

    /// Runs a query that gives one row.
    pub(super) async fn fetch_one<R: Record>(&self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<R> {
        let sql = sql.into();
        read!(self, sql, args, R, fetch_one)
    }

    /// Runs a query that gives at most one row.
    pub(super) async fn fetch_optional<R: Record>(&self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<Option<R>> {
        let sql = sql.into();
        read!(self, sql, args, R, fetch_optional)
    }

    /// Runs a query that gives rows.
    pub(super) async fn fetch_all<R: Record>(&self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<Vec<R>> {
        let sql = sql.into();
        read!(self, sql, args, R, fetch_all)
    }

    pub(super) async fn write<T, F>(&self, priority: Priority, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        match self {
            Self::Postgres(postgres) => postgres.write(priority, job).await,
            Self::Sqlite(sqlite) => sqlite.writer.write(priority, job).await,
        }
    }

    /// Gives how many reads run at once at most.
    pub(super) fn connections(&self) -> u32 {
        match self {
            Self::Postgres(postgres) => postgres.pool().options().get_max_connections(),
            Self::Sqlite(sqlite) => sqlite.readers.options().get_max_connections(),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Postgres(postgres) => postgres.close().await,
            Self::Sqlite(sqlite) => {
                // Readers first: the last connection to close writes the log back into the file.
                sqlite.readers.close().await;
                sqlite.writer.close().await;
            }
        }
    }
}

async fn open_sqlite(config: &Config, options: SqliteConnectOptions, file: Option<&Path>) -> Result<Db> {
    let options = options
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-16384");
    let options = match file {
        Some(_) => options,
        // A name of its own, in the memory of this process; it lives as long as a connection to it.
        None => options.filename(format!("file:cpcd-{}", Uuid::now_v7())).in_memory(true).shared_cache(true),
    };
    let opened = options.clone().create_if_missing(true).connect().await;
    let mut connection = opened.map_err(|error| {
        let error = from_sqlx(error);
        match (error.reason(), file) {
            (Reason::EngineAway, Some(file)) => {
                let message = format!("the store's file {} cannot be opened", file.display());
                Error::new(Reason::EngineAway, message).with_source(format!("{error:?}"))
            }
            _ => error,
        }
    })?;
    migrate::sqlite(&mut connection, file).await?;
    // A reader is a thread, and what it reads is in memory mostly: more of them than cores only keep the cores from everything else.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let most = u32::try_from(cores * READERS_PER_CORE).unwrap_or(u32::MAX).max(LEAST_READERS);
    let connections = config.max_connections.min(most);
    let readers = SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(u32::from(file.is_none()))
        .acquire_timeout(config.acquire_timeout())
        .connect_with(options.clone().pragma("query_only", "ON"))
        .await
        .map_err(from_sqlx)?;
    Ok(Db::Sqlite(Arc::new(Sqlite {
        readers,
        turns: Turns::new(connections),
        writer: Writer::start(connection, options),
    })))
}
