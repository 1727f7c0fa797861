use std::path::PathBuf;

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_signing::PublicKey;
use serde::Serialize;

use crate::{context::Context, failure::Result, key_file, output, private_file};

/// Shows a key: its file, its peer id and its public half
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key show
  cpcctl key show ~/.ssh/id_ed25519.pub
  cpcctl key show -o name              # the peer id alone")]
pub(crate) struct Args {
    /// A private or a .pub file; no passphrase is needed [default: id_ed25519 in cpcctl's configuration folder]
    file: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let path = private_file::absolute(&self.file.unwrap_or_else(|| context.contexts.default_key()));
        let key = key_file::read_public(&path).map_err(|failure| {
            if failure.reason == "FILE_NOT_FOUND" {
                failure.hint("make a key with `cpcctl key generate`")
            } else {
                failure
            }
        })?;
        context.output.record(&Key::new(path, &key))
    }
}

/// A key as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Key {
    key_path: PathBuf,
    peer_id: String,
    public_key: String,
}

impl Key {
    pub(super) fn new(key_path: PathBuf, key: &PublicKey) -> Self {
        Self { key_path, peer_id: key.peer_id().to_string(), public_key: BASE64_STANDARD.encode(key.as_bytes()) }
    }
}

impl output::Show for Key {
    fn name(&self) -> String {
        self.peer_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Key path", self.key_path.display().to_string()),
            ("Peer id", self.peer_id.clone()),
            ("Public key", self.public_key.clone()),
        ]
    }
}
