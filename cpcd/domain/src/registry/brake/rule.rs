//! When a brake is on, and what it lets through: functions of what was counted and of the time, and nothing else.

use std::time::Duration;

use cpcd_model::time::Tick;

use crate::registry::rules::Standing;

/// So long nothing may fail at large before the brake lets go.
const STABLE: Duration = Duration::from_secs(300);
/// While it is on, a hundredth of the realm, and at least one node, is let through in each of these.
const SLOT: Duration = Duration::from_secs(10);
const SHARE: u64 = 100;

/// What is too much at once.
#[derive(Clone, Copy, Debug)]
pub(in crate::registry) struct Limits {
    /// More than so many of a hundred; none: there is no brake.
    pub(in crate::registry) percent: u32,
    /// And more than so many nodes.
    pub(in crate::registry) least: u32,
    /// Within so long.
    pub(in crate::registry) window: Duration,
}

#[cfg(test)]
impl Limits {
    /// Those of the default settings.
    pub(in crate::registry) const USUAL: Self = Self { percent: 15, least: 5, window: Duration::from_secs(120) };
}

/// The nodes of a realm that count: those that have been there for an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::registry) struct Count {
    /// Those that lived when the window began. Who was deleted, or failed before, is none of them any more.
    pub(in crate::registry) baseline: u64,
    /// Those of them that have failed since.
    pub(in crate::registry) failing: u64,
}

impl Count {
    pub(super) fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Lives => self.baseline += 1,
            Standing::Fails => {
                self.baseline += 1;
                self.failing += 1;
            }
            Standing::Gone => {}
        }
    }
}

impl Limits {
    fn is_much(&self, count: Count) -> bool {
        self.percent > 0
            && count.failing > self.least.into()
            && count.failing * 100 > count.baseline * u64::from(self.percent)
    }
}

/// The brake of one realm.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brake {
    pub(super) is_on: bool,
    /// When it went on or let go.
    pub(super) since: Tick,
    /// When much failed for the last time.
    unstable: Tick,
    /// The largest baseline since it is on: what is let through does not shrink with what is left.
    base: u64,
    slot: Tick,
    let_through: u64,
    /// What people were told last.
    pub(super) is_told_on: bool,
    pub(super) count: Count,
}

impl Brake {
    /// Looks at what was counted.
    pub(super) fn look(&mut self, limits: &Limits, count: Count, now: Tick) {
        self.count = count;
        if limits.is_much(count) {
            self.unstable = now;
            if !self.is_on {
                *self = Self { is_on: true, since: now, base: 0, ..*self };
            }
        }
        if self.is_on {
            self.base = self.base.max(count.baseline);
            if now.since(self.unstable) >= STABLE || limits.percent == 0 {
                (self.is_on, self.since) = (false, now);
            }
        }
    }

    /// Gives how many nodes may become worse now.
    pub(super) fn allowance(&self, now: Tick) -> usize {
        if !self.is_on {
            return usize::MAX;
        }
        let let_through = if now.since(self.slot) < SLOT { self.let_through } else { 0 };
        usize::try_from((self.base / SHARE).max(1).saturating_sub(let_through)).unwrap_or(usize::MAX)
    }

    /// Notes that a node has become worse.
    pub(super) fn spend(&mut self, now: Tick) {
        if now.since(self.slot) >= SLOT {
            (self.slot, self.let_through) = (now, 0);
        }
        self.let_through += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Tick {
        Tick::from_millis(100_000_000 + seconds * 1000)
    }

    fn count(baseline: u64, failing: u64) -> Count {
        Count { baseline, failing }
    }

    #[test]
    fn it_needs_a_share_and_a_number() {
        let is_on = |baseline, failing| {
            let mut brake = Brake::default();
            brake.look(&Limits::USUAL, count(baseline, failing), at(0));
            brake.is_on
        };
        assert!(!is_on(5, 5) && is_on(6, 6), "five of five are nobody's outage");
        assert!(!is_on(100, 15) && is_on(100, 16));
        assert!(!is_on(1000, 150) && is_on(1000, 151));
        let mut off = Brake::default();
        off.look(&Limits { percent: 0, ..Limits::USUAL }, count(1000, 1000), at(0));
        assert!(!off.is_on && off.allowance(at(0)) == usize::MAX);
    }

    #[test]
    fn it_slows_down_and_lets_go_when_things_are_stable() {
        let mut brake = Brake::default();
        let mut through = 0;
        for second in 0..300 {
            // All fail at once; who has failed for longer than the window is gone.
            brake.look(&Limits::USUAL, if second < 120 { count(1000, 1000) } else { count(0, 0) }, at(second));
            assert!(brake.is_on);
            while brake.allowance(at(second)) > 0 {
                brake.spend(at(second));
                through += 1;
            }
        }
        assert_eq!(through, 10 * 30, "a hundredth in ten seconds, of what there was");
        for second in 300..419 {
            brake.look(&Limits::USUAL, count(0, 0), at(second));
            assert!(brake.is_on, "in second {second}");
        }
        brake.look(&Limits::USUAL, count(0, 0), at(419));
        assert!(!brake.is_on && brake.allowance(at(419)) == usize::MAX);
    }

    proptest! {
        /// Whatever is counted: it never stops for good, and lets through no more than it should.
        #[test]
        fn it_never_stops_and_never_hurries(counts in proptest::collection::vec((0u64..5000, 0u64..5000), 1..200)) {
            let mut brake = Brake::default();
            let mut passed = Vec::new();
            for (ten, (baseline, failing)) in counts.into_iter().enumerate() {
                for second in 0..10 {
                    let now = at(ten as u64 * 10 + second);
                    brake.look(&Limits::USUAL, count(baseline.max(failing), failing), now);
                    if brake.is_on && brake.allowance(now) > 0 {
                        passed.push((now, brake.base));
                        brake.spend(now);
                    }
                }
                if brake.is_on {
                    let last = at(ten as u64 * 10 + 9);
                    prop_assert!(passed.iter().any(|(when, _)| last.since(*when) <= SLOT), "somebody in each slot");
                }
            }
        }
    }
}
