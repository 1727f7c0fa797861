//! The flusher: writes in batches when nodes were last heard of, at most one statement a second.

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

use super::{pace::Pace, table::Table};
use crate::caller::Caller;

const EVERY: Duration = Duration::from_secs(1);

/// Writes what the heartbeats changed.
pub struct Flusher {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    pace: Arc<Pace>,
    /// How long a heartbeat may wait to be written.
    age: Duration,
    /// Most rows of a statement: in a larger fleet each node's turn comes later.
    most: usize,
}

impl Flusher {
    pub(super) fn new(store: &Store, clock: &Clock, table: Arc<Table>, pace: Arc<Pace>) -> Self {
        // A server may have other replicas that judge by what is written; the embedded store has but us.
        let (age, most) = match store.engine() {
            "postgres" => (Duration::from_secs(10), 20_000),
            _ => (Duration::from_secs(60), 5_000),
        };
        Self { store: store.clone(), clock: clock.clone(), table, pace, age, most }
    }

    /// Writes until `stop`, and then all that is left.
    pub async fn run(self, stop: CancellationToken) {
        let caller = Caller::system();
        let (mut measured, mut is_away) = (self.clock.tick(), false);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = time::sleep(EVERY) => {}
            }
            let now = self.clock.tick();
            self.pace.measure(now.since(measured));
            measured = now;
            match self.flush(&caller, now.before(self.age)).await {
                Ok(_) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "when nodes were heard of is not written until the store answers");
                    }
                    is_away = true;
                }
            }
        }
        loop {
            match self.flush(&caller, self.clock.tick()).await {
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
