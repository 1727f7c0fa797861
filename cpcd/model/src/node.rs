//! Nodes: what they have, what is known of them, whether they live.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Error, Reason, Result,
    id::{NodeId, UserId},
    text,
    time::Timestamp,
};

/// Whether a node was heard of lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeStatus {
    /// Within the expected time.
    Online,
    /// A heartbeat is overdue.
    Degraded,
    /// Not for so long that it is taken for dead.
    Offline,
}

impl NodeStatus {
    /// Every status there is.
    pub const ALL: [Self; 3] = [Self::Online, Self::Degraded, Self::Offline];

    /// Gives the word that the stores and callers see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl fmt::Display for NodeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Amounts of what a node has or uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// Thousandths of a processor core.
    pub cpu_millicores: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Bandwidth in bits per second.
    pub bandwidth_bits_per_second: u64,
}

impl Resources {
    /// The greatest amount of anything: it fits the stores' numbers, and a sum of many nodes does too.
    pub const MAX: u64 = 1 << 53;

    /// Checks the amounts in `field` of a request.
    ///
    /// # Errors
    /// `FIELD_INVALID` for an amount that no machine has.
    pub fn check(&self, field: &str) -> Result<()> {
        let amounts = [
            ("cpu_millicores", self.cpu_millicores),
            ("memory_bytes", self.memory_bytes),
            ("bandwidth_bits_per_second", self.bandwidth_bits_per_second),
        ];
        match amounts.into_iter().find(|(_, amount)| *amount > Self::MAX) {
            None => Ok(()),
            Some((name, amount)) => Err(Error::field(
                Reason::FieldInvalid,
                format!("{field}.{name}"),
                format!("is {amount}, more than {} is not taken", Self::MAX),
            )),
        }
    }
}

/// A registered node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Names the node for good.
    pub id: NodeId,
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// The user who invited or registered it.
    pub owner_id: Option<UserId>,
    /// Whether it was heard of lately.
    pub status: NodeStatus,
    /// When it was last heard of, if ever.
    pub last_seen: Option<Timestamp>,
    /// What it has to give.
    pub capacity: Resources,
    /// Its peer record as it came.
    pub record: Vec<u8>,
    /// The record's sequence number; nothing after it was forgotten on purpose.
    pub record_seq: Option<u64>,
    /// The record's addresses as text.
    pub addresses: Vec<String>,
    /// What it says of itself, and what its invite grants.
    pub labels: Labels,
    /// The part of the labels that its invite grants.
    pub granted_labels: Labels,
    /// The realm that its invite grants; empty if none.
    pub realm: String,
    /// The agent's name and version.
    pub agent_version: String,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// Labels of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// Most labels of a node.
    pub const MAX: usize = 32;
    /// Most characters of a label's key, and of its value.
    pub const MAX_CHARS: usize = 50;

    /// Reads the labels in `field` of a request.
    ///
    /// # Errors
    /// `FIELD_TOO_LONG`, `FIELD_INVALID`, `FIELD_REQUIRED` for an empty key.
    pub fn parse(field: &str, labels: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut read = BTreeMap::new();
        for (key, value) in labels {
            let key = text::clean(field, &key, Self::MAX_CHARS, false)?;
            if key.trim().is_empty() || key.contains('=') {
                return Err(Error::field(Reason::FieldInvalid, field, "has a key that is empty or contains '='"));
            }
            let value = text::clean(&format!("{field}.{key}"), &value, Self::MAX_CHARS, false)?;
            read.insert(key, value);
        }
        Self(read).checked(field)
    }

    /// Gives these with all of `others`, which win.
    ///
    /// # Errors
    /// `FIELD_TOO_LONG` if they are too many together.
    pub fn with(mut self, field: &str, others: &Self) -> Result<Self> {
        self.0.extend(others.0.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.checked(field)
    }

    /// Gives the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Gives all of them in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Gives the map itself.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn checked(self, field: &str) -> Result<Self> {
        if self.0.len() > Self::MAX {
            let text = format!("has {} labels, at most {} are allowed", self.0.len(), Self::MAX);
            return Err(Error::field(Reason::FieldTooLong, field, text));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Result<Labels> {
        Labels::parse("labels", pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn labels_are_short_clean_and_few() {
        assert!(labels(&[("region", "eu-west"), ("x", "")]).is_ok());
        assert_eq!(labels(&[("", "v")]).unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(labels(&[("a=b", "v")]).unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(labels(&[("a", "\u{202E}")]).unwrap_err().reason(), Reason::FieldInvalid);
        assert_eq!(labels(&[("a", &"v".repeat(51))]).unwrap_err().reason(), Reason::FieldTooLong);
        let many = (0..33).map(|number| (number.to_string(), String::new()));
        assert_eq!(Labels::parse("labels", many).unwrap_err().reason(), Reason::FieldTooLong);
    }

    #[test]
    fn what_is_granted_wins_over_what_is_said() {
        let said = labels(&[("region", "moon"), ("disk", "ssd")]).unwrap();
        let granted = labels(&[("region", "eu-west")]).unwrap();
        let both = said.with("labels", &granted).unwrap();
        assert_eq!((both.get("region"), both.get("disk")), (Some("eu-west"), Some("ssd")));
    }

    #[test]
    fn amounts_have_an_end() {
        assert!(Resources { memory_bytes: Resources::MAX, ..Resources::default() }.check("capacity").is_ok());
        let error = Resources { memory_bytes: u64::MAX, ..Resources::default() }.check("capacity").unwrap_err();
        assert_eq!(error.fields()[0].field, "capacity.memory_bytes");
    }
}
