//! PostgreSQL: a pool, work that callers cannot tear, and an end to it when the server is away.

use std::{
    future::Future,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use cpcd_model::{Error, Result};
use futures_util::future::BoxFuture;
use sqlx::{
    AssertSqlSafe, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    Config, Priority, Tx,
    fault::{closing, engine_away, from_sqlx},
    health::Health,
    migrate,
    turns::Turns,
};
use crate::deadline;

/// What a read may take longer than the statement: the way there and back.
const ROUND_TRIP: Duration = Duration::from_secs(2);
/// What a statement may take longer than its call: not worth the two ways that setting its time costs.
const SLACK: Duration = Duration::from_millis(500);
/// A connection that was used so lately is taken without asking whether it still lives.
const FRESH: Duration = Duration::from_secs(1);
/// How long the connections of before an outage have to say goodbye.
const GOODBYE: Duration = Duration::from_secs(30);

/// An open database.
pub(super) struct Postgres {
    pool: Arc<RwLock<PgPool>>,
    health: Arc<Health>,
    turns: Turns,
    /// Bulk writes hold at most half of the connections, so that logins find one.
    bulk: Arc<Semaphore>,
    /// A connection belongs to the runtime that made it: everything runs there.
    runtime: Handle,
    read_timeout: Duration,
    /// What the server allows each statement.
    statement_timeout: Duration,
}

impl Postgres {
    pub(super) async fn open(config: &Config, options: PgConnectOptions) -> Result<Self> {
        let options = options.application_name("cpcd");
        migrate::postgres(&options).await?;
        let options = options.options([
            ("statement_timeout", config.statement_timeout_ms),
            ("lock_timeout", config.lock_timeout_ms),
            ("idle_in_transaction_session_timeout", config.idle_in_transaction_timeout_ms),
        ]);
        let pool_options = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(config.acquire_timeout())
            // Asking each time would double the ways of a read; the watch notices what dies within a second.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for >= FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
        let pool = pool_options.clone().connect_with(options.clone()).await.map_err(from_sqlx)?;
        let pool = Arc::new(RwLock::new(pool));
        let runtime = Handle::current();
        let back = {
            let (pool, runtime, options) = (pool.clone(), runtime.clone(), options.clone());
            move || renew(&pool, &runtime, pool_options.clone(), options.clone())
        };
        Ok(Self {
            pool,
            health: Health::watch(options, Duration::from_millis(config.away_after_ms), back)?,
            turns: Turns::new(config.max_connections),
            bulk: Arc::new(Semaphore::new(usize::max(1, config.max_connections as usize / 2))),
            runtime,
            statement_timeout: Duration::from_millis(config.statement_timeout_ms),
            read_timeout: config.acquire_timeout() + Duration::from_millis(config.statement_timeout_ms) + ROUND_TRIP,
        })
    }

    /// Gives the pool that there is now.
    pub(super) fn pool(&self) -> PgPool {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn close(&self) {
        self.health.end();
        self.pool().close().await;
    }

    /// Gives how to begin a transaction whose statements end with the time of the call, if that is sooner than they end by themselves.
    pub(super) fn begin_in_time(&self) -> Result<Option<AssertSqlSafe<String>>> {
        let Some(left) = deadline::left(deadline::current())? else { return Ok(None) };
        if left + SLACK >= self.statement_timeout {
            return Ok(None);
        }
        let milliseconds = left.as_millis().max(1);
        Ok(Some(AssertSqlSafe(format!("BEGIN; SET LOCAL statement_timeout = {milliseconds}"))))
    }

    pub(super) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = sqlx::Result<T>> + Send + 'static,
    {
        // The server ends a statement that takes too long; this ends one whose server is out of reach.
        let (health, read) = (self.health.clone(), timeout(self.read_timeout, read));
        let turn = self.turn().await?;
        self.run(async move {
            let _turn = turn;
            health.cut(read).await?.map_err(engine_away)?.map_err(from_sqlx)
        })
        .await
    }

    /// Does a job in a transaction in a task of its own: a caller that goes away cannot tear it.
    pub(super) async fn write<T, F>(&self, priority: Priority, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (pool, bulk, health) = (self.pool(), self.bulk.clone(), self.health.clone());
        let turn = self.turn().await?;
        let (begin, end) = (self.begin_in_time()?, deadline::current());
        self.run(Box::pin(async move {
            let _turn = turn;
            let begun = health.cut(async {
                let share = match priority {
                    Priority::Bulk => Some(bulk.acquire_owned().await.map_err(|_closed| closing())?),
                    Priority::Identity | Priority::Registry => None,
                };
                deadline::left(end)?;
                let begun = match begin {
                    None => pool.begin().await,
                    Some(begin) => pool.begin_with(begin).await,
                };
                Ok((share, begun.map_err(from_sqlx)?))
            });
            let (_share, begun) = begun.await??;
            let mut tx = Tx::postgres(begun);
            let result = health.cut(job(&mut tx)).await.flatten();
            tx.end(result, &health).await
        }))
        .await
    }

    /// Waits for a turn, unless the server is away or goes away meanwhile.
    async fn turn(&self) -> Result<Option<OwnedSemaphorePermit>> {
        self.require()?;
        self.health.cut(self.turns.take()).await?
    }

    /// Refuses work while there is no server to do it.
    fn require(&self) -> Result<()> {
        if self.pool().is_closed() {
            return Err(closing());
        }
        if self.health.is_away() {
            return Err(engine_away("the server has not answered for too long"));
        }
        Ok(())
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.require()?;
        match self.runtime.spawn(work).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => Err(Error::internal("a job of the store panicked; it was rolled back")),
            Err(_cancelled) => Err(closing()),
        }
    }
}

/// Takes a new pool in place of one whose connections may all be dead, or hold a transaction that nobody ended.
fn renew(pool: &RwLock<PgPool>, runtime: &Handle, pool_options: PgPoolOptions, options: PgConnectOptions) {
    let _entered = runtime.enter();
    let mut pool = pool.write().unwrap_or_else(PoisonError::into_inner);
    if pool.is_closed() {
        return;
    }
    let old = std::mem::replace(&mut *pool, pool_options.connect_lazy_with(options));
    runtime.spawn(async move { drop(timeout(GOODBYE, old.close()).await) });
}
