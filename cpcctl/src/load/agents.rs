//! The file of nodes that were registered for a load: their keys and tokens, readable by their owner only.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_signing::SecretKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
    private_file::{self, Mode},
};

/// A node of a load.
#[derive(Debug, Clone)]
pub(crate) struct LoadNode {
    pub(crate) key: SecretKey,
    pub(crate) token: Token,
    pub(crate) ends: Timestamp,
}

/// The nodes of a load, and the server that they are registered with.
#[derive(Debug, Default)]
pub(crate) struct Agents {
    pub(crate) server_id: Option<String>,
    pub(crate) nodes: Vec<LoadNode>,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    server_id: String,
}

/// Every other line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    seed: Token,
    token: Token,
    ends: Timestamp,
}

impl Agents {
    /// Reads a file; one that is not there holds nobody.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let file = match private_file::open(path) {
            Ok(file) => file,
            Err(failure) if failure.reason == "FILE_NOT_FOUND" => return Ok(Self::default()),
            Err(failure) => return Err(failure),
        };
        let mut agents = Self::default();
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = Zeroizing::new(line.map_err(|error| Failure::file(path, &error))?);
            let damaged = || {
                let message = format!("{}, line {}: not what was written there", path.display(), number + 1);
                Failure::new(Exit::Failure, "FILE_DAMAGED", message).hint("remove the file: the nodes register anew")
            };
            if number == 0 {
                let head: Head = serde_json::from_str(&line).map_err(|_| damaged())?;
                agents.server_id = Some(head.server_id);
            } else {
                let line: Line = serde_json::from_str(&line).map_err(|_| damaged())?;
                agents.nodes.push(line.node().ok_or_else(damaged)?);
            }
        }
        Ok(agents)
    }

    /// Writes the file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let written = |error: serde_json::Error| Failure::new(Exit::Failure, "FILE_FAILED", error);
        let head = Head { server_id: self.server_id.clone().unwrap_or_default() };
        let mut text = Zeroizing::new(serde_json::to_string(&head).map_err(written)?);
        text.push('\n');
        for node in &self.nodes {
            let seed = Token(BASE64_STANDARD.encode(*node.key.seed()));
            let line = Line { seed, token: node.token.clone(), ends: node.ends };
            let line = Zeroizing::new(serde_json::to_string(&line).map_err(written)?);
            let _ = writeln!(text, "{}", &*line);
        }
        private_file::create_parent(path)?;
        private_file::replace(path, Mode::Private, text.as_bytes())
    }
}

impl Line {
    fn node(self) -> Option<LoadNode> {
        let seed = Zeroizing::new(BASE64_STANDARD.decode(&self.seed.0).ok()?);
        let key = SecretKey::from_seed(seed.as_slice().try_into().ok()?);
        Some(LoadNode { key, token: self.token, ends: self.ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_come_back_from_their_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agents");
        assert!(Agents::load(&path).unwrap().nodes.is_empty());
        let node = LoadNode { key: SecretKey::generate(), token: Token("t".into()), ends: Timestamp::UNIX_EPOCH };
        let agents = Agents { server_id: Some("server".into()), nodes: vec![node; 3] };
        agents.save(&path).unwrap();
        let read = Agents::load(&path).unwrap();
        assert_eq!((read.server_id.as_deref(), read.nodes.len()), (Some("server"), 3));
        assert_eq!(read.nodes[2].key.public(), agents.nodes[2].key.public());
        private_file::replace(&path, Mode::Private, b"{\"serverId\":\"x\"}\n{}\n").unwrap();
        let failure = Agents::load(&path).unwrap_err();
        assert!(failure.reason == "FILE_DAMAGED" && failure.message.contains("line 2"), "{failure:?}");
    }
}
