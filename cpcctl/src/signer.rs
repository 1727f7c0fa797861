//! Who signs a login: a key from its file, or an ssh-agent.

use cpc_signing::{PublicKey, SecretKey};

use std::path::Path;

use crate::{agent::AgentKey, failure::Result, key_choice::KeyChoice, key_file, prompt::Prompt};

/// A key that can sign.
#[derive(Debug)]
pub(crate) enum Signer {
    /// Read from its file.
    Key(SecretKey),
    /// Kept by an agent.
    Agent(AgentKey),
}

impl Signer {
    /// Opens the key that is meant; asks for its passphrase if its file has one, and says `why` before.
    pub(crate) async fn open(choice: &KeyChoice, agent: Option<&Path>, prompt: &Prompt, why: &str) -> Result<Self> {
        match choice {
            KeyChoice::File(path) => {
                let ask = || prompt.passphrase(&format!("{why}Passphrase of {}", path.display()));
                let key = key_file::read_secret(path, ask).map_err(|failure| {
                    if failure.reason == "FILE_NOT_FOUND" {
                        failure.hint("make a key with `cpcctl key generate`")
                    } else {
                        failure
                    }
                });
                key.map(Self::Key)
            }
            KeyChoice::Agent(name) => AgentKey::find(agent, name.as_deref()).await.map(Self::Agent),
        }
    }

    /// Gives the public half.
    pub(crate) fn public(&self) -> PublicKey {
        match self {
            Self::Key(key) => key.public(),
            Self::Agent(key) => key.identity().key,
        }
    }

    /// Signs a message that the caller has built under a domain of its own.
    pub(crate) async fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        match self {
            Self::Key(key) => Ok(key.sign(message)),
            Self::Agent(key) => key.sign(message).await,
        }
    }

    /// Gives the key as a context keeps it: one of an agent by its fingerprint, so that another key beside it is no matter.
    pub(crate) fn kept(&self, choice: KeyChoice) -> KeyChoice {
        match self {
            Self::Key(_) => choice,
            Self::Agent(key) => KeyChoice::Agent(Some(key.identity().fingerprint())),
        }
    }
}
