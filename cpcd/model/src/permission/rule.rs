//! Rules: a level on a resource, perhaps narrowed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use super::{Level, Resource, Scope, Target, strict};
use crate::{Error, Reason, Result};

/// A level on a resource, or on what of it a scope holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// What it is about.
    pub resource: Resource,
    /// How much it opens.
    pub level: Level,
    /// What it is narrowed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

impl Rule {
    /// Makes a rule on everything of a resource.
    #[must_use]
    pub fn on(resource: Resource, level: Level) -> Self {
        Self { resource, level, scope: None }
    }

    /// Says whether it opens `level` on a thing.
    #[must_use]
    pub fn opens(&self, resource: Resource, level: Level, target: &Target<'_>) -> bool {
        self.resource == resource && self.level >= level && self.scope.as_ref().is_none_or(|scope| scope.holds(target))
    }

    /// Says whether it opens all that `other` opens.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let is_as_wide = match (&self.scope, &other.scope) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(scope), Some(other)) => scope.covers(other),
        };
        self.resource == other.resource && self.level >= other.level && is_as_wide
    }
}

impl Rule {
    /// Gives what both open, if that is a rule.
    pub(super) fn common(&self, other: &Self) -> Option<Self> {
        if self.resource != other.resource {
            return None;
        }
        let scope = match (&self.scope, &other.scope) {
            (None, scope) | (scope, None) => scope.clone(),
            (Some(scope), Some(other)) => Some(scope.common(other)?),
        };
        Some(Self { resource: self.resource, level: self.level.min(other.level), scope })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.level, self.resource)?;
        match &self.scope {
            Some(scope) => write!(f, " of {scope}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Rule {
    type Err = Error;

    /// Reads `resource=level`, such as `content=write`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            || Error::field(Reason::FieldInvalid, "permission", format!("'{text}' is not of the form content=write"));
        let (resource, level) = text.split_once('=').ok_or_else(wrong)?;
        let resource = Resource::ALL.into_iter().find(|known| known.as_str() == resource).ok_or_else(wrong)?;
        let level = Level::ALL.into_iter().find(|known| known.as_str() == level);
        Ok(Self::on(resource, level.ok_or_else(wrong)?))
    }
}

/// A rule as it is kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    resource: Resource,
    level: Level,
    #[serde(default, deserialize_with = "strict::given")]
    scope: Option<Scope>,
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let strict::Object(Kept { resource, level, scope }) = strict::Object::<Kept>::deserialize(deserializer)?;
        Ok(Self { resource, level, scope })
    }
}
