//! Ed25519 keys, with everything refused that two verifiers could judge differently.

use std::fmt;

use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::PeerId;

pub(crate) const KEY_LENGTH: usize = 32;
/// What comes before an Ed25519 key in libp2p's encoding: its type, and its length.
const LIBP2P_HEAD: [u8; 4] = [0x08, 0x01, 0x12, 0x20];

/// Why bytes are no usable Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// Not 32 bytes.
    WrongLength {
        /// How many there were.
        got: usize,
    },
    /// Another spelling of a point than the one that RFC 8032 encodes.
    NotCanonical,
    /// No point of the curve.
    NotOnCurve,
    /// A point with a part of small order: signatures under it could be valid for several keys or messages.
    Weak,
}

impl fmt::Display for KeyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongLength { got } => write!(out, "an Ed25519 public key has 32 bytes, not {got}"),
            Self::NotCanonical => out.write_str("the public key is not in its canonical encoding"),
            Self::NotOnCurve => out.write_str("the public key is no point of the Ed25519 curve"),
            Self::Weak => out.write_str("the public key is weak: it has a part of small order"),
        }
    }
}

impl std::error::Error for KeyError {}

/// A signature that does not verify, or is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureError;

impl fmt::Display for SignatureError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the signature does not verify")
    }
}

impl std::error::Error for SignatureError {}

/// An Ed25519 public key: canonical, on the curve, of the prime order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads the 32 bytes of RFC 8032; refuses weak, mixed-order and non-canonical keys.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; KEY_LENGTH] = bytes.try_into().map_err(|_| KeyError::WrongLength { got: bytes.len() })?;
        let point = CompressedEdwardsY(bytes).decompress().ok_or(KeyError::NotOnCurve)?;
        if point.compress().0 != bytes {
            return Err(KeyError::NotCanonical);
        }
        if point.is_small_order() || !point.is_torsion_free() {
            return Err(KeyError::Weak);
        }
        Ok(Self(VerifyingKey::from(point)))
    }

    /// Takes the bytes of a key that [`PublicKey::from_bytes`] has accepted before and that nobody could change since: at a fraction of
    /// the cost, as the check for parts of small order is left out.
    pub fn from_accepted_bytes(bytes: &[u8; KEY_LENGTH]) -> Result<Self, KeyError> {
        VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| KeyError::NotOnCurve)
    }

    /// Shows the 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; KEY_LENGTH] {
        self.0.as_bytes()
    }

    /// Checks a signature by the strict rules: canonical `S` and `R`, no part of small order.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let signature = Signature::from_slice(signature).map_err(|_| SignatureError)?;
        self.0.verify_strict(message, &signature).map_err(|_| SignatureError)
    }

    /// Reads libp2p's encoding of an Ed25519 key: 36 bytes, of which there is one spelling.
    pub fn from_libp2p_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let key = bytes.strip_prefix(&LIBP2P_HEAD).filter(|key| key.len() == KEY_LENGTH);
        Self::from_bytes(key.ok_or(KeyError::WrongLength { got: bytes.len() })?)
    }

    /// Gives libp2p's encoding of the key.
    pub fn to_libp2p_bytes(&self) -> [u8; LIBP2P_HEAD.len() + KEY_LENGTH] {
        let mut bytes = [0; LIBP2P_HEAD.len() + KEY_LENGTH];
        let (head, key) = bytes.split_at_mut(LIBP2P_HEAD.len());
        head.copy_from_slice(&LIBP2P_HEAD);
        key.copy_from_slice(self.as_bytes());
        bytes
    }

    /// Gives the key's libp2p name.
    pub fn peer_id(&self) -> PeerId {
        PeerId::from(self)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({})", self.peer_id())
    }
}

/// An Ed25519 private key; wiped from memory when dropped, never shown.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes a new key from the operating system's random numbers.
    ///
    /// # Panics
    /// If the operating system has none, for which there is no safe way on.
    pub fn generate() -> Self {
        let mut seed = Zeroizing::new([0; KEY_LENGTH]);
        getrandom::fill(seed.as_mut()).expect("the operating system gives random numbers");
        Self::from_seed(&seed)
    }

    /// Makes the key of a 32-byte seed, which RFC 8032 calls the private key.
    pub fn from_seed(seed: &[u8; KEY_LENGTH]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Copies the seed out, to be written to a key file.
    pub fn seed(&self) -> Zeroizing<[u8; KEY_LENGTH]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// Gives the public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message. Callers sign only bytes that they built themselves under a domain of their own.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretKey(of {})", self.public().peer_id())
    }
}
