//! The writer's queue: three lanes, bounded, the first one first.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cpcd_model::{Error, Reason, Result};
use tokio::{
    sync::{Notify, Semaphore, watch},
    time::timeout,
};

use super::{Priority, fault::closing, job::Work};

/// Most jobs that wait in a lane; who comes then waits for room.
const LANE: usize = 4_096;
/// How long one waits for room.
const PATIENCE: Duration = Duration::from_secs(5);

/// Jobs that wait for the writer.
pub(super) struct Queue {
    lanes: Mutex<Lanes>,
    room: [Semaphore; 3],
    wake: Notify,
    drained: watch::Sender<bool>,
}

#[derive(Default)]
struct Lanes {
    jobs: [VecDeque<Box<dyn Work>>; 3],
    closed: bool,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            lanes: Mutex::default(),
            room: [const { Semaphore::const_new(LANE) }; 3],
            wake: Notify::new(),
            drained: watch::Sender::new(false),
        }
    }
}

impl Queue {
    /// Adds a job.
    ///
    /// # Errors
    /// `SHUTTING_DOWN` after [`Queue::close`], `OVERLOADED` if its lane stays full.
    pub(super) async fn push(&self, priority: Priority, work: Box<dyn Work>) -> Result<()> {
        let lane = priority as usize;
        match timeout(PATIENCE, self.room[lane].acquire()).await {
            Ok(Ok(room)) => room.forget(),
            Ok(Err(_closed)) => return Err(closing()),
            Err(_elapsed) => {
                return Err(
                    Error::new(Reason::Overloaded, "too many writes wait for the store").with_retry_after(PATIENCE)
                );
            }
        }
        {
            let mut lanes = self.lock();
            if lanes.closed {
                return Err(closing());
            }
            lanes.jobs[lane].push_back(work);
        }
        self.wake.notify_one();
        Ok(())
    }

    /// Gives the most urgent job that waits, if any.
    pub(super) fn pop(&self) -> Option<Box<dyn Work>> {
        let mut lanes = self.lock();
        let (lane, work) =
            lanes.jobs.iter_mut().enumerate().find_map(|(lane, jobs)| Some((lane, jobs.pop_front()?)))?;
        self.room[lane].add_permits(1);
        Some(work)
    }

    /// Waits for a job; gives nothing once the queue is closed and empty.
    pub(super) async fn next(&self) -> Option<Box<dyn Work>> {
        loop {
            let woken = self.wake.notified();
            if let Some(work) = self.pop() {
                return Some(work);
            }
            if self.lock().closed {
                return None;
            }
            woken.await;
        }
    }

    /// Takes no more jobs.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        for room in &self.room {
            room.close();
        }
        self.wake.notify_one();
    }

    /// Says that the last job is done.
    pub(super) fn set_drained(&self) {
        self.drained.send_replace(true);
    }

    /// Waits until the last job is done.
    pub(super) async fn drained(&self) {
        let mut drained = self.drained.subscribe();
        drop(drained.wait_for(|drained| *drained).await);
    }

    fn lock(&self) -> MutexGuard<'_, Lanes> {
        // Nothing panics while it is held; if something did, the jobs are still whole.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
