//! libp2p's form of a key: a protobuf message of type and data, in the one spelling that the specification allows.

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_signing::{PublicKey, SecretKey};
use zeroize::Zeroizing;

/// Field 1, the type: Ed25519. Field 2, the data, of so many bytes.
const PRIVATE_HEAD: [u8; 4] = [0x08, 0x01, 0x12, 64];
/// The older form: the public half twice.
const OLD_HEAD: [u8; 4] = [0x08, 0x01, 0x12, 96];
const PUBLIC_HEAD: [u8; 4] = [0x08, 0x01, 0x12, 32];

/// Tells whether bytes begin like a key in this form, of whatever type.
pub(crate) fn is_key(bytes: &[u8]) -> bool {
    matches!(bytes, [0x08, 0..=3, 0x12, ..])
}

/// Reads a private key. Each half that comes with the seed must be the seed's own.
pub(crate) fn decode(bytes: &[u8]) -> Result<SecretKey, String> {
    let Some((head, data)) = bytes.split_first_chunk::<4>() else {
        return Err("damaged: it ends too early".to_owned());
    };
    if head[1] != 1 {
        let kind = ["RSA", "", "Secp256k1", "ECDSA"].get(usize::from(head[1])).copied().unwrap_or("unknown");
        return Err(format!("a key of type {kind}; only Ed25519 keys can log in"));
    }
    if (*head, data.len()) == (PUBLIC_HEAD, 32) {
        return Err("this is the public half of a key".to_owned());
    }
    if ![(PRIVATE_HEAD, 64), (OLD_HEAD, 96)].contains(&(*head, data.len())) {
        return Err(format!("damaged: an Ed25519 key in libp2p's form has 68 bytes, not {}", bytes.len()));
    }
    let (seed, halves) = data.split_first_chunk().ok_or("damaged")?;
    let secret = SecretKey::from_seed(seed);
    if halves.chunks(32).any(|half| half != secret.public().as_bytes()) {
        return Err("damaged: the private and the public half do not belong together".to_owned());
    }
    Ok(secret)
}

/// Writes a private key.
pub(crate) fn encode(secret: &SecretKey) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(68));
    bytes.extend(PRIVATE_HEAD);
    bytes.extend(*secret.seed());
    bytes.extend(secret.public().as_bytes());
    bytes
}

/// Writes a private key in base64, as configuration files hold it.
pub(crate) fn base64(secret: &SecretKey) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(128));
    BASE64_STANDARD.encode_string(encode(secret), &mut text);
    text
}

/// Writes a private key in hex.
pub(crate) fn hex(secret: &SecretKey) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(256));
    for byte in encode(secret).iter() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// Writes a public key.
pub(crate) fn encode_public(key: &PublicKey) -> Vec<u8> {
    [&PUBLIC_HEAD[..], key.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of libp2p's specification of peer ids.
    const VECTOR: &str = "080112407e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
    const VECTOR_PUBLIC: &str = "080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn the_vector_of_the_specification_is_read_and_written() {
        let secret = decode(&bytes(VECTOR)).unwrap();
        assert_eq!(secret.public().peer_id().to_string(), "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq");
        assert_eq!(*hex(&secret), VECTOR);
        assert_eq!(*encode(&secret), bytes(VECTOR));
        assert_eq!(encode_public(&secret.public()), bytes(VECTOR_PUBLIC));
        assert!(base64(&secret).starts_with("CAESQ"));
    }

    #[test]
    fn the_old_form_is_read_if_both_copies_are_the_same() {
        let new = bytes(VECTOR);
        let mut old = [&OLD_HEAD[..], &new[4..], &new[36..]].concat();
        assert_eq!(decode(&old).unwrap().public(), decode(&new).unwrap().public());
        for at in [40, 70] {
            old[at] ^= 1;
            assert!(decode(&old).unwrap_err().contains("belong together"), "{at}");
            old[at] ^= 1;
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        let good = bytes(VECTOR);
        for length in 0..good.len() {
            assert!(decode(&good[..length]).is_err(), "{length}");
        }
        assert!(decode(&[&good[..], &[0]].concat()).is_err(), "bytes behind it");
        assert!(decode(&bytes(VECTOR_PUBLIC)).unwrap_err().contains("public half"));
        for (kind, name) in [(0, "RSA"), (2, "Secp256k1"), (3, "ECDSA")] {
            let mut other = good.clone();
            other[1] = kind;
            assert!(decode(&other).unwrap_err().contains(name));
        }
        let mut wrong = good;
        wrong[10] ^= 1;
        assert!(decode(&wrong).unwrap_err().contains("belong together"));
    }
}
