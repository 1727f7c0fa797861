//! Allocations: resources of nodes, leased until a deadline.
//!
//! An allocation has a part for each node that was asked for. Its epoch rises whenever a part moves, so whoever holds an older one
//! can be told from whoever holds it now.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AllocationId, NodeId, UserId},
    labels::Labels,
    node::Resources,
    time::Timestamp,
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Gives the word that the stores and callers see.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)* } }

            /// Reads the word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|one| one.as_str() == word) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

words! {
    /// How far an allocation is.
    AllocationState {
        /// At least one of its parts has no node now.
        Pending "pending",
        /// Each of its parts has a node.
        Active "active",
        /// It was given back.
        Released "released",
        /// It was not renewed before its deadline.
        Expired "expired",
    }
}

impl AllocationState {
    /// Says whether it is over.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Released | Self::Expired)
    }
}

words! {
    /// How far a part is.
    PartState {
        /// It has no node.
        Waiting "waiting",
        /// It has a node, which may not know it yet.
        Placed "placed",
        /// The node has said that it provides for it.
        Accepted "accepted",
    }
}

/// Which of the nodes that fit is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// The one with most room, by what is granted and by what it says that it uses.
    #[default]
    Spread,
    /// The one with least room, so that others stay free.
    Binpack,
}

/// Where the parts of an allocation may lie; all that it says must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placement {
    /// The node has these labels, with these values; a region is the label `region`.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// The node is of this realm; empty for any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub realm: String,
    /// Only these nodes, if any are named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<uuid::Uuid>,
    /// None of these nodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<uuid::Uuid>,
    /// On a node that provides for one of these allocations, if any are named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<uuid::Uuid>,
    /// On no node that provides for one of these allocations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<uuid::Uuid>,
    /// The parts lie on nodes with as many different values of this label as there are; empty for no matter.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub spread_over: String,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationRequest {
    /// Of each node.
    pub resources: Resources,
    /// On so many nodes.
    pub nodes: u32,
    /// Where.
    #[serde(default)]
    pub placement: Placement,
    /// Which of the nodes that fit.
    #[serde(default)]
    pub strategy: Strategy,
    /// No two nodes may ever provide for the same part at once.
    #[serde(default)]
    pub is_exclusive: bool,
    /// How long until the deadline, and how much each renewal puts it off.
    pub ttl_seconds: u32,
    /// What permissions with scopes and searches go by.
    #[serde(default)]
    pub labels: Labels,
    /// Whether to wait for room instead of being refused.
    #[serde(default)]
    pub may_wait: bool,
}

/// Who asked for an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Requester {
    /// A user.
    User(UserId),
    /// A node.
    Node(NodeId),
    /// The administrator on the daemon's own socket.
    Local,
}

impl Requester {
    /// Gives the id that the stores keep: the nil one for the local administrator.
    #[must_use]
    pub fn uuid(self) -> uuid::Uuid {
        match self {
            Self::User(id) => id.uuid(),
            Self::Node(id) => id.uuid(),
            Self::Local => uuid::Uuid::nil(),
        }
    }

    /// Gives the word that the stores keep.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Node(_) => "node",
            Self::Local => "local",
        }
    }

    /// Reads what the stores keep.
    #[must_use]
    pub fn read(kind: &str, id: uuid::Uuid) -> Option<Self> {
        match kind {
            "user" => Some(Self::User(id.into())),
            "node" => Some(Self::Node(id.into())),
            "local" => Some(Self::Local),
            _ => None,
        }
    }
}

/// Resources of nodes that somebody leases.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// Names it for good.
    pub id: AllocationId,
    /// Who asked for it.
    pub requester: Requester,
    /// Whom it counts for: a user, or a node that nobody owns.
    pub owner_id: Option<uuid::Uuid>,
    /// Names the request for whoever asked.
    pub request_id: Option<String>,
    /// What was asked for.
    pub request: AllocationRequest,
    /// How far it is.
    pub state: AllocationState,
    /// Rises whenever a part moves.
    pub epoch: u64,
    /// When it ends unless it is renewed.
    pub deadline: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its parts, in the order of their numbers; none once it has ended.
    pub parts: Vec<Part>,
}

/// The part of an allocation that one node provides for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// 0 for the first.
    pub number: u32,
    /// How far it is.
    pub state: PartState,
    /// The node, unless it waits.
    pub node_id: Option<NodeId>,
    /// The allocation's epoch at which it came to this node.
    pub epoch: u64,
    /// Why it waits, or last moved.
    pub reason: String,
    /// Nodes that refused it.
    pub refused: Vec<uuid::Uuid>,
    /// It is not placed before this.
    pub not_before: Option<Timestamp>,
    /// Since when it is what it is.
    pub since: Timestamp,
}
