//! When a part that found no node is tried again.

use std::{collections::HashMap, time::Duration};

use cpcd_model::time::Tick;
use cpcd_store::sql::PartKey;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);
/// Parts that are remembered: more are tried whenever their turn comes.
const MOST: usize = 100_000;

/// Parts that found no node.
#[derive(Default)]
pub(super) struct Backoff {
    parts: HashMap<PartKey, (Tick, Duration)>,
}

impl Backoff {
    /// Says whether a part may be tried.
    pub(super) fn is_due(&self, part: PartKey, now: Tick) -> bool {
        self.parts.get(&part).is_none_or(|(at, _)| *at <= now)
    }

    /// Notes that a part found no node.
    pub(super) fn failed(&mut self, part: PartKey, now: Tick) {
        if self.parts.len() >= MOST {
            // Those whose time has come have no need to be remembered; if that does not help, all begin anew.
            self.parts.retain(|_, (at, _)| *at > now);
            if self.parts.len() >= MOST {
                self.parts.clear();
            }
        }
        let wait = self.parts.get(&part).map_or(FIRST, |(_, wait)| (*wait * 2).min(LONGEST));
        self.parts.insert(part, (now.after(wait), wait));
    }

    /// Forgets a part that has found one.
    pub(super) fn succeeded(&mut self, part: PartKey) {
        self.parts.remove(&part);
    }
}

#[cfg(test)]
mod tests {
    use cpcd_model::id::AllocationId;

    use super::*;

    fn part() -> PartKey {
        PartKey { allocation_id: AllocationId::generate(), number: 0 }
    }

    #[test]
    fn the_waits_grow_and_end_with_success() {
        let (mut backoff, part) = (Backoff::default(), part());
        let mut now = Tick::from_millis(1_000_000);
        assert!(backoff.is_due(part, now));
        for seconds in [1, 2, 4, 8, 10, 10] {
            backoff.failed(part, now);
            let due = now.after(Duration::from_secs(seconds));
            assert!(!backoff.is_due(part, due.before(Duration::from_millis(1))), "after {seconds} s");
            assert!(backoff.is_due(part, due));
            now = due;
        }
        backoff.succeeded(part);
        backoff.failed(part, now);
        assert!(backoff.is_due(part, now.after(FIRST)));
    }

    #[test]
    fn they_are_not_remembered_without_end() {
        let mut backoff = Backoff::default();
        for _ in 0..MOST + 10 {
            backoff.failed(part(), Tick::from_millis(1));
        }
        assert!(backoff.parts.len() <= MOST);
    }
}
