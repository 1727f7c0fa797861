//! Calls of `NodeOrchestration`.

use std::time::Duration;

use cpc_proto::v1;
use cpc_signing::PeerId;
use cpcd_domain::{
    Caller,
    registry::{ListRequest, Registration},
};
use cpcd_model::{Error, Result};

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::NodeInfo {
    type Response = v1::RegistrationResponse;
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RegistrationResponse> {
        let proof = self.proof.ok_or_else(|| Error::required("proof"))?;
        let registration = Registration {
            record: self.signed_peer_record.to_vec(),
            proof: wire::proof(proof),
            capacity: wire::resources(self.capacity.unwrap_or_default()),
            labels: self.labels.into_iter().collect(),
            agent_version: self.agent_version,
            namespaces: self.namespaces,
            is_ephemeral: self.is_ephemeral,
            network: app.rates.counted_network(),
        };
        let registered = app.registry.registrations.register(caller, registration).await?;
        let config = &app.registry.config;
        Ok(v1::RegistrationResponse {
            node_id: registered.node.id.to_string(),
            peer_id: PeerId::of_key_bytes(&registered.node.public_key).to_string(),
            tokens: Some(registered.tokens.to_wire()),
            next_heartbeat_ms: millis(registered.next),
            limits: Some(v1::Limits {
                max_addresses: u32::try_from(config.max_addresses).unwrap_or(u32::MAX),
                max_message_bytes: u32::try_from(app.about.message_bytes).unwrap_or(u32::MAX),
                degraded_after_ms: config.degraded_seconds.saturating_mul(1000),
                offline_after_ms: config.offline_seconds.saturating_mul(1000),
            }),
            is_pending: registered.node.is_pending,
        })
    }
}

impl Call for v1::NodePing {
    type Response = v1::HeartbeatResponse;
    const IS_HEARTBEAT: bool = true;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::HeartbeatResponse> {
        Ok(app.registry.heartbeats.take(caller, &wire::beat(&self)).await?.to_wire())
    }
}

impl Call for v1::GetNodeRequest {
    type Response = v1::GetNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetNodeResponse> {
        let node = app.registry.nodes.get(caller, &self.id).await?;
        Ok(v1::GetNodeResponse { node: Some(node.to_wire()) })
    }
}

impl Call for v1::ListNodesRequest {
    type Response = v1::ListNodesResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListNodesResponse> {
        let status = wire::status_filter("status", self.status)?;
        let scheduling = wire::scheduling_filter("scheduling", self.scheduling)?;
        let request = ListRequest {
            status,
            owner_id: self.owner_id,
            label: self.label,
            is_pending: self.pending,
            scheduling,
            realm: self.realm,
            namespace: self.namespace,
            page_size: self.page_size,
            page_token: self.page_token,
        };
        let (nodes, next_page_token) = app.registry.nodes.list(caller, &request).await?;
        Ok(v1::ListNodesResponse { nodes: nodes.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::DeleteNodeRequest {
    type Response = v1::DeleteNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::DeleteNodeResponse> {
        app.registry.nodes.delete(caller, &self.id).await?;
        Ok(v1::DeleteNodeResponse {})
    }
}

impl Call for v1::ResetNodeSequenceRequest {
    type Response = v1::ResetNodeSequenceResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ResetNodeSequenceResponse> {
        let old_sequence = app.registry.nodes.reset_sequence(caller, &self.id).await?;
        Ok(v1::ResetNodeSequenceResponse { old_sequence })
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
