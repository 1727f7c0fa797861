//! Key bytes out of text: PEM, base64, hex. What is decoded is wiped from memory after use.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

/// With padding or without: both are met.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Gives what stands between the marks of the first line of a PEM file.
pub(super) fn label(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("-----BEGIN ")?;
    rest.split_once("-----").map(|(label, _)| label).filter(|label| !label.contains('\n'))
}

/// Decodes the body of a PEM file.
pub(super) fn pem(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let label = label(bytes)?;
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    decode_base64(&letters(body.as_bytes()))
}

/// Decodes hex or base64, both alphabets of it.
pub(super) fn decode(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let letters = letters(bytes);
    if letters.is_empty() || !letters.is_ascii() {
        return None;
    }
    // Base64 has all digits of hex: what can be both is hex if it begins like a key in hex.
    if letters.starts_with(b"080") && letters.iter().all(u8::is_ascii_hexdigit) {
        return decode_hex(&letters);
    }
    decode_base64(&letters)
}

/// Takes the white space out.
fn letters(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut letters = Zeroizing::new(Vec::with_capacity(bytes.len()));
    letters.extend(bytes.iter().filter(|byte| !byte.is_ascii_whitespace()));
    letters
}

fn decode_hex(letters: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(letters.len() / 2));
    let (pairs, rest) = letters.as_chunks::<2>();
    for pair in pairs {
        let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    rest.is_empty().then_some(bytes)
}

fn decode_base64(letters: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut standard = Zeroizing::new(letters.to_vec());
    for letter in standard.iter_mut() {
        match letter {
            b'-' => *letter = b'+',
            b'_' => *letter = b'/',
            _ => {}
        }
    }
    // Room for all of it from the start: growing would leave copies behind.
    let mut bytes = Zeroizing::new(vec![0; letters.len() / 4 * 3 + 3]);
    let length = BASE64.decode_slice(&*standard, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}
