//! Time: the only file that reads clocks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

pub use jiff::Timestamp;

/// Gives the time of shared deadlines: the system's, moved by an offset.
///
/// Clones share the offset. It is how a replica follows its database's clock, and how a test moves time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_micros: Arc<AtomicI64>,
}

impl Clock {
    /// Gives the time now, in whole microseconds, as the stores keep it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
        let micros = Timestamp::now().as_microsecond() + self.offset_micros.load(Ordering::Relaxed);
        Timestamp::from_microsecond(micros).expect("the system's clock is within the years 1 to 9999")
    }

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        self.offset_micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4), Ordering::Relaxed);
    }
}

/// Gives how long `later` is after `earlier`; nothing if it is before.
#[must_use]
pub fn elapsed(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}
