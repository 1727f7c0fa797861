//! Invites: made, listed, taken back.

use std::time::Duration;

use cpcd_model::{
    Error, Reason, Result,
    id::InviteId,
    invite::{Invite, InviteKind, InviteUse},
    labels, namespace, page,
    permission::{Level, Permissions, Resource, Rule},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, NewInvite, Priority},
};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    codes::InviteCodes,
    current::check_current,
    cut_page,
    joining::resource,
    users::{check_grant, check_program},
};
use crate::Caller;

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
const MAX_USES: u32 = 1_000_000;
const DEFAULT_TTL_SECONDS: u64 = 7 * 86_400;
const MAX_TTL_SECONDS: u64 = 365 * 86_400;
const MAX_NODE_TTL_SECONDS: u64 = 10 * 365 * 86_400;

/// An invite to be made, as it came.
#[derive(Clone, Debug)]
pub struct InviteDraft {
    /// Who can join by it.
    pub kind: InviteKind,
    /// How many can; 0 means one.
    pub uses: u32,
    /// How long it is good; 0 means seven days.
    pub ttl_seconds: u64,
    /// What a user who joins may do; nothing means the server's default.
    pub permissions: Option<Vec<Rule>>,
    /// What a node is labelled with.
    pub labels: Vec<(String, String)>,
    /// The realm of a node; empty for none.
    pub realm: String,
    /// How long after each of its registrations a node is removed; 0 for never.
    pub node_ttl_seconds: u64,
    /// Whether a node goes by itself some minutes after it was last heard of.
    pub is_ephemeral: bool,
    /// Namespaces that a node may be found under; none for any.
    pub namespaces: Vec<String>,
    /// Whether a node counts for no network's quota.
    pub is_uncounted: bool,
}

/// The invites.
#[derive(Clone)]
pub struct Invites {
    store: Store,
    clock: Clock,
    codes: InviteCodes,
    default_permissions: Permissions,
}

impl Invites {
    pub(super) fn new(store: &Store, clock: &Clock, codes: InviteCodes, default_permissions: Permissions) -> Self {
        Self { store: store.clone(), clock: clock.clone(), codes, default_permissions }
    }

    /// Makes an invite; gives it with its code, which nobody can give again. Needs write on users (or nodes, by its kind), and to
    /// hold what it gives beyond the default.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, or a field's fault.
    pub async fn create(&self, caller: &Caller, draft: InviteDraft) -> Result<(Invite, Zeroizing<String>)> {
        caller.require(resource(draft.kind), Level::Write)?;
        let permissions = draft.permissions.map(Permissions::new).transpose()?;
        match draft.kind {
            InviteKind::User if !draft.labels.is_empty() => return Err(only("labels", InviteKind::Node)),
            InviteKind::User if !draft.realm.is_empty() => return Err(only("realm", InviteKind::Node)),
            InviteKind::User if draft.node_ttl_seconds != 0 => return Err(only("node_ttl_seconds", InviteKind::Node)),
            InviteKind::User if draft.is_ephemeral => return Err(only("is_ephemeral", InviteKind::Node)),
            InviteKind::User if !draft.namespaces.is_empty() => return Err(only("namespaces", InviteKind::Node)),
            InviteKind::User if draft.is_uncounted => return Err(only("is_uncounted", InviteKind::Node)),
            InviteKind::Node if permissions.is_some() => return Err(only("permissions", InviteKind::User)),
            InviteKind::User | InviteKind::Node => {}
        }
        if let Some(permissions) = &permissions {
            check_grant(caller, &self.default_permissions, permissions)?;
            check_program(caller, &self.default_permissions, permissions)?;
        }
        let uses = in_range("uses", draft.uses.into(), 1, MAX_USES.into())?;
        let ttl = in_range("ttl_seconds", draft.ttl_seconds, DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS)?;
        let node_ttl = in_range("node_ttl_seconds", draft.node_ttl_seconds, 0, MAX_NODE_TTL_SECONDS)?;
        let now = self.clock.now();
        let made_by = caller.subject().owner();
        let invite = Invite {
            id: InviteId::generate(),
            kind: draft.kind,
            uses,
            uses_left: uses,
            labels: labels::clean("labels", draft.labels)?,
            realm: labels::realm("realm", &draft.realm)?,
            node_ttl_seconds: (node_ttl != 0).then_some(node_ttl),
            is_ephemeral: draft.is_ephemeral,
            namespaces: namespace::clean("namespaces", &draft.namespaces)?,
            is_uncounted: draft.is_uncounted,
            permissions,
            made_by,
            created_at: now,
            // In whole seconds, as its code says it.
            expires_at: Timestamp::from_second((now + Duration::from_secs(ttl)).as_second())
                .map_err(Error::internal)?,
            revoked_at: None,
        };
        let (code, code_hash) = self.codes.make(invite.id, invite.expires_at)?;
        let (new, caller) = (NewInvite { invite: invite.clone(), code_hash }, caller.clone());
        self.store
            .write(Priority::Identity, move |tx| {
                Box::pin(async move {
                    check_current(tx, &caller).await?;
                    tx.insert_invite(&new).await?;
                    let maker = new.invite.made_by.map(|id| id.to_string());
                    let payload =
                        json!({ "kind": new.invite.kind.as_str(), "uses": new.invite.uses, "made_by": maker });
                    let subject_id = new.invite.id.uuid();
                    tx.insert_events(&[NewEvent { kind: "invite.created", subject_id, payload }], now).await
                })
            })
            .await?;
        Ok((invite, code))
    }

    /// Lists invites, oldest first; gives the token of the next page. Needs read on users for those of users, read on nodes for
    /// those of nodes; without a kind, one of them.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID` for a negative page size.
    pub async fn list(
        &self,
        caller: &Caller,
        kind: Option<InviteKind>,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<Invite>, String)> {
        let users = caller.require(Resource::Users, Level::Read);
        let nodes = caller.require(Resource::Nodes, Level::Read);
        let shown = match (kind, users, nodes) {
            (Some(InviteKind::User), users, _) => users.map(|()| kind)?,
            (Some(InviteKind::Node), _, nodes) => nodes.map(|()| kind)?,
            (None, Ok(()), Ok(())) => None,
            (None, Ok(()), Err(_)) => Some(InviteKind::User),
            (None, Err(_), Ok(())) => Some(InviteKind::Node),
            (None, Err(error), Err(_)) => return Err(error),
        };
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("invites:{}", shown.map(InviteKind::as_str).unwrap_or_default());
        let after = page::decode(&binding, page_token)?
            .map(|id| InviteId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut invites = self.store.list_invites(shown, after, size + 1).await?;
        let next = cut_page(&mut invites, size, &binding, |invite| invite.id.to_string());
        Ok((invites, next))
    }

    /// Gives an invite. Needs read on users (or nodes, by its kind).
    ///
    /// # Errors
    /// `INVITE_NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Invite> {
        self.find(caller, id, Level::Read).await
    }

    /// Lists who came by an invite and is still there, in the order in which they came; gives the token of the next page. Needs read on
    /// users (or nodes, by its kind).
    ///
    /// # Errors
    /// `INVITE_NOT_FOUND`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID` for a negative page size.
    pub async fn list_uses(
        &self,
        caller: &Caller,
        id: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(InviteKind, Vec<InviteUse>, String)> {
        let invite = self.find(caller, id, Level::Read).await?;
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("invite uses:{}", invite.id);
        let after = page::decode(&binding, page_token)?
            .map(|id| InviteId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let after = after.map(InviteId::uuid);
        let mut uses = self.store.list_invite_uses(invite.kind, invite.id, after, size + 1).await?;
        let next = cut_page(&mut uses, size, &binding, |used| used.subject.hyphenated().to_string());
        Ok((invite.kind, uses, next))
    }

    /// Finds an invite that a caller has a level on.
    async fn find(&self, caller: &Caller, id: &str, level: Level) -> Result<Invite> {
        let users = caller.require(Resource::Users, level);
        if caller.require(Resource::Nodes, level).is_err() {
            users?;
        }
        let id = InviteId::parse("id", id)?;
        let invite = self.store.get_invite(id).await?.ok_or_else(|| not_found(id))?;
        caller.require(resource(invite.kind), level)?;
        Ok(invite)
    }

    /// Takes an invite back; doing so again changes nothing. Needs write on users (or nodes, by its kind) and to have made it, or
    /// admin there. Who `ends` what it let in needs admin there; whatever `is_dry` changes nothing.
    ///
    /// # Errors
    /// `INVITE_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`.
    pub async fn revoke(&self, caller: &Caller, id: &str, ends: bool, is_dry: bool) -> Result<Invite> {
        let invite = self.find(caller, id, Level::Write).await?;
        let id = invite.id;
        if ends {
            caller.require(resource(invite.kind), Level::Admin)?;
        }
        let own = caller.subject().owner();
        let is_maker = own.is_some() && invite.made_by == own;
        if !is_maker && caller.require(resource(invite.kind), Level::Admin).is_err() {
            return Err(Error::new(
                Reason::NotOwner,
                format!("invite {id} was made by another; its maker takes it back"),
            ));
        }
        if is_dry {
            return Ok(invite);
        }
        let now = self.clock.now();
        self.store
            .write(Priority::Identity, move |tx| {
                Box::pin(async move {
                    if tx.revoke_invite(id, now).await? {
                        let event = NewEvent { kind: "invite.revoked", subject_id: id.uuid(), payload: json!({}) };
                        tx.insert_events(&[event], now).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        self.store.get_invite(id).await?.ok_or_else(|| not_found(id))
    }
}

fn in_range(field: &str, given: u64, default: u64, max: u64) -> Result<u64> {
    match given {
        0 => Ok(default),
        given if given <= max => Ok(given),
        _ => Err(Error::field(Reason::FieldInvalid, field, format!("must be at most {max}"))),
    }
}

fn only(field: &str, kind: InviteKind) -> Error {
    Error::field(Reason::FieldInvalid, field, format!("is for the invite of a {} only", kind.as_str()))
}

fn not_found(id: InviteId) -> Error {
    Error::new(Reason::InviteNotFound, format!("there is no invite {id}"))
}
