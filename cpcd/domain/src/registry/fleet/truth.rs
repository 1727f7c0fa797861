//! What is true of the nodes, and what was said of them.

use cpcd_model::node::NodeStatus;

use super::{
    Outcome,
    world::{Node, Stored},
};

const INTERVAL_MS: u64 = 30_000;
/// What one replica hears all know so much later.
const LATE: u64 = 3;
const DEGRADED: u64 = 45;
const OFFLINE: u64 = 90;
/// A death may be seen so much later than the rules say: a repeated one is damped, and all becomes known after a while.
const SLACK: u64 = 90;
/// And so much later, whatever brakes do.
const LONGEST: u64 = 2 * 3600;
const HOUR: u64 = 3600;

/// Holds what is said against what is.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) outcome: Outcome,
    /// For each realm, in how many seconds deaths were seen as fast as they are; and the same with or without a brake.
    clear: Vec<u64>,
    judged: u64,
}

impl Node {
    fn is_overdue(&self, second: u64, limit: u64) -> bool {
        second - self.heard >= stretched(limit, self.told_ms)
    }

    /// Whether its silence is its own, or its network's.
    fn has_failed(&self, second: u64, limit: u64) -> bool {
        // What was said just now may not be known to whoever judges; and a second is lost where times are rounded.
        let is_news = second - self.heard <= LATE;
        let (heard, told_ms) =
            if is_news { (self.heard_before, self.told_ms_before) } else { (self.heard, self.told_ms) };
        let is_its_own = !self.is_well(second) || self.well_since > heard;
        is_its_own && second + 1 - heard >= stretched(limit, told_ms)
    }
}

/// Gives a limit of a node that was told to come after so long.
fn stretched(limit: u64, told_ms: u64) -> u64 {
    limit * told_ms.max(INTERVAL_MS) / INTERVAL_MS
}

impl Truth {
    pub(super) fn new(realms: usize) -> Self {
        Self { outcome: Outcome::default(), clear: vec![0; realms], judged: 0 }
    }

    /// Gives how long deaths of a realm were seen as fast as they are.
    pub(super) fn clear(&self, realm: usize) -> u64 {
        self.clear[realm]
    }

    /// Notes that somebody judged in this second, and which realms were braked.
    pub(super) fn second(&mut self, is_braked: impl Fn(usize) -> bool) {
        self.judged += 1;
        let clear = self.clear.iter_mut().enumerate();
        clear.filter(|(realm, _)| !is_braked(*realm)).for_each(|(_, clear)| *clear += 1);
    }

    /// Takes what a node was called.
    pub(super) fn change(&mut self, second: u64, node: &mut Node, to: NodeStatus) {
        if node.hour != second / HOUR {
            (node.hour, node.changes) = (second / HOUR, 0);
        }
        node.changes += 1;
        self.outcome.most_changes = self.outcome.most_changes.max(node.changes.into());
        match to {
            NodeStatus::Online => {}
            NodeStatus::Degraded => self.outcome.false_alarms += u64::from(!node.has_failed(second, DEGRADED)),
            NodeStatus::Offline => {
                self.outcome.deaths += 1;
                if !node.has_failed(second, OFFLINE) {
                    self.outcome.false_deaths += 1;
                    return;
                }
                let took = second - node.silent_since;
                let seconds = u32::try_from(took).unwrap_or(u32::MAX);
                self.outcome.always.push(seconds);
                if self.clear[node.realm] - node.clear_at_silence >= took {
                    self.outcome.calm.push(seconds);
                }
            }
        }
    }

    /// Takes that a brake went on: it needs enough nodes of the realm that have been there for an hour and are silent.
    pub(super) fn brake(&mut self, second: u64, realm: usize, stored: &Stored) {
        self.outcome.brakes += 1;
        let old =
            stored.nodes.iter().filter(|node| !node.is_deleted && node.realm == realm && node.born + HOUR <= second);
        let (mut silent, mut all) = (0, 0);
        for node in old.filter(|node| second - node.heard < 1200) {
            all += 1;
            silent += u64::from(node.is_overdue(second + 1, DEGRADED));
        }
        if silent <= 5 || silent * 100 < all * 14 {
            self.outcome.needless_brakes += 1;
        }
    }

    /// Looks for dead nodes of which nobody says so.
    pub(super) fn scan(&mut self, second: u64, nodes: &mut [Node]) {
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
}
