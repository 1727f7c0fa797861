//! Nodes to test with: real keys, real records, real proofs.

use cpc_proto::{clients::node_orchestration_client::NodeOrchestrationClient, v1};
use cpc_signing::{Dialect, SecretKey, SignedPeerRecord, parse_address};
use tonic::Status;

use super::{Bearer, Client, Daemon};

/// A public address, of those that nobody has.
pub(crate) const ADDRESS: &str = "/ip4/8.8.8.8/tcp/4001";

/// A node with a key and, once registered, an id and a token.
pub(crate) struct TestNode {
    pub(crate) key: SecretKey,
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Signs a peer record.
pub(crate) fn record(key: &SecretKey, seq: u64, addresses: &[&str], dialect: Dialect) -> Vec<u8> {
    let addresses = addresses.iter().map(|text| parse_address(text).expect("an address")).collect();
    SignedPeerRecord::sign(key, seq, addresses, dialect).expect("a record").into_bytes()
}

impl Daemon {
    pub(crate) async fn registry(&self, token: Option<&str>) -> NodeOrchestrationClient<Client> {
        NodeOrchestrationClient::with_interceptor(self.channel().await, Bearer(token.map(Into::into)))
    }

    /// Gives a client of the local administrator.
    pub(crate) async fn local_registry(&self) -> NodeOrchestrationClient<Client> {
        NodeOrchestrationClient::with_interceptor(self.local_channel().await, Bearer(None))
    }

    /// Asks for a challenge to register with, and puts it into a message that is otherwise complete.
    pub(crate) async fn node_info(&self, key: &SecretKey, signed_peer_record: Vec<u8>) -> v1::NodeInfo {
        let proof = self.proof_for(key, v1::SubjectKind::Node, v1::ChallengePurpose::Register).await;
        v1::NodeInfo {
            signed_peer_record,
            proof: Some(proof),
            capacity: Some(v1::NodeResources { cpu_millicores: 4000, memory_bytes: 8 << 30, ..Default::default() }),
            agent_version: "test/1".into(),
            ..Default::default()
        }
    }

    /// Registers a node in the name of the local administrator.
    pub(crate) async fn node(&self) -> TestNode {
        let key = SecretKey::generate();
        let info = self.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
        let answer = self.local_registry().await.register_node(info).await.expect("the node registers").into_inner();
        TestNode { key, id: answer.node_id, token: answer.tokens.expect("tokens").access_token }
    }

    /// Registers a new node without a token, by an invite or, with an empty one, by none.
    pub(crate) async fn join(
        &self,
        invite: &str,
        more: v1::NodeInfo,
    ) -> Result<(TestNode, v1::RegistrationResponse), Status> {
        self.join_again(SecretKey::generate(), invite, more).await
    }

    /// Registers a node of a key without a token.
    pub(crate) async fn join_again(
        &self,
        key: SecretKey,
        invite: &str,
        more: v1::NodeInfo,
    ) -> Result<(TestNode, v1::RegistrationResponse), Status> {
        let mut info = self.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
        info.proof.as_mut().expect("a proof").invite = invite.to_owned();
        (info.labels, info.namespaces, info.is_ephemeral) = (more.labels, more.namespaces, more.is_ephemeral);
        let answer = self.registry(None).await.register_node(info).await?.into_inner();
        let token = answer.tokens.as_ref().expect("tokens").access_token.clone();
        Ok((TestNode { key, id: answer.node_id.clone(), token }, answer))
    }

    /// Sends a heartbeat over gRPC.
    pub(crate) async fn beat(&self, token: &str, sequence: u64) -> Result<v1::HeartbeatResponse, Status> {
        let used = Some(v1::NodeResources { cpu_millicores: sequence, ..Default::default() });
        let ping = v1::NodePing { sequence, used, ..Default::default() };
        self.registry(Some(token)).await.heartbeat(ping).await.map(tonic::Response::into_inner)
    }

    /// Gives what an administrator sees of a node.
    pub(crate) async fn look(&self, id: &str) -> Result<v1::Node, Status> {
        let answer = self.local_registry().await.get_node(v1::GetNodeRequest { id: id.into() }).await?;
        Ok(answer.into_inner().node.expect("a node"))
    }
}
