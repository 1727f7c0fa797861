//! What decides whether a caller may do something.

use cpcd_model::{
    Result,
    grant::Held,
    permission::{Level, Permissions, Resource, Rule},
};

use super::things::{Thing, Things};
use crate::{Caller, caller::Subject};

/// What lets a caller do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A rule of their own.
    Rule(Rule),
    /// What anybody may where the request came in.
    Floor(Rule),
    /// It is theirs.
    Owner,
    /// It was granted to them.
    Grant(Held),
    /// Its owner shows it to friends.
    Friend,
    /// The local administrator may do everything.
    LocalAdmin,
}

/// What somebody was told who asked; nothing if they may not.
pub type Verdict = Option<By>;

/// Says what decides.
#[derive(Clone)]
pub struct Checks {
    things: Things,
}

impl Checks {
    pub(super) fn new(things: Things) -> Self {
        Self { things }
    }

    /// Says whether the caller may do what a rule would let them, and what decides it. Needs nothing: it is about oneself.
    ///
    /// Of a single thing what holds is asked: whose it is, its labels, who may see it. One that is not for the caller to know of is one
    /// on which they may do nothing.
    ///
    /// # Errors
    /// Those of a scope that its resource does not have.
    pub async fn check(&self, caller: &Caller, wanted: &Rule) -> Result<Verdict> {
        Permissions::new(vec![wanted.clone()])?;
        if matches!(caller.subject(), Subject::LocalAdmin | Subject::System) {
            return Ok(Some(By::LocalAdmin));
        }
        let object = wanted.scope.as_ref().and_then(|scope| scope.object);
        match (object, wanted.resource) {
            (Some(object), Resource::Nodes | Resource::Allocations | Resource::Content) => {
                let thing = self.things.find(caller, wanted.resource, object).await?;
                Ok(thing.and_then(|thing| on_thing(caller, wanted.level, &thing)))
            }
            (Some(_) | None, _) => Ok(on_scope(caller, wanted)),
        }
    }
}

/// Decides about all that a scope holds.
fn on_scope(caller: &Caller, wanted: &Rule) -> Verdict {
    let covering = |rules: &Permissions| rules.rules().iter().find(|rule| rule.covers(wanted)).cloned();
    covering(caller.permissions()).map(By::Rule).or_else(|| covering(caller.floor()).map(By::Floor))
}

/// Decides about a single thing that the caller may know of.
fn on_thing(caller: &Caller, level: Level, thing: &Thing) -> Verdict {
    let (resource, target) = (thing.resource, thing.target());
    // To change what is one's own needs write on such things, too.
    if thing.is_own(caller) && (level != Level::Write || caller.may(resource, level, &target)) {
        return Some(By::Owner);
    }
    let opening = |rules: &Permissions, level, is_on_it: bool| {
        let is_meant = |rule: &&Rule| {
            let object = rule.scope.as_ref().and_then(|scope| scope.object);
            rule.opens(resource, level, &target) && (!is_on_it || object == target.object)
        };
        rules.rules().iter().find(is_meant).cloned()
    };
    let own = caller.permissions();
    if let Some(rule) = opening(own, Level::Admin, false) {
        return Some(By::Rule(rule));
    }
    if let Some(held) = caller.granted().on(resource, level, &target) {
        return Some(By::Grant(held.clone()));
    }
    if let Some(rule) = opening(own, level, true) {
        return Some(By::Rule(rule));
    }
    if resource == Resource::Content {
        // A rule on all content opens what is public; who writes, writes their own.
        return match level {
            Level::Read if thing.is_of_friend => Some(By::Friend),
            Level::Read if thing.is_public => opening(own, level, false)
                .map(By::Rule)
                .or_else(|| opening(caller.floor(), level, false).map(By::Floor)),
            Level::Read | Level::Write | Level::Admin => None,
        };
    }
    opening(own, level, false).map(By::Rule).or_else(|| opening(caller.floor(), level, false).map(By::Floor))
}
