//! The threads that search: a few, and last in line for the processor.
//!
//! A search is all computing. A flood of them would leave the threads that answer calls, refuse them and follow the nodes' heartbeats only
//! one share among many; so searches take what those leave.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

use cpcd_model::{Error, Result};
use tokio::{sync::oneshot, time::timeout};

use super::stopping;
use crate::deadline;

/// Threads for each core: one may wait for the disk.
const PER_CORE: usize = 2;
/// How much they give way to others; from 0, as everybody, to 19.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// The threads; they end when this is dropped, and have done then what had begun.
pub(super) struct Searchers(Arc<Line>);

#[derive(Default)]
struct Line {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    is_over: bool,
}

impl Searchers {
    /// Starts them.
    ///
    /// # Errors
    /// Only if the system gives no threads.
    pub(super) fn start() -> Result<Self> {
        let line = Arc::new(Line::default());
        let cores = thread::available_parallelism().map_or(1, usize::from);
        for number in 0..cores * PER_CORE {
            let line = line.clone();
            let thread = thread::Builder::new().name(format!("search-{number}"));
            thread.spawn(move || line.work()).map_err(Error::internal)?;
        }
        Ok(Self(line))
    }

    /// Does work, unless its time `end`s, or its caller leaves, before it begins.
    ///
    /// # Errors
    /// The work's; `DEADLINE_EXCEEDED`.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        end: Option<Instant>,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = move || {
            if !answer.is_closed() {
                let done = catch_unwind(AssertUnwindSafe(work));
                let _ = answer.send(done.unwrap_or_else(|_| Err(Error::internal("a search panicked"))));
            }
        };
        self.0.lock().jobs.push_back(Box::new(job));
        self.0.changed.notify_one();
        let answered = match deadline::left(end)? {
            None => answered.await,
            Some(left) => timeout(left, answered).await.map_err(|_| deadline::exceeded())?,
        };
        answered.map_err(|_gone| stopping())?
    }
}

impl Drop for Searchers {
    fn drop(&mut self) {
        self.0.lock().is_over = true;
        self.0.changed.notify_all();
    }
}

impl Line {
    fn work(&self) {
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
            tracing::debug!(%error, "a thread that searches gives way to nobody");
        }
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut waiting = self.lock();
        loop {
            if waiting.is_over {
                return None;
            }
            if let Some(job) = waiting.jobs.pop_front() {
                return Some(job);
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cpcd_model::Reason;

    use super::*;

    #[tokio::test]
    async fn they_give_way_outlive_a_panic_and_keep_to_the_time() {
        let searchers = Searchers::start().unwrap();
        #[cfg(target_os = "linux")]
        {
            let niceness = || rustix::process::getpriority_process(None).map_err(Error::internal);
            assert_eq!(searchers.run(None, niceness).await.unwrap(), NICENESS);
            assert_eq!(niceness().unwrap(), 0, "and nobody else does");
        }
        for _ in 0..100 {
            let done: Result<()> = searchers.run(None, || panic!("as a bug would")).await;
            assert_eq!(done.unwrap_err().reason(), Reason::Internal);
        }
        let late = Some(Instant::now() + Duration::from_millis(1));
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let done = searchers.run(late, move || held.recv().map_err(Error::internal)).await;
        assert_eq!(done.unwrap_err().reason(), Reason::DeadlineExceeded);
        drop(hold);
        assert_eq!(searchers.run(None, || Ok(7)).await.unwrap(), 7);
        let line = Arc::downgrade(&searchers.0);
        drop(searchers);
        let begun = Instant::now();
        while line.strong_count() > 0 {
            assert!(begun.elapsed() < Duration::from_secs(30), "the threads have ended");
            tokio::task::yield_now().await;
        }
    }
}
