//! Permissions: levels on resources, as kept in `users.permissions`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Error, Reason, Result};

/// What a permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

/// A level on a resource. Scopes are not known yet, so a rule that names one is refused rather than widened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it is about.
    pub resource: Resource,
    /// How much it opens.
    pub level: Level,
}

impl FromStr for Rule {
    type Err = Error;

    /// Reads `resource=level`, such as `content=write`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            || Error::field(Reason::FieldInvalid, "permission", format!("'{text}' is not of the form content=write"));
        let (resource, level) = text.split_once('=').ok_or_else(wrong)?;
        let resource = Resource::ALL.into_iter().find(|known| known.as_str() == resource).ok_or_else(wrong)?;
        let level = [Level::Read, Level::Write, Level::Admin].into_iter().find(|known| known.as_str() == level);
        Ok(Self { resource, level: level.ok_or_else(wrong)? })
    }
}

/// What a subject may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    rules: Vec<Rule>,
}

impl Permissions {
    /// Makes permissions of rules; one rule a resource.
    ///
    /// # Errors
    /// `FIELD_INVALID` if a resource is named twice.
    pub fn new(rules: Vec<Rule>) -> Result<Self> {
        for (index, rule) in rules.iter().enumerate() {
            if rules[..index].iter().any(|earlier| earlier.resource == rule.resource) {
                return Err(Error::field(
                    Reason::FieldInvalid,
                    format!("permissions[{index}]"),
                    format!("names {} a second time; one rule for each resource", rule.resource),
                ));
            }
        }
        Ok(Self { rules })
    }

    /// Gives admin on everything.
    #[must_use]
    pub fn all() -> Self {
        Self { rules: Resource::ALL.into_iter().map(|resource| Rule { resource, level: Level::Admin }).collect() }
    }

    /// Gives the rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Gives the level held on `resource`, if any.
    #[must_use]
    pub fn level(&self, resource: Resource) -> Option<Level> {
        self.rules.iter().find(|rule| rule.resource == resource).map(|rule| rule.level)
    }

    /// Says whether they allow `level` on `resource`.
    #[must_use]
    pub fn allow(&self, resource: Resource, level: Level) -> bool {
        self.level(resource).is_some_and(|held| held >= level)
    }

    /// Gives the first of `wanted` that these do not cover.
    #[must_use]
    pub fn first_missing(&self, wanted: &Self) -> Option<Rule> {
        wanted.rules.iter().copied().find(|rule| !self.allow(rule.resource, rule.level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> serde_json::Result<Permissions> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_level_includes_the_ones_before_it() {
        let held = Permissions::new(vec!["content=write".parse().unwrap()]).unwrap();
        assert!(held.allow(Resource::Content, Level::Read));
        assert!(held.allow(Resource::Content, Level::Write));
        assert!(!held.allow(Resource::Content, Level::Admin));
        assert!(!held.allow(Resource::Users, Level::Read));
    }

    #[test]
    fn what_is_unknown_is_refused_not_ignored() {
        assert!(parse(r#"{"rules":[{"resource":"content","level":"write"}]}"#).is_ok());
        for wrong in [
            r#"{"rules":[{"resource":"content","level":"root"}]}"#,
            r#"{"rules":[{"resource":"content","level":"write","scope":{}}]}"#,
            r#"{"rules":[{"resource":"content","level":"read","level":"admin"}]}"#,
            r#"{"rules":[],"admin":true}"#,
            r#"{"rules":"content=admin"}"#,
            r#"{"rules":[["content","Admin"]]}"#,
            r"[]",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_resource_is_named_once() {
        let rules = vec!["users=read".parse().unwrap(), "users=admin".parse().unwrap()];
        assert_eq!(Permissions::new(rules).unwrap_err().reason(), Reason::FieldInvalid);
    }
}
