//! Calls of `IdentityService` about grants on single things.

use cpc_proto::v1;
use cpcd_domain::Caller;
use cpcd_model::{Error, Result};

use super::Call;
use crate::{
    app::App,
    wire::{self, Wire},
};

impl Call for v1::CreateGrantRequest {
    type Response = v1::CreateGrantResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CreateGrantResponse> {
        let grant = app.sharing.grants.create(caller, wire::grant_draft(self)?).await?;
        Ok(v1::CreateGrantResponse { grant: Some(grant.to_wire()) })
    }
}

impl Call for v1::ListGrantsRequest {
    type Response = v1::ListGrantsResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListGrantsResponse> {
        let asked = wire::asked(&self)?;
        let (grants, next_page_token) =
            app.sharing.grants.list(caller, asked, self.page_size, &self.page_token).await?;
        Ok(v1::ListGrantsResponse { grants: grants.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::RevokeGrantRequest {
    type Response = v1::RevokeGrantResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RevokeGrantResponse> {
        app.sharing.grants.revoke(caller, &self.id).await?;
        Ok(v1::RevokeGrantResponse {})
    }
}

impl Call for v1::CheckPermissionRequest {
    type Response = v1::CheckPermissionResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CheckPermissionResponse> {
        let wanted = self.permission.ok_or_else(|| Error::required("permission"))?;
        let wanted = wire::rule("permission", &wanted)?;
        Ok(wire::verdict(app.sharing.checks.check(caller, &wanted).await?.as_ref()))
    }
}
