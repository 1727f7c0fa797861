//! How long to wait before trying again: exponential, capped, with full jitter, so that those who were cut off together do not
//! come back together.

use std::time::Duration;

/// Waiting times of one who tries again and again.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

const FIRST: Duration = Duration::from_millis(500);
/// Well below the silence after which a node is degraded.
const MOST: Duration = Duration::from_secs(20);

impl Backoff {
    /// Gives the next time to wait: any part of a span that doubles each time.
    pub(crate) fn wait(&mut self) -> Duration {
        let span = FIRST.saturating_mul(1 << self.attempts.min(10)).min(MOST);
        self.attempts = self.attempts.saturating_add(1);
        span.mul_f64(random())
    }

    /// Begins anew, after a success.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }
}

/// Gives a number from 0 to 1.
fn random() -> f64 {
    // Without random numbers the middle will do: only the spread is lost.
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_cap_and_are_spread() {
        let mut waits: Vec<Duration> = Vec::new();
        for _ in 0..200 {
            let mut backoff = Backoff::default();
            assert!(backoff.wait() <= FIRST);
            let later = (0..12).map(|_| backoff.wait()).last().unwrap();
            assert!(later <= MOST);
            waits.push(later);
            backoff.reset();
            assert!(backoff.wait() <= FIRST);
        }
        assert!(waits.iter().any(|wait| *wait < MOST / 4) && waits.iter().any(|wait| *wait > MOST / 4 * 3));
    }
}
