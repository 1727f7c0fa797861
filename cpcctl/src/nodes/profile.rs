//! What a node says of itself: flags of `node register` and `node run`, over what it said before.
#![allow(clippy::doc_markdown, reason = "shown as help, where backticks would only be letters")]

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use cpc_proto::v1::NodeResources;
use cpc_signing::{Dialect, Multiaddr, SecretKey, SignedPeerRecord, parse_address};

use super::{state::State, usage::Usage};
use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    joining::Joining,
    key_file::{self, NewKey},
    private_file,
};

/// What a node says of itself.
#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// The node's private key file, made if it is not there [default: node_ed25519 in cpcctl's configuration folder]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Where others reach the node, such as /ip4/192.0.2.1/tcp/4001 [default: as last time]
    #[arg(long = "address", value_name = "MULTIADDR", value_parser = address)]
    addresses: Vec<Multiaddr>,
    /// Say no address any more
    #[arg(long, conflicts_with = "addresses")]
    no_address: bool,
    /// What the node says of itself [default: as last time]
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Say no label any more
    #[arg(long, conflicts_with = "labels")]
    no_label: bool,
    /// Where the node is to be found by others: a rendezvous namespace [default: as last time]
    #[arg(long = "namespace", value_name = "NAMESPACE")]
    namespaces: Vec<String>,
    /// Be found in no namespace any more
    #[arg(long, conflicts_with = "namespaces")]
    no_namespace: bool,
    /// Let the server remove the node by itself some minutes after it was last heard of
    #[arg(long)]
    ephemeral: bool,
    /// Join by an invite that is read from a file, - for stdin; CPCCTL_INVITE holds the invite itself
    #[arg(long, value_name = "FILE")]
    invite_file: Option<PathBuf>,
    /// Thousandths of a processor core that the node has to give [default: the machine's]
    #[arg(long, value_name = "N")]
    cpu_millicores: Option<u64>,
    /// Memory that the node has to give [default: the machine's]
    #[arg(long, value_name = "N")]
    memory_bytes: Option<u64>,
    /// Bits per second that the node has to give [default: not said]
    #[arg(long, value_name = "N")]
    bandwidth: Option<u64>,
    /// Sign the record as RFC 0003 of libp2p says it, rather than as go-libp2p and js-libp2p do
    #[arg(long)]
    legacy_record: bool,
    /// Take the server's id as it is now, in place of the one that was kept
    #[arg(long)]
    repin: bool,
}

/// A node with its key, ready to register.
pub(crate) struct Profile {
    pub(crate) key: SecretKey,
    pub(crate) state: State,
    pub(crate) joining: Joining,
    pub(crate) capacity: NodeResources,
    pub(crate) is_repinned: bool,
    pub(crate) is_ephemeral: bool,
    /// The key's file, beside which everything else is kept.
    pub(crate) path: PathBuf,
    addresses: Vec<Multiaddr>,
    is_legacy: bool,
}

impl ProfileArgs {
    /// Opens the node's key, or makes it, and puts the flags over what the node said before.
    pub(crate) fn open(self, context: &mut Context, usage: &Usage) -> Result<Profile> {
        let path = private_file::absolute(&self.key.unwrap_or_else(|| context.contexts.default_node_key()));
        let joining = Joining::read(self.invite_file.as_deref(), context.invite.as_ref(), None)?;
        let mut state = State::load(&path)?;
        if let Some((_, invite)) = &joining.invite {
            context.follow_invite(&invite.endpoints, invite.tls_pin)?;
        } else {
            context.follow(state.endpoint.as_deref(), "the node's last endpoint")?;
            let pin = state.tls_pins.get(&context.endpoint.to_string()).map(|pin| pin.parse()).transpose();
            context.rely_on(pin.map_err(|why: String| Failure::new(Exit::Failure, "STATE_DAMAGED", why))?);
        }
        if context.endpoint.is_exposed() {
            context.output.warning(format_args!("the connection to {} is not encrypted", context.endpoint));
        }
        let key = open_key(context, &path)?;
        let addresses = if self.addresses.is_empty() && !self.no_address {
            state.record.addresses.iter().map(|text| address(text)).collect::<std::result::Result<_, _>>().map_err(
                |why| Failure::new(Exit::Failure, "STATE_DAMAGED", why).hint("name the addresses with --address"),
            )?
        } else {
            self.addresses
        };
        if self.no_label || !self.labels.is_empty() {
            let count = self.labels.len();
            state.labels = self.labels.into_iter().collect::<BTreeMap<_, _>>();
            if state.labels.len() != count {
                return Err(Failure::usage("--label: a name is given twice"));
            }
        }
        if self.no_namespace || !self.namespaces.is_empty() {
            state.namespaces = self.namespaces;
        }
        let machine = usage.capacity();
        let capacity = NodeResources {
            cpu_millicores: self.cpu_millicores.unwrap_or(machine.cpu_millicores),
            memory_bytes: self.memory_bytes.unwrap_or(machine.memory_bytes),
            bandwidth_bits_per_second: self.bandwidth.unwrap_or(machine.bandwidth_bits_per_second),
        };
        let (is_legacy, is_repinned, is_ephemeral) = (self.legacy_record, self.repin, self.ephemeral);
        Ok(Profile { key, state, joining, capacity, is_repinned, is_ephemeral, path, addresses, is_legacy })
    }
}

impl Profile {
    /// Signs the node's record; a fresh one has a higher number than any before, whatever it says.
    pub(crate) fn record(&mut self, is_fresh: bool) -> Result<Vec<u8>> {
        let texts: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        if is_fresh {
            self.state.raise(&texts, self.is_legacy)?;
        }
        let sequence = self.state.sequence(&texts, self.is_legacy)?;
        let dialect = if self.is_legacy { Dialect::Legacy } else { Dialect::Standard };
        SignedPeerRecord::sign(&self.key, sequence, self.addresses.clone(), dialect)
            .map(SignedPeerRecord::into_bytes)
            .map_err(Failure::usage)
    }
}

fn open_key(context: &Context, path: &std::path::Path) -> Result<SecretKey> {
    if path.symlink_metadata().is_err() {
        let secret = SecretKey::generate();
        let peer_id = secret.public().peer_id();
        key_file::write(path, &NewKey { secret: &secret, comment: "cpcctl node", passphrase: None }, false)?;
        context.output.note(format_args!("made the node's key {} ({peer_id})", path.display()));
        return Ok(secret);
    }
    key_file::read_secret(path, || context.prompt.passphrase(&format!("Passphrase of {}", path.display())))
}

fn address(text: &str) -> std::result::Result<Multiaddr, String> {
    parse_address(text).map_err(|fault| format!("{text}: {fault}"))
}

/// Reads a label of the command line.
pub(crate) fn label(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a label is NAME=VALUE, as in region=eu-west".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_a_name() {
        assert_eq!(label("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(label("a="), Ok(("a".to_owned(), String::new())));
        assert!(label("a").is_err() && label("=b").is_err());
    }

    #[test]
    fn addresses_are_multiaddrs() {
        assert!(address("/ip4/192.0.2.1/tcp/4001").is_ok());
        for text in ["192.0.2.1:4001", "", "/nonsense/1"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
