//! An ssh-agent as the keeper of a key: it signs our login bytes, and the key never comes here.
//!
//! Two questions of its protocol are spoken: which keys are there, and sign this. The known libraries for it bring in `rsa`.

use std::{path::Path, time::Duration};

use cpc_signing::PeerId;

use crate::{
    exit::Exit,
    failure::{Failure, Field, Result},
};

mod message;
#[cfg(unix)]
mod socket;

pub(crate) use message::{Identity, fingerprint};

/// How long the list of keys may take: nobody is asked for it.
const LIST: Duration = Duration::from_secs(10);
/// How long a signature may take: people confirm it, or touch a device.
const SIGN: Duration = Duration::from_secs(60);

/// A key that an agent keeps.
#[derive(Debug)]
pub(crate) struct AgentKey {
    socket: std::path::PathBuf,
    identity: Identity,
}

impl AgentKey {
    /// Finds the key that is meant: by fingerprint, comment or peer id, or the only one.
    pub(crate) async fn find(socket: Option<&Path>, name: Option<&str>) -> Result<Self> {
        let socket = socket.ok_or_else(|| {
            Failure::new(Exit::Unreachable, "AGENT_UNREACHABLE", "no ssh-agent is known: SSH_AUTH_SOCK is not set")
                .hint("start one with `eval $(ssh-agent)`, or name a key file with --key FILE")
        })?;
        let answer = exchange(socket, &message::list(), LIST).await?;
        let keys = message::identities(&answer).map_err(|why| invalid(socket, why))?;
        Ok(Self { socket: socket.to_owned(), identity: choose(keys, name)? })
    }

    /// Shows the key as the agent names it.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Has a message signed; callers build it themselves under a domain of their own.
    pub(crate) async fn sign(&self, text: &[u8]) -> Result<[u8; 64]> {
        let answer = exchange(&self.socket, &message::sign(&self.identity.key, text), SIGN).await?;
        let Some(signature) = message::signature(&answer).map_err(|why| invalid(&self.socket, why))? else {
            let name = self.identity.fingerprint();
            return Err(Failure::new(
                Exit::Denied,
                "AGENT_REFUSED",
                format_args!("the ssh-agent did not sign with {name}"),
            )
            .hint("was it not confirmed, or is the agent locked, or the key gone? `ssh-add -l` lists its keys"));
        };
        // What does not verify here would only be refused by the server, in words that blame the login.
        let wrong = |_| invalid(&self.socket, "its signature does not verify");
        self.identity.key.verify(text, &signature).map_err(wrong)?;
        Ok(signature)
    }
}

fn choose(mut keys: Vec<Identity>, name: Option<&str>) -> Result<Identity> {
    let peer_id = name.and_then(|name| PeerId::parse(name).ok()).and_then(|id| id.public_key());
    let is_meant = |identity: &Identity| match name {
        None => true,
        Some(name) => identity.fingerprint() == name || identity.comment == name || Some(identity.key) == peer_id,
    };
    let listed: Vec<Field> = keys.iter().map(described).collect();
    keys.retain(is_meant);
    match (keys.len(), name) {
        (1, _) => Ok(keys.remove(0)),
        (0, Some(name)) if !listed.is_empty() => Err(Failure::new(
            Exit::NotFound,
            "AGENT_KEY_NOT_FOUND",
            format_args!("the ssh-agent has no Ed25519 key {name}"),
        )
        .with_fields(listed)
        .hint("name one of these as agent:FINGERPRINT, agent:COMMENT or agent:PEER-ID")),
        (0, _) => Err(Failure::new(Exit::NotFound, "AGENT_KEY_NOT_FOUND", "the ssh-agent has no Ed25519 key")
            .hint("add one with `ssh-add FILE`; a locked agent shows none: `ssh-add -X` unlocks it")),
        (count, _) => {
            let fields = keys.iter().map(described).collect();
            Err(Failure::new(
                Exit::Usage,
                "AGENT_KEY_AMBIGUOUS",
                format_args!("the ssh-agent has {count} Ed25519 keys that fit"),
            )
            .with_fields(fields)
            .hint("say which: --key agent:FINGERPRINT, agent:COMMENT or agent:PEER-ID"))
        }
    }
}

fn described(identity: &Identity) -> Field {
    Field { field: identity.fingerprint(), description: format!("{} {}", identity.key.peer_id(), identity.comment) }
}

#[cfg(unix)]
async fn exchange(path: &Path, request: &[u8], limit: Duration) -> Result<Vec<u8>> {
    match tokio::time::timeout(limit, socket::exchange(path, request)).await {
        Ok(answer) => answer.map_err(|error| unreachable(path, &crate::failure::plain(&error))),
        Err(_) => Err(unreachable(path, &format!("no answer within {limit:?}"))),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unused_async, reason = "the same shape on every system")]
async fn exchange(path: &Path, _: &[u8], _: Duration) -> Result<Vec<u8>> {
    Err(unreachable(path, "agents are reached through Unix sockets only"))
}

fn unreachable(path: &Path, why: &str) -> Failure {
    Failure::new(
        Exit::Unreachable,
        "AGENT_UNREACHABLE",
        format_args!("the ssh-agent at {} does not answer: {why}", path.display()),
    )
    .hint("does SSH_AUTH_SOCK name an agent that runs? `ssh-add -l` asks it the same")
}

fn invalid(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Failure, "AGENT_INVALID", format_args!("the ssh-agent at {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use cpc_signing::{PublicKey, SecretKey};

    use super::*;

    fn keys() -> Vec<Identity> {
        let key = |seed: u8, comment: &str| Identity {
            key: PublicKey::from_bytes(SecretKey::from_seed(&[seed; 32]).public().as_bytes()).unwrap(),
            comment: comment.to_owned(),
        };
        vec![key(1, "alice"), key(2, "bob"), key(3, "bob")]
    }

    #[test]
    fn a_key_is_found_by_each_of_its_names() {
        let second = &keys()[1];
        for name in [second.fingerprint(), second.key.peer_id().to_string()] {
            assert_eq!(choose(keys(), Some(&name)).unwrap().key, second.key, "{name}");
        }
        assert_eq!(choose(keys(), Some("alice")).unwrap().key, keys()[0].key);
        assert_eq!(choose(keys().split_off(2), None).unwrap().key, keys()[2].key);
    }

    #[test]
    fn what_is_not_one_key_is_refused_with_the_keys_that_are_there() {
        for (name, reason, listed) in [
            (None, "AGENT_KEY_AMBIGUOUS", 3),
            (Some("bob"), "AGENT_KEY_AMBIGUOUS", 2),
            (Some("carol"), "AGENT_KEY_NOT_FOUND", 3),
            (Some("SHA256:none"), "AGENT_KEY_NOT_FOUND", 3),
        ] {
            let failure = choose(keys(), name).unwrap_err();
            assert_eq!((&*failure.reason, failure.fields.len()), (reason, listed), "{name:?}");
            assert!(failure.fields[0].field.starts_with("SHA256:"));
        }
        assert_eq!(&*choose(Vec::new(), None).unwrap_err().reason, "AGENT_KEY_NOT_FOUND");
    }
}
