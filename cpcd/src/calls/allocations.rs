//! Calls of `NodeOrchestration` that are about allocations.

use cpc_proto::v1;
use cpcd_domain::{Caller, registry::AllocationList};
use cpcd_model::Result;

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::ResourceRequest {
    type Response = v1::ResourceAllocation;
    const COST: Cost = Cost::Publish;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ResourceAllocation> {
        let draft = wire::allocation_draft(self)?;
        Ok(app.registry.allocations.request(caller, draft).await?.to_wire())
    }
}

impl Call for v1::RenewAllocationRequest {
    type Response = v1::RenewAllocationResponse;
    const COST: Cost = Cost::Publish;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RenewAllocationResponse> {
        let renewed = app.registry.allocations.renew(caller, &self.id, self.epoch, self.ttl_seconds).await?;
        Ok(v1::RenewAllocationResponse { allocation: Some(renewed.to_wire()) })
    }
}

impl Call for v1::ReleaseAllocationRequest {
    type Response = v1::ReleaseAllocationResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ReleaseAllocationResponse> {
        let released = app.registry.allocations.release(caller, &self.id, self.epoch).await?;
        Ok(v1::ReleaseAllocationResponse { allocation: Some(released.to_wire()) })
    }
}

impl Call for v1::GetAllocationRequest {
    type Response = v1::GetAllocationResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetAllocationResponse> {
        let allocation = app.registry.allocations.get(caller, &self.id).await?;
        Ok(v1::GetAllocationResponse { allocation: Some(allocation.to_wire()) })
    }
}

impl Call for v1::ListAllocationsRequest {
    type Response = v1::ListAllocationsResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListAllocationsResponse> {
        let state = wire::allocation_state_filter("state", self.state)?;
        let Self { page_size, page_token, owner_id, node_id, label, with_ended, .. } = self;
        let request = AllocationList { state, owner_id, node_id, label, with_ended, page_size, page_token };
        let (allocations, next_page_token) = app.registry.allocations.list(caller, &request).await?;
        let allocations = allocations.iter().map(Wire::to_wire).collect();
        Ok(v1::ListAllocationsResponse { allocations, next_page_token })
    }
}
