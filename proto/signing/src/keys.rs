//! Ed25519 keys, with everything refused that two verifiers could judge differently.

use std::fmt;

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

/// An Ed25519 public key: canonical, on the curve, not of small order. It is of the prime order, too, unless it is only claimed to be known
/// ([`PublicKey::from_claimed_bytes`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads the 32 bytes of RFC 8032; refuses weak, mixed-order and non-canonical keys.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let key = Self::from_claimed_bytes(bytes)?;
        if key.is_of_prime_order() { Ok(key) } else { Err(KeyError::Weak) }
    }

    /// Reads a key that is only good if it turns out to be one that was accepted before: as [`PublicKey::from_bytes`] at an eighth of
    /// the cost, as a part of small order beside one of the prime order is not looked for. Before a new key is let in, ask
    /// [`PublicKey::is_of_prime_order`].
    pub fn from_claimed_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; KEY_LENGTH] = bytes.try_into().map_err(|_| KeyError::WrongLength { got: bytes.len() })?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::NotOnCurve)?;
        if !is_canonical(&bytes) {
            return Err(KeyError::NotCanonical);
        }
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self(key)) }
    }

    /// Says whether the key is of the prime order alone: one with a part of small order has eight spellings for one secret.
    #[must_use]
    pub fn is_of_prime_order(&self) -> bool {
        self.0.to_edwards().is_torsion_free()
    }

    /// Takes the bytes of a key that was accepted before and that nobody could change since: at a fraction of the cost, as nothing is
    /// checked again.
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

/// Says whether a point of the curve is spelled as RFC 8032 5.1.2 encodes it: `y` below 2^255 - 19, and no sign for an `x` of 0.
fn is_canonical(bytes: &[u8; KEY_LENGTH]) -> bool {
    let ([low, middle @ .., high], sign) = (*bytes, bytes[KEY_LENGTH - 1] & 0x80);
    let high = high & 0x7f;
    let is_at_end = high == 0x7f && middle == [0xff; KEY_LENGTH - 2];
    let has_no_x = (low == 1 && high == 0 && middle == [0; KEY_LENGTH - 2]) || (is_at_end && low == 0xec);
    !(is_at_end && low >= 0xed || has_no_x && sign != 0)
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

#[cfg(test)]
mod tests {
    use curve25519_dalek::edwards::CompressedEdwardsY;

    use super::*;

    #[test]
    fn a_canonical_key_is_what_encoding_its_point_gives() {
        let mut spellings = Vec::new();
        for (low, rest) in
            [(0_u8, 0_u8), (1, 0), (2, 0), (0xeb, 0xff), (0xec, 0xff), (0xed, 0xff), (0xee, 0xff), (0xff, 0xff)]
        {
            for high in [rest & 0x7f, rest | 0x80] {
                let mut bytes = [rest; KEY_LENGTH];
                (bytes[0], bytes[KEY_LENGTH - 1]) = (low, high);
                spellings.push(bytes);
            }
        }
        spellings.extend((0..32).map(|seed| *SecretKey::from_seed(&[seed; 32]).public().as_bytes()));
        let mut points = 0;
        for bytes in spellings {
            let Some(point) = CompressedEdwardsY(bytes).decompress() else { continue };
            points += 1;
            assert_eq!(is_canonical(&bytes), point.compress().0 == bytes, "{bytes:x?}");
        }
        assert!(points > 40, "{points}");
    }
}
