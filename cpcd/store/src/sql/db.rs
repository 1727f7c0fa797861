//! The engines: one enum, the four verbs outside a transaction, and the way into one. The only file that names a pool.

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use cpcd_model::{Error, Reason, Result};
use futures_util::future::BoxFuture;
use sqlx::{
    AssertSqlSafe, ConnectOptions, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    query_as_with,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{runtime::Handle, sync::Semaphore, time::timeout};
use uuid::Uuid;

use super::{
    Config, Priority, Tx,
    arg::{self, Arg, Sql},
    cause::note_statement,
    config::Place,
    fault::{closing, engine_away, from_sqlx},
    migrate,
    row::Record,
    writer::Writer,
};
use crate::deadline;

/// What a read on PostgreSQL may take longer than the statement: the way there and back.
const ROUND_TRIP: Duration = Duration::from_secs(2);

/// What a statement may take longer than its call: not worth the two ways that setting its time costs.
const SLACK: Duration = Duration::from_millis(500);

/// An open engine.
#[derive(Clone)]
pub(super) enum Db {
    Postgres(Arc<Postgres>),
    Sqlite(Arc<Sqlite>),
}

pub(super) struct Postgres {
    pool: PgPool,
    /// Bulk writes hold at most half of the connections, so that logins find one.
    bulk: Arc<Semaphore>,
    /// A connection belongs to the runtime that made it: everything runs there.
    runtime: Handle,
    read_timeout: Duration,
    /// What the server allows each statement.
    statement_timeout: Duration,
}

pub(super) struct Sqlite {
    readers: SqlitePool,
    writer: Writer,
}

/// Runs a read on the engine at hand.
macro_rules! read {
    ($db:ident, $sql:ident, $args:ident, $row:ty, $verb:ident) => {{
        note_statement();
        match $db {
            Self::Postgres(postgres) => {
                let (pool, args) = (postgres.pool.clone(), arg::postgres($args)?);
                let begin = postgres.begin_in_time()?;
                let read = async move {
                    let query = query_as_with::<_, $row, _>($sql.postgres, args);
                    match begin {
                        None => query.$verb(&pool).await,
                        // It ends by itself when it is dropped, after the answer has gone.
                        Some(begin) => query.$verb(&mut *pool.begin_with(begin).await?).await,
                    }
                };
                postgres.read(read).await
            }
            Self::Sqlite(sqlite) => {
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
            Place::Postgres(options) => open_postgres(config, *options).await,
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

    pub(super) async fn close(&self) {
        match self {
            Self::Postgres(postgres) => postgres.pool.close().await,
            Self::Sqlite(sqlite) => {
                // Readers first: the last connection to close writes the log back into the file.
                sqlite.readers.close().await;
                sqlite.writer.close().await;
            }
        }
    }
}

impl Postgres {
    /// Gives how to begin a transaction whose statements end with the time of the call, if that is sooner than they end by themselves.
    fn begin_in_time(&self) -> Result<Option<AssertSqlSafe<String>>> {
        let Some(left) = deadline::left(deadline::current())? else { return Ok(None) };
        if left + SLACK >= self.statement_timeout {
            return Ok(None);
        }
        let milliseconds = left.as_millis().max(1);
        Ok(Some(AssertSqlSafe(format!("BEGIN; SET LOCAL statement_timeout = {milliseconds}"))))
    }

    async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = sqlx::Result<T>> + Send + 'static,
    {
        // The server ends a statement that takes too long; this ends one whose server is out of reach.
        let read = timeout(self.read_timeout, read);
        self.run(async move { read.await.map_err(engine_away)?.map_err(from_sqlx) }).await
    }

    /// Does a job in a transaction in a task of its own: a caller that goes away cannot tear it.
    async fn write<T, F>(&self, priority: Priority, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (pool, bulk) = (self.pool.clone(), self.bulk.clone());
        let (begin, end) = (self.begin_in_time()?, deadline::current());
        self.run(async move {
            let _share = match priority {
                Priority::Bulk => Some(bulk.acquire_owned().await.map_err(|_closed| closing())?),
                Priority::Identity | Priority::Registry => None,
            };
            deadline::left(end)?;
            let begun = match begin {
                None => pool.begin().await,
                Some(begin) => pool.begin_with(begin).await,
            };
            let mut tx = Tx::postgres(begun.map_err(from_sqlx)?);
            let result = job(&mut tx).await;
            tx.end(result).await
        })
        .await
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        if self.pool.is_closed() {
            return Err(closing());
        }
        match self.runtime.spawn(work).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => Err(Error::internal("a job of the store panicked; it was rolled back")),
            Err(_cancelled) => Err(closing()),
        }
    }
}

async fn open_postgres(config: &Config, options: PgConnectOptions) -> Result<Db> {
    let options = options.application_name("cpcd");
    migrate::postgres(&options).await?;
    let options = options.options([
        ("statement_timeout", config.statement_timeout_ms),
        ("lock_timeout", config.lock_timeout_ms),
        ("idle_in_transaction_session_timeout", config.idle_in_transaction_timeout_ms),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(config.acquire_timeout())
        .connect_with(options)
        .await
        .map_err(from_sqlx)?;
    Ok(Db::Postgres(Arc::new(Postgres {
        pool,
        bulk: Arc::new(Semaphore::new(usize::max(1, config.max_connections as usize / 2))),
        runtime: Handle::current(),
        statement_timeout: Duration::from_millis(config.statement_timeout_ms),
        read_timeout: config.acquire_timeout() + Duration::from_millis(config.statement_timeout_ms) + ROUND_TRIP,
    })))
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
    let readers = SqlitePoolOptions::new()
        .max_connections(config.max_connections)
        .min_connections(u32::from(file.is_none()))
        .acquire_timeout(config.acquire_timeout())
        .connect_with(options.clone().pragma("query_only", "ON"))
        .await
        .map_err(from_sqlx)?;
    Ok(Db::Sqlite(Arc::new(Sqlite { readers, writer: Writer::start(connection, options) })))
}
