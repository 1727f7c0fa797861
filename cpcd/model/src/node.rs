//! Nodes: what they have, what is known of them, whether they live.

use std::fmt;

use serde::{Deserialize, Serialize};

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
