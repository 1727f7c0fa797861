//! The one writer of an SQLite store: jobs come in by priority, are grouped, and are answered after the commit.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use cpcd_model::{Error, Result};
use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::oneshot;

use super::{
    Priority, Tx,
    fault::{again, engine_away, from_sqlx},
    job::{Answer, Job, Work},
    queue::Queue,
};
use crate::deadline;

/// A group ends with the job that reaches either: a commit costs one sync of the disk, whoever waits in it waits for all.
const GROUP_ROWS: u64 = 500;
const GROUP_TIME: Duration = Duration::from_millis(50);

/// Hands jobs to the writer.
pub(super) struct Writer {
    queue: Arc<Queue>,
}

impl Writer {
    /// Starts the writer on its connection; it ends after [`Writer::close`].
    pub(super) fn start(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let queue = Arc::new(Queue::default());
        tokio::spawn(Loop { tx: Some(Tx::sqlite(connection)), options, queue: queue.clone(), is_failing: false }.run());
        Self { queue }
    }

    /// Does a job in a transaction that it shares with others; answers after the commit.
    pub(super) async fn write<T, F>(&self, priority: Priority, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.queue.push(priority, Box::new(Job { job, reply, end: deadline::current() })).await?;
        answer.await.unwrap_or_else(|_| Err(Error::internal("a write job panicked, or its runtime ended")))
    }

    /// Takes no more jobs, does those that wait, and closes the connection.
    pub(super) async fn close(&self) {
        self.queue.close();
        self.queue.drained().await;
    }
}

struct Loop {
    /// Nothing after a failure that the connection did not survive.
    tx: Option<Tx>,
    options: SqliteConnectOptions,
    queue: Arc<Queue>,
    /// Whether the last group could not be committed.
    is_failing: bool,
}

impl Loop {
    async fn run(mut self) {
        while let Some(first) = self.queue.next().await {
            if let Err((first, error)) = self.begin(first).await {
                first.refuse(error);
                continue;
            }
        }
        if let Some(connection) = self.tx.take().and_then(Tx::into_sqlite)
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the store's file was not closed cleanly; its log is replayed at the next start");
        }
        self.queue.set_drained();
    }

    /// Begins a group with its first job, or gives the job back.
    async fn begin(&mut self, first: Box<dyn Work>) -> std::result::Result<(), (Box<dyn Work>, Error)> {
        let begun = match self.connected().await {
            Ok(tx) => tx.execute("BEGIN IMMEDIATE", &[]).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = begun {
            self.reset().await;
            return Err((first, error));
        }
        self.group(first).await;
        Ok(())
    }

    /// Does jobs until there are none, or enough, and commits them together.
    async fn group(&mut self, first: Box<dyn Work>) {
        let started = Instant::now();
        let mut answers = Vec::new();
        let mut rows = 0;
        let mut next = Some(first);
        let mut ended = Ok(());
        while let Some(work) = next {
            match self.job(work).await {
                Ok(answer) => answers.extend(answer),
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            }
            rows += self.tx.as_mut().map_or(0, Tx::take_rows);
            let enough = rows >= GROUP_ROWS || started.elapsed() >= GROUP_TIME;
            next = if enough { None } else { self.queue.pop() };
        }
        if ended.is_ok() {
            ended = self.statement("COMMIT").await;
        }
        if let Err(error) = &ended {
            // Once, and not for each group while the disk is full.
            if !std::mem::replace(&mut self.is_failing, true) {
                tracing::warn!(error = ?error, jobs = answers.len(), "a group of writes was rolled back; the next that is not is told of");
            }
            self.reset().await;
        } else if std::mem::replace(&mut self.is_failing, false) {
            tracing::info!("writes are committed again");
        }
        for answer in answers {
            answer(match &ended {
                Ok(()) => Ok(()),
                Err(error) => Err(again(error)),
            });
        }
    }

    /// Does one job between savepoints, so that its failure is its own. An error is the whole group's.
    async fn job(&mut self, work: Box<dyn Work>) -> Result<Option<Answer>> {
        if work.is_abandoned() {
            return Ok(None);
        }
        if work.is_late() {
            work.refuse(deadline::exceeded());
            return Ok(None);
        }
        if let Err(error) = self.statement("SAVEPOINT job").await {
            work.refuse(again(&error));
            return Err(error);
        }
        let tx = self.tx.as_mut().ok_or_else(lost)?;
        let done = AssertUnwindSafe(work.run(tx)).catch_unwind().await;
        let answer = done.unwrap_or_else(|_| {
            tracing::error!("a write job panicked; it was rolled back");
            None
        });
        // A panic skipped it.
        drop(tx.judge(Ok(())));
        if answer.is_none() {
            self.statement("ROLLBACK TO job").await?;
        }
        match self.statement("RELEASE job").await {
            Ok(()) => Ok(answer),
            Err(error) => {
                if let Some(answer) = answer {
                    answer(Err(again(&error)));
                }
                Err(error)
            }
        }
    }

    async fn statement(&mut self, sql: &'static str) -> Result<()> {
        let tx = self.tx.as_mut().ok_or_else(lost)?;
        let done = tx.execute(sql, &[]).await.map(drop);
        tx.judge(done)
    }

    async fn connected(&mut self) -> Result<&mut Tx> {
        let tx = match self.tx.take() {
            Some(tx) => tx,
            None => Tx::sqlite(self.options.connect().await.map_err(from_sqlx)?),
        };
        Ok(self.tx.insert(tx))
    }

    /// Rolls back what is open; leaves a connection behind only if it is sound.
    async fn reset(&mut self) {
        // SQLite may have rolled back by itself, and there is then nothing to roll back.
        if self.statement("ROLLBACK").await.is_err() && !self.is_idle().await {
            self.tx = None;
        }
    }

    /// Says whether no transaction is open: one can then be begun and ended.
    async fn is_idle(&mut self) -> bool {
        self.statement("BEGIN").await.is_ok() && self.statement("COMMIT").await.is_ok()
    }
}

fn lost() -> Error {
    engine_away("the writer lost its connection")
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
