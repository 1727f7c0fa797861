//! libp2p's names for keys, in their three text forms.

use std::{fmt, str::FromStr};

use cid::Cid;

use crate::{PublicKey, keys::KEY_LENGTH};

/// The codec `libp2p-key` of a CID that names a peer.
const LIBP2P_KEY: u64 = 0x72;
/// Multihash head (identity, 36 bytes) and protobuf head (Ed25519, 32 bytes) of a name that holds an Ed25519 key.
pub(crate) const ED25519_HEAD: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
/// No form of a peer id is longer; decoding base58 takes time that grows with the square of the length.
const MAX_TEXT: usize = 128;

/// Why text or bytes are no peer id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerIdError(String);

impl fmt::Display for PeerIdError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "not a peer id: {}", self.0)
    }
}

impl std::error::Error for PeerIdError {}

fn refused(why: impl fmt::Display) -> PeerIdError {
    PeerIdError(why.to_string())
}

/// The libp2p name of a key; shown in base58btc.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub(crate) libp2p_identity::PeerId);

impl PeerId {
    /// Reads base58btc (`12D3KooW...`, `Qm...`) or a CIDv1 with codec `libp2p-key` in any multibase (`bafz...`, `k51...`).
    pub fn parse(text: &str) -> Result<Self, PeerIdError> {
        if text.len() > MAX_TEXT {
            return Err(refused(format_args!("{} characters are too many", text.len())));
        }
        if text.starts_with('1') || text.starts_with("Qm") {
            return text.parse().map(Self).map_err(refused);
        }
        let (_, bytes) = cid::multibase::decode(text).map_err(refused)?;
        let mut rest = bytes.as_slice();
        let cid = Cid::read_bytes(&mut rest).map_err(refused)?;
        if cid.version() != cid::Version::V1 || cid.codec() != LIBP2P_KEY {
            return Err(refused("a CID that names something else than a libp2p key"));
        }
        if !rest.is_empty() {
            return Err(refused("bytes follow after the CID"));
        }
        Self::from_bytes(&cid.hash().to_bytes())
    }

    /// Reads the bytes of the multihash.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PeerIdError> {
        libp2p_identity::PeerId::from_bytes(bytes).map(Self).map_err(refused)
    }

    /// Gives the name of a key's 32 bytes, which are taken as they are: for keys that were accepted before.
    pub fn of_key_bytes(key: &[u8; KEY_LENGTH]) -> Self {
        let bytes = [ED25519_HEAD.as_slice(), key].concat();
        Self(libp2p_identity::PeerId::from_bytes(&bytes).expect("any 32 bytes after this head are a peer id"))
    }

    /// Gives the bytes of the multihash.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// Gives the Ed25519 key that the name holds; none if the name is a hash, of another type, or of a weak key.
    pub fn public_key(&self) -> Option<PublicKey> {
        PublicKey::from_bytes(&self.key_bytes()?).ok()
    }

    /// Gives the bytes of the Ed25519 key that the name holds, whatever they are worth; none if it is a hash, or of another type.
    pub fn key_bytes(&self) -> Option<[u8; KEY_LENGTH]> {
        let bytes = self.to_bytes();
        bytes.strip_prefix(&ED25519_HEAD)?.try_into().ok()
    }
}

impl From<&PublicKey> for PeerId {
    fn from(key: &PublicKey) -> Self {
        let bytes = [&ED25519_HEAD[..], key.as_bytes()].concat();
        Self::from_bytes(&bytes).expect("an identity multihash of 36 bytes is a peer id")
    }
}

impl FromStr for PeerId {
    type Err = PeerIdError;

    fn from_str(text: &str) -> Result<Self, PeerIdError> {
        Self::parse(text)
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PeerId({self})")
    }
}
