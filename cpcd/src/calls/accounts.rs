//! Calls of `IdentityService` about accounts that wait or are suspended.

use cpc_proto::v1;
use cpcd_domain::Caller;
use cpcd_model::Result;

use super::Call;
use crate::{app::App, wire::Wire};

impl Call for v1::ApproveUserRequest {
    type Response = v1::ApproveUserResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ApproveUserResponse> {
        let user = app.identity.accounts.approve(caller, &self.id).await?;
        Ok(v1::ApproveUserResponse { user: Some(user.to_wire()) })
    }
}

impl Call for v1::SuspendUserRequest {
    type Response = v1::SuspendUserResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::SuspendUserResponse> {
        let user = app.identity.accounts.suspend(caller, &self.id).await?;
        Ok(v1::SuspendUserResponse { user: Some(user.to_wire()) })
    }
}

impl Call for v1::ResumeUserRequest {
    type Response = v1::ResumeUserResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ResumeUserResponse> {
        let user = app.identity.accounts.resume(caller, &self.id).await?;
        Ok(v1::ResumeUserResponse { user: Some(user.to_wire()) })
    }
}
