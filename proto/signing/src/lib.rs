//! Keys, peer ids and the bytes that get signed: what cpcd and cpcctl must agree on to the byte.
//!
//! A leaf: it knows no message, no socket and no file. [`PublicKey`] cannot hold a weak key, [`PeerId`] reads and writes
//! libp2p's text forms, and [`LoginMessage`] is the only thing that a user's key signs.

mod keys;
mod login;
mod peer_id;

pub use keys::{KeyError, PublicKey, SecretKey, SignatureError};
pub use login::{Kind, LOGIN_DOMAIN, LoginMessage, Purpose};
pub use peer_id::{PeerId, PeerIdError};
