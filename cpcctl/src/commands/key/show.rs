use std::path::PathBuf;

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_signing::PublicKey;
use serde::Serialize;

use crate::{
    agent::{self, AgentKey},
    context::Context,
    failure::{Failure, Result},
    key_choice::KeyChoice,
    key_file, output,
};

/// Shows a key: where it is, its peer id, its public half and its fingerprint
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key show
  cpcctl key show ~/.ssh/id_ed25519.pub
  cpcctl key show agent                # the ssh-agent's only Ed25519 key
  cpcctl key show -o name              # the peer id alone")]
pub(crate) struct Args {
    /// A private or a .pub file, no passphrase is needed; or a key of the ssh-agent [default: id_ed25519 in cpcctl's configuration folder]
    #[arg(value_name = "FILE|agent[:KEY]")]
    key: Option<KeyChoice>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let choice = chosen(context, self.key.as_ref());
        let (key, comment) = public(context, Some(&choice)).await?;
        context.output.record(&match choice {
            KeyChoice::File(path) => Key::in_file(path, &key),
            KeyChoice::Agent(_) => Key::of_agent(comment, &key),
        })
    }
}

fn chosen(context: &Context, choice: Option<&KeyChoice>) -> KeyChoice {
    choice.cloned().unwrap_or_else(|| KeyChoice::File(context.contexts.default_key())).absolute()
}

/// Finds the public half of a key and the remark that comes with it.
pub(super) async fn public(context: &Context, choice: Option<&KeyChoice>) -> Result<(PublicKey, String)> {
    match chosen(context, choice) {
        KeyChoice::File(path) => key_file::read_public_line(&path).map_err(make_one),
        KeyChoice::Agent(name) => {
            let key = AgentKey::find(context.agent_socket.as_deref(), name.as_deref()).await?;
            Ok((key.identity().key, key.identity().comment.clone()))
        }
    }
}

/// Says how to get the key that is not there.
pub(super) fn make_one(failure: Failure) -> Failure {
    if failure.reason == "FILE_NOT_FOUND" { failure.hint("make a key with `cpcctl key generate`") } else { failure }
}

/// A key as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Key {
    #[serde(skip_serializing_if = "Option::is_none")]
    key_path: Option<PathBuf>,
    /// The remark under which the agent keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_comment: Option<String>,
    peer_id: String,
    public_key: String,
    fingerprint: String,
}

impl Key {
    pub(super) fn in_file(key_path: PathBuf, key: &PublicKey) -> Self {
        Self { key_path: Some(key_path), agent_comment: None, ..Self::bare(key) }
    }

    fn of_agent(comment: String, key: &PublicKey) -> Self {
        Self { agent_comment: Some(comment), ..Self::bare(key) }
    }

    fn bare(key: &PublicKey) -> Self {
        Self {
            key_path: None,
            agent_comment: None,
            peer_id: key.peer_id().to_string(),
            public_key: BASE64_STANDARD.encode(key.as_bytes()),
            fingerprint: agent::fingerprint(key),
        }
    }
}

impl output::Show for Key {
    fn name(&self) -> String {
        self.peer_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let place = match (&self.key_path, &self.agent_comment) {
            (Some(path), _) => ("Key path", path.display().to_string()),
            (None, comment) => ("ssh-agent", comment.clone().unwrap_or_default()),
        };
        vec![
            place,
            ("Peer id", self.peer_id.clone()),
            ("Public key", self.public_key.clone()),
            ("Fingerprint", self.fingerprint.clone()),
        ]
    }
}
