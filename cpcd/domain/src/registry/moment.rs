//! Now, on both clocks: how the ticks of this process and the times that all share are turned into each other.

use std::time::Duration;

use cpcd_model::time::{Clock, Tick, Timestamp};

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// By the monotonic clock.
    pub(super) tick: Tick,
    /// By the clock that all share.
    pub(super) time: Timestamp,
}

impl Moment {
    /// Reads both clocks. The tick comes first: whatever holds us up between the two makes a node look heard of later, never earlier.
    pub(super) fn now(clock: &Clock) -> Self {
        let tick = clock.tick();
        Self { tick, time: clock.now() }
    }

    /// Gives the time in milliseconds.
    pub(super) fn ms(&self) -> i64 {
        self.time.as_millisecond()
    }

    /// Gives the shared time of a tick, which is past.
    pub(super) fn ms_of(&self, tick: Tick) -> i64 {
        let ago = i64::try_from(self.tick.since(tick).as_millis()).unwrap_or(i64::MAX / 4);
        self.ms() - ago
    }

    /// Gives the tick of a shared time; one to come is of another's clock, and counts as now.
    pub(super) fn tick_of(&self, ms: i64) -> Tick {
        let ago = self.ms().saturating_sub(ms).max(0);
        self.tick.before(Duration::from_millis(ago.cast_unsigned()))
    }

    /// Gives the shared time of a tick, which is past.
    pub(super) fn time_of(&self, tick: Tick) -> Timestamp {
        self.time - self.tick.since(tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_and_times_go_together() {
        let now = Moment { tick: Tick::from_millis(90_000), time: Timestamp::from_millisecond(1_000_000).unwrap() };
        assert_eq!(now.ms_of(Tick::from_millis(80_000)), 990_000);
        assert_eq!(now.tick_of(990_000), Tick::from_millis(80_000));
        assert_eq!(now.tick_of(2_000_000), now.tick);
        assert_eq!(now.tick_of(i64::MIN), Tick::default());
        assert_eq!(now.time_of(Tick::from_millis(89_000)).as_millisecond(), 999_000);
    }
}
