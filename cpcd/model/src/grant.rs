//! Grants: single things that are opened to a user, or to the friends of their owner.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    id::{GrantId, UserId},
    permission::{Level, Resource, Rule, Scope, Target},
    time::Timestamp,
    user::Username,
};

/// Most grants on one thing.
pub const MOST_ON_OBJECT: u32 = 1_000;
/// Most contents that are granted to a user, directly and by friends each; of the latter the newest count.
pub const MOST_CONTENTS: u32 = 1_000;
/// Most nodes, and most allocations, that are granted to a user, counted likewise.
pub const MOST_OTHERS: u32 = 100;

/// Gives how many grants on things of a resource a user may hold.
#[must_use]
pub const fn most_held(resource: Resource) -> u32 {
    match resource {
        Resource::Content => MOST_CONTENTS,
        Resource::Nodes | Resource::Allocations | Resource::Users | Resource::Metrics | Resource::System => MOST_OTHERS,
    }
}

/// To whom something is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grantee {
    /// To one user.
    User(UserId),
    /// To the friends of one: of the thing's owner.
    FriendsOf(UserId),
}

/// A single thing that is opened to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Names the grant.
    pub id: GrantId,
    /// What the thing is.
    pub resource: Resource,
    /// Which it is.
    pub object: Uuid,
    /// To whom.
    pub grantee: Grantee,
    /// The handle of the user, if it is one.
    pub username: Option<Username>,
    /// How much.
    pub level: Level,
    /// By whom; nobody for the local administrator, or somebody who is gone.
    pub granted_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A grant as its holder has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Names the grant.
    pub id: GrantId,
    /// What the thing is.
    pub resource: Resource,
    /// Which it is.
    pub object: Uuid,
    /// How much.
    pub level: Level,
    /// Whether it is held as a friend of the owner.
    pub is_by_friend: bool,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// What is granted to somebody at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    held: Vec<Held>,
    rules: Vec<Rule>,
    /// Of the grants on a thing the one that opens most.
    best: HashMap<(Resource, Uuid), usize>,
    /// When the first of them ends.
    ends_at: Option<Timestamp>,
}

impl Grants {
    /// Takes what has not ended by `now`.
    #[must_use]
    pub fn at(now: Timestamp, held: Vec<Held>) -> Self {
        let held: Vec<_> = held.into_iter().filter(|held| held.expires_at.is_none_or(|end| end > now)).collect();
        let mut best: HashMap<_, usize> = HashMap::new();
        for (place, grant) in held.iter().enumerate() {
            let known = best.entry((grant.resource, grant.object)).or_insert(place);
            if held[*known].level < grant.level {
                *known = place;
            }
        }
        let rule = |held: &Held| {
            let scope = Scope { object: Some(held.object), ..Scope::default() };
            Rule { scope: Some(scope), ..Rule::on(held.resource, held.level) }
        };
        let rules = held.iter().map(rule).collect();
        let ends_at = held.iter().filter_map(|held| held.expires_at).min();
        Self { held, rules, best, ends_at }
    }

    /// Gives when the first of them ends.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at
    }

    /// Gives the grant that opens a level on a thing.
    #[must_use]
    pub fn on(&self, resource: Resource, level: Level, target: &Target<'_>) -> Option<&Held> {
        let held = &self.held[*self.best.get(&(resource, target.object?))?];
        (held.level >= level).then_some(held)
    }

    /// Gives the things of a resource on which a level is granted.
    pub fn scopes(&self, resource: Resource, level: Level) -> impl Iterator<Item = &Scope> {
        let rules = self.rules.iter().filter(move |rule| rule.resource == resource && rule.level >= level);
        rules.filter_map(|rule| rule.scope.as_ref())
    }

    /// Gives the ids of the things of a resource on which a level is granted.
    #[must_use]
    pub fn objects(&self, resource: Resource, level: Level) -> Vec<Uuid> {
        let held = self.best.iter().filter(|((of, _), place)| *of == resource && self.held[**place].level >= level);
        let mut objects: Vec<_> = held.map(|((_, object), _)| *object).collect();
        objects.sort_unstable();
        objects
    }

    /// Says whether others open all that these do.
    #[must_use]
    pub fn are_within(&self, others: &Self) -> bool {
        self.best.iter().all(|((resource, object), place)| {
            let target = Target { object: Some(*object), ..Target::default() };
            others.on(*resource, self.held[*place].level, &target).is_some()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(object: Uuid, level: Level, ends: Option<i64>) -> Held {
        Held {
            id: GrantId::generate(),
            resource: Resource::Content,
            object,
            level,
            is_by_friend: false,
            expires_at: ends.map(|second| Timestamp::from_second(second).unwrap()),
        }
    }

    #[test]
    fn the_best_that_has_not_ended_counts() {
        let (one, two, now) = (Uuid::now_v7(), Uuid::now_v7(), Timestamp::from_second(100).unwrap());
        let grants = Grants::at(
            now,
            vec![
                held(one, Level::Read, None),
                held(one, Level::Write, Some(200)),
                held(one, Level::Admin, Some(100)),
                held(two, Level::Read, Some(150)),
            ],
        );
        let on = |object, level| {
            let target = Target { object: Some(object), ..Target::default() };
            grants.on(Resource::Content, level, &target).is_some()
        };
        assert!(on(one, Level::Write) && !on(one, Level::Admin) && on(two, Level::Read) && !on(two, Level::Write));
        assert!(
            !on(Uuid::nil(), Level::Read) && grants.on(Resource::Content, Level::Read, &Target::default()).is_none()
        );
        assert_eq!(grants.ends_at().map(Timestamp::as_second), Some(150));
        assert_eq!(grants.objects(Resource::Content, Level::Write), [one]);
        assert_eq!(grants.scopes(Resource::Content, Level::Read).count(), 3);
        assert_eq!(grants.scopes(Resource::Nodes, Level::Read).count(), 0);
        let later = Grants::at(Timestamp::from_second(200).unwrap(), grants.held.clone());
        assert!(later.are_within(&grants) && !grants.are_within(&later));
    }
}
