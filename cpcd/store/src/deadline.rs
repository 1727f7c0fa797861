//! Until when work is worth doing: it goes with the task, from the edge of the daemon into the engines.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use cpcd_model::{Error, Reason, Result};

tokio::task_local! {
    static END: Instant;
}

/// Does work that nobody waits for after `end`; without one it takes as long as it takes.
pub async fn within<T>(end: Option<Instant>, work: impl Future<Output = T>) -> T {
    match end {
        Some(end) => END.scope(end, work).await,
        None => work.await,
    }
}

/// Gives until when the work at hand is worth doing; to be handed on to another task.
#[must_use]
pub fn current() -> Option<Instant> {
    END.try_with(|end| *end).ok()
}

/// Waits for work that another task does, no longer than the work at hand is worth doing.
///
/// # Errors
/// `DEADLINE_EXCEEDED`, the work's.
pub async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    match left(current())? {
        None => work.await,
        Some(left) => tokio::time::timeout(left, work).await.map_err(|_| exceeded())?,
    }
}

/// Gives how much time is left, if it is limited.
///
/// # Errors
/// `DEADLINE_EXCEEDED` if there is none: what has not begun then does not begin.
pub(crate) fn left(end: Option<Instant>) -> Result<Option<Duration>> {
    let Some(end) = end else { return Ok(None) };
    match end.checked_duration_since(Instant::now()) {
        Some(left) if !left.is_zero() => Ok(Some(left)),
        Some(_) | None => Err(exceeded()),
    }
}

/// Makes the error of work that was not done in time.
pub(crate) fn exceeded() -> Error {
    Error::new(Reason::DeadlineExceeded, "the call took longer than it was given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_deadline_goes_with_its_task() {
        let end = Instant::now() + Duration::from_secs(60);
        assert_eq!(current(), None);
        assert_eq!(left(current()).unwrap(), None);
        within(Some(end), async {
            assert_eq!(current(), Some(end));
            assert!(left(current()).unwrap().is_some());
            assert!(tokio::spawn(async { current().is_none() }).await.unwrap(), "another task has to be told");
        })
        .await;
        assert_eq!(left(Some(Instant::now())).unwrap_err().reason(), Reason::DeadlineExceeded);
    }
}
