//! PKCS#8 with an Ed25519 key (RFC 8410): DER of one fixed shape, PEM around it.

use base64::{Engine, prelude::BASE64_STANDARD};
use cpc_signing::SecretKey;
use zeroize::Zeroizing;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]`: attributes, which mean nothing here.
const ATTRIBUTES: u8 = 0xa0;
/// `[1]`: the public key, as RFC 5958 has it.
const PUBLIC: u8 = 0x81;
/// `[1]` around a bit string, as some writers have it.
const PUBLIC_WRAPPED: u8 = 0xa1;

/// 1.3.101.112.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// Version 1 of the form up to the seed, which ends it: what OpenSSL writes.
const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// Reads a private key from DER. A public half that comes with it must be its own.
pub(crate) fn decode(der: &[u8]) -> Result<SecretKey, String> {
    let mut rest = der;
    let mut key = element(&mut rest, SEQUENCE)?;
    if !rest.is_empty() {
        return Err("damaged: bytes follow behind the key".to_owned());
    }
    let version = element(&mut key, INTEGER)?;
    if ![&[0][..], &[1]].contains(&version) {
        return Err("not PKCS#8 of a known version".to_owned());
    }
    let mut algorithm = element(&mut key, SEQUENCE)?;
    if element(&mut algorithm, OBJECT_ID)? != ED25519 || !algorithm.is_empty() {
        return Err("a key of another type; only Ed25519 keys can log in".to_owned());
    }
    let mut private = element(&mut key, OCTET_STRING)?;
    let seed = element(&mut private, OCTET_STRING)?.try_into().map_err(|_| "damaged: a seed has 32 bytes")?;
    let secret = SecretKey::from_seed(seed);
    while let Some(tag) = key.first().copied() {
        let content = element(&mut key, tag)?;
        let half = match tag {
            ATTRIBUTES => continue,
            PUBLIC => content,
            PUBLIC_WRAPPED => element(&mut &*content, BIT_STRING)?,
            _ => return Err("damaged: something unknown behind the key".to_owned()),
        };
        // The first byte of a bit string counts the bits that are not used.
        if half.split_first() != Some((&0, secret.public().as_bytes())) {
            return Err("damaged: the private and the public half do not belong together".to_owned());
        }
    }
    Ok(secret)
}

/// Writes a private key in PEM.
pub(crate) fn pem(secret: &SecretKey) -> Zeroizing<String> {
    let mut der = Zeroizing::new([0; 48]);
    der[..16].copy_from_slice(&HEAD);
    der[16..].copy_from_slice(&*secret.seed());
    // One line of base64: 48 bytes are 64 letters, as long as a line may be.
    let mut text = Zeroizing::new(String::with_capacity(128));
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    BASE64_STANDARD.encode_string(der.as_slice(), &mut text);
    text.push_str("\n-----END PRIVATE KEY-----\n");
    text
}

/// Takes an element of this type off the front.
fn element<'a>(bytes: &mut &'a [u8], tag: u8) -> Result<&'a [u8], String> {
    let cut = || "damaged: it ends too early".to_owned();
    let (&[found, length], rest) = bytes.split_first_chunk().ok_or_else(cut)?;
    if found != tag {
        return Err("damaged: not the shape of a PKCS#8 key".to_owned());
    }
    let (length, rest) = match (length, rest) {
        (0..=0x7f, _) => (usize::from(length), rest),
        (0x81, [low, rest @ ..]) => (usize::from(*low), rest),
        (0x82, [high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return Err(cut()),
    };
    let (content, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
    *bytes = rest;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(secret: &SecretKey, version: u8, behind: &[u8]) -> Vec<u8> {
        let body = [&[2, 1, version], &HEAD[5..], &secret.seed()[..], behind].concat();
        [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
    }

    #[test]
    fn both_versions_are_read() {
        // The example of RFC 8410, chapter 10.3: version 2 with an attribute and the public key.
        let text = b"MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\
            oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\
            Z9w7lshQhqowtrbLDFw4rXAxZuE=";
        let letters: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let secret = decode(&BASE64_STANDARD.decode(letters).unwrap()).unwrap();
        assert_eq!(secret.seed()[..4], [0xd4, 0xee, 0x72, 0xdb]);

        let wrapped = [&[PUBLIC_WRAPPED, 35, BIT_STRING, 33, 0][..], secret.public().as_bytes()].concat();
        for der in [der(&secret, 0, &[]), der(&secret, 1, &wrapped)] {
            assert_eq!(decode(&der).unwrap().public(), secret.public());
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        let secret = SecretKey::from_seed(&[1; 32]);
        let good = der(&secret, 0, &[]);
        for length in 0..good.len() {
            assert!(decode(&good[..length]).is_err(), "{length}");
        }
        let other = [&[PUBLIC, 33, 0][..], SecretKey::from_seed(&[2; 32]).public().as_bytes()].concat();
        assert!(decode(&der(&secret, 1, &other)).unwrap_err().contains("belong together"));
        assert!(decode(&der(&secret, 1, &[5, 0])).unwrap_err().contains("unknown"));
        assert!(decode(&der(&secret, 2, &[])).unwrap_err().contains("version"));
        assert!(decode(&[&good[..], &[0]].concat()).unwrap_err().contains("behind"));
        let mut curve = good;
        curve[11] = 0x6e;
        assert!(decode(&curve).unwrap_err().contains("another type"));
    }
}
