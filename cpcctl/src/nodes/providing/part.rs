//! A part of an allocation that this node provides for, and the file of them.

use std::{collections::BTreeMap, path::PathBuf};

use cpc_proto::v1::{GivenPart, NodeResources};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    clock,
    exit::Exit,
    failure::{Failure, Result},
    nodes::state::{as_text, beside},
    private_file::{self, Mode},
};

/// An allocation and the number of its part.
pub(super) type Key = (String, u32);

/// A part that this node provides for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    pub(crate) allocation_id: String,
    pub(crate) number: u32,
    #[serde(with = "as_text")]
    pub(crate) epoch: u64,
    #[serde(with = "as_text")]
    pub(crate) cpu_millicores: u64,
    #[serde(with = "as_text")]
    pub(crate) memory_bytes: u64,
    #[serde(with = "as_text")]
    pub(crate) bandwidth_bits_per_second: u64,
    /// Until when, by the server's clock.
    pub(crate) deadline: String,
    /// The same by this machine's clock: for the time after a restart, when nothing else is left.
    pub(crate) ends: Timestamp,
    pub(crate) requester_id: String,
    pub(crate) requester_peer_id: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) is_exclusive: bool,
    /// Whether the hook program has said that it provides for it; if not, it may have begun to.
    pub(crate) is_taken: bool,
}

impl Part {
    /// Reads what the server gives, as of the moment at which it was asked.
    pub(super) fn new(given: &GivenPart, asked: Timestamp) -> Self {
        let NodeResources { cpu_millicores, memory_bytes, bandwidth_bits_per_second } =
            given.resources.unwrap_or_default();
        let left = i64::try_from(given.expires_in_ms).unwrap_or(i64::MAX);
        let deadline = given.deadline.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
        Self {
            allocation_id: given.allocation_id.clone(),
            number: given.number,
            epoch: given.epoch,
            cpu_millicores,
            memory_bytes,
            bandwidth_bits_per_second,
            deadline: deadline.unwrap_or_default(),
            ends: asked.checked_add(SignedDuration::from_millis(left)).unwrap_or(Timestamp::MAX),
            requester_id: given.requester_id.clone(),
            requester_peer_id: given.requester_peer_id.clone(),
            labels: given.labels.clone().into_iter().collect(),
            is_exclusive: given.exclusive,
            is_taken: false,
        }
    }

    pub(super) fn resources(&self) -> NodeResources {
        NodeResources {
            cpu_millicores: self.cpu_millicores,
            memory_bytes: self.memory_bytes,
            bandwidth_bits_per_second: self.bandwidth_bits_per_second,
        }
    }

    pub(super) fn key(&self) -> Key {
        (self.allocation_id.clone(), self.number)
    }

    /// Tells whether a hook program that knows this one need not hear of the other.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        self.epoch == other.epoch && self.deadline == other.deadline
    }
}

/// The file beside a node's key that outlives its agent.
pub(super) struct Book(PathBuf);

impl Book {
    /// Names the file of a key.
    pub(super) fn of(key: &std::path::Path) -> Self {
        Self(beside(key, ".provides.json"))
    }

    /// Reads what was provided when the last agent ended.
    pub(super) fn load(&self) -> Result<Vec<Part>> {
        let bytes = match private_file::read(&self.0) {
            Err(failure) if failure.reason == "FILE_NOT_FOUND" => return Ok(Vec::new()),
            other => other?,
        };
        serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("{}: {error}", self.0.display());
            Failure::new(Exit::Failure, "STATE_DAMAGED", message)
                .hint("end what the node provides by hand, and remove the file")
        })
    }

    /// Keeps what is provided now.
    pub(super) fn save(&self, parts: &[&Part]) -> Result<()> {
        let text = serde_json::to_vec_pretty(parts).map_err(|error| {
            Failure::new(Exit::Failure, "STATE_FAILED", format_args!("{}: {error}", self.0.display()))
        })?;
        private_file::create_parent(&self.0)?;
        private_file::replace(&self.0, Mode::Private, &text)
    }
}
