//! Nodes: what they have, what is known of them, whether they live.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error, Reason, Result,
    id::{NodeId, UserId},
    labels::Labels,
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

/// What may be placed on a node: apart from whether it lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scheduling {
    /// Allocations are placed on it.
    #[default]
    Active,
    /// It keeps what it has and gets nothing new.
    Cordoned,
    /// What it has is being moved elsewhere.
    Draining,
    /// It has nothing left and gets nothing new.
    Drained,
}

impl Scheduling {
    /// Every state there is.
    pub const ALL: [Self; 4] = [Self::Active, Self::Cordoned, Self::Draining, Self::Drained];

    /// Gives the word that the stores and callers see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cordoned => "cordoned",
            Self::Draining => "draining",
            Self::Drained => "drained",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheduling| scheduling.as_str() == word)
    }
}

impl fmt::Display for Scheduling {
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

/// What holds for a node for as long as it is there, from how it joined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Joined {
    /// How long after each registration the node is removed, as its invite says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
    /// Whether its invite makes it ephemeral, whatever it says itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_ephemeral: bool,
    /// Namespaces that its invite lets it be found under; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// The network that it counts for, as 203.0.113.0/24; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub network: String,
    /// The invite that it came by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_id: Option<Uuid>,
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
    /// What may be placed on it.
    pub scheduling: Scheduling,
    /// What of its capacity is granted; the store alone changes it.
    pub granted: Resources,
    /// More is granted than it has, since it said that it has less; the store alone changes it.
    pub is_overcommitted: bool,
    /// Version of what it is to do; the store alone changes it.
    pub directives: u64,
    /// When it is removed, unless that is put off; nothing if never.
    pub expires_at: Option<Timestamp>,
    /// Whether it goes by itself some minutes after it was last heard of.
    pub is_ephemeral: bool,
    /// Whether it waits for an administrator's approval.
    pub is_pending: bool,
    /// Rendezvous namespaces that it is to be found under.
    pub namespaces: Vec<String>,
    /// What holds from how it joined.
    pub joined: Joined,
}

impl Node {
    /// Makes a node that is online since `now` and has said nothing of itself.
    #[must_use]
    pub fn new(id: NodeId, public_key: [u8; 32], now: Timestamp) -> Self {
        Self {
            id,
            public_key,
            owner_id: None,
            status: NodeStatus::Online,
            last_seen: Some(now),
            capacity: Resources::default(),
            record: Vec::new(),
            record_seq: None,
            addresses: Vec::new(),
            labels: Labels::new(),
            granted_labels: Labels::new(),
            realm: String::new(),
            agent_version: String::new(),
            created_at: now,
            scheduling: Scheduling::default(),
            granted: Resources::default(),
            is_overcommitted: false,
            directives: 0,
            expires_at: None,
            is_ephemeral: false,
            is_pending: false,
            namespaces: Vec::new(),
            joined: Joined::default(),
        }
    }

    /// Says whether allocations may be placed on it now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status != NodeStatus::Offline
            && self.scheduling == Scheduling::Active
            && !self.is_pending
            && !self.is_overcommitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_an_end() {
        assert!(Resources { memory_bytes: Resources::MAX, ..Resources::default() }.check("capacity").is_ok());
        let error = Resources { memory_bytes: u64::MAX, ..Resources::default() }.check("capacity").unwrap_err();
        assert_eq!(error.fields()[0].field, "capacity.memory_bytes");
    }
}
