//! Scopes: what a rule is narrowed to.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::{Resource, strict};
use crate::{Error, Reason, Result, id::UserId, labels, labels::Labels};

/// What a rule is narrowed to; all that it says must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The thing has these labels, with these values.
    pub labels: Labels,
    /// The thing belongs to this user.
    pub owner: Option<UserId>,
    /// It is this very thing.
    pub object: Option<Uuid>,
}

/// A thing that something is to be done to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// Its labels.
    pub labels: Option<&'a Labels>,
    /// Whose it is.
    pub owner: Option<UserId>,
    /// Its id.
    pub object: Option<Uuid>,
}

impl Scope {
    /// Says whether a thing is within.
    #[must_use]
    pub fn holds(&self, target: &Target<'_>) -> bool {
        let has = |name: &String, value: &String| target.labels.and_then(|labels| labels.get(name)) == Some(value);
        self.labels.iter().all(|(name, value)| has(name, value))
            && self.owner.is_none_or(|owner| target.owner == Some(owner))
            && self.object.is_none_or(|object| target.object == Some(object))
    }

    /// Says whether all that is within `other` is within this.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.holds(&Target { labels: Some(&other.labels), owner: other.owner, object: other.object })
    }

    /// Gives what is within both, if that is a scope.
    pub(super) fn common(&self, other: &Self) -> Option<Self> {
        if self.covers(other) {
            return Some(other.clone());
        }
        if other.covers(self) {
            return Some(self.clone());
        }
        // Neither covers the other: nothing is known of whose an object is, and two owners have nothing in common.
        if self.object.or(other.object).is_some()
            || (self.owner.is_some() && other.owner.is_some_and(|owner| Some(owner) != self.owner))
        {
            return None;
        }
        if self.labels.iter().any(|(name, value)| other.labels.get(name).is_some_and(|given| given != value)) {
            return None;
        }
        let mut labels = self.labels.clone();
        labels.extend(other.labels.clone());
        let fits = labels.len() <= labels::MAX;
        fits.then_some(Self { labels, owner: self.owner.or(other.owner), object: None })
    }

    /// Checks a scope in `field` for a resource: it says something, and nothing that the resource does not have.
    ///
    /// # Errors
    /// `FIELD_REQUIRED`, `FIELD_INVALID`, `FIELD_TOO_LONG`.
    pub fn check(&self, field: &str, resource: Resource) -> Result<()> {
        let (has_labels, has_owner, has_object) = match resource {
            Resource::Nodes | Resource::Allocations => (true, true, true),
            Resource::Content => (false, true, true),
            Resource::Users => (false, false, true),
            Resource::Metrics | Resource::System => (false, false, false),
        };
        if *self == Self::default() {
            return Err(Error::field(
                Reason::FieldRequired,
                field,
                "says nothing; leave it out for a rule on everything",
            ));
        }
        let wrong = [
            ("labels", !self.labels.is_empty() && !has_labels),
            ("owner", self.owner.is_some() && !has_owner),
            ("object", self.object.is_some() && !has_object),
        ];
        if let Some((what, _)) = wrong.iter().find(|(_, is_wrong)| *is_wrong) {
            let text = format!("{resource} cannot be told apart by {what}");
            return Err(Error::field(Reason::FieldInvalid, field, text));
        }
        if self.object.is_some() && (self.owner.is_some() || !self.labels.is_empty()) {
            return Err(Error::field(
                Reason::FieldInvalid,
                field,
                "an object is the only one: nothing narrows it further",
            ));
        }
        if labels::clean(field, self.labels.clone())? != self.labels {
            return Err(Error::field(Reason::FieldInvalid, field, "has a label that is not in NFC"));
        }
        Ok(())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels.iter().map(|(name, value)| format!("label {name}:{value}"));
        let owner = self.owner.iter().map(|owner| format!("owner {owner}"));
        let object = self.object.iter().map(|object| format!("object {}", object.hyphenated()));
        f.write_str(&labels.chain(owner).chain(object).collect::<Vec<_>>().join(", "))
    }
}

/// A scope as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(default, deserialize_with = "strict::texts", skip_serializing_if = "Labels::is_empty")]
    label: Labels,
    #[serde(default, deserialize_with = "strict::given", skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, deserialize_with = "strict::given", skip_serializing_if = "Option::is_none")]
    object: Option<String>,
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let kept = Kept {
            label: self.labels.clone(),
            owner: self.owner.map(|owner| owner.to_string()),
            object: self.object.map(|object| object.hyphenated().to_string()),
        };
        kept.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let strict::Object(kept) = strict::Object::<Kept>::deserialize(deserializer)?;
        let id = |field: &str, text: Option<String>| {
            let id = text.map(|text| UserId::parse(field, &text)).transpose();
            id.map_err(|error| serde::de::Error::custom(error.message()))
        };
        let (owner, object) = (id("owner", kept.owner)?, id("object", kept.object)?);
        Ok(Self { labels: kept.label, owner, object: object.map(UserId::uuid) })
    }
}
