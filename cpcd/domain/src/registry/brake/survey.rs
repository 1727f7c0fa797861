//! What a look at all nodes found, by realm, and who of them is called something else now.

use super::{realms::Realm, rule::Count};
use crate::registry::{entry::Judged, rules::Standing};

use cpcd_model::node::NodeStatus;

/// So many realms may each have as many candidates as are taken at all; further ones have fewer, so that memory has an end.
const WIDE: usize = 64;

/// What was found.
#[derive(Debug)]
pub(in crate::registry) struct Survey {
    most: usize,
    kept: usize,
    realms: Vec<Found>,
}

/// What was found in one realm.
#[derive(Clone, Debug, Default)]
struct Found {
    count: Count,
    /// How many become worse, and those of them that have been silent for longest.
    worse_count: usize,
    worse: Vec<Judged>,
    /// Those that are back.
    better: Vec<Judged>,
}

/// How many may become worse in a realm.
pub(in crate::registry) type Share<'a> = dyn Fn(Realm) -> usize + 'a;

impl Survey {
    /// Has found nothing; keeps at most so many who become something else.
    pub(in crate::registry) fn new(most: usize) -> Self {
        Self { most, kept: 0, realms: vec![Found::default()] }
    }

    /// Counts a node for its realm's brake.
    pub(in crate::registry) fn count(&mut self, realm: Realm, standing: Standing) {
        self.realm(realm).count.add(standing);
    }

    /// Takes one who becomes something else.
    pub(in crate::registry) fn add(&mut self, judged: Judged) {
        let most = if self.kept < WIDE * self.most { self.most } else { self.most.div_ceil(WIDE) };
        let found = self.realm(judged.realm);
        let lane = if judged.to == NodeStatus::Online {
            &mut found.better
        } else {
            found.worse_count += 1;
            &mut found.worse
        };
        let before = lane.len();
        lane.push(judged);
        if lane.len() >= 2 * most {
            keep_longest(lane, most);
        }
        let after = lane.len();
        self.kept = self.kept + after - before;
    }

    /// Gives what each realm's brake is to look at.
    pub(super) fn counts(&self) -> impl Iterator<Item = Count> {
        self.realms.iter().map(|found| found.count)
    }

    /// Gives how many become worse in a realm.
    pub(super) fn worse_count(&self, realm: usize) -> usize {
        self.realms.get(realm).map_or(0, |found| found.worse_count)
    }

    /// Gives who is called something else now: of those who become worse no more than a realm's `share`, those who have been silent
    /// for longest. Where there are too many, realms have equal parts, and in each those who are back and those who are gone.
    pub(in crate::registry) fn pick(self, share: &Share<'_>) -> Vec<Judged> {
        let mut lanes = Vec::new();
        for (index, mut found) in self.realms.into_iter().enumerate() {
            let most = if found.worse.is_empty() { 0 } else { share(Realm::of_index(index)) };
            keep_longest(&mut found.worse, most);
            lanes.extend([found.worse, found.better].into_iter().filter(|lane| !lane.is_empty()));
        }
        lanes.sort_by_key(Vec::len);
        let (mut picked, mut left) = (Vec::new(), lanes.len());
        for mut lane in lanes {
            keep_longest(&mut lane, (self.most - picked.len()).div_ceil(left));
            picked.append(&mut lane);
            left -= 1;
        }
        picked
    }

    fn realm(&mut self, realm: Realm) -> &mut Found {
        if realm.index() >= self.realms.len() {
            self.realms.resize_with(realm.index() + 1, Found::default);
        }
        &mut self.realms[realm.index()]
    }
}

/// Keeps those who were heard of first.
fn keep_longest(lane: &mut Vec<Judged>, most: usize) {
    if most < lane.len() {
        if most > 0 {
            lane.select_nth_unstable_by_key(most - 1, |judged| judged.heard);
        }
        lane.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use cpcd_model::{id::NodeId, time::Tick};

    use super::*;

    fn judged(realm: usize, heard: u64, to: NodeStatus) -> Judged {
        let (id, realm) = (NodeId::generate(), Realm::of_index(realm));
        Judged { id, realm, from: NodeStatus::Degraded, to, heard: Tick::from_millis(heard), seen: None }
    }

    fn of(picked: &[Judged], realm: usize) -> usize {
        picked.iter().filter(|judged| judged.realm == Realm::of_index(realm)).count()
    }

    #[test]
    fn a_realm_that_floods_has_no_other_wait() {
        let mut survey = Survey::new(100);
        for number in 0..50_000 {
            survey.add(judged(7, number, NodeStatus::Offline));
        }
        for number in 0..30 {
            survey.add(judged(0, 90_000 + number, NodeStatus::Offline));
            survey.add(judged(7, number, NodeStatus::Online));
        }
        let picked = survey.pick(&|_| usize::MAX);
        assert_eq!((picked.len(), of(&picked, 0), of(&picked, 7)), (100, 30, 70));
        assert_eq!(
            picked.iter().filter(|judged| judged.to == NodeStatus::Online).count(),
            30,
            "who is back is told too"
        );
    }

    #[test]
    fn of_those_who_are_held_back_the_longest_silent_go_first() {
        let mut survey = Survey::new(1000);
        for number in (0..500).rev() {
            survey.add(judged(1, number, NodeStatus::Offline));
            survey.add(judged(2, number, NodeStatus::Degraded));
        }
        let share = |realm: Realm| if realm == Realm::of_index(1) { 3 } else { 0 };
        let mut picked: Vec<_> = survey.pick(&share).into_iter().map(|judged| judged.heard).collect();
        picked.sort();
        assert_eq!(picked, [0, 1, 2].map(Tick::from_millis));
    }

    #[test]
    fn many_realms_have_a_turn_each() {
        let mut survey = Survey::new(10);
        for realm in 0..200 {
            survey.add(judged(realm, 1, NodeStatus::Offline));
        }
        assert_eq!(survey.pick(&|_| usize::MAX).len(), 10);
        assert!(Survey::new(10).pick(&|_| usize::MAX).is_empty());
    }
}
