//! Turns at the connections: calls wait in line, and what the daemon does by itself always finds one.
//!
//! Without it a flood of calls that read would hold all connections: each would wait for one for a moment, give up, and have its work
//! done for nothing, and the daemon would not learn in time who was revoked and who lives.

use std::sync::Arc;

use cpcd_model::Result;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::fault::closing;
use crate::deadline;

/// Of so many connections one is left to the daemon.
const ONE_OF: u32 = 8;

/// The line in which calls wait.
pub(super) struct Turns(Arc<Semaphore>);

impl Turns {
    /// Opens a line for some of the connections.
    pub(super) fn new(connections: u32) -> Self {
        let left = (connections / ONE_OF).max(1);
        Self(Arc::new(Semaphore::new(connections.saturating_sub(left).max(1) as usize)))
    }

    /// Waits for a turn, which is held until it is dropped, as long as the call at hand has time; what is no call waits for none.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED`.
    pub(super) async fn take(&self) -> Result<Option<OwnedSemaphorePermit>> {
        let Some(left) = deadline::left(deadline::current())? else { return Ok(None) };
        if let Ok(turn) = self.0.clone().try_acquire_owned() {
            return Ok(Some(turn));
        }
        let turn = timeout(left, self.0.clone().acquire_owned()).await.map_err(|_| deadline::exceeded())?;
        turn.map(Some).map_err(|_closed| closing())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use cpcd_model::Reason;

    use super::*;

    #[tokio::test]
    async fn calls_leave_a_connection_to_the_daemon() {
        for (connections, calls) in [(1, 1), (2, 1), (4, 3), (16, 14)] {
            assert_eq!(Turns::new(connections).0.available_permits(), calls);
        }
        let turns = Turns::new(2);
        let call = |length| deadline::within(Some(Instant::now() + length), turns.take());
        let first = call(Duration::from_secs(60)).await.unwrap();
        assert!(first.is_some());
        assert_eq!(call(Duration::from_millis(1)).await.unwrap_err().reason(), Reason::DeadlineExceeded);
        assert!(turns.take().await.unwrap().is_none(), "the daemon does not wait");
        drop(first);
        assert!(call(Duration::from_secs(60)).await.unwrap().is_some());
    }
}
