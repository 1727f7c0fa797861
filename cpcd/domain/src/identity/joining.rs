//! Joining: who may come in without an account, and on which terms.
//!
//! Two steps, so that what is hopeless never reaches the store: [`Joining::admit`] judges policy and code without SQL and gives a
//! [`Ticket`]; [`Ticket::redeem`] uses the invite up inside the transaction that makes the account, so that both happen or neither.

use std::{collections::BTreeMap, sync::Arc};

use cpcd_model::{
    Error, Reason, Result,
    id::UserId,
    permission::{Level, Permissions, Resource},
    time::Timestamp,
    user::UserState,
};
use cpcd_store::{Tx, sql::Presented};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use cpcd_model::invite::InviteKind;

use super::codes::{self, InviteCodes};

/// The field that a code comes in.
const FIELD: &str = "proof.invite";

/// Who may join without an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JoinPolicy {
    /// Everybody.
    Open,
    /// Whoever has an invite.
    Invite,
    /// Whoever has an invite; and others, who wait for an administrator's approval.
    Approval,
    /// Nobody: accounts are made by administrators.
    Closed,
}

/// Judges who may join; cheap to clone.
#[derive(Clone)]
pub struct Joining {
    policy: JoinPolicy,
    codes: InviteCodes,
    /// What a user who joins may do if their invite says nothing; it is the server's to give.
    defaults: Arc<Permissions>,
}

/// The leave to join, to be redeemed in the transaction that makes the account.
#[derive(Clone, Debug)]
pub struct Ticket {
    presented: Option<Presented>,
    is_pending: bool,
    defaults: Arc<Permissions>,
}

/// On which terms somebody joins; without an invite there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What a node is labelled with.
    pub labels: BTreeMap<String, String>,
    /// The realm of a node.
    pub realm: Option<String>,
    /// The user who made the invite; nothing if the local administrator did.
    pub owner_id: Option<UserId>,
    /// How long after each of its registrations a node is removed.
    pub node_ttl_seconds: Option<u64>,
    /// Whether a node is ephemeral, whatever it says itself.
    pub is_ephemeral: bool,
    /// Namespaces that a node may be found under; empty for any.
    pub namespaces: Vec<String>,
    /// Whether a node counts for no network.
    pub is_uncounted: bool,
    /// Whether they wait for approval.
    pub is_pending: bool,
    /// What a user may do; nothing means the server's default.
    pub permissions: Option<Permissions>,
    /// The invite.
    pub invite_id: Option<Uuid>,
}

impl Joining {
    pub(super) fn new(policy: JoinPolicy, codes: InviteCodes, defaults: Permissions) -> Self {
        Self { policy, codes, defaults: Arc::new(defaults) }
    }

    /// Gives the policy.
    #[must_use]
    pub fn policy(&self) -> JoinPolicy {
        self.policy
    }

    /// Judges policy and code, without SQL. An empty code stands for none; a code counts where everybody may join, too.
    ///
    /// What became of the invite since it was made is for [`Ticket::redeem`] to find.
    ///
    /// # Errors
    /// `JOIN_CLOSED`; `FIELD_REQUIRED` for `proof.invite` if an invite is needed and none came; `INVITE_INVALID` for what is no code
    /// of this server, `INVITE_EXPIRED`.
    pub fn admit(&self, kind: InviteKind, code: &str, now: Timestamp) -> Result<Ticket> {
        match self.policy {
            JoinPolicy::Closed => {
                return Err(Error::new(
                    Reason::JoinClosed,
                    format!("no {} can join here by itself; ask an administrator", kind.as_str()),
                ));
            }
            JoinPolicy::Invite if code.is_empty() => {
                return Err(Error::field(
                    Reason::FieldRequired,
                    FIELD,
                    format!(
                        "must be given: joining needs an invite; somebody who may makes one with `cpcctl invite create --kind {}`",
                        kind.as_str()
                    ),
                ));
            }
            JoinPolicy::Open | JoinPolicy::Invite | JoinPolicy::Approval => {}
        }
        let presented = if code.is_empty() { None } else { Some(self.codes.read(FIELD, code, kind, now)?) };
        let is_pending = presented.is_none() && self.policy == JoinPolicy::Approval;
        Ok(Ticket { presented, is_pending, defaults: self.defaults.clone() })
    }
}

impl Ticket {
    /// Says whether it lets in without an invite, so that nothing is used up by it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.presented.is_none()
    }

    /// Gives the terms of whoever joins without an invite.
    #[must_use]
    pub fn free_terms(&self) -> Terms {
        Terms { is_pending: self.is_pending, ..Terms::default() }
    }

    /// Uses the invite once, inside the caller's transaction; of any number at once as many succeed as it is for.
    ///
    /// # Errors
    /// `INVITE_INVALID` if there is no such invite for this kind, `INVITE_REVOKED`, `INVITE_EXPIRED`, `INVITE_USED_UP`.
    pub async fn redeem(&self, tx: &mut Tx, now: Timestamp) -> Result<Terms> {
        let Some(presented) = &self.presented else { return Ok(self.free_terms()) };
        let is_used = tx.use_invite(presented, now).await?;
        let invite = tx.get_invite_by_code(presented).await?;
        let invite = invite.filter(|invite| invite.kind == presented.kind).ok_or_else(|| codes::invalid(FIELD))?;
        if invite.revoked_at.is_some() {
            return Err(refused(Reason::InviteRevoked, "was taken back; ask for a new one"));
        }
        if now >= invite.expires_at {
            return Err(refused(Reason::InviteExpired, "has expired; ask for a new one"));
        }
        if !is_used {
            return Err(refused(Reason::InviteUsedUp, "is used up; ask for a new one"));
        }
        if let Some(maker) = invite.made_by {
            // Who has lost a right since gives it no longer.
            let maker = tx.get_user(maker).await?.filter(|user| user.state == UserState::Active);
            let held = maker.map(|user| user.permissions).unwrap_or_default();
            if !held.allow(resource(invite.kind), Level::Write) {
                return Err(refused(
                    Reason::InviteRevoked,
                    "is of somebody who may invite no longer; ask for a new one",
                ));
            }
            if let Some(given) = &invite.permissions
                && first_beyond(&held, &self.defaults, given)?.is_some()
            {
                return Err(refused(Reason::InviteRevoked, "gives what its maker no longer holds; ask for a new one"));
            }
        }
        Ok(Terms {
            labels: invite.labels,
            realm: invite.realm,
            owner_id: invite.made_by,
            node_ttl_seconds: invite.node_ttl_seconds,
            is_ephemeral: invite.is_ephemeral,
            namespaces: invite.namespaces,
            is_uncounted: invite.is_uncounted,
            is_pending: false,
            permissions: invite.permissions,
            invite_id: Some(invite.id.uuid()),
        })
    }
}

/// Gives what an invite of a kind is a matter of.
pub(super) fn resource(kind: InviteKind) -> Resource {
    match kind {
        InviteKind::User => Resource::Users,
        InviteKind::Node => Resource::Nodes,
    }
}

/// Gives the first of `wanted` that is neither held nor the server's to give.
pub(super) fn first_beyond(
    held: &Permissions,
    defaults: &Permissions,
    wanted: &Permissions,
) -> Result<Option<cpcd_model::permission::Rule>> {
    let beyond = wanted.rules().iter().filter(|rule| !defaults.cover(rule)).cloned().collect();
    Ok(held.first_missing(&Permissions::new(beyond)?).cloned())
}

fn refused(reason: Reason, description: &str) -> Error {
    Error::field(reason, FIELD, description)
}

#[cfg(test)]
mod tests {
    use cpc_signing::SecretKey;
    use cpcd_model::id::InviteId;

    use super::{super::RootKey, *};

    fn joining(policy: JoinPolicy) -> (Joining, String) {
        let folder = tempfile::tempdir().unwrap();
        let root = RootKey::create(&folder.path().join("root.key")).unwrap();
        let codes = InviteCodes::new(&root, SecretKey::generate().public(), codes::Advertised::default());
        let code = codes.make(InviteId::generate(), Timestamp::constant(1000, 0)).unwrap().0.to_string();
        (Joining::new(policy, codes, Permissions::default()), code)
    }

    #[test]
    fn the_policy_decides_who_needs_a_code() {
        let now = Timestamp::UNIX_EPOCH;
        for kind in [InviteKind::User, InviteKind::Node] {
            let judge = |policy: JoinPolicy, wrong: bool, given: bool| {
                let (joining, code) = joining(policy);
                let code = if wrong {
                    "cpci_AAAA"
                } else if given {
                    &code
                } else {
                    ""
                };
                joining.admit(kind, code, now).map(|ticket| ticket.presented.is_some()).map_err(|error| error.reason())
            };
            assert_eq!(judge(JoinPolicy::Open, false, false), Ok(false));
            assert_eq!(judge(JoinPolicy::Open, false, true), Ok(true));
            assert_eq!(judge(JoinPolicy::Open, true, true), Err(Reason::InviteInvalid));
            assert_eq!(judge(JoinPolicy::Invite, false, false), Err(Reason::FieldRequired));
            assert_eq!(judge(JoinPolicy::Invite, false, true), Ok(true));
            assert_eq!(judge(JoinPolicy::Invite, true, true), Err(Reason::InviteInvalid));
            assert_eq!(judge(JoinPolicy::Approval, false, true), Ok(true));
            assert_eq!(judge(JoinPolicy::Approval, true, true), Err(Reason::InviteInvalid));
            for given in [false, true] {
                assert_eq!(judge(JoinPolicy::Closed, false, given), Err(Reason::JoinClosed));
            }
        }
    }

    #[test]
    fn whoever_has_no_invite_waits_for_approval() {
        let (joining, code) = joining(JoinPolicy::Approval);
        let now = Timestamp::UNIX_EPOCH;
        assert!(joining.admit(InviteKind::Node, "", now).unwrap().free_terms().is_pending);
        assert!(joining.admit(InviteKind::User, "", now).unwrap().free_terms().is_pending);
        assert!(!joining.admit(InviteKind::Node, &code, now).unwrap().is_free());
    }

    #[test]
    fn the_default_is_the_servers_to_give() {
        let permissions =
            |rules: &[&str]| Permissions::new(rules.iter().map(|rule| rule.parse().unwrap()).collect()).unwrap();
        let (held, defaults) = (permissions(&["users=write"]), permissions(&["content=write"]));
        let beyond = |wanted: &[&str]| first_beyond(&held, &defaults, &permissions(wanted)).unwrap().is_some();
        assert!(!beyond(&["content=read", "users=write"]) && !beyond(&[]));
        assert!(beyond(&["content=admin"]) && beyond(&["users=admin"]) && beyond(&["system=read"]));
    }
}
