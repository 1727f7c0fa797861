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

/// Gives the time of shared deadlines: the system's, moved by an offset.
///
/// Clones share the offset. It is how a replica follows its database's clock, and how a test moves time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_micros: Arc<AtomicI64>,
    /// How far a test has moved the monotonic clock, in milliseconds.
    ahead_ms: Arc<AtomicU64>,
}

/// A moment of this process, in milliseconds of the monotonic clock: what durations are measured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(u64);

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
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
        let micros = Timestamp::now().as_microsecond() + self.offset_micros.load(Ordering::Relaxed);
        Timestamp::from_microsecond(micros).expect("the system's clock is within the years 1 to 9999")
    }

    /// Gives the moment now on the monotonic clock, which nobody sets.
    #[must_use]
    pub fn tick(&self) -> Tick {
        static START: OnceLock<Instant> = OnceLock::new();
        let millis = START.get_or_init(Instant::now).elapsed().as_millis();
        // Not from nothing, so that there is a time before the process began.
        Tick(DAY_MS + u64::try_from(millis).unwrap_or(u64::MAX / 2) + self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Moves the time forward, on both clocks.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX / 4), Ordering::Relaxed);
        self.offset_micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4), Ordering::Relaxed);
    }
}

/// Gives how long `later` is after `earlier`; nothing if it is before.
#[must_use]
pub fn elapsed(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}
