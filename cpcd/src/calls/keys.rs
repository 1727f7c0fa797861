//! Calls of `IdentityService` about users' keys, and the way in for those who have lost theirs.

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    identity::{NewKey, RecoveryRequest},
};
use cpcd_model::Result;

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::ListKeysRequest {
    type Response = v1::ListKeysResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListKeysResponse> {
        let keys = &app.identity.user_keys;
        let (keys, next_page_token) = keys.list(caller, &self.user_id, self.page_size, &self.page_token).await?;
        Ok(v1::ListKeysResponse { keys: keys.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::AddKeyRequest {
    type Response = v1::AddKeyResponse;
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::AddKeyResponse> {
        let new = NewKey { proof: self.proof.map(wire::key_proof), name: self.name };
        let confirmation = self.confirmation.map(wire::key_proof);
        let key = app.identity.user_keys.add(caller, new, confirmation.as_ref()).await?;
        Ok(v1::AddKeyResponse { key: Some(key.to_wire()) })
    }
}

impl Call for v1::RotateKeyRequest {
    type Response = v1::RotateKeyResponse;
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RotateKeyResponse> {
        let new = NewKey { proof: self.proof.map(wire::key_proof), name: self.name };
        let confirmation = self.confirmation.map(wire::key_proof);
        let key = app.identity.user_keys.rotate(caller, &self.id, new, confirmation.as_ref()).await?;
        Ok(v1::RotateKeyResponse { key: Some(key.to_wire()) })
    }
}

impl Call for v1::RevokeKeyRequest {
    type Response = v1::RevokeKeyResponse;
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RevokeKeyResponse> {
        let confirmation = self.confirmation.map(wire::key_proof);
        let key = app.identity.user_keys.revoke(caller, &self.id, confirmation.as_ref()).await?;
        Ok(v1::RevokeKeyResponse { key: Some(key.to_wire()) })
    }
}

impl Call for v1::CreateRecoveryCodesRequest {
    type Response = v1::CreateRecoveryCodesResponse;
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CreateRecoveryCodesResponse> {
        let confirmation = self.confirmation.map(wire::key_proof);
        let codes = app.identity.recovery.create_codes(caller, confirmation.as_ref()).await?;
        Ok(v1::CreateRecoveryCodesResponse { codes: codes.iter().map(|code| code.to_string()).collect() })
    }
}

impl Call for v1::RecoverRequest {
    type Response = v1::RecoverResponse;
    const NEEDS_CALLER: bool = false;
    const COST: Cost = Cost::Login;

    fn key(&self) -> Option<&[u8]> {
        // Whoever tries codes of one account is counted for it.
        Some(self.username.as_bytes())
    }

    async fn call(self, app: &App, _: &Caller) -> Result<v1::RecoverResponse> {
        let request = RecoveryRequest {
            username: self.username,
            code: self.code.into(),
            proof: self.proof.map(wire::key_proof),
            name: self.name,
        };
        let (user, codes_left) = app.identity.recovery.recover(request).await?;
        Ok(v1::RecoverResponse { user: Some(user.to_wire()), codes_left })
    }
}
