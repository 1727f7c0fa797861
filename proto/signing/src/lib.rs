//! Keys, peer ids and the bytes that get signed: what cpcd and cpcctl must agree on to the byte.
//!
//! A leaf: it knows no message, no socket and no file. [`PublicKey`] cannot hold a weak key, [`PeerId`] reads and writes
//! libp2p's text forms, [`LoginMessage`] is the only thing that a user's key signs, and a node's key signs
//! [`SignedPeerRecord`] besides, whose addresses [`AddressRules`] judges. A server's key signs [`Ticket`].

mod address;
mod envelope;
mod invite;
mod keys;
mod login;
mod peer_id;
mod peer_id_auth;
mod peer_record;
mod ticket;
mod wire;

pub use address::{
    AddressError, AddressFault, AddressHost, AddressRange, AddressRules, Family, Reach, TcpTarget, is_private,
    is_public, parse_address, protocol_names,
};
pub use envelope::{Envelope, EnvelopeError, MAX_ENVELOPE_BYTES};
pub use invite::{INVITE_PREFIX, InviteCode, InviteError, MAX_ENDPOINT_BYTES, MAX_INVITE_CHARS, MAX_INVITE_ENDPOINTS};
pub use keys::{KeyError, PublicKey, SecretKey, SignatureError};
pub use login::{Kind, LOGIN_DOMAIN, LoginMessage, Purpose};
pub use multiaddr::Multiaddr;
pub use peer_id::{PeerId, PeerIdError};
pub use peer_id_auth::{PEER_ID_AUTH_SCHEME, PeerIdAuthMessage};
pub use peer_record::{Dialect, MAX_RECORD_ADDRESSES, PeerRecord, RecordError, SignedPeerRecord};
pub use ticket::{MAX_TICKET_BYTES, TICKET_DOMAIN, Ticket, TicketError};
