//! Calls of `NodeOrchestration` that operate nodes.

use std::time::Duration;

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    registry::{Approval, Expiry, Labelling},
};
use cpcd_model::{Error, Reason, Result};

use super::Call;
use crate::{
    app::App,
    wire::{self, Wire},
};

impl Call for v1::UpdateNodeRequest {
    type Response = v1::UpdateNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::UpdateNodeResponse> {
        let labelling = Labelling {
            set: self.set_labels.into_iter().collect(),
            remove: self.remove_labels,
            grant: self.set_granted_labels.into_iter().collect(),
            revoke: self.remove_granted_labels,
        };
        let node = app.registry.operations.label(caller, &self.id, labelling).await?;
        Ok(v1::UpdateNodeResponse { node: Some(node.to_wire()) })
    }
}

impl Call for v1::ApproveNodeRequest {
    type Response = v1::ApproveNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ApproveNodeResponse> {
        let approval =
            Approval { labels: self.labels.into_iter().collect(), realm: self.realm, owner_id: self.owner_id };
        let node = app.registry.operations.approve(caller, &self.id, approval).await?;
        Ok(v1::ApproveNodeResponse { node: Some(node.to_wire()) })
    }
}

impl Call for v1::ExpireNodeRequest {
    type Response = v1::ExpireNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ExpireNodeResponse> {
        use v1::expire_node_request::When;
        let when = match self.when {
            None => None,
            Some(When::ExpiresAt(at)) => Some(Expiry::At(wire::time("expires_at", &at)?)),
            Some(When::TtlSeconds(seconds)) => Some(Expiry::After(Duration::from_secs(seconds))),
            Some(When::Never(true)) => Some(Expiry::Never),
            Some(When::Never(false)) => {
                return Err(Error::field(Reason::FieldInvalid, "never", "must be true; say when otherwise"));
            }
        };
        let node = app.registry.operations.expire(caller, &self.id, when).await?;
        Ok(v1::ExpireNodeResponse { node: Some(node.to_wire()) })
    }
}

impl Call for v1::CordonNodeRequest {
    type Response = v1::CordonNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CordonNodeResponse> {
        let node = app.registry.nodes.cordon(caller, &self.id).await?;
        Ok(v1::CordonNodeResponse { node: Some(node.to_wire()) })
    }
}

impl Call for v1::UncordonNodeRequest {
    type Response = v1::UncordonNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::UncordonNodeResponse> {
        let node = app.registry.nodes.uncordon(caller, &self.id).await?;
        Ok(v1::UncordonNodeResponse { node: Some(node.to_wire()) })
    }
}

impl Call for v1::DrainNodeRequest {
    type Response = v1::DrainNodeResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::DrainNodeResponse> {
        let node = app.registry.nodes.drain(caller, &self.id).await?;
        Ok(v1::DrainNodeResponse { node: Some(node.to_wire()) })
    }
}
