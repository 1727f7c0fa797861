//! The order of peers on a page: a pure function of what is known of them, of the caller's seed, and of what the page has already.
//!
//! Healthy before degraded, then verified before direct before relayed; among equals as many long-lived as fresh ones, for who floods
//! a fleet has fresh nodes only, and who only knows old ones learns of nobody; each of these near before far. No network has more than
//! a share of a page, whatever else it has.

use std::{cmp::Reverse, collections::HashMap, time::Duration};

use cpcd_model::id::NodeId;

use super::{Route, ring::Member};

/// Who is registered for so long is long-lived.
pub(super) const SETTLED: Duration = Duration::from_secs(24 * 3600);

/// A peer that may come onto a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) id: NodeId,
    /// Its number in the window.
    pub(super) number: usize,
    pub(super) network: u32,
    pub(super) standing: Standing,
    /// Decides between equals.
    pub(super) lot: u64,
}

/// What a peer is ranked by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) is_degraded: bool,
    pub(super) route: Route,
    pub(super) is_settled: bool,
    /// Estimated round trip to the caller in microseconds.
    pub(super) round_trip: Option<u32>,
}

impl Standing {
    /// Gives what comes before everything else; less is better.
    pub(super) fn class(&self) -> (bool, Route) {
        (self.is_degraded, self.route)
    }
}

impl Candidate {
    pub(super) fn new(number: usize, member: &Member, standing: Standing, seed: u64) -> Self {
        let (_, random) = member.id.uuid().as_u64_pair();
        Self { id: member.id, number, network: member.network, standing, lot: super::hash::mix(seed ^ random) }
    }
}

/// What a page has already.
pub(super) struct Page {
    share: usize,
    of_network: HashMap<u32, usize>,
    settled: usize,
    fresh: usize,
}

impl Page {
    /// Begins a page of a size: a quarter of it, and at least one, may be of one network.
    pub(super) fn new(size: usize) -> Self {
        Self { share: size.div_ceil(4).max(1), of_network: HashMap::new(), settled: 0, fresh: 0 }
    }

    /// Takes at most `most` out of the candidates, best first. What is left is for this page no more, if it took fewer.
    pub(super) fn pick(&mut self, candidates: &mut Vec<Candidate>, most: usize) -> Vec<Candidate> {
        let key = |one: &Candidate| (one.standing.class(), one.standing.round_trip.unwrap_or(u32::MAX), one.lot);
        // Each class from its end, so that the best are taken off.
        candidates.sort_by_key(|candidate| Reverse(key(candidate)));
        let (mut picked, mut left) = (Vec::new(), Vec::new());
        while let (Some(best), true) = (candidates.last(), picked.len() < most) {
            let class = best.standing.class();
            let begin = candidates.partition_point(|one| one.standing.class() > class);
            let of_class = candidates.split_off(begin);
            let (mut settled, mut fresh): (Vec<_>, Vec<_>) =
                of_class.into_iter().partition(|candidate| candidate.standing.is_settled);
            while picked.len() < most {
                let (first, second) =
                    if self.settled <= self.fresh { (&mut settled, &mut fresh) } else { (&mut fresh, &mut settled) };
                let Some(one) = self.next(first, &mut left).or_else(|| self.next(second, &mut left)) else { break };
                picked.push(one);
            }
            left.append(&mut settled);
            left.append(&mut fresh);
        }
        candidates.append(&mut left);
        picked
    }

    /// Takes the best whose network has not had its share; the others are left.
    fn next(&mut self, queue: &mut Vec<Candidate>, left: &mut Vec<Candidate>) -> Option<Candidate> {
        loop {
            let candidate = queue.pop()?;
            // Where nobody outside can be, nobody can flood it either.
            if candidate.network != 0 {
                let had = self.of_network.entry(candidate.network).or_default();
                if *had == self.share {
                    left.push(candidate);
                    continue;
                }
                *had += 1;
            }
            if candidate.standing.is_settled {
                self.settled += 1;
            } else {
                self.fresh += 1;
            }
            return Some(candidate);
        }
    }
}
