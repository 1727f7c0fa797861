//! Permissions: levels on resources, as kept in `users.permissions`.

mod rule;
mod scope;
mod strict;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, Reason, Result};

pub use rule::Rule;
pub use scope::{Scope, Target};

/// What a permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// The node registry.
    Nodes,
    /// Leases on the resources of nodes.
    Allocations,
    /// Published content and search.
    Content,
    /// Users and their permissions.
    Users,
    /// Measurements and alerts.
    Metrics,
    /// The daemon itself.
    System,
}

impl Resource {
    /// Every resource there is.
    pub const ALL: [Self; 6] =
        [Self::Nodes, Self::Allocations, Self::Content, Self::Users, Self::Metrics, Self::System];

    /// Gives the name that callers see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Allocations => "allocations",
            Self::Content => "content",
            Self::Users => "users",
            Self::Metrics => "metrics",
            Self::System => "system",
        }
    }
}

/// How much of a resource a permission opens; each level includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// See.
    Read,
    /// Add, and change what is one's own.
    Write,
    /// Everything, on everyone's.
    Admin,
}

impl Level {
    /// Every level there is.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// Gives the name that callers see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        strict::name(deserializer, &Self::ALL, Self::as_str)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        strict::name(deserializer, &Self::ALL, Self::as_str)
    }
}

/// What a subject may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Permissions {
    rules: Vec<Rule>,
}

/// Of what a level is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scopes<'a> {
    /// Of everything.
    All,
    /// Of what one of these holds; of nothing if there is none.
    Only(Vec<&'a Scope>),
}

impl Permissions {
    /// Most rules of a subject.
    pub const MAX: usize = 100;

    /// Makes permissions of rules; of the rules on one resource at most one has no scope, and no scope comes twice.
    ///
    /// # Errors
    /// `FIELD_INVALID`, `FIELD_REQUIRED`, `FIELD_TOO_LONG` naming the rule.
    pub fn new(rules: Vec<Rule>) -> Result<Self> {
        if rules.len() > Self::MAX {
            let text = format!("has {} rules, at most {} are allowed", rules.len(), Self::MAX);
            return Err(Error::field(Reason::FieldTooLong, "permissions", text));
        }
        for (index, rule) in rules.iter().enumerate() {
            let field = format!("permissions[{index}]");
            if let Some(scope) = &rule.scope {
                scope.check(&format!("{field}.scope"), rule.resource)?;
            }
            if rules[..index].iter().any(|earlier| earlier.resource == rule.resource && earlier.scope == rule.scope) {
                let text = format!("names {} a second time with the same scope; one rule is enough", rule.resource);
                return Err(Error::field(Reason::FieldInvalid, field, text));
            }
        }
        Ok(Self { rules })
    }

    /// Gives admin on everything.
    #[must_use]
    pub fn all() -> Self {
        Self { rules: Resource::ALL.into_iter().map(|resource| Rule::on(resource, Level::Admin)).collect() }
    }

    /// Gives the rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Gives the level held on all of `resource`, if any.
    #[must_use]
    pub fn level(&self, resource: Resource) -> Option<Level> {
        self.rules.iter().find(|rule| rule.resource == resource && rule.scope.is_none()).map(|rule| rule.level)
    }

    /// Says whether they allow `level` on all of `resource`.
    #[must_use]
    pub fn allow(&self, resource: Resource, level: Level) -> bool {
        self.level(resource).is_some_and(|held| held >= level)
    }

    /// Says whether they allow `level` on a thing.
    #[must_use]
    pub fn allow_on(&self, resource: Resource, level: Level, target: &Target<'_>) -> bool {
        self.rules.iter().any(|rule| rule.opens(resource, level, target))
    }

    /// Says on what of `resource` they allow `level`.
    #[must_use]
    pub fn scopes(&self, resource: Resource, level: Level) -> Scopes<'_> {
        if self.allow(resource, level) {
            return Scopes::All;
        }
        let rules = self.rules.iter().filter(|rule| rule.resource == resource && rule.level >= level);
        Scopes::Only(rules.filter_map(|rule| rule.scope.as_ref()).collect())
    }

    /// Says whether one of them covers a rule.
    #[must_use]
    pub fn cover(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|held| held.covers(rule))
    }

    /// Gives these, and what of others they do not cover.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let more = others.rules.iter().filter(|rule| !self.cover(rule)).cloned();
        Self { rules: self.rules.iter().cloned().chain(more).collect() }
    }

    /// Gives what of these others allow too.
    ///
    /// Where two scopes cannot be told apart (an object, and whose it is) neither is given: it may be less than both allow, never more.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        let mut rules: Vec<Rule> = Vec::new();
        for common in self.rules.iter().flat_map(|rule| others.rules.iter().filter_map(|other| rule.common(other))) {
            if !rules.iter().any(|known| known.covers(&common)) {
                rules.retain(|known| !common.covers(known));
                rules.push(common);
            }
        }
        rules.truncate(Self::MAX);
        Self { rules }
    }

    /// Says whether they are the same rules, in any order.
    #[must_use]
    pub fn are(&self, others: &Self) -> bool {
        self.rules.len() == others.rules.len() && self.rules.iter().all(|rule| others.rules.contains(rule))
    }

    /// Gives the first of `wanted` that these do not cover.
    #[must_use]
    pub fn first_missing<'a>(&self, wanted: &'a Self) -> Option<&'a Rule> {
        wanted.rules.iter().find(|rule| !self.cover(rule))
    }
}

/// Permissions as they are kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    rules: Vec<Rule>,
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let strict::Object(Kept { rules }) = strict::Object::<Kept>::deserialize(deserializer)?;
        Self::new(rules).map_err(|error| serde::de::Error::custom(error.message()))
    }
}
