//! Calls of `IdentityService` about invites.

use cpc_proto::v1;
use cpcd_domain::{
    Caller,
    identity::{InviteDraft, InviteKind},
};
use cpcd_model::{Error, Result};

use super::Call;
use crate::{
    app::App,
    wire::{self, Wire},
};

impl Call for v1::CreateInviteRequest {
    type Response = v1::CreateInviteResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::CreateInviteResponse> {
        let kind = wire::invite_kind("kind", self.kind)?.ok_or_else(|| Error::required("kind"))?;
        let rules = wire::rules("permissions", &self.permissions)?;
        let draft = InviteDraft {
            kind,
            uses: self.uses,
            ttl_seconds: self.ttl_seconds,
            permissions: (!rules.is_empty()).then_some(rules),
            labels: self.labels.into_iter().collect(),
            realm: self.realm,
            node_ttl_seconds: self.node_ttl_seconds,
            is_ephemeral: self.is_ephemeral,
            namespaces: self.namespaces,
            is_uncounted: self.is_uncounted,
        };
        let (invite, code) = app.identity.invites.create(caller, draft).await?;
        Ok(v1::CreateInviteResponse { invite: Some(invite.to_wire()), code: code.to_string() })
    }
}

impl Call for v1::ListInvitesRequest {
    type Response = v1::ListInvitesResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListInvitesResponse> {
        let kind = wire::invite_kind("kind", self.kind)?;
        let (invites, next_page_token) =
            app.identity.invites.list(caller, kind, self.page_size, &self.page_token).await?;
        Ok(v1::ListInvitesResponse { invites: invites.iter().map(Wire::to_wire).collect(), next_page_token })
    }
}

impl Call for v1::RevokeInviteRequest {
    type Response = v1::RevokeInviteResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::RevokeInviteResponse> {
        let (ends, is_dry) = (self.end_what_it_let_in, self.dry_run);
        let invite = app.identity.invites.revoke(caller, &self.id, ends, is_dry).await?;
        let (mut users_suspended, mut nodes_removed) = (0, 0);
        match invite.kind {
            InviteKind::User if ends => {
                users_suspended = app.identity.accounts.suspend_by_invite(caller, invite.id, is_dry).await?;
            }
            InviteKind::Node if ends => {
                nodes_removed = app.registry.nodes.delete_by_invite(caller, invite.id, is_dry).await?;
            }
            InviteKind::User | InviteKind::Node => {}
        }
        Ok(v1::RevokeInviteResponse { invite: Some(invite.to_wire()), users_suspended, nodes_removed })
    }
}

impl Call for v1::GetInviteRequest {
    type Response = v1::GetInviteResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::GetInviteResponse> {
        let invite = app.identity.invites.get(caller, &self.id).await?;
        Ok(v1::GetInviteResponse { invite: Some(invite.to_wire()) })
    }
}

impl Call for v1::ListInviteUsesRequest {
    type Response = v1::ListInviteUsesResponse;

    async fn call(self, app: &App, caller: &Caller) -> Result<v1::ListInviteUsesResponse> {
        let invites = &app.identity.invites;
        let (kind, uses, next_page_token) =
            invites.list_uses(caller, &self.id, self.page_size, &self.page_token).await?;
        let uses = uses.iter().map(|used| wire::invite_use(kind, used)).collect();
        Ok(v1::ListInviteUsesResponse { uses, next_page_token })
    }
}
