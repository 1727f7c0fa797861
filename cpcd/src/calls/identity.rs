//! Calls of `IdentityService`.

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    caller::Subject,
    identity::{NewUser, PermissionChange, Target},
};
use cpcd_model::{Error, Result};

use super::Call;
use crate::{
    app::App,
    rates::Cost,
    wire::{self, Wire},
};

impl Call for v1::AuthRequest {
    type Response = v1::AuthResponse;
    const NEEDS_CALLER: bool = false;
    const COST: Cost = Cost::Login;

    fn key(&self) -> Option<&[u8]> {
        match &self.step {
            Some(v1::auth_request::Step::Begin(begin)) => Some(&begin.public_key),
            Some(v1::auth_request::Step::Proof(_)) | None => None,
        }
    }

    fn is_brief(&self) -> bool {
        use v1::ChallengePurpose::{Confirm, Login, Refresh};
        // A key that may be new is looked at in full, which takes longer than a heartbeat should wait.
        let Some(v1::auth_request::Step::Begin(begin)) = &self.step else { return false };
        matches!(begin.purpose(), Login | Refresh | Confirm)
    }

    async fn call(self, app: &App, _: &Caller) -> Result<v1::AuthResponse> {
        use v1::{auth_request::Step, auth_response::Result};
        let login = &app.identity.login;
        let result = match self.step.ok_or_else(|| Error::required("step"))? {
            Step::Begin(begin) => {
                let kind = wire::subject_kind("begin.kind", begin.kind)?;
                let purpose = wire::challenge_purpose("begin.purpose", begin.purpose)?;
                let challenge = login.begin(&begin.public_key, kind, purpose)?.to_wire();
                Result::Challenge(v1::Challenge { server_id: app.identity.server.id().to_owned(), ..challenge })
            }
            Step::Proof(proof) => {
                let proof = wire::proof(proof);
                if let Some(key) = login.key(&proof) {
                    app.rates.look(&key)?;
                }
                let proven = login.prove(&proof).await.inspect_err(|error| app.rates.failed(error));
                Result::Tokens(proven?.to_wire())
            }
        };
        Ok(v1::AuthResponse { result: Some(result) })
    }
}

impl Call for v1::RefreshRequest {
    type Response = v1::AuthResponse;
    const NEEDS_CALLER: bool = false;
    const COST: Cost = Cost::Login;

    async fn call(self, app: &App, _: &Caller) -> Result<v1::AuthResponse> {
        let proof = self.proof.map(wire::proof);
        let tokens = app.identity.renewal.renew(&self.refresh_token, proof.as_ref()).await?.to_wire();
        Ok(v1::AuthResponse { result: Some(v1::auth_response::Result::Tokens(tokens)) })
    }
}

impl Call for v1::LogoutRequest {
    type Response = v1::LogoutResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::LogoutResponse> {
        app.identity.sessions.log_out(caller).await?;
        Ok(v1::LogoutResponse {})
    }
}

impl Call for v1::RevokeTokensRequest {
    type Response = v1::RevokeTokensResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RevokeTokensResponse> {
        use v1::revoke_tokens_request::Target as Message;
        let before = self.before.as_ref().map(|time| wire::time("before", time)).transpose()?;
        let target = match self.target {
            Some(Message::TokenId(id)) => Target::Token(id),
            Some(Message::SessionId(id)) => Target::Session(id),
            Some(Message::SubjectId(id)) => Target::Subject(id),
            // Nobody ends all sessions by a forgotten field.
            None if before.is_none() => return Err(Error::required("target")),
            None => Target::All,
        };
        let sessions_ended = app.identity.sessions.revoke(caller, &target, before).await?;
        Ok(v1::RevokeTokensResponse { sessions_ended })
    }
}

impl Call for v1::ListSessionsRequest {
    type Response = v1::ListSessionsResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListSessionsResponse> {
        let sessions = &app.identity.sessions;
        let (sessions, next_page_token) =
            sessions.list(caller, &self.subject_id, self.page_size, &self.page_token).await?;
        let current = caller.session().map(|session| session.id);
        let sessions = sessions.iter().map(|session| wire::session(session, current)).collect();
        Ok(v1::ListSessionsResponse { sessions, next_page_token })
    }
}

impl Call for v1::GetCallerRequest {
    type Response = v1::GetCallerResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetCallerResponse> {
        let service_token = app.identity.service_tokens.own(caller).await?.map(|token| token.to_wire());
        let mut user = None;
        let kind = match caller.subject() {
            Subject::Anonymous => v1::CallerKind::Anonymous,
            Subject::User(id) => {
                user = Some(app.identity.users.get(caller, &id.to_string()).await?.to_wire());
                v1::CallerKind::User
            }
            Subject::Service(_) => v1::CallerKind::Service,
            Subject::Node(_) => v1::CallerKind::Node,
            Subject::LocalAdmin | Subject::System => v1::CallerKind::LocalAdmin,
        };
        let session = caller.session();
        // A service token belongs to no session.
        let session_id = session.filter(|_| service_token.is_none()).map(|session| session.id.to_string());
        Ok(v1::GetCallerResponse {
            kind: kind.into(),
            user,
            session_id: session_id.unwrap_or_default(),
            token_expires_at: session.map(|session| session.token_expires_at.to_wire()),
            permissions: wire::permissions(&caller.effective()),
            server_id: app.identity.server.id().to_owned(),
            token_id: session.map(|session| session.token_id.to_string()).unwrap_or_default(),
            service_token,
        })
    }
}

impl Call for v1::CreateUserRequest {
    type Response = v1::CreateUserResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CreateUserResponse> {
        let rules = wire::rules("permissions", &self.permissions)?;
        let permissions = (!rules.is_empty()).then_some(rules);
        let new = NewUser { username: self.username, public_key: self.public_key.to_vec(), permissions };
        let user = app.identity.users.create(caller, new).await?;
        Ok(v1::CreateUserResponse { user: Some(user.to_wire()) })
    }
}

impl Call for v1::GetUserRequest {
    type Response = v1::GetUserResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetUserResponse> {
        use v1::get_user_request::By;
        let user = match self.by.ok_or_else(|| Error::required("by"))? {
            By::Id(id) => app.identity.users.get(caller, &id).await?,
            By::Username(username) => app.identity.users.get_by_name(caller, &username).await?,
        };
        Ok(v1::GetUserResponse { user: Some(user.to_wire()) })
    }
}

impl Call for v1::ListUsersRequest {
    type Response = v1::ListUsersResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListUsersResponse> {
        let state = wire::user_state_filter("state", self.state)?;
        let (users, next_page_token) = app.identity.users.list(caller, state, self.page_size, &self.page_token).await?;
        Ok(v1::ListUsersResponse { users: users.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::UpdatePermissionsRequest {
    type Response = v1::UpdatePermissionsResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::UpdatePermissionsResponse> {
        let change = PermissionChange {
            user_id: self.id,
            rules: wire::rules("permissions", &self.permissions)?,
            expected_epoch: self.expected_epoch,
            is_dry: self.dry_run,
        };
        let user = app.identity.granting.update(caller, change).await?;
        Ok(v1::UpdatePermissionsResponse { user: Some(user.to_wire()) })
    }
}

impl Call for v1::DeleteUserRequest {
    type Response = v1::DeleteUserResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::DeleteUserResponse> {
        app.identity.deleting.delete(caller, &self.id).await?;
        Ok(v1::DeleteUserResponse {})
    }
}
