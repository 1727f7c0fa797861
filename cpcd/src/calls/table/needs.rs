//! What a call needs, as data: the documents say it and the matrix test holds the daemon to it.

use cpcd_model::permission::{Level, Resource};

/// What a call needs of who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: everybody may.
    Nothing,
    /// A session, whoever's.
    Session,
    /// A login, whoever's: what is shown depends on who asks.
    Login,
    /// A login as a user: what is made belongs to one.
    User,
    /// A level on a resource.
    Level(Resource, Level),
    /// A level on a resource, by a user: what is made belongs to one.
    AsUser(Resource, Level),
    /// Nothing for what is the caller's own, else a level on a resource.
    OwnOr(Resource, Level),
    /// A level on a resource for what is the caller's own, admin on it for what is others'.
    Owner(Resource, Level),
    /// A node's token.
    Node,
    /// A node's token, or a level on a resource.
    NodeOr(Resource, Level),
}

impl Needs {
    /// Gives it in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Nothing => "nothing".into(),
            Self::Session => "a session".into(),
            Self::Login => "a login".into(),
            Self::User => "a login as a user".into(),
            Self::Level(resource, level) => format!("{level} on {resource}"),
            Self::AsUser(resource, level) => format!("{level} on {resource}, as a user"),
            Self::OwnOr(resource, level) => format!("{level} on {resource}, or that it is one's own"),
            Self::Owner(resource, level) => format!("{level} on {resource} and to own it, or admin on {resource}"),
            Self::Node => "a node's token".into(),
            Self::NodeOr(resource, level) => format!("{level} on {resource}, or a node's token"),
        }
    }

    /// Says whether it may be open to callers without a token.
    #[must_use]
    pub fn may_be_open(self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Level(Resource::Content, Level::Read) => true,
            Self::Session
            | Self::Login
            | Self::User
            | Self::Level(..)
            | Self::AsUser(..)
            | Self::OwnOr(..)
            | Self::Owner(..)
            | Self::Node
            | Self::NodeOr(..) => false,
        }
    }
}
