//! Newcomers: users who join with their first login.

use std::sync::Arc;

use cpc_signing::{KeyError, PublicKey};
use cpcd_model::{
    Error, Reason, Result,
    id::UserId,
    invite::InviteKind,
    permission::Permissions,
    time::Timestamp,
    user::{User, UserState, Username},
};
use cpcd_store::{Tx, sql::NewEvent};
use serde_json::json;

use super::{JoinPolicy, Joining, KEY, Proof, accounts, joining::Ticket, users};

/// Lets users join.
#[derive(Clone)]
pub(super) struct Newcomers {
    joining: Joining,
    default_permissions: Arc<Permissions>,
    /// How many may wait for approval.
    most_pending: u32,
}

/// A user to be, and the leave to become one.
pub(super) struct Newcomer {
    pub(super) user: User,
    ticket: Ticket,
    most_pending: u32,
}

impl Newcomers {
    pub(super) fn new(joining: Joining, default_permissions: Permissions, most_pending: u32) -> Self {
        Self { joining, default_permissions: Arc::new(default_permissions), most_pending }
    }

    /// Judges, without SQL, whether somebody whose key has been proven may join.
    ///
    /// Where nothing of the proof speaks of joining it is a login with a key that nobody has.
    pub(super) fn admit(&self, key: &PublicKey, proof: &Proof, now: Timestamp) -> Result<Newcomer> {
        let is_plain = proof.invite.is_empty() && proof.username.is_empty();
        if is_plain && self.joining.policy() != JoinPolicy::Open {
            let text = match self.joining.policy() {
                JoinPolicy::Invite => "; an invite lets it in",
                JoinPolicy::Approval => "; an invite lets it in, and with a username it can wait for approval",
                JoinPolicy::Open | JoinPolicy::Closed => "",
            };
            let message = format!("no user here has the key {}{text}", key.peer_id());
            return Err(Error::new(Reason::LoginRefused, message).with_metadata(KEY, key.peer_id().to_string()));
        }
        if !key.is_of_prime_order() {
            let error = users::key_fault("proof.challenge", KeyError::Weak);
            return Err(error.with_metadata(KEY, key.peer_id().to_string()));
        }
        let ticket = self.joining.admit(InviteKind::User, &proof.invite, now)?;
        let username = Username::parse("proof.username", &proof.username)?;
        let user = User {
            id: UserId::generate(),
            username,
            public_key: *key.as_bytes(),
            permissions: (*self.default_permissions).clone(),
            permission_epoch: 1,
            state: if ticket.free_terms().is_pending { UserState::Pending } else { UserState::Active },
            created_at: now,
        };
        Ok(Newcomer { user, ticket, most_pending: self.most_pending })
    }
}

impl Newcomer {
    /// Says whether they wait for approval, so that they get an account and no session.
    pub(super) fn is_pending(&self) -> bool {
        self.user.state == UserState::Pending
    }

    /// Makes the account, inside the transaction of the login.
    pub(super) async fn settle(mut self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        if self.is_pending() {
            accounts::require_room(tx, self.most_pending).await?;
        }
        let terms = self.ticket.redeem(tx, now).await?;
        if let Some(permissions) = terms.permissions {
            self.user.permissions = permissions;
        }
        tx.insert_user(&self.user).await.map_err(|error| {
            if error.reason() == Reason::KeyTaken {
                // The key was free a moment ago: somebody joins with it twice at once.
                return Error::new(Reason::WriteConflict, "another login with this key was faster; log in again");
            }
            error.inside("proof")
        })?;
        if let Some(invite) = terms.invite_id {
            tx.set_user_invite(self.user.id, invite.into()).await?;
        }
        let payload = json!({
            "username": self.user.username.as_str(),
            "invite_id": terms.invite_id,
            "invited_by": terms.owner_id.map(|id| id.to_string()),
            "is_pending": terms.is_pending,
        });
        tx.insert_events(&[NewEvent { kind: "user.created", subject_id: self.user.id.uuid(), payload }], now).await
    }
}
