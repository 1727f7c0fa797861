//! libp2p's peer record (RFC 0003): where a peer says it can be reached, signed by the peer.
//!
//! Two dialects are spoken: the RFC's text, which rust-libp2p follows, and what go-libp2p and js-libp2p do. Both are read;
//! which one came is remembered and the bytes are kept as they came, for nobody can sign again in a peer's place.

use std::fmt;

use multiaddr::Multiaddr;

use crate::{
    AddressError, AddressFault, Envelope, EnvelopeError, KeyError, MAX_ENVELOPE_BYTES, PeerId, PublicKey, SecretKey,
    address,
    wire::{Fields, Malformed, push_bytes_field, push_number_field, set_once},
};

/// The most addresses that one record may hold, whatever the rules of a deployment.
pub const MAX_RECORD_ADDRESSES: usize = 64;

/// Under which names a record is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// What go-libp2p and js-libp2p speak, and the table of multicodecs lists.
    Standard,
    /// What RFC 0003 says, and rust-libp2p speaks unless told otherwise.
    Legacy,
}

impl Dialect {
    /// Both, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Legacy];

    /// Gives the domain that is signed and not sent.
    pub const fn domain(self) -> &'static [u8] {
        match self {
            Self::Standard => b"libp2p-peer-record",
            Self::Legacy => b"libp2p-routing-state",
        }
    }

    /// Gives the payload type that is signed and sent.
    pub const fn payload_type(self) -> &'static [u8] {
        match self {
            Self::Standard => &[0x03, 0x01],
            Self::Legacy => b"/libp2p/routing-state-record",
        }
    }
}

/// Why bytes are no peer record to rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordError {
    /// The envelope is longer than [`MAX_ENVELOPE_BYTES`].
    TooLong {
        /// How many bytes there were.
        got: usize,
    },
    /// The envelope or the record in it is not the protobuf message that it must be.
    Malformed(&'static str),
    /// The envelope holds something else than a peer record.
    NotARecord,
    /// The record is signed by a key that is not of type Ed25519.
    KeyType,
    /// The record is signed by an Ed25519 key that is not taken; see [`KeyError::Weak`] above all.
    Key(KeyError),
    /// The signature does not verify in the dialect that the envelope names.
    Signature,
    /// The record names another peer than the one that signed it.
    KeyMismatch,
    /// More than [`MAX_RECORD_ADDRESSES`].
    TooManyAddresses,
    /// An address in it cannot be read.
    Address(AddressError),
}

impl fmt::Display for RecordError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { got } => {
                write!(out, "the peer record has {got} bytes, and {MAX_ENVELOPE_BYTES} are the most")
            }
            Self::Malformed(why) => write!(out, "the peer record cannot be read: {why}"),
            Self::NotARecord => out.write_str("the envelope does not hold a peer record"),
            Self::KeyType => out.write_str("the peer record's key is not an Ed25519 key, and only those are taken"),
            Self::Key(error) => write!(out, "the peer record's key is not taken: {error}"),
            Self::Signature => out.write_str("the peer record's signature does not verify"),
            Self::KeyMismatch => out.write_str("the peer record names another peer than the one that signed it"),
            Self::TooManyAddresses => {
                write!(out, "the peer record has too many addresses: {MAX_RECORD_ADDRESSES} are the most")
            }
            Self::Address(error) => write!(out, "the peer record is not taken: {error}"),
        }
    }
}

impl std::error::Error for RecordError {}

impl From<EnvelopeError> for RecordError {
    fn from(error: EnvelopeError) -> Self {
        match error {
            EnvelopeError::TooLong { got } => Self::TooLong { got },
            EnvelopeError::Malformed(why) => Self::Malformed(why),
            EnvelopeError::KeyType => Self::KeyType,
            EnvelopeError::Key(error) => Self::Key(error),
            EnvelopeError::PayloadType => Self::NotARecord,
            EnvelopeError::Signature => Self::Signature,
        }
    }
}

impl From<Malformed> for RecordError {
    fn from(Malformed(why): Malformed) -> Self {
        Self::Malformed(why)
    }
}

/// What a peer says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerRecord {
    /// Who says it.
    pub peer_id: PeerId,
    /// Which of its records this is: a higher one replaces a lower one. Often Unix time, never to be read as one.
    pub seq: u64,
    /// Where it can be reached: readable, but held against no rule yet; see [`AddressRules`](crate::AddressRules).
    pub addresses: Vec<Multiaddr>,
}

impl PeerRecord {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_bytes_field(&mut bytes, 1, &self.peer_id.to_bytes());
        // Zero is not sent, as in all of proto3.
        if self.seq > 0 {
            push_number_field(&mut bytes, 2, self.seq);
        }
        for address in &self.addresses {
            let mut entry = Vec::new();
            push_bytes_field(&mut entry, 1, address.as_ref());
            push_bytes_field(&mut bytes, 3, &entry);
        }
        bytes
    }

    /// Reads what `signer` signed. Unknown fields are skipped: they are signed too, and a later libp2p may add some.
    fn decode(bytes: &[u8], signer: PeerId) -> Result<Self, RecordError> {
        let (mut peer_id, mut seq, mut addresses) = (None, None, Vec::new());
        for field in Fields::of(bytes) {
            let (number, value) = field?;
            match number {
                1 => set_once(&mut peer_id, value.bytes()?)?,
                2 => set_once(&mut seq, value.number()?)?,
                3 if addresses.len() == MAX_RECORD_ADDRESSES => return Err(RecordError::TooManyAddresses),
                3 => addresses.push(decode_address(value.bytes()?, addresses.len())?),
                _ => {}
            }
        }
        let peer_id = peer_id.ok_or(RecordError::Malformed("it names no peer"))?;
        if peer_id != signer.to_bytes() {
            return Err(RecordError::KeyMismatch);
        }
        Ok(Self { peer_id: signer, seq: seq.unwrap_or(0), addresses })
    }
}

fn decode_address(entry: &[u8], index: usize) -> Result<Multiaddr, RecordError> {
    let mut address = None;
    for field in Fields::of(entry) {
        let (number, value) = field?;
        if number == 1 {
            set_once(&mut address, value.bytes()?)?;
        }
    }
    let bad = |fault: AddressFault| RecordError::Address(AddressError { index, fault });
    address::decode(address.unwrap_or_default()).map_err(bad)
}

/// A peer record with the proof that its peer made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPeerRecord {
    key: PublicKey,
    record: PeerRecord,
    dialect: Dialect,
    bytes: Vec<u8>,
}

impl SignedPeerRecord {
    /// Opens an envelope in either dialect: verifies first, reads then, and holds the named peer against the key.
    pub fn open(bytes: &[u8]) -> Result<Self, RecordError> {
        Self::open_of(bytes, None)
    }

    /// Opens a record, as [`SignedPeerRecord::open`]; a key that is `known` is not checked once more, which is a third of the cost.
    pub fn open_of(bytes: &[u8], known: Option<&PublicKey>) -> Result<Self, RecordError> {
        let envelope = Envelope::decode_of(bytes, known)?;
        // The type is signed together with the domain: the dialect that it names is the only one that can verify.
        let dialect = Dialect::ALL.into_iter().find(|dialect| dialect.payload_type() == envelope.payload_type());
        let dialect = dialect.ok_or(RecordError::NotARecord)?;
        let (key, payload) = envelope.open(dialect.domain(), dialect.payload_type())?;
        let record = PeerRecord::decode(payload, key.peer_id())?;
        Ok(Self { key, record, dialect, bytes: bytes.to_vec() })
    }

    /// Signs a record of one's own; fails if nobody could open it.
    pub fn sign(
        secret: &SecretKey,
        seq: u64,
        addresses: Vec<Multiaddr>,
        dialect: Dialect,
    ) -> Result<Self, RecordError> {
        let record = PeerRecord { peer_id: secret.public().peer_id(), seq, addresses };
        Self::open(&Envelope::seal(secret, dialect.domain(), dialect.payload_type(), &record.encode()))
    }

    /// Shows what the peer says.
    pub fn record(&self) -> &PeerRecord {
        &self.record
    }

    /// Gives the key that signed.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// Says how it was signed.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Shows the envelope's bytes, exactly as they came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the envelope's bytes, exactly as they came.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
