//! Whether PostgreSQL answers: asked all the time on a connection of its own, so that a call need not find it out by waiting.
//!
//! A server can be gone without a word: a pulled cable, a machine that froze. Statements then wait for as long as TCP has patience,
//! a quarter of an hour. The watch asks every quarter of `store.away_after_ms` and, once nothing has been heard for that long, ends
//! what is under way and refuses what comes, until an answer comes again. It runs on a thread of its own: whatever keeps the
//! daemon's threads busy is not taken for a server that is away.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use cpcd_model::{Error, Result};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{oneshot, watch},
    time::{sleep, timeout},
};

use super::fault::engine_away;

/// Tells whether the server is away; the watch ends with it.
pub(super) struct Health {
    is_away: watch::Receiver<bool>,
    end: Mutex<Option<oneshot::Sender<()>>>,
}

impl Health {
    /// Watches a server that has just answered; `back` is called when it answers again, before anybody is told.
    pub(super) fn watch(
        options: PgConnectOptions,
        away_after: Duration,
        back: impl Fn() + Send + 'static,
    ) -> Result<Arc<Self>> {
        let (tell, is_away) = watch::channel(false);
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
        let watch = Watch { options, away_after, tell, connection: None };
        let watching = async move {
            tokio::select! {
                _ = ended => {}
                () = watch.run(back) => {}
            }
        };
        let thread = thread::Builder::new().name("store-watch".into());
        thread.spawn(move || runtime.block_on(watching)).map_err(Error::internal)?;
        Ok(Arc::new(Self { is_away, end: Mutex::new(Some(end)) }))
    }

    /// Ends the watch, and its connection.
    pub(super) fn end(&self) {
        drop(self.end.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Says whether the server is away.
    pub(super) fn is_away(&self) -> bool {
        *self.is_away.borrow()
    }

    /// Does work, and gives it up as soon as the server is away.
    pub(super) async fn cut<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let mut is_away = self.is_away.clone();
        let away = async move {
            if is_away.wait_for(|away| *away).await.is_err() {
                // The watch has ended, with the store.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = away => Err(engine_away("the server has not answered for too long")),
            done = work => Ok(done),
        }
    }
}

struct Watch {
    options: PgConnectOptions,
    away_after: Duration,
    tell: watch::Sender<bool>,
    connection: Option<PgConnection>,
}

impl Watch {
    async fn run(mut self, back: impl Fn()) {
        let pause = self.away_after / 4;
        let mut heard = Instant::now();
        loop {
            sleep(pause).await;
            let (asked, was_away) = (Instant::now(), *self.tell.borrow());
            // As long as is left of the silence that is allowed; who is away already has all of it to come back.
            let silence = asked.duration_since(heard);
            let patience = self.away_after.saturating_sub(silence).max(pause);
            let answer = timeout(patience, self.ask()).await;
            let now = Instant::now();
            if let Ok(Ok(())) = answer {
                heard = now;
                if was_away {
                    back();
                    tracing::warn!("PostgreSQL answers again");
                    self.tell.send_replace(false);
                }
                continue;
            }
            self.connection = None;
            // Who was stopped for a while has heard nothing either, and knows nothing.
            let is_stale = silence > self.away_after + pause || now.duration_since(asked) > patience + pause;
            if is_stale && !was_away {
                heard = now;
            } else if now.duration_since(heard) >= self.away_after && !was_away {
                let why = match answer {
                    Ok(Err(error)) => error.to_string(),
                    Ok(Ok(())) | Err(_) => "no answer".to_owned(),
                };
                tracing::warn!(why, "PostgreSQL is away; calls that need it are refused until it answers");
                self.tell.send_replace(true);
            }
        }
    }

    async fn ask(&mut self) -> sqlx::Result<()> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => PgConnection::connect_with(&self.options).await?,
        };
        self.connection.insert(connection).ping().await
    }
}
