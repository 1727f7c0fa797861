//! The bytes that a key signs to log in.
//!
//! Layout: the ASCII bytes of [`LOGIN_DOMAIN`], then six parts, each after its length as an unsigned varint:
//! server id (text), kind ("user", "node", "service"), purpose ("login", "register", "refresh", "add-key", "confirm", "recover"), public
//! key (32 bytes), expiry (Unix milliseconds, 8 bytes, big endian), challenge (the bytes as the server sent them).

use crate::{PublicKey, wire::push_delimited};

/// Opens the bytes, so that a login's signature cannot be taken for one over anything else.
pub const LOGIN_DOMAIN: &[u8] = b"cpc-login-v1";

/// What kind of party logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person, or a program that acts for one.
    User,
    /// A libp2p node.
    Node,
    /// A named service.
    Service,
}

impl Kind {
    /// Gives the word that is signed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Node => "node",
            Self::Service => "service",
        }
    }
}

/// What the login is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To open a session.
    Login,
    /// To register a node.
    Register,
    /// To renew a session that is bound to the key.
    Refresh,
    /// To become a further key of a user.
    AddKey,
    /// To confirm, with a key that a user has already, what their session asks for.
    Confirm,
    /// To become the key of a user who has lost all others.
    Recover,
}

impl Purpose {
    /// Every purpose there is.
    pub const ALL: [Self; 6] = [Self::Login, Self::Register, Self::Refresh, Self::AddKey, Self::Confirm, Self::Recover];

    /// Gives the word that is signed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Register => "register",
            Self::Refresh => "refresh",
            Self::AddKey => "add-key",
            Self::Confirm => "confirm",
            Self::Recover => "recover",
        }
    }
}

/// The parts of a login, all of them known to both sides.
#[derive(Debug, Clone, Copy)]
pub struct LoginMessage<'a> {
    /// The server that sent the challenge, as its peer id in base58btc.
    pub server_id: &'a str,
    /// Who logs in.
    pub kind: Kind,
    /// What for.
    pub purpose: Purpose,
    /// The key that signs.
    pub public_key: &'a PublicKey,
    /// When the challenge stops being good, in Unix milliseconds.
    pub expires_at_ms: u64,
    /// The challenge, opaque.
    pub challenge: &'a [u8],
}

impl LoginMessage<'_> {
    /// Writes the bytes to sign.
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts: [&[u8]; 6] = [
            self.server_id.as_bytes(),
            self.kind.as_str().as_bytes(),
            self.purpose.as_str().as_bytes(),
            self.public_key.as_bytes(),
            &self.expires_at_ms.to_be_bytes(),
            self.challenge,
        ];
        let mut bytes = LOGIN_DOMAIN.to_vec();
        for part in parts {
            push_delimited(&mut bytes, part);
        }
        bytes
    }
}
