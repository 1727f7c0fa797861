//! What is kept beside a node's key: which servers know it, and what its last record says.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    clock,
    exit::Exit,
    failure::{Failure, Result},
    private_file::{self, Mode},
};

/// The record that a node last signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Signed {
    /// Its number; it rises with each record that says something else.
    #[serde(with = "as_text")]
    pub(crate) sequence: u64,
    pub(crate) addresses: Vec<String>,
    pub(crate) is_legacy: bool,
}

/// What is kept beside a node's key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct State {
    /// The id of each server by its address: nothing is signed for another one there.
    pub(crate) servers: BTreeMap<String, String>,
    /// The key of its TLS certificate, for those that are known by one.
    pub(crate) tls_pins: BTreeMap<String, String>,
    /// Where the node registered last, if not on the daemon's own socket.
    pub(crate) endpoint: Option<String>,
    pub(crate) record: Signed,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) namespaces: Vec<String>,
    #[serde(skip)]
    path: PathBuf,
}

impl State {
    /// Reads the state of a key; a key that was never used has an empty one.
    pub(crate) fn load(key: &Path) -> Result<Self> {
        let path = beside(key, ".state.json");
        let state = match private_file::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Failure::new(Exit::Failure, "STATE_DAMAGED", format_args!("{}: {error}", path.display()))
                    .hint("remove it: the node then registers as if for the first time, with the same key")
            })?,
            Err(failure) if failure.reason == "FILE_NOT_FOUND" => Self::default(),
            Err(failure) => return Err(failure),
        };
        Ok(Self { path, ..state })
    }

    /// Gives the number for a record: that of the last one if it says the same, else a higher one.
    ///
    /// It is kept before it is used, so that it rises even if the run ends in between.
    pub(crate) fn sequence(&mut self, addresses: &[String], is_legacy: bool) -> Result<u64> {
        let last = &self.record;
        if last.sequence == 0 || last.addresses != addresses || last.is_legacy != is_legacy {
            self.raise(addresses, is_legacy)?;
        }
        Ok(self.record.sequence)
    }

    /// Takes a higher number, whatever the last one was.
    pub(crate) fn raise(&mut self, addresses: &[String], is_legacy: bool) -> Result<()> {
        // Milliseconds of Unix time: higher than before even if this file was lost.
        let now = u64::try_from(clock::now().as_millisecond()).unwrap_or_default();
        let sequence = now.max(self.record.sequence.saturating_add(1));
        self.record = Signed { sequence, addresses: addresses.to_vec(), is_legacy };
        self.save()
    }

    /// Keeps the state.
    pub(crate) fn save(&self) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| {
            Failure::new(Exit::Failure, "STATE_FAILED", format_args!("{}: {error}", self.path.display()))
        })?;
        private_file::create_parent(&self.path)?;
        private_file::replace(&self.path, Mode::Private, &text)
    }
}

/// Names a file beside a node's key.
pub(crate) fn beside(key: &Path, end: &str) -> PathBuf {
    let mut name = key.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// 64-bit numbers are text in JSON: not every reader has so many digits.
pub(crate) mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_rises_when_the_record_changes_and_only_then() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("node");
        let here = vec!["/ip4/192.0.2.1/tcp/1".to_owned()];
        let mut state = State::load(&key).unwrap();
        let first = state.sequence(&here, false).unwrap();
        assert!(first > 1_700_000_000_000);
        let mut state = State::load(&key).unwrap();
        assert_eq!(state.sequence(&here, false).unwrap(), first);
        let second = state.sequence(&[], false).unwrap();
        assert!(second > first);
        let third = State::load(&key).unwrap().sequence(&[], true).unwrap();
        assert!(third > second);
        // A clock that is set back changes nothing.
        let mut state = State::load(&key).unwrap();
        state.record.sequence = u64::MAX / 4;
        assert_eq!(state.sequence(&here, true).unwrap(), u64::MAX / 4 + 1);
    }

    #[test]
    fn a_damaged_state_is_named() {
        let folder = tempfile::tempdir().unwrap();
        private_file::create(&folder.path().join("node.state.json"), Mode::Private, b"{").unwrap();
        assert_eq!(State::load(&folder.path().join("node")).unwrap_err().reason, "STATE_DAMAGED");
    }
}
