//! The same errand many times, so many at once, and what came of it.

use std::{
    collections::BTreeMap,
    future::Future,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
};

/// After a failure the next attempt waits so long: a daemon that is away is not asked thousands of times a second.
const PAUSE: Duration = Duration::from_millis(50);

/// How many errands there are, how many are under way at once, and after how many failures all is given up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) count: u32,
    pub(crate) at_once: u32,
    pub(crate) failures: u64,
}

/// What came of them: how long they took together, and what failed, by reason, and was made up for.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) seconds: f64,
    pub(crate) errors: BTreeMap<String, u64>,
}

impl Crowd {
    /// Runs errands until as many as are wanted have succeeded; `done` takes what each gives.
    pub(crate) async fn run<T, F>(
        self,
        mut begin: impl FnMut() -> Result<F>,
        mut done: impl FnMut(T) -> Result<()>,
    ) -> Result<Came>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let (began, mut errors, mut succeeded) = (Instant::now(), BTreeMap::<String, u64>::new(), 0);
        let mut running = JoinSet::new();
        while succeeded < self.count {
            while running.len() < self.at_once as usize && succeeded + running.len() as u32 != self.count {
                let errand = begin()?;
                running.spawn(async move {
                    let ended = errand.await;
                    if ended.is_err() {
                        tokio::time::sleep(PAUSE).await;
                    }
                    ended
                });
            }
            let Some(ended) = running.join_next().await else { break };
            match ended.map_err(|_| Failure::empty_answer())? {
                Ok(given) => {
                    succeeded += 1;
                    done(given)?;
                }
                Err(failure) => {
                    *errors.entry(failure.reason.clone()).or_default() += 1;
                    if errors.values().sum::<u64>() > self.failures {
                        return Err(failure.hint("that was one failure too many; --failures allows more"));
                    }
                }
            }
        }
        Ok(Came { seconds: began.elapsed().as_secs_f64(), errors })
    }
}

impl Came {
    /// Says what failed, a line each.
    pub(crate) fn failed(errors: &BTreeMap<String, u64>) -> String {
        let errors: Vec<_> = errors.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        if errors.is_empty() { "none".to_owned() } else { errors.join("\n") }
    }

    /// Fails if something failed on the way, although all was made up for.
    pub(crate) fn outcome(errors: &BTreeMap<String, u64>, what: &str) -> Result<()> {
        match errors.values().sum::<u64>() {
            0 => Ok(()),
            count => {
                let reason = format!("{}_FAILED", what.to_uppercase());
                Err(Failure::new(Exit::Partial, &reason, format!("{count} {what} failed and were made up for")))
            }
        }
    }
}
