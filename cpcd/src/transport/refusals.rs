//! What to do while a listener cannot accept: mostly when files have run out, and it would fail again at once.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::time::sleep;

const PAUSE: Duration = Duration::from_millis(50);
/// A flood of connections must not fill the log.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// The failures of one listener.
#[derive(Default)]
pub(crate) struct Refusals {
    last_said: Option<Instant>,
    since: u64,
}

impl Refusals {
    /// Says it now and then, and waits before the next attempt.
    pub(crate) async fn pause(&mut self, listener: &'static str, error: &io::Error) {
        if let Some(times) = self.count(Instant::now()) {
            tracing::warn!(listener, times, %error, "connections are not accepted");
        }
        sleep(PAUSE).await;
    }

    /// Counts a failure; gives how many there were since the last word if it is time for one.
    fn count(&mut self, now: Instant) -> Option<u64> {
        self.since += 1;
        if self.last_said.is_some_and(|last| now.duration_since(last) < SAY_EVERY) {
            return None;
        }
        self.last_said = Some(now);
        Some(std::mem::take(&mut self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_said_now_and_then() {
        let (mut refusals, start) = (Refusals::default(), Instant::now());
        let said: Vec<u64> =
            (0..500).filter_map(|number| refusals.count(start + Duration::from_millis(number * 50))).collect();
        assert_eq!(said, [1, 200, 200]);
    }
}
