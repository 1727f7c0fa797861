//! Keeps this replica's clock with the database's, so that deadlines mean the same on all of them.

use std::time::Duration;

use cpcd_model::{Result, time::Clock};
use cpcd_store::Store;
use tokio::time;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(10);
/// The first answer may come over a new connection, and late; each more makes it surer.
const FIRST: usize = 3;
/// What a clock may differ by and nobody has to know.
const DRIFT: Duration = Duration::from_secs(1);

/// Asks the store for the time; an embedded store has the time of the system.
pub struct Timekeeper {
    store: Store,
    clock: Clock,
}

impl Timekeeper {
    /// Sets the clock.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(store: &Store, clock: &Clock) -> Result<Self> {
        let keeper = Self { store: store.clone(), clock: clock.clone() };
        let system = clock.now();
        for _ in 0..FIRST {
            keeper.ask().await?;
        }
        let off = clock.now().duration_since(system).unsigned_abs();
        if off >= DRIFT {
            tracing::warn!(off_seconds = off.as_secs(), "the system's clock differs from the database's, which counts");
        }
        Ok(keeper)
    }

    /// Keeps it until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(EVERY) => {}
            }
            if let Err(error) = self.ask().await {
                tracing::debug!(%error, "the clock goes on by itself until the store answers");
            }
        }
    }

    async fn ask(&self) -> Result<()> {
        let asked = self.clock.ask();
        if let Some(answer) = self.store.read_clock().await? {
            let corrected = self.clock.follow(asked, answer);
            if corrected >= DRIFT {
                let corrected_ms = u64::try_from(corrected.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(corrected_ms, "the clock was set to the database's");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_embedded_store_leaves_the_clock_alone() {
        let config = cpcd_store::sql::Config { url: "sqlite::memory:".into(), ..Default::default() };
        let (store, clock) = (Store::open(&config).await.unwrap(), Clock::default());
        let keeper = Timekeeper::open(&store, &clock).await.unwrap();
        keeper.ask().await.unwrap();
        let shared = clock.now() + Duration::from_secs(3600);
        assert_eq!(clock.follow(clock.ask(), shared), Duration::ZERO, "nobody has told it a time before");
        store.close().await;
    }
}
