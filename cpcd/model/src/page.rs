//! Pages of lists: sizes, and opaque tokens bound to the query they continue.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Error, Reason, Result};

/// Reads a page size: 0 means `default`, more than `max` means `max` (AIP-158).
///
/// # Errors
/// `FIELD_INVALID` if it is negative.
pub fn size(requested: i32, default: u32, max: u32) -> Result<u32> {
    match u32::try_from(requested) {
        Ok(0) => Ok(default),
        Ok(size) => Ok(size.min(max)),
        Err(_) => Err(Error::field(Reason::FieldInvalid, "page_size", "must not be negative")),
    }
}

/// Makes the token that continues the query `binding` after `position`.
#[must_use]
pub fn encode(binding: &str, position: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:{:016x}:{position}", fnv1a(binding)))
}

/// Reads a token; an empty one is the start.
///
/// # Errors
/// `PAGE_TOKEN_INVALID` if it is damaged or belongs to another query than `binding`.
pub fn decode(binding: &str, token: &str) -> Result<Option<String>> {
    if token.is_empty() {
        return Ok(None);
    }
    let position = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let rest = text.strip_prefix(&format!("1:{:016x}:", fnv1a(binding)))?;
        Some(rest.to_owned())
    };
    position().map(Some).ok_or_else(invalid)
}

/// Makes the error of a token that cannot be used.
#[must_use]
pub fn invalid() -> Error {
    let description = "is damaged or belongs to another query; start again without it";
    Error::field(Reason::PageTokenInvalid, "page_token", description)
}

/// Hashes alike on every machine and in every version (FNV-1a, 64 bits); tells queries apart, is no protection.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_its_query() {
        let token = encode("owner=a", "position");
        assert_eq!(decode("owner=a", &token).unwrap().as_deref(), Some("position"));
        assert_eq!(decode("owner=b", &token).unwrap_err().reason(), Reason::PageTokenInvalid);
        assert_eq!(decode("owner=a", "%%%").unwrap_err().reason(), Reason::PageTokenInvalid);
        assert_eq!(decode("owner=a", "").unwrap(), None);
    }

    #[test]
    fn sizes() {
        assert_eq!(size(0, 50, 500).unwrap(), 50);
        assert_eq!(size(501, 50, 500).unwrap(), 500);
        assert!(size(-1, 50, 500).is_err());
    }
}
