//! Calls of `IdentityService` about service tokens.

use cpc_proto::v1;
use cpcd_domain::{Caller, identity::ServiceTokenDraft};
use cpcd_model::Result;

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::CreateServiceTokenRequest {
    type Response = v1::CreateServiceTokenResponse;
    // A confirmation costs what a login does.
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CreateServiceTokenResponse> {
        let draft = ServiceTokenDraft {
            name: self.name,
            rules: wire::rules("permissions", &self.permissions)?,
            ttl_seconds: self.ttl_seconds,
        };
        let confirmation = self.confirmation.map(wire::key_proof);
        let (token, text) = app.identity.service_tokens.create(caller, draft, confirmation.as_ref()).await?;
        Ok(v1::CreateServiceTokenResponse { service_token: Some(token.to_wire()), token: text.to_string() })
    }
}

impl Call for v1::ListServiceTokensRequest {
    type Response = v1::ListServiceTokensResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListServiceTokensResponse> {
        let tokens = &app.identity.service_tokens;
        let (tokens, next_page_token) = tokens.list(caller, &self.owner_id, self.page_size, &self.page_token).await?;
        let service_tokens = tokens.iter().map(Wire::to_wire).collect();
        Ok(v1::ListServiceTokensResponse { service_tokens, next_page_token })
    }
}

impl Call for v1::RevokeServiceTokenRequest {
    type Response = v1::RevokeServiceTokenResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RevokeServiceTokenResponse> {
        let token = app.identity.service_tokens.revoke(caller, &self.id).await?;
        Ok(v1::RevokeServiceTokenResponse { service_token: Some(token.to_wire()) })
    }
}
