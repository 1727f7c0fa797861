//! The nodes: registered with a real daemon, each with a real token, ready to be sent.

use std::path::Path;
use std::sync::Arc;

use cpc_proto::clients::identity_service_client::IdentityServiceClient;
use cpc_proto::clients::node_orchestration_client::NodeOrchestrationClient;
use cpc_proto::v1;
use cpc_signing::{Dialect, Kind, LoginMessage, Purpose, SecretKey, SignedPeerRecord};
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};

use crate::Outcome;
use crate::daemon::Server;
use crate::huffman;
use crate::options::Call;
use crate::speech::{Bearers, Speech};

/// Calls under way at once.
const AT_ONCE: usize = 64;

/// What is sent for each heartbeat, in both ways.
pub(crate) struct Fleet {
    unary: Arc<Speech>,
    stream: Arc<Speech>,
}

impl Fleet {
    fn speak(sample: &str, bearers: &Bearers) -> Outcome<Self> {
        let speech = |path| Speech::of_nodes(path, sample, bearers.clone()).map(Arc::new);
        Ok(Self {
            unary: speech("/cpc.v1.NodeOrchestration/Heartbeat")?,
            stream: speech("/cpc.v1.NodeOrchestration/HeartbeatStream")?,
        })
    }

    /// Gives what is sent in one way.
    pub(crate) fn of(&self, call: Call) -> &Arc<Speech> {
        match call {
            Call::Unary => &self.unary,
            Call::Stream => &self.stream,
        }
    }
}

/// Registers nodes in a folder that is used by all daemons of the run.
pub(crate) fn register(folder: &Path, count: usize) -> Outcome<Fleet> {
    let server = Server::daemon(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tokens = runtime.block_on(register_all(&format!("http://{}", server.address), count))?;
    drop(server);
    let bearers: Vec<_> = tokens.iter().map(|token| format!("Bearer {token}")).collect();
    let sample = bearers.first().ok_or("there is no node")?;
    let encoded = bearers.iter().map(|bearer| huffman::encode(bearer).into_boxed_slice()).collect();
    Fleet::speak(sample, &Bearers::new(encoded))
}

/// Makes nodes in a folder without registering them, in a realm.
#[cfg(feature = "trials")]
pub(crate) fn loaded(folder: &Path, realm: &str, count: usize) -> Outcome<Fleet> {
    // So that there is a store, and keys.
    drop(Server::daemon(folder)?);
    let (bearers, sample) = crate::loader::add(folder, realm, count)?;
    Fleet::speak(&sample, &bearers)
}

/// Makes nodes as [`loaded`] does; gives what some of them say who they are.
#[cfg(feature = "trials")]
pub(crate) fn loaded_tokens(folder: &Path, realm: &str, count: usize, some: usize) -> Outcome<Vec<String>> {
    let mut tokens = Vec::new();
    crate::loader::add_with(folder, realm, count, |bearer| {
        if tokens.len() < some {
            tokens.push(bearer.to_owned());
        }
    })?;
    Ok(tokens)
}

/// See there.
#[cfg(not(feature = "trials"))]
pub(crate) fn loaded_tokens(_: &Path, _: &str, _: usize, _: usize) -> Outcome<Vec<String>> {
    Err("nodes that never registered need --features trials".into())
}

/// Makes nodes in a folder without registering them, in a realm.
#[cfg(not(feature = "trials"))]
pub(crate) fn loaded(_: &Path, _: &str, _: usize) -> Outcome<Fleet> {
    Err("nodes that never registered need --features trials".into())
}

async fn register_all(endpoint: &str, count: usize) -> Outcome<Vec<String>> {
    let channel = Endpoint::from_shared(endpoint.to_owned())?.connect().await?;
    let (mut running, mut tokens, mut begun) = (JoinSet::new(), Vec::with_capacity(count), 0);
    while tokens.len() < count {
        while running.len() < AT_ONCE && begun < count {
            running.spawn(register_one(channel.clone()));
            begun += 1;
        }
        let registered = running.join_next().await.ok_or("nobody registers any more")?;
        tokens.push(registered??);
        if tokens.len().is_multiple_of(10_000) {
            eprintln!("heartbeats: {} nodes are registered", tokens.len());
        }
    }
    Ok(tokens)
}

async fn register_one(channel: Channel) -> Outcome<String> {
    let key = SecretKey::generate();
    let begin = v1::auth_request::Step::Begin(v1::ChallengeRequest {
        public_key: key.public().as_bytes().to_vec(),
        kind: v1::SubjectKind::Node.into(),
        purpose: v1::ChallengePurpose::Register.into(),
    });
    let request = v1::AuthRequest { step: Some(begin) };
    let answer = IdentityServiceClient::new(channel.clone()).authenticate(request).await?.into_inner();
    let Some(v1::auth_response::Result::Challenge(challenge)) = answer.result else {
        return Err("no challenge came".into());
    };
    let end = challenge.expires_at.ok_or("a challenge without an end")?;
    let message = LoginMessage {
        server_id: &challenge.server_id,
        kind: Kind::Node,
        purpose: Purpose::Register,
        public_key: &key.public(),
        expires_at_ms: u64::try_from(end.seconds * 1000 + i64::from(end.nanos) / 1_000_000)?,
        challenge: &challenge.challenge,
    };
    let proof = v1::ChallengeProof {
        signature: key.sign(&message.to_bytes()).to_vec(),
        challenge: challenge.challenge,
        ..Default::default()
    };
    let record = SignedPeerRecord::sign(&key, 1, Vec::new(), Dialect::Standard).map_err(|error| error.to_string())?;
    let info = v1::NodeInfo { signed_peer_record: record.into_bytes(), proof: Some(proof), ..Default::default() };
    let answer = NodeOrchestrationClient::new(channel).register_node(info).await?.into_inner();
    Ok(answer.tokens.ok_or("no token came")?.access_token)
}
