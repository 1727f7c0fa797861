//! The rules of liveness: functions of state and time, and nothing else.

use std::time::Duration;

use cpcd_model::{node::NodeStatus, time::Tick};

/// So long between two looks at the nodes, and we were not running ourselves: a pause of the process, a stopped machine.
const STALL: Duration = Duration::from_secs(5);

/// Whoever came back within so many times the damping has done so too often for the next time to be believed at once.
const STEADY: u32 = 10;

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
    /// When it was last called online again, if ever.
    pub(super) returned: Option<Tick>,
    /// Whether it had been taken for dead then.
    pub(super) was_dead: bool,
}

/// How far silence counts, and for what brakes count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    /// Up to which moment all is known that anyone heard.
    pub(super) as_of: Tick,
    /// Since when silence counts again.
    pub(super) since: Tick,
    /// Who failed so long ago or less is failing.
    pub(super) window: Duration,
    /// Who was registered later is too young to count for a brake, in milliseconds of the shared clock.
    pub(super) born_before_ms: i64,
}

/// How a node stands for its realm's brake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Lives,
    /// It fell silent within the window.
    Fails,
    /// It has been silent for longer.
    Gone,
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
    /// it does not.
    ///
    /// A first death and a first return show at once. Otherwise a change waits until the last one has held for a while, so that a
    /// node that comes and goes makes one change a minute and not a storm. Whoever has died lately is not called degraded first:
    /// that would have its next death wait.
    pub(super) fn judge(&self, node: &Liveness, now: Tick, as_of: Option<Tick>) -> Option<NodeStatus> {
        let is_over = |at: Tick, limit| at.since(node.heard) >= self.stretched(limit, node.told);
        let is_worse = |limit| as_of.is_some_and(|as_of| is_over(as_of.min(now), limit));
        let is_damped = |by| node.changed.is_some_and(|changed| now.since(changed) < by);
        let is_often = node.returned.is_some_and(|returned| now.since(returned) < self.damping * STEADY);
        let dies_often = is_often && node.was_dead;
        match node.status {
            NodeStatus::Online | NodeStatus::Degraded if is_worse(self.offline_after) => {
                // However long changes are damped, a death is seen in twice the usual time.
                let is_early = dies_often && is_damped(self.damping.min(self.offline_after));
                (!is_early).then_some(NodeStatus::Offline)
            }
            NodeStatus::Online => {
                let is_late = is_worse(self.degraded_after) && !dies_often;
                (is_late && !is_damped(self.damping)).then_some(NodeStatus::Degraded)
            }
            // Silence makes nobody better.
            NodeStatus::Degraded | NodeStatus::Offline => {
                let is_early = is_often && is_damped(self.damping);
                (!is_over(now, self.degraded_after) && !is_early).then_some(NodeStatus::Online)
            }
        }
    }

    /// Gives how a node stands for its realm's brake.
    pub(super) fn standing(&self, node: &Liveness, now: Tick, silence: &Silence) -> Standing {
        let until = silence.as_of.min(now);
        let limit = self.stretched(self.degraded_after, node.told);
        if until.since(node.heard) < limit {
            return Standing::Lives;
        }
        let failed = node.heard.after(limit);
        // Whoever was silent while silence proved nothing fails when it does: else all of them would be called dead at once then.
        let failed = if node.status == NodeStatus::Offline { failed } else { failed.max(silence.since) };
        if until.since(failed) < silence.window { Standing::Fails } else { Standing::Gone }
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

    /// Gives since when silence counts, or from when on it will.
    pub(super) fn until(&self) -> Tick {
        self.until
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
        let (heard, changed) = (at(heard), changed.map(at));
        Liveness { status, heard, changed, told: RULES.interval, returned: None, was_dead: false }
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

    #[test]
    fn a_first_death_and_a_first_return_show_at_once() {
        use NodeStatus::{Degraded, Offline, Online};
        let called = Liveness { status: Offline, ..node(Offline, 1100, Some(1090)) };
        assert_eq!(RULES.judge(&called, at(1101), None), Some(Online), "ten seconds after it was called dead");
        let often = Liveness { returned: Some(at(900)), was_dead: true, ..called };
        assert_eq!(RULES.judge(&often, at(1101), None), None, "not the second time");
        assert_eq!(RULES.judge(&Liveness { heard: at(1140), ..often }, at(1150), None), Some(Online));
        assert_eq!(RULES.judge(&Liveness { returned: Some(at(400)), ..often }, at(1101), None), Some(Online));

        // It has come back from the dead, and dies for good: its death is told in time, since nothing was told before.
        let back = Liveness { returned: Some(at(1000)), was_dead: true, ..node(Online, 1000, Some(1000)) };
        let judge = |second| RULES.judge(&back, at(second), Some(at(second)));
        assert_eq!((judge(1061), judge(1089), judge(1090)), (None, None, Some(Offline)));
        // Whoever was only late is called so again, and its death waits for nothing.
        let late = Liveness { was_dead: false, ..back };
        assert_eq!(RULES.judge(&late, at(1060), Some(at(1060))), Some(Degraded));
        let late = Liveness { status: Degraded, changed: Some(at(1060)), ..late };
        assert_eq!(RULES.judge(&late, at(1090), Some(at(1090))), Some(Offline));
    }

    #[test]
    fn a_death_is_never_damped_for_longer_than_it_takes_to_die() {
        let rules = Rules { damping: Duration::from_secs(3600), ..RULES };
        let often = Liveness { returned: Some(at(1000)), was_dead: true, ..node(NodeStatus::Online, 1000, Some(1060)) };
        assert_eq!(rules.judge(&often, at(1149), Some(at(1149))), None);
        assert_eq!(rules.judge(&often, at(1150), Some(at(1150))), Some(NodeStatus::Offline));
    }

    #[test]
    fn who_fails_now_is_told_from_who_is_gone() {
        let window = Duration::from_secs(120);
        let silence = Silence { as_of: at(2000), since: at(0), window, born_before_ms: 0 };
        let standing = |status, heard| RULES.standing(&node(status, heard, None), at(2000), &silence);
        use NodeStatus::{Offline, Online};
        assert_eq!(standing(Online, 1956), Standing::Lives);
        assert_eq!(standing(Online, 1955), Standing::Fails);
        assert_eq!(standing(Offline, 1836), Standing::Fails, "whatever it is called");
        assert_eq!(standing(Online, 1835), Standing::Gone, "two minutes after it was late");
        // Silence has begun to count a minute ago: who was silent before fails now, and who was dead before does not.
        let after_doubt = Silence { since: at(1940), ..silence };
        let standing = |status, heard| RULES.standing(&node(status, heard, None), at(2000), &after_doubt);
        assert_eq!((standing(Online, 1000), standing(Offline, 1000)), (Standing::Fails, Standing::Gone));
    }

    /// Gives what a node that is heard of after such gaps is called, and when, until the last of them.
    fn changes(gaps: &[u64]) -> Vec<(u64, NodeStatus)> {
        let mut known = node(NodeStatus::Online, 0, None);
        let mut beats = Vec::new();
        let mut time = 0;
        for gap in gaps {
            time += gap;
            beats.push(time);
        }
        let mut changes: Vec<(u64, NodeStatus)> = Vec::new();
        for second in 0..time {
            if beats.contains(&second) {
                known.heard = at(second);
            }
            if let Some(to) = RULES.judge(&known, at(second), Some(at(second))) {
                if to == NodeStatus::Online {
                    (known.returned, known.was_dead) = (Some(at(second)), known.status == NodeStatus::Offline);
                }
                (known.status, known.changed) = (to, Some(at(second)));
                changes.push((second, to));
            }
        }
        changes
    }

    #[test]
    fn a_node_that_flips_makes_one_change_a_minute() {
        // Late, and back forty seconds later; dead, and back forty seconds later; and what comes between.
        for gap in [85, 100, 130, 170] {
            let told = changes(&vec![gap; usize::try_from(4 * 3600 / gap).unwrap()]);
            let (first, rest) = told.split_at(3);
            assert!(first[2].0 - first[0].0 <= 240, "a first death and return show at once: {first:?}");
            assert!(rest.len() > 60, "and it goes on: {}", rest.len());
            for pair in rest.windows(2) {
                assert!(pair[1].0 - pair[0].0 >= 60, "gap {gap}: {pair:?}");
            }
        }
    }

    proptest! {
        /// Whatever a node does: in any ten minutes it makes no more changes than minutes, and the five of two first ones; its
        /// silence of more than three minutes is always seen; and who is heard of each thirty seconds is never worse than online.
        #[test]
        fn changes_are_damped(gaps in proptest::collection::vec(1u64..300, 1..60)) {
            let told = changes(&gaps);
            for from in &told {
                let within = told.iter().filter(|change| (from.0..from.0 + 600).contains(&change.0)).count();
                prop_assert!(within <= 15, "{told:?}");
            }
            let mut time = 0;
            for gap in &gaps {
                if *gap > 180 {
                    let is_seen = told.iter().rfind(|change| change.0 < time + gap);
                    prop_assert_eq!(is_seen.map(|change| change.1), Some(NodeStatus::Offline), "silent from {}", time);
                }
                time += gap;
            }
            if gaps.iter().all(|gap| *gap <= 30) {
                prop_assert!(told.is_empty());
            }
        }
    }
}
