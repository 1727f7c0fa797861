//! The flusher: tells the other replicas each second whom this one heard, and writes in batches when nodes were last heard of, at most
//! one statement a second.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Result,
    time::{Clock, Tick},
};
use cpcd_store::{
    Store,
    sql::{Priority, Seen},
};
use tokio::time;
use tokio_util::sync::CancellationToken;

use super::{pace::Pace, sender::Sender, table::Table};
use crate::caller::Caller;

const EVERY: Duration = Duration::from_secs(1);
/// How long a heartbeat may wait to be written: the others are told at once, in another way.
const AGE: Duration = Duration::from_secs(60);

/// Tells and writes what the heartbeats changed.
pub struct Flusher {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    pace: Arc<Pace>,
    /// What tells the others; nothing where there can be none.
    sender: Option<Sender>,
    /// Most rows of a statement: in a larger fleet each node's turn comes later.
    most: usize,
}

impl Flusher {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        table: Arc<Table>,
        pace: Arc<Pace>,
        sender: Option<Sender>,
    ) -> Self {
        let most = if store.engine() == "postgres" { 20_000 } else { 5_000 };
        Self { store: store.clone(), clock: clock.clone(), table, pace, sender, most }
    }

    /// Joins the replicas of the store: from here on they wait for what we hear, so no node may be heard before.
    ///
    /// # Errors
    /// What the store says.
    pub async fn join(&self) -> Result<()> {
        match &self.sender {
            Some(sender) => sender.say_hello().await,
            None => Ok(()),
        }
    }

    /// Tells and writes until `stop`, then all that is left, and says goodbye: no node may be heard here after `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let caller = Caller::system();
        let mut sender = self.sender.take();
        // Each goes on while the other waits for the store, and has its statements counted for itself.
        let telling = self.store.caused_by("liveness", self.tell_until(&mut sender, &stop));
        tokio::join!(telling, self.flush_until(&caller, &stop));
        if let Some(sender) = &mut sender
            && let Err(error) = sender.say_goodbye().await
        {
            tracing::warn!(error = ?error, "the other replicas were not told that this one stops; they notice after a while");
        }
        self.flush_all(&caller).await;
    }

    async fn tell_until(&self, sender: &mut Option<Sender>, stop: &CancellationToken) {
        let (mut measured, mut is_away) = (self.clock.tick(), false);
        while is_time(stop).await {
            let now = self.clock.tick();
            self.pace.measure(now.since(measured));
            measured = now;
            let Some(sender) = sender else {
                self.table.take_fresh();
                continue;
            };
            match sender.pass_on().await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "whom this replica hears is not told to the others until the store or the cache answers");
                    }
                    is_away = true;
                }
            }
        }
    }

    async fn flush_until(&self, caller: &Caller, stop: &CancellationToken) {
        let mut is_away = false;
        while is_time(stop).await {
            match self.flush(caller, self.clock.tick().before(AGE)).await {
                Ok(_) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "when nodes were heard of is not written until the store answers");
                    }
                    is_away = true;
                }
            }
        }
    }

    async fn flush_all(&self, caller: &Caller) {
        self.table.take_fresh();
        loop {
            match self.flush(caller, self.clock.tick()).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => return tracing::warn!(error = ?error, "the last heartbeats were not written"),
            }
        }
    }

    /// Writes those who have waited since before a moment; gives their number.
    async fn flush(&self, caller: &Caller, before: Tick) -> Result<usize> {
        caller.require_system()?;
        let taken = self.table.take_due(before, self.most);
        if taken.is_empty() {
            return Ok(0);
        }
        let (tick, now) = (self.clock.tick(), self.clock.now());
        let seen: Vec<_> = taken.iter().map(|due| Seen { id: due.id, at: now - tick.since(due.heard) }).collect();
        let write =
            self.store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.update_last_seen(&seen).await }));
        if let Err(error) = write.await {
            self.table.give_back(&taken);
            return Err(error);
        }
        Ok(taken.len())
    }
}

/// Waits for the next second; false if there is none.
async fn is_time(stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = time::sleep(EVERY) => true,
    }
}
