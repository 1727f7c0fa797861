//! The rules of liveness: functions of state and time, and nothing else.

use std::time::Duration;

use cpcd_model::{node::NodeStatus, time::Tick};

/// So long between two looks at the nodes, and we were not running ourselves: a pause of the process, a stopped machine.
const STALL: Duration = Duration::from_secs(5);

/// When a node is what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// How often a node usually says that it lives.
    pub(super) interval: Duration,
    pub(super) degraded_after: Duration,
    pub(super) offline_after: Duration,
    /// How long a change holds before the next one shows.
    pub(super) damping: Duration,
}

/// What is known of a node's life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Liveness {
    /// What it is taken for.
    pub(super) status: NodeStatus,
    /// When it was last heard of.
    pub(super) heard: Tick,
    /// When what it is taken for last changed, if ever.
    pub(super) changed: Option<Tick>,
    /// When it was told to come back, counted from the last time.
    pub(super) told: Duration,
}

#[cfg(test)]
impl Rules {
    /// Those of the default settings.
    pub(super) const USUAL: Self = Self {
        interval: Duration::from_secs(30),
        degraded_after: Duration::from_secs(45),
        offline_after: Duration::from_secs(90),
        damping: Duration::from_secs(60),
    };
}

impl Rules {
    /// Gives what a node becomes, if that is something else than what it is taken for.
    ///
    /// It becomes worse only by the silence until `as_of`, the moment up to which all that was heard by anyone is known; without one
    /// it does not. A change other than the one to offline waits until the last one has held for a while, so that a node that comes
    /// and goes makes one change a minute and not a storm.
    pub(super) fn judge(&self, node: &Liveness, now: Tick, as_of: Option<Tick>) -> Option<NodeStatus> {
        let is_over = |at: Tick, limit| at.since(node.heard) >= self.stretched(limit, node.told);
        let is_worse = |limit| as_of.is_some_and(|as_of| is_over(as_of.min(now), limit));
        let is_damped = || node.changed.is_some_and(|changed| now.since(changed) < self.damping);
        match node.status {
            NodeStatus::Online | NodeStatus::Degraded if is_worse(self.offline_after) => Some(NodeStatus::Offline),
            NodeStatus::Online => (is_worse(self.degraded_after) && !is_damped()).then_some(NodeStatus::Degraded),
            // Silence makes nobody better.
            NodeStatus::Degraded | NodeStatus::Offline => {
                (!is_over(now, self.degraded_after) && !is_damped()).then_some(NodeStatus::Online)
            }
        }
    }

    /// Gives a limit for a node that was told to come less often: as many misses as before.
    fn stretched(&self, limit: Duration, told: Duration) -> Duration {
        if told <= self.interval { limit } else { limit.mul_f64(told.as_secs_f64() / self.interval.as_secs_f64()) }
    }
}

/// Suspects ourselves first: for a while after a start, a stall, or the loss of what another replica heard, silence proves nothing
/// about anybody. Each replica keeps its own, whether it judges or not: who judges next has doubts of its own and no others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grace {
    length: Duration,
    until: Tick,
    last_look: Tick,
}

impl Grace {
    /// Begins a time of grace.
    pub(super) fn begin(length: Duration, now: Tick) -> Self {
        Self { length, until: now.after(length), last_look: now }
    }

    /// Begins it anew.
    pub(super) fn renew(&mut self, now: Tick) {
        self.until = self.until.max(now.after(self.length));
    }

    /// Looks at the time; says whether silence counts. A look that comes late renews the grace.
    pub(super) fn look(&mut self, now: Tick) -> bool {
        if now.since(self.last_look) >= STALL {
            tracing::warn!(
                missed_ms = u64::try_from(now.since(self.last_look).as_millis()).unwrap_or(u64::MAX),
                "the daemon itself was held up, so nobody's silence counts for a while"
            );
            self.renew(now);
        }
        self.last_look = now;
        now >= self.until
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: Rules = Rules::USUAL;

    fn at(seconds: u64) -> Tick {
        Tick::from_millis(seconds * 1000)
    }

    fn node(status: NodeStatus, heard: u64, changed: Option<u64>) -> Liveness {
        Liveness { status, heard: at(heard), changed: changed.map(at), told: RULES.interval }
    }

    #[test]
    fn silence_makes_a_node_degraded_and_then_offline() {
        use NodeStatus::{Degraded, Offline, Online};
        let judge =
            |status, silent: u64| RULES.judge(&node(status, 1000, None), at(1000 + silent), Some(at(1000 + silent)));
        assert_eq!(judge(Online, 44), None);
        assert_eq!(judge(Online, 45), Some(Degraded));
        assert_eq!(judge(Degraded, 89), None);
        assert_eq!(judge(Degraded, 90), Some(Offline));
        assert_eq!(judge(Online, 500), Some(Offline), "a look that comes late skips what lies between");
        assert_eq!(judge(Offline, 500), None);
        assert_eq!(judge(Offline, 50), None, "silence makes nobody better");
        assert_eq!(judge(Offline, 10), Some(Online));
        assert_eq!(judge(Degraded, 10), Some(Online));
    }

    #[test]
    fn in_grace_nobody_becomes_worse_and_anybody_better() {
        let online = node(NodeStatus::Online, 0, None);
        assert_eq!(RULES.judge(&online, at(1000), None), None);
        assert_eq!(RULES.judge(&node(NodeStatus::Offline, 999, None), at(1000), None), Some(NodeStatus::Online));
    }

    #[test]
    fn silence_counts_as_far_as_all_is_known() {
        let online = node(NodeStatus::Online, 0, None);
        assert_eq!(RULES.judge(&online, at(1000), Some(at(44))), None);
        assert_eq!(RULES.judge(&online, at(1000), Some(at(45))), Some(NodeStatus::Degraded));
        assert_eq!(RULES.judge(&online, at(45), Some(at(1000))), Some(NodeStatus::Degraded), "nobody knows what comes");
        // Heard after what all have told.
        assert_eq!(RULES.judge(&node(NodeStatus::Online, 50, None), at(1000), Some(at(44))), None);
        assert_eq!(RULES.judge(&node(NodeStatus::Degraded, 0, None), at(1000), Some(at(10))), None, "nor is it better");
    }

    #[test]
    fn a_node_that_was_told_to_come_less_often_has_as_many_misses() {
        let told = Liveness { told: Duration::from_secs(60), ..node(NodeStatus::Online, 0, None) };
        assert_eq!(RULES.judge(&told, at(89), Some(at(89))), None);
        assert_eq!(RULES.judge(&told, at(90), Some(at(90))), Some(NodeStatus::Degraded));
        assert_eq!(RULES.judge(&told, at(180), Some(at(180))), Some(NodeStatus::Offline));
        let sooner = Liveness { told: Duration::from_secs(5), ..told };
        assert_eq!(
            RULES.judge(&sooner, at(44), Some(at(44))),
            None,
            "a first heartbeat that was spread counts as a usual one"
        );
    }

    #[test]
    fn a_pause_of_ours_is_held_against_nobody() {
        let mut grace = Grace::begin(Duration::from_secs(150), at(0));
        assert!(!(1..150).any(|second| grace.look(at(second))));
        assert!(grace.look(at(150)));
        assert!(grace.look(at(154)));
        // Ninety seconds in which the process did not run.
        assert!(!grace.look(at(244)));
        assert!(!(245..394).any(|second| grace.look(at(second))));
        assert!(grace.look(at(394)));
        grace.renew(at(395));
        assert!(!grace.look(at(396)));
    }

    proptest! {
        /// Whatever a node does: two changes other than the one to offline are a minute apart, and who is heard of each
        /// thirty seconds is never worse than online.
        #[test]
        fn changes_are_damped(gaps in proptest::collection::vec(1u64..200, 1..60)) {
            let mut known = node(NodeStatus::Online, 0, None);
            let mut beats = Vec::new();
            let mut time = 0;
            for gap in &gaps {
                time += gap;
                beats.push(time);
            }
            let mut changes: Vec<(u64, NodeStatus)> = Vec::new();
            for second in 0..time {
                if beats.contains(&second) {
                    known.heard = at(second);
                }
                if let Some(to) = RULES.judge(&known, at(second), Some(at(second))) {
                    known.status = to;
                    known.changed = Some(at(second));
                    changes.push((second, to));
                }
            }
            for pair in changes.windows(2) {
                if pair[1].1 != NodeStatus::Offline {
                    prop_assert!(pair[1].0 - pair[0].0 >= 60, "{changes:?}");
                }
            }
            if gaps.iter().all(|gap| *gap <= 30) {
                prop_assert!(changes.is_empty());
            }
        }
    }
}
