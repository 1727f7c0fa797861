//! libp2p's signed envelope (RFC 0002): a payload, its type, the key that signed both, under a domain not on the wire.
//!
//! The payload cannot be reached before the signature was verified. Fields may come in any order, as protobuf allows,
//! but none twice, none unknown, and the key in the one encoding that libp2p gives it.

use std::fmt;

use crate::{
    KeyError, PublicKey, SecretKey,
    peer_id::ED25519_HEAD,
    wire::{Fields, Malformed, push_bytes_field, push_delimited, set_once},
};

/// The longest envelope that is read or written; libp2p's own identify reads no more either.
pub const MAX_ENVELOPE_BYTES: usize = 8 * 1024;

/// How the protobuf of an Ed25519 key begins; 32 bytes follow.
const KEY_HEAD: &[u8] = ED25519_HEAD.split_at(2).1;
/// How the protobufs of keys of libp2p's other three types begin.
const OTHER_KEYS: [&[u8]; 3] = [&[8, 0, 0x12], &[8, 2, 0x12], &[8, 3, 0x12]];

/// Why bytes are no envelope that proves anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvelopeError {
    /// Longer than [`MAX_ENVELOPE_BYTES`].
    TooLong {
        /// How many bytes there were.
        got: usize,
    },
    /// Not the protobuf message that it must be.
    Malformed(&'static str),
    /// Signed by a key that is not of type Ed25519.
    KeyType,
    /// Signed by an Ed25519 key that is not taken.
    Key(KeyError),
    /// It holds something of another type than was asked for.
    PayloadType,
    /// The signature does not verify under this domain.
    Signature,
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { got } => write!(out, "the envelope has {got} bytes, and {MAX_ENVELOPE_BYTES} are the most"),
            Self::Malformed(why) => write!(out, "the envelope cannot be read: {why}"),
            Self::KeyType => out.write_str("the envelope's key is not an Ed25519 key, and only those are taken"),
            Self::Key(error) => write!(out, "the envelope's key is not taken: {error}"),
            Self::PayloadType => out.write_str("the envelope holds something of another type"),
            Self::Signature => out.write_str("the envelope's signature does not verify"),
        }
    }
}

impl std::error::Error for EnvelopeError {}

impl From<Malformed> for EnvelopeError {
    fn from(Malformed(why): Malformed) -> Self {
        Self::Malformed(why)
    }
}

/// An envelope as it was sent: taken apart, not yet verified.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    key: PublicKey,
    payload_type: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Takes an envelope apart and reads its key; says nothing yet about the signature.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        Self::decode_of(bytes, None)
    }

    /// Takes an envelope apart, as [`Envelope::decode`]; a key that is `known` is not checked once more.
    pub fn decode_of(bytes: &'a [u8], known: Option<&PublicKey>) -> Result<Self, EnvelopeError> {
        if bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLong { got: bytes.len() });
        }
        let (mut key, mut payload_type, mut payload, mut signature) = (None, None, None, None);
        for field in Fields::of(bytes) {
            let (number, value) = field?;
            let slot = match number {
                1 => &mut key,
                2 => &mut payload_type,
                3 => &mut payload,
                5 => &mut signature,
                _ => return Err(EnvelopeError::Malformed("it has a field that envelopes do not have")),
            };
            set_once(slot, value.bytes()?)?;
        }
        Ok(Self {
            key: read_key(key.ok_or(EnvelopeError::Malformed("it has no key"))?, known)?,
            // An encoder may leave out what is empty.
            payload_type: payload_type.unwrap_or_default(),
            payload: payload.unwrap_or_default(),
            signature: signature.ok_or(EnvelopeError::Malformed("it has no signature"))?,
        })
    }

    /// Shows what the sender says it holds.
    pub fn payload_type(&self) -> &'a [u8] {
        self.payload_type
    }

    /// Verifies the signature and only then gives out the payload and who signed it.
    pub fn open(&self, domain: &[u8], payload_type: &[u8]) -> Result<(PublicKey, &'a [u8]), EnvelopeError> {
        if self.payload_type != payload_type {
            return Err(EnvelopeError::PayloadType);
        }
        let message = signed_bytes(domain, payload_type, self.payload);
        self.key.verify(&message, self.signature).map_err(|_| EnvelopeError::Signature)?;
        Ok((self.key, self.payload))
    }

    /// Signs a payload and gives the envelope's bytes.
    pub fn seal(secret: &SecretKey, domain: &[u8], payload_type: &[u8], payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_bytes_field(&mut bytes, 1, &[KEY_HEAD, secret.public().as_bytes()].concat());
        push_bytes_field(&mut bytes, 2, payload_type);
        push_bytes_field(&mut bytes, 3, payload);
        push_bytes_field(&mut bytes, 5, &secret.sign(&signed_bytes(domain, payload_type, payload)));
        bytes
    }
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Envelope").field("key", &self.key).finish_non_exhaustive()
    }
}

fn read_key(bytes: &[u8], known: Option<&PublicKey>) -> Result<PublicKey, EnvelopeError> {
    if OTHER_KEYS.iter().any(|head| bytes.starts_with(head)) {
        return Err(EnvelopeError::KeyType);
    }
    let key = bytes.strip_prefix(KEY_HEAD).ok_or(EnvelopeError::Malformed("its key is no libp2p key"))?;
    match known {
        Some(known) if known.as_bytes() == key => Ok(*known),
        Some(_) | None => PublicKey::from_bytes(key).map_err(EnvelopeError::Key),
    }
}

fn signed_bytes(domain: &[u8], payload_type: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [domain, payload_type, payload] {
        push_delimited(&mut bytes, part);
    }
    bytes
}
