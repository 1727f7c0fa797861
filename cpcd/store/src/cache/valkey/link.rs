//! The link to Valkey: one connection that is watched, so that nobody waits for a server that is known to be away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cpcd_model::Result;
use redis::{Cmd, FromRedisValue, Pipeline, RedisResult, Value};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{
    connection::{Connection, Place, in_time},
    fault::{away, is_broken, refused},
};

/// How often a connection that nobody has complained of is checked.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// Checks between two questions to the sentinels whether the primary is still the same.
const CHECKS_A_QUESTION: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A link; clones share it.
#[derive(Clone)]
pub(super) struct Link {
    shared: Arc<Shared>,
    _watchman: Arc<Task>,
}

struct Shared {
    live: watch::Sender<Option<Live>>,
    response_timeout: Duration,
    calls: AtomicU64,
    failures: AtomicU64,
}

#[derive(Clone)]
struct Live {
    connection: Connection,
    /// Which of all connections it is, so that an old one's failure does not condemn a new one.
    number: u64,
}

/// A task that ends with the last who holds it.
pub(super) struct Task(pub(super) AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Link {
    /// Starts to connect.
    pub(super) fn new(place: &Place) -> Self {
        let shared = Arc::new(Shared {
            live: watch::channel(None).0,
            response_timeout: place.response_timeout,
            calls: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        });
        let watchman = tokio::spawn(keep(place.clone(), shared.clone())).abort_handle();
        Self { shared, _watchman: Arc::new(Task(watchman)) }
    }

    /// Waits for a connection, at most so long.
    pub(super) async fn wait(&self, at_most: Duration) {
        let mut live = self.shared.live.subscribe();
        // Without one it goes on in the background.
        let _ = timeout(at_most, live.wait_for(Option::is_some)).await;
    }

    pub(super) fn is_connected(&self) -> bool {
        self.shared.live.borrow().is_some()
    }

    /// Gives how many calls there were, and how many failed.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.shared.calls.load(Ordering::Relaxed), self.shared.failures.load(Ordering::Relaxed))
    }

    /// Runs a command.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        let Live { mut connection, number } = self.live()?;
        let answer = in_time(timeout(self.shared.response_timeout, command.query_async(&mut connection)).await);
        self.judge(number, answer)
    }

    /// Runs commands with one key each in one round trip; gives the answers in their order.
    pub(super) async fn run_all(&self, commands: Vec<(String, Cmd)>) -> Result<Vec<Value>> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let Live { connection, number } = self.live()?;
        let answers = in_time(timeout(self.shared.response_timeout, run_all(connection, commands)).await);
        self.judge(number, answers)
    }

    fn live(&self) -> Result<Live> {
        self.shared.calls.fetch_add(1, Ordering::Relaxed);
        let live = self.shared.live.borrow().clone();
        live.ok_or_else(|| {
            self.shared.failures.fetch_add(1, Ordering::Relaxed);
            away()
        })
    }

    /// Takes a connection that is of no more use out of service.
    fn judge<T>(&self, number: u64, answer: RedisResult<T>) -> Result<T> {
        answer.map_err(|error| {
            self.shared.failures.fetch_add(1, Ordering::Relaxed);
            if is_broken(&error) {
                self.shared.condemn(number);
            }
            refused(error)
        })
    }
}

impl Shared {
    fn condemn(&self, number: u64) {
        self.live.send_if_modified(|live| live.take_if(|live| live.number == number).is_some());
    }
}

async fn run_all(connection: Connection, commands: Vec<(String, Cmd)>) -> RedisResult<Vec<Value>> {
    match connection {
        Connection::Node(mut connection) => {
            let mut pipeline = Pipeline::with_capacity(commands.len());
            for (_, command) in commands {
                pipeline.add_command(command);
            }
            pipeline.query_async(&mut connection).await
        }
        Connection::Cluster { connection, slots } => slots.run(&connection, commands).await,
    }
}

/// Connects, watches the connection, and connects again, for ever.
async fn keep(place: Place, shared: Arc<Shared>) {
    let mut changes = shared.live.subscribe();
    let mut pauses = Pauses::default();
    let mut number = 0;
    let mut was_told = false;
    loop {
        match place.connect().await {
            Ok((connection, host)) => {
                number += 1;
                shared.live.send_replace(Some(Live { connection: connection.clone(), number }));
                if was_told {
                    tracing::info!("the cache answers again");
                }
                was_told = false;
                let mut checks = 0;
                // Until somebody condemns it, or the check does.
                while timeout(CHECK_EVERY, changes.wait_for(Option::is_none)).await.is_err() {
                    checks += 1;
                    let check = in_time(timeout(place.response_timeout, connection.clone().check()).await);
                    let has_moved = checks % CHECKS_A_QUESTION == 0 && place.has_moved(host.as_ref()).await;
                    if check.is_err() || has_moved {
                        shared.condemn(number);
                        break;
                    }
                    pauses = Pauses::default();
                }
            }
            Err(error) => {
                if !was_told {
                    tracing::warn!(%error, "the cache does not answer: what it spares goes to the store");
                }
                was_told = true;
            }
        }
        sleep(pauses.next()).await;
    }
}

/// Pauses between attempts: longer each time up to a second, and of no two processes the same.
pub(super) struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(Duration::from_millis(20))
    }
}

impl Pauses {
    pub(super) fn next(&mut self) -> Duration {
        let longest = self.0;
        self.0 = (2 * self.0).min(LONGEST_PAUSE);
        // The last bits of an id are random.
        let random = u32::from(Uuid::now_v7().as_bytes()[15]);
        longest / 2 + longest / 2 * random / 255
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_second_and_no_further() {
        let mut pauses = Pauses::default();
        let taken: Vec<_> = (0..20).map(|_| pauses.next()).collect();
        assert!(taken[0] <= Duration::from_millis(20));
        assert!(taken[10..].iter().all(|pause| (LONGEST_PAUSE / 2..=LONGEST_PAUSE).contains(pause)));
    }
}
