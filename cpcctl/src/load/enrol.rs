//! Registers the nodes of a load, and opens tokens for those that have none that is good.

use std::time::{Duration, Instant};

use cpc_proto::v1::{NodeInfo, NodeResources};
use cpc_signing::{Dialect, SecretKey, SignedPeerRecord};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use super::agents::{Agents, LoadNode};
use crate::{
    client::Client,
    clock,
    context::Context,
    failure::{Failure, Result},
    joining::Joining,
    nodes::{AGENT_VERSION, registering::within},
    session::{self, Errand},
    signer::Signer,
};

/// Calls under way at once: as many as keep a store busy and leave room on a connection.
const AT_ONCE: usize = 64;
/// A token that ends sooner is renewed before the load begins.
const MARGIN: SignedDuration = SignedDuration::from_secs(120);
const TELL_EVERY: Duration = Duration::from_secs(3);

/// Brings the nodes to `count`, each with a token that is good.
pub(crate) async fn enrol(context: &mut Context, agents: &mut Agents, count: usize) -> Result<()> {
    let limit = context.timeout();
    let client = context.client().await?;
    let mut running = JoinSet::new();
    let mut work = Vec::new();
    let (known, end) = (agents.nodes.len().min(count), clock::now() + MARGIN);
    work.extend((0..known).filter(|index| agents.nodes[*index].ends < end).map(Some));
    work.extend((known..count).map(|_| None));
    let total = work.len();
    let (mut done, mut told) = (0, Instant::now());
    while !work.is_empty() || !running.is_empty() {
        while running.len() < AT_ONCE
            && let Some(which) = work.pop()
        {
            let (client, pinned) = (client.clone(), agents.server_id.clone());
            let key = which.map(|index| agents.nodes[index].key.clone());
            running.spawn(async move {
                let node = match key {
                    Some(key) => log_in(&client, key, pinned.as_deref(), limit).await,
                    None => {
                        let newcomer = Newcomer::generate()?;
                        let registered = newcomer.register(&client, pinned.as_deref(), limit).await;
                        registered.map(|(_, node, server_id)| (node, server_id))
                    }
                };
                node.map(|(node, server_id)| (which, node, server_id))
            });
        }
        let Some(ended) = running.join_next().await else { break };
        let (which, node, server_id) = ended.map_err(|_| Failure::empty_answer())??;
        agents.server_id = Some(server_id);
        match which {
            Some(index) => agents.nodes[index] = node,
            None => agents.nodes.push(node),
        }
        done += 1;
        if told.elapsed() > TELL_EVERY {
            told = Instant::now();
            context.output.note(format_args!("{done} of {total} nodes are registered or logged in"));
        }
    }
    Ok(())
}

/// A node that can be registered: a key, and the record that it signed.
pub(crate) struct Newcomer {
    key: SecretKey,
    record: Vec<u8>,
}

impl Newcomer {
    /// Makes a node with a key of its own and no address.
    ///
    /// # Errors
    /// Only if its record cannot be signed.
    pub(crate) fn generate() -> Result<Self> {
        let key = SecretKey::generate();
        let record = SignedPeerRecord::sign(&key, 1, Vec::new(), Dialect::Standard).map_err(Failure::usage)?;
        Ok(Self { key, record: record.into_bytes() })
    }

    /// Registers the node; gives its id, the node with its token, and the server's id.
    pub(crate) async fn register(
        self,
        client: &Client,
        pinned: Option<&str>,
        limit: Duration,
    ) -> Result<(String, LoadNode, String)> {
        let signer = Signer::Key(self.key.clone());
        let plain = Joining::default();
        let proven = session::prove(client, &signer, Errand::NodeRegistration, pinned, &plain, limit).await?;
        let info = NodeInfo {
            signed_peer_record: self.record,
            proof: Some(proven.proof),
            capacity: Some(NodeResources { cpu_millicores: 4000, memory_bytes: 8 << 30, ..NodeResources::default() }),
            agent_version: AGENT_VERSION.to_owned(),
            ..NodeInfo::default()
        };
        let answer = within(limit, client.nodes().register_node(info)).await?;
        let (token, ends) = session::access(answer.tokens.ok_or_else(Failure::empty_answer)?)?;
        Ok((answer.node_id, LoadNode { key: self.key, token, ends }, proven.server_id))
    }
}

/// Logs a node in by its key.
pub(crate) async fn log_in(
    client: &Client,
    key: SecretKey,
    pinned: Option<&str>,
    limit: Duration,
) -> Result<(LoadNode, String)> {
    let signer = Signer::Key(key.clone());
    let session = session::log_in(client, &signer, Errand::NodeLogin, pinned, &Joining::default(), limit).await?;
    let server_id = session.server_id().to_owned();
    let (token, ends) = session.into_access();
    Ok((LoadNode { key, token, ends }, server_id))
}
