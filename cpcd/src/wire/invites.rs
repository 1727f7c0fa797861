//! Messages of invites.

use cpc_proto::v1;
use cpc_signing::PeerId;
use cpcd_model::{
    Error, Reason, Result,
    id::UserId,
    invite::{Invite, InviteKind, InviteUse},
};

use super::{Wire, identity::unknown, permissions};

impl Wire for Invite {
    type Message = v1::Invite;

    fn to_wire(&self) -> v1::Invite {
        v1::Invite {
            id: self.id.to_string(),
            kind: subject_kind(self.kind).into(),
            uses: count(self.uses),
            uses_left: count(self.uses_left),
            created_at: Some(self.created_at.to_wire()),
            expires_at: Some(self.expires_at.to_wire()),
            revoked_at: self.revoked_at.map(|time| time.to_wire()),
            made_by: self.made_by.as_ref().map(UserId::to_string).unwrap_or_default(),
            permissions: self.permissions.as_ref().map(permissions).unwrap_or_default(),
            labels: self.labels.clone().into_iter().collect(),
            realm: self.realm.clone().unwrap_or_default(),
            node_ttl_seconds: self.node_ttl_seconds.unwrap_or_default(),
            is_ephemeral: self.is_ephemeral,
            namespaces: self.namespaces.clone(),
            is_uncounted: self.is_uncounted,
        }
    }
}

/// Gives who came by an invite of a kind.
pub(crate) fn invite_use(kind: InviteKind, used: &InviteUse) -> v1::InviteUse {
    v1::InviteUse {
        kind: subject_kind(kind).into(),
        subject_id: used.subject.hyphenated().to_string(),
        username: used.name.clone(),
        peer_id: PeerId::of_key_bytes(&used.public_key).to_string(),
        joined_at: Some(used.joined_at.to_wire()),
        is_suspended: used.is_suspended,
    }
}

fn subject_kind(kind: InviteKind) -> v1::SubjectKind {
    match kind {
        InviteKind::User => v1::SubjectKind::User,
        InviteKind::Node => v1::SubjectKind::Node,
    }
}

/// Reads for whom an invite is; nothing if it is not said.
pub(crate) fn invite_kind(field: &str, number: i32) -> Result<Option<InviteKind>> {
    match v1::SubjectKind::try_from(number) {
        Ok(v1::SubjectKind::Unspecified) => Ok(None),
        Ok(v1::SubjectKind::User) => Ok(Some(InviteKind::User)),
        Ok(v1::SubjectKind::Node) => Ok(Some(InviteKind::Node)),
        Ok(v1::SubjectKind::Service) => {
            Err(Error::field(Reason::FieldInvalid, field, "is for users and nodes; a service joins by nobody's invite"))
        }
        Err(_) => Err(unknown(field, number)),
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
