//! The brakes of all realms, as one replica follows them.

use std::time::Duration;

use cpcd_model::time::Tick;

use super::{
    realms::Realm,
    rule::{Brake, Count, Limits},
    survey::Survey,
};

/// After so long whoever does not judge takes it that whoever does has told it.
const TOLD: Duration = Duration::from_secs(30);

/// The brakes of all realms.
#[derive(Debug)]
pub(in crate::registry) struct Brakes {
    limits: Limits,
    realms: Vec<Brake>,
}

/// A brake that people are to be told of.
#[derive(Clone, Copy, Debug)]
pub(in crate::registry) struct News {
    pub(in crate::registry) realm: Realm,
    pub(in crate::registry) is_on: bool,
    pub(in crate::registry) count: Count,
}

impl Brakes {
    /// Has all of them off.
    pub(in crate::registry) fn new(limits: Limits) -> Self {
        Self { limits, realms: Vec::new() }
    }

    /// Looks at what was found; only while silence counts.
    pub(in crate::registry) fn look(&mut self, survey: &Survey, now: Tick) {
        let mut counts = survey.counts();
        let limits = self.limits;
        self.realms.iter_mut().for_each(|brake| brake.look(&limits, counts.next().unwrap_or_default(), now));
        self.realms.extend(counts.map(|count| {
            let mut brake = Brake::default();
            brake.look(&limits, count, now);
            brake
        }));
    }

    /// Gives how many nodes of a realm may become worse now.
    pub(in crate::registry) fn allowance(&self, realm: Realm, now: Tick) -> usize {
        self.realms.get(realm.index()).map_or(usize::MAX, |brake| brake.allowance(now))
    }

    /// Notes that a node of a realm has become worse.
    pub(in crate::registry) fn spend(&mut self, realm: Realm, now: Tick) {
        if let Some(brake) = self.realms.get_mut(realm.index()) {
            brake.spend(now);
        }
    }

    /// Gives the brakes that went on or let go since that was last told.
    pub(in crate::registry) fn news(&self) -> Vec<News> {
        let changed = self.realms.iter().enumerate().filter(|(_, brake)| brake.is_on != brake.is_told_on);
        let news = |(index, brake): (usize, &Brake)| News {
            realm: Realm::of_index(index),
            is_on: brake.is_on,
            count: brake.count,
        };
        changed.map(news).collect()
    }

    /// Notes that people were told.
    pub(in crate::registry) fn told(&mut self, news: &[News]) {
        for News { realm, is_on, .. } in news {
            self.realms[realm.index()].is_told_on = *is_on;
        }
    }

    /// Takes it that the replica that judges has told what it must have seen as we did. One that takes over tells what is younger
    /// once more, rather than not at all.
    pub(in crate::registry) fn leave(&mut self, now: Tick) {
        for brake in self.realms.iter_mut().filter(|brake| now.since(brake.since) >= TOLD) {
            brake.is_told_on = brake.is_on;
        }
    }

    /// Gives the realms whose brake is on.
    #[cfg(any(test, feature = "trials"))]
    pub(in crate::registry) fn on(&self) -> impl Iterator<Item = Realm> {
        self.realms.iter().enumerate().filter(|(_, brake)| brake.is_on).map(|(index, _)| Realm::of_index(index))
    }

    /// Gives how many brakes are on, and how many nodes wait behind them.
    pub(in crate::registry) fn sum(&self, survey: &Survey, now: Tick) -> [u64; 2] {
        let on = self.realms.iter().enumerate().filter(|(_, brake)| brake.is_on);
        on.fold([0, 0], |[realms, nodes], (index, brake)| {
            let waiting = survey.worse_count(index).saturating_sub(brake.allowance(now));
            [realms + 1, nodes + waiting as u64]
        })
    }
}
