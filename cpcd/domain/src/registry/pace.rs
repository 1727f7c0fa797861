//! When nodes are told to come back: spread, and less often when there are more than we can take.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use cpcd_model::id::NodeId;

use super::{Config, table::Arrival};

/// The longest that a node is told: three misses fit into the five minutes for which the cache knows it.
const LONGEST: Duration = Duration::from_secs(90);
/// Units of the factor by which the interval is stretched.
const ONE: u64 = 1024;

/// Tells nodes when to come back.
pub(super) struct Pace {
    interval_ms: u64,
    limit: u64,
    /// Heartbeats since the last measurement.
    beats: AtomicU64,
    /// By how much the interval is stretched, in 1024ths.
    factor: AtomicU64,
}

impl Pace {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            interval_ms: u64::from(config.heartbeat_seconds) * 1000,
            limit: config.heartbeats_per_second.into(),
            beats: AtomicU64::new(0),
            factor: AtomicU64::new(ONE),
        }
    }

    /// Gives when the next heartbeat is expected, and counts this one if it is fair.
    ///
    /// From whom we hear for the first time, any part of an interval: those who all came back at once are spread over it. From
    /// then on nine tenths to all of it, so that they stay spread.
    pub(super) fn next(&self, id: NodeId, sequence: u64, Arrival { is_first, is_fair }: Arrival) -> Duration {
        if is_fair {
            self.beats.fetch_add(1, Ordering::Relaxed);
        }
        let interval = self.interval_ms * self.factor.load(Ordering::Relaxed) / ONE;
        let (_, low) = id.uuid().as_u64_pair();
        let random = scatter(low ^ sequence);
        let least = if is_first { interval / 20 } else { interval * 9 / 10 };
        Duration::from_millis(least + random % (interval - least).max(1))
    }

    /// Measures the rate since the last time, and stretches the interval if it is more than we take.
    pub(super) fn measure(&self, since: Duration) {
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = self.beats.swap(0, Ordering::Relaxed) as f64 / since.as_secs_f64().max(0.001);
        let factor = self.factor.load(Ordering::Relaxed);
        self.factor.store(self.stretch(factor, rate), Ordering::Relaxed);
    }

    /// Gives the next factor: what the rate would be without one, against what we take; a fifth of the way at a time.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small numbers"
    )]
    fn stretch(&self, factor: u64, rate: f64) -> u64 {
        let most = (LONGEST.as_millis() as f64 / self.interval_ms as f64).max(1.0) * ONE as f64;
        let wanted = (rate * factor as f64 / self.limit as f64).clamp(ONE as f64, most);
        (factor as f64 + (wanted - factor as f64) / 5.0).round().clamp(ONE as f64, most) as u64
    }
}

/// Scatters a number over all of its bits (splitmix64's last step).
fn scatter(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(limit: u64) -> Pace {
        Pace { interval_ms: 30_000, limit, beats: AtomicU64::new(0), factor: AtomicU64::new(ONE) }
    }

    #[test]
    fn those_who_come_back_at_once_are_spread() {
        let pace = pace(1000);
        let mut seconds = [0; 31];
        for _ in 0..30_000 {
            let first = pace.next(NodeId::generate(), 1, Arrival { is_first: true, is_fair: true });
            seconds[usize::try_from(first.as_secs()).unwrap()] += 1;
            let then = pace.next(NodeId::generate(), 2, Arrival { is_first: false, is_fair: false });
            assert!((27_000..30_000).contains(&then.as_millis()), "{then:?}");
        }
        assert_eq!(pace.beats.load(Ordering::Relaxed), 30_000, "whoever comes too often does not count");
        assert!(seconds[2..30].iter().all(|count| (800..1300).contains(count)), "{seconds:?}");
    }

    #[test]
    fn too_many_come_less_often_and_never_beyond_ninety_seconds() {
        let pace = pace(1000);
        let (mut factor, nodes) = (ONE, 60_000.0);
        for _ in 0..100 {
            factor = pace.stretch(factor, nodes / 30.0 * ONE as f64 / factor as f64);
        }
        assert!((2 * ONE - 20..2 * ONE + 20).contains(&factor), "twice as many as we take: {factor}");
        for _ in 0..100 {
            factor = pace.stretch(factor, 1e9);
        }
        assert!((3 * ONE - 5..=3 * ONE).contains(&factor), "{factor}");
        for _ in 0..100 {
            factor = pace.stretch(factor, 10.0);
        }
        assert!(factor < ONE + 5, "{factor}");
    }
}
