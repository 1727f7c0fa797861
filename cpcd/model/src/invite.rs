//! Invites: what lets somebody join who has no account yet.

use uuid::Uuid;

use crate::{
    id::{InviteId, UserId},
    labels::Labels,
    permission::Permissions,
    time::Timestamp,
};

/// Who can join by an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteKind {
    /// A user.
    User,
    /// A node.
    Node,
}

impl InviteKind {
    /// Gives the name that callers see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Node => "node",
        }
    }
}

/// Somebody who came by an invite and is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteUse {
    /// The user, or the node.
    pub subject: Uuid,
    /// The user's name; empty for a node.
    pub name: String,
    /// Ed25519 public key.
    pub public_key: [u8; 32],
    /// When they came.
    pub joined_at: Timestamp,
    /// Whether the user is suspended.
    pub is_suspended: bool,
}

/// An invite; its code is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Names it.
    pub id: InviteId,
    /// Who can join by it.
    pub kind: InviteKind,
    /// How many can join by it.
    pub uses: u64,
    /// How many still can.
    pub uses_left: u64,
    /// What a node that joins is labelled with.
    pub labels: Labels,
    /// The realm of a node that joins.
    pub realm: Option<String>,
    /// How long after each of its registrations a node is removed; nothing for never.
    pub node_ttl_seconds: Option<u64>,
    /// Whether a node that joins goes by itself some minutes after it was last heard of.
    pub is_ephemeral: bool,
    /// Namespaces that a node may be found under; empty for any.
    pub namespaces: Vec<String>,
    /// Whether a node that joins counts for no network.
    pub is_uncounted: bool,
    /// What a user who joins may do; nothing means the server's default.
    pub permissions: Option<Permissions>,
    /// The user who made it; nothing stands for the local administrator.
    pub made_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}
