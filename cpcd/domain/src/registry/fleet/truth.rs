//! What is true of the nodes, and what was said of them.

use std::collections::VecDeque;

use cpcd_model::node::NodeStatus;

use super::{
    Outcome,
    world::{Heard, Node, Stored, WORDS},
};

const INTERVAL_MS: u64 = 30_000;
/// What one replica hears all know so much later.
const LATE: u64 = 3;
/// And whoever judges waits at most so long for a word of another that does not arrive.
const LAG: u64 = 5;
const DEGRADED: u64 = 45;
const OFFLINE: u64 = 90;
/// A death may be seen so much later than the rules say: a repeated one is damped, and all becomes known after a while.
const SLACK: u64 = 90;
/// And so much later, whatever brakes do.
const LONGEST: u64 = 2 * 3600;
/// A brake lets go when for so long not much has failed, and what fell silent counts as failing for so long.
const STABLE: u64 = 300;
const WINDOW: u64 = 120;
/// It lets a hundredth through in so long.
const SLOT: u64 = 10;
const HOUR: u64 = 3600;
const HOUR_MS: i64 = 3_600_000;

/// Holds what is said against what is.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) outcome: Outcome,
    /// For each realm, in how many seconds deaths were seen as fast as they are; and the same with or without a brake.
    clear: Vec<u64>,
    judged: u64,
    realms: Vec<Realm>,
}

/// The replica that judges.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    /// Since which second it runs.
    pub(super) began: u64,
    /// How long ago the moment is up to which it knows all.
    pub(super) lag: u64,
}

/// What a realm's brake is held against.
#[derive(Clone, Debug, Default)]
struct Realm {
    /// Its nodes that have been there for an hour.
    old: u64,
    /// When such nodes were called dead soon after they fell silent, of late.
    deaths: VecDeque<u64>,
    is_braked: bool,
    /// When its brake was off, or many were silent, for the last time: in seconds in which somebody judged.
    unrest: u64,
}

impl Realm {
    /// How many may be called dead in a window: those that put the brake on, and what it lets through then.
    fn most(&self) -> u64 {
        self.old * 15 / 100 + 5 + (WINDOW / SLOT + 1) * (self.old / 100).max(1)
    }
}

impl Node {
    /// Whether it counts for its realm's brake: an hour of the shared clock, which its id carries.
    fn is_old(&self, now_ms: i64) -> bool {
        !self.is_deleted && self.born_ms + HOUR_MS <= now_ms
    }

    fn is_overdue(&self, second: u64, limit: u64) -> bool {
        self.heard[0].is_over(second, limit)
    }

    /// Whether its silence is its own, or its network's, and long enough for who judges.
    fn has_failed(&self, second: u64, limit: u64, by: By) -> bool {
        // What was said just now may not be known to whoever judges: there may be several such words, since the first one to a
        // replica that has just started is told to be followed by the next one soon.
        let late = LATE + by.lag.min(LAG);
        let known = self.heard.iter().find(|word| second - word.second > late).unwrap_or(&self.heard[WORDS - 1]);
        let is_its_own = |word: &Heard| !self.is_well(second) || self.well_since > word.second;
        // A second is lost where times are rounded.
        if is_its_own(known) && known.is_over(second + 1, limit) {
            return true;
        }
        // What it said last went down with the replica that heard it, or was heard before this replica began; and so did when it was
        // told to come again: nobody can count from that. The time of grace that follows is longer than any node is told to stay away.
        // So whoever is down and has missed its time is called dead rightly, and whoever is not is back before.
        let has_missed = !self.is_well(second) && known.second + known.told_ms.div_ceil(1000) < second;
        let counted =
            if by.began > known.second { Heard { second: by.began, told_ms: INTERVAL_MS } } else { self.told_others };
        has_missed && counted.second != known.second && counted.is_over(second + 1, limit)
    }
}

impl Heard {
    /// Whether a limit is over since, for who was told to come after so long.
    fn is_over(&self, second: u64, limit: u64) -> bool {
        second - self.second >= limit * self.told_ms.max(INTERVAL_MS) / INTERVAL_MS
    }
}

impl Truth {
    pub(super) fn new(realms: usize) -> Self {
        Self { outcome: Outcome::default(), clear: vec![0; realms], judged: 0, realms: vec![Realm::default(); realms] }
    }

    /// Gives how long deaths of a realm were seen as fast as they are.
    pub(super) fn clear(&self, realm: usize) -> u64 {
        self.clear[realm]
    }

    /// Notes that somebody judged in this second, and which realms were braked.
    pub(super) fn second(&mut self, is_braked: impl Fn(usize) -> bool) {
        self.judged += 1;
        for (number, (clear, realm)) in self.clear.iter_mut().zip(&mut self.realms).enumerate() {
            realm.is_braked = is_braked(number);
            *clear += u64::from(!realm.is_braked);
        }
    }

    /// Takes what a node was called.
    pub(super) fn change(&mut self, second: u64, now_ms: i64, node: &mut Node, to: NodeStatus, by: By) {
        if node.hour != second / HOUR {
            (node.hour, node.changes) = (second / HOUR, 0);
        }
        node.changes += 1;
        self.outcome.most_changes = self.outcome.most_changes.max(node.changes.into());
        match to {
            NodeStatus::Online => {}
            NodeStatus::Degraded => self.outcome.false_alarms += u64::from(!node.has_failed(second, DEGRADED, by)),
            NodeStatus::Offline => {
                self.outcome.deaths += 1;
                if !node.has_failed(second, OFFLINE, by) {
                    self.outcome.false_deaths += 1;
                    return;
                }
                let took = second - node.silent_since;
                // Who has been silent for longer is what a brake leaves when it lets go.
                if took < STABLE && node.is_old(now_ms) {
                    let realm = &mut self.realms[node.realm];
                    realm.deaths.push_back(second);
                    realm.deaths.retain(|death| death + WINDOW > second);
                    self.outcome.hurried_deaths += u64::from(realm.deaths.len() as u64 > realm.most());
                }
                let seconds = u32::try_from(took).unwrap_or(u32::MAX);
                self.outcome.always.push(seconds);
                if self.clear[node.realm] - node.clear_at_silence >= took {
                    self.outcome.calm.push(seconds);
                }
            }
        }
    }

    /// Takes that a brake went on: it needs enough nodes of the realm that have been there for an hour and are silent. An hour of the
    /// shared clock, which their ids carry: when that jumps, nobody can tell how long they have really been there.
    pub(super) fn brake(&mut self, second: u64, now_ms: i64, realm: usize, stored: &Stored) {
        self.outcome.brakes += 1;
        let old = stored.nodes.iter().filter(|node| node.realm == realm && node.is_old(now_ms));
        let (mut silent, mut all) = (0, 0);
        for node in old.filter(|node| second - node.heard[0].second < 1200) {
            all += 1;
            silent += u64::from(node.is_overdue(second + 1, DEGRADED));
        }
        if silent <= 5 || silent * 100 < all * 14 {
            self.outcome.needless_brakes += 1;
        }
    }

    /// Looks for dead nodes of which nobody says so, and for brakes that do not let go.
    pub(super) fn scan(&mut self, second: u64, now_ms: i64, nodes: &mut [Node]) {
        if self.realms.iter().any(|realm| realm.is_braked) || second.is_multiple_of(60) {
            self.scan_realms(second, now_ms, nodes);
        }
        for node in nodes.iter_mut().filter(|node| !node.is_deleted) {
            if node.status == NodeStatus::Offline || node.is_well(second) || !node.is_overdue(second, OFFLINE) {
                node.overdue = None;
                continue;
            }
            let (clear, judged, is_counted) = *node.overdue.get_or_insert((self.clear[node.realm], self.judged, false));
            if !is_counted && (self.clear[node.realm] - clear > SLACK || self.judged - judged > LONGEST) {
                self.outcome.missed_deaths += 1;
                node.overdue = Some((clear, judged, true));
            }
        }
    }

    fn scan_realms(&mut self, second: u64, now_ms: i64, nodes: &[Node]) {
        let mut counts = vec![(0, 0, 0); self.realms.len()];
        for node in nodes.iter().filter(|node| node.is_old(now_ms)) {
            let (old, there, silent) = &mut counts[node.realm];
            *old += 1;
            // Of who is called dead only those may still count as failing who have fallen silent of late.
            if node.status != NodeStatus::Offline || second - node.heard[0].second < 1200 {
                *there += 1;
                *silent += u64::from(node.is_overdue(second + 1, DEGRADED));
            }
        }
        for (realm, (old, there, silent)) in self.realms.iter_mut().zip(counts) {
            realm.old = old;
            let is_much = silent > 5 && silent * 100 >= there * 14;
            if !realm.is_braked || is_much {
                realm.unrest = self.judged;
            } else if self.judged - realm.unrest > WINDOW + STABLE + SLACK {
                self.outcome.stuck_brakes += 1;
                realm.unrest = self.judged;
            }
        }
    }
}
