//! Time: the only file that reads clocks.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

pub use jiff::Timestamp;

/// What the count of the monotonic clock begins with.
const DAY_MS: u64 = 86_400_000;
/// The system's clock is asked each time.
const UNANCHORED: i64 = i64::MIN;
/// So much at once is no drift and no slow answer: the shared clock was set, or this machine slept.
const JUMP: Duration = Duration::from_secs(2);

/// Gives the time of shared deadlines; clones share what it follows.
///
/// Alone it is the system's. Told the time of a clock that all share, the database's, it goes on from there by the monotonic clock:
/// whatever becomes of the system's clock then changes nothing. A test moves it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// What the monotonic clock is behind the shared one, in microseconds.
    anchor: AtomicI64,
    /// How often the shared clock was found to have jumped.
    jumps: AtomicU64,
    /// How far a test has moved the time, in milliseconds.
    ahead_ms: AtomicU64,
}

impl Default for Shared {
    fn default() -> Self {
        Self { anchor: AtomicI64::new(UNANCHORED), jumps: AtomicU64::new(0), ahead_ms: AtomicU64::new(0) }
    }
}

/// A moment of this process, in milliseconds of the monotonic clock: what durations are measured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(u64);

/// When somebody was asked for the time.
#[derive(Clone, Copy, Debug)]
pub struct Asked(i64);

impl Tick {
    /// Makes the moment of a count.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Gives how long it is after `earlier`; nothing if it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Gives the moment so much earlier, at the earliest the one from which the process counts.
    #[must_use]
    pub fn before(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Gives the moment so much later.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Clock {
    /// Gives the time now, in whole microseconds, as the stores keep it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = i64::try_from(self.shared.ahead_ms.load(Ordering::Relaxed)).unwrap_or(i64::MAX / 4000) * 1000;
        let micros = match self.shared.anchor.load(Ordering::Relaxed) {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
            UNANCHORED => Timestamp::now().as_microsecond(),
            anchor => running_micros() + anchor,
        };
        Timestamp::from_microsecond(micros + ahead).expect("the shared clock is within the years 1 to 9999")
    }

    /// Gives the moment now on the monotonic clock, which nobody sets.
    #[must_use]
    pub fn tick(&self) -> Tick {
        let millis = u64::try_from(running_micros() / 1000).unwrap_or_default();
        // Not from nothing, so that there is a time before the process began.
        Tick(DAY_MS + millis + self.shared.ahead_ms.load(Ordering::Relaxed))
    }

    /// Notes that somebody is being asked for the time.
    #[must_use]
    pub fn ask(&self) -> Asked {
        Asked(running_micros())
    }

    /// Takes the answer: from now on this clock goes with the one that gave it. What it showed before is kept as far as the answer
    /// allows, which says the time somewhere between question and answer, so that a slow one moves nothing.
    ///
    /// Gives by how much this clock was corrected.
    pub fn follow(&self, asked: Asked, answer: Timestamp) -> Duration {
        self.take(asked.0, running_micros(), answer.as_microsecond())
    }

    fn take(&self, asked: i64, answered: i64, answer: i64) -> Duration {
        let (least, most) = (answer - answered, answer - asked);
        let before = self.shared.anchor.load(Ordering::Relaxed);
        let after = if before == UNANCHORED { least.midpoint(most) } else { before.clamp(least, most) };
        self.shared.anchor.store(after, Ordering::Relaxed);
        if before == UNANCHORED {
            return Duration::ZERO;
        }
        let corrected = Duration::from_micros(after.abs_diff(before));
        if corrected >= JUMP {
            self.shared.jumps.fetch_add(1, Ordering::Relaxed);
        }
        corrected
    }

    /// Gives how often the clock that this one follows has jumped: what was dated before means little then.
    #[must_use]
    pub fn jumps(&self) -> u64 {
        self.shared.jumps.load(Ordering::Relaxed)
    }

    /// Moves the time forward, for the clock and for what durations are measured by.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX / 4);
        self.shared.ahead_ms.fetch_add(millis, Ordering::Relaxed);
    }
}

/// Gives how long the process has counted, in microseconds of the monotonic clock.
fn running_micros() -> i64 {
    static START: OnceLock<Instant> = OnceLock::new();
    i64::try_from(START.get_or_init(Instant::now).elapsed().as_micros()).unwrap_or(i64::MAX / 4)
}

/// Gives how long `later` is after `earlier`; nothing if it is before.
#[must_use]
pub fn elapsed(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_clock_goes_with_the_one_it_follows() {
        let clock = Clock::default();
        let hour = Duration::from_secs(3600);
        let shared = clock.now() + hour;
        assert_eq!(clock.follow(clock.ask(), shared), Duration::ZERO, "the first answer corrects nothing");
        assert!(clock.now() >= shared && clock.now() < shared + Duration::from_secs(60));
        assert_eq!(clock.clone().jumps(), 0);
        let tick = clock.tick();
        clock.advance(hour);
        assert!(clock.now() >= shared + hour, "a test moves both");
        assert!(clock.tick().since(tick) >= hour);
        // The one that is followed does not know of the test's move.
        assert!(clock.follow(clock.ask(), shared) < Duration::from_secs(60));
        assert!(clock.now() >= shared + hour);
    }

    #[test]
    fn an_answer_moves_a_clock_no_further_than_it_must() {
        let clock = Clock::default();
        let anchor = || clock.shared.anchor.load(Ordering::Relaxed);
        clock.take(0, 100, 500_050);
        assert_eq!(anchor(), 500_000, "half of the way");
        assert_eq!(clock.take(SECOND, 11 * SECOND, 6 * SECOND + 700_000), Duration::ZERO, "a slow answer says little");
        assert_eq!(anchor(), 500_000);
        assert_eq!(clock.take(20 * SECOND, 20 * SECOND + 10, 20 * SECOND + 500_030), Duration::from_micros(20));
        assert_eq!((anchor(), clock.jumps()), (500_020, 0));
        assert_eq!(clock.take(0, 0, 3 * SECOND), Duration::from_micros(2_499_980));
        assert_eq!((anchor(), clock.jumps()), (3 * SECOND, 1));
        assert_eq!(clock.take(0, 0, -3600 * SECOND), Duration::from_secs(3603));
        assert_eq!((anchor(), clock.jumps()), (-3600 * SECOND, 2));
    }
}
