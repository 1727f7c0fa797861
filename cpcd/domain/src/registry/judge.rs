//! Judging: what a look at all nodes comes to, with doubts and brakes. Functions of state and time; the detector gives it the time and
//! writes what it says.

use std::{collections::HashMap, time::Duration};

use cpcd_model::{id::NodeId, node::NodeStatus, time::Tick};

use super::{
    Config,
    brake::{Brakes, Limits, News},
    moment::Moment,
    rules::{Grace, Rules, Silence},
    table::{Judged, Table},
};

/// Changes of one look; when more are due the next look takes them. One transaction has so many.
const MOST: usize = 2_000;
/// A node that was registered more lately does not count for its realm's brake.
const YOUNG_MS: i64 = 3_600_000;
/// A judgement is of the moment up to which all is known: one of longer ago says nothing of who has come back since, to a replica whose
/// word does not arrive.
const STALE: Duration = Duration::from_secs(5);
/// Who does not judge only follows the brakes, and looks so often.
const FOLLOW_EVERY: Duration = Duration::from_secs(5);

/// What one replica goes by.
pub(super) struct Judge {
    pub(super) rules: Rules,
    grace: Grace,
    limits: Limits,
    brakes: Brakes,
    looked: Tick,
    /// Whether what is known was too old at the last look.
    is_stale: bool,
}

/// What is to be written and told.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Who becomes something else.
    pub(super) changes: Vec<Judged>,
    /// Which brakes went on or let go.
    pub(super) news: Vec<News>,
}

impl Judge {
    /// Begins in doubt.
    pub(super) fn begin(config: &Config, now: Tick) -> Self {
        let (grace, limits) = (Duration::from_secs(config.grace_seconds.into()), config.brake());
        Self {
            rules: config.rules(),
            grace: Grace::begin(grace, now),
            limits,
            brakes: Brakes::new(limits),
            looked: Tick::default(),
            is_stale: false,
        }
    }

    /// Doubts anew: silence proves nothing for a while.
    pub(super) fn doubt(&mut self, now: Tick) {
        self.grace.renew(now);
    }

    /// Looks at the time; says whether silence counts that is known until `as_of`. A look that comes late begins a doubt.
    pub(super) fn is_sure(&mut self, now: Tick, as_of: Tick) -> bool {
        let is_stale = now.since(as_of) >= STALE;
        let was_stale = std::mem::replace(&mut self.is_stale, is_stale);
        if is_stale && !was_stale {
            tracing::warn!(
                "what another replica has heard does not arrive, so nobody is called dead here until it does"
            );
        }
        self.grace.look(now) && !is_stale
    }

    /// Looks at all nodes; silence counts until `as_of`, if at all. Nothing is ours to say unless we hold the lease.
    pub(super) fn look(&mut self, table: &Table, now: Moment, as_of: Option<Tick>, is_held: bool) -> Judgement {
        if !is_held && (as_of.is_none() || now.tick.since(self.looked) < FOLLOW_EVERY) {
            return Judgement::default();
        }
        self.looked = now.tick;
        let (since, window) = (self.grace.until(), self.limits.window);
        let silence = as_of.map(|as_of| Silence { as_of, since, window, born_before_ms: now.ms() - YOUNG_MS });
        let survey = table.survey(&self.rules, now.tick, silence.as_ref(), if is_held { MOST } else { 0 });
        if silence.is_some() {
            self.brakes.look(&survey, now.tick);
            table.set_braked(self.brakes.sum(&survey, now.tick));
        }
        if !is_held {
            self.brakes.leave(now.tick);
            return Judgement::default();
        }
        let changes = survey.pick(&|realm| self.brakes.allowance(realm, now.tick));
        Judgement { changes, news: self.brakes.news() }
    }

    /// Gives the realms whose brake is on.
    #[cfg(any(test, feature = "trials"))]
    pub(super) fn braked(&self) -> impl Iterator<Item = super::brake::Realm> {
        self.brakes.on()
    }

    /// Notes what was written of it.
    pub(super) fn written(
        &mut self,
        table: &Table,
        judgement: &Judgement,
        changed: &HashMap<NodeId, NodeStatus>,
        now: Tick,
    ) {
        self.brakes.told(&judgement.news);
        for Judged { id, realm, to, .. } in &judgement.changes {
            if changed.get(id) == Some(to) {
                table.change(*id, *to, Some(now));
                if *to != NodeStatus::Online {
                    self.brakes.spend(*realm, now);
                }
            }
        }
    }
}
