//! Calls of `IdentityService` about the keys that sign tokens.

use cpc_proto::v1;
use cpcd_domain::Caller;
use cpcd_model::Result;

use super::Call;
use crate::{app::App, wire::Wire};

impl Call for v1::ListTokenKeysRequest {
    type Response = v1::ListTokenKeysResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListTokenKeysResponse> {
        let (keys, replicas) = app.identity.keys.list(caller).await?;
        let replicas = u32::try_from(replicas).unwrap_or(u32::MAX);
        Ok(v1::ListTokenKeysResponse { keys: keys.iter().map(Wire::to_wire).collect(), replicas })
    }
}

impl Call for v1::RotateTokenKeyRequest {
    type Response = v1::RotateTokenKeyResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RotateTokenKeyResponse> {
        let keys = &app.identity.keys;
        let key = if self.drop_others { keys.replace(caller).await? } else { keys.rotate(caller).await? };
        Ok(v1::RotateTokenKeyResponse { key: Some(key.to_wire()) })
    }
}
