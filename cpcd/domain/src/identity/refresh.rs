//! Refresh tokens: opaque text that names its session and generation under a keyed MAC.
//!
//! Who holds the root key can make any of them again, so that a lost answer can be given a second time although the store keeps
//! hashes only. Who does not can make none: what is no token of ours never reaches the store.

use std::sync::Arc;

use aws_lc_rs::{digest, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpcd_model::{Error, Reason, Result, id::SessionId};
use uuid::{Builder, Uuid};

use super::RootKey;

/// Tells a refresh token from all other secrets, for people and for scanners.
const PREFIX: &str = "cpcr_";
const ID_LEN: usize = 16;
const BODY_LEN: usize = ID_LEN + 8;
const MAC_LEN: usize = 32;

/// A refresh token that was made, or has come back and is one of ours.
#[derive(Clone)]
pub(super) struct RefreshToken {
    pub(super) session_id: SessionId,
    pub(super) generation: u64,
    /// What the client keeps.
    pub(super) text: String,
    /// What the store keeps.
    pub(super) hash: [u8; 32],
}

/// Makes refresh tokens and knows its own.
#[derive(Clone)]
pub(super) struct RefreshTokens {
    tokens: Arc<hmac::Key>,
    token_ids: Arc<hmac::Key>,
}

impl RefreshTokens {
    pub(super) fn new(root: &RootKey) -> Self {
        let key = |purpose| Arc::new(hmac::Key::new(hmac::HMAC_SHA256, root.derive(purpose).as_ref()));
        Self { tokens: key("refresh token"), token_ids: key("access token id") }
    }

    /// Makes the token of a session and generation: always the same one.
    pub(super) fn make(&self, session_id: SessionId, generation: u64) -> RefreshToken {
        let mut bytes = body(session_id, generation).to_vec();
        bytes.extend_from_slice(hmac::sign(&self.tokens, &bytes).as_ref());
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
        let hash = hash(&text);
        RefreshToken { session_id, generation, text, hash }
    }

    /// Reads a token that has come back; says nothing yet of its use.
    ///
    /// # Errors
    /// `REFRESH_INVALID` if it is not one of ours.
    pub(super) fn read(&self, text: &str) -> Result<RefreshToken> {
        if text.is_empty() {
            return Err(Error::required("refresh_token"));
        }
        let bytes = text.strip_prefix(PREFIX).filter(|rest| rest.len() == (BODY_LEN + MAC_LEN) * 8 / 6 + 1);
        let bytes = bytes.and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok()).ok_or_else(invalid)?;
        let (body, mac) = bytes.split_at_checked(BODY_LEN).ok_or_else(invalid)?;
        hmac::verify(&self.tokens, body, mac).map_err(|_| invalid())?;
        let (id, rest) = body.split_first_chunk::<ID_LEN>().ok_or_else(invalid)?;
        let generation = u64::from_be_bytes(*rest.first_chunk::<8>().ok_or_else(invalid)?);
        let session_id = Uuid::from_bytes(*id).into();
        Ok(RefreshToken { session_id, generation, text: text.to_owned(), hash: hash(text) })
    }

    /// Gives the id of the access token that goes with a session's generation.
    pub(super) fn token_id(&self, session_id: SessionId, generation: u64) -> Uuid {
        let mac = hmac::sign(&self.token_ids, &body(session_id, generation));
        let bytes = mac.as_ref().first_chunk().expect("a MAC has 32 bytes");
        Builder::from_custom_bytes(*bytes).into_uuid()
    }
}

/// Makes the error of a token that is none of ours.
pub(super) fn invalid() -> Error {
    Error::field(Reason::RefreshInvalid, "refresh_token", "is not a refresh token of this server; log in again")
}

fn body(session_id: SessionId, generation: u64) -> [u8; BODY_LEN] {
    let mut body = [0; BODY_LEN];
    body[..ID_LEN].copy_from_slice(session_id.uuid().as_bytes());
    body[ID_LEN..].copy_from_slice(&generation.to_be_bytes());
    body
}

fn hash(text: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    *digest.as_ref().first_chunk().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> RefreshTokens {
        let folder = tempfile::tempdir().unwrap();
        RefreshTokens::new(&RootKey::create(&folder.path().join("root.key")).unwrap())
    }

    #[test]
    fn a_token_is_made_again_and_read_back() {
        let (tokens, id) = (tokens(), SessionId::generate());
        let token = tokens.make(id, 7);
        assert_eq!(token.text, tokens.make(id, 7).text);
        assert_eq!(tokens.token_id(id, 7), tokens.token_id(id, 7));
        assert_ne!(tokens.token_id(id, 7), tokens.token_id(id, 8));
        assert_ne!(token.text, tokens.make(id, 8).text);
        let read = tokens.read(&token.text).unwrap();
        assert_eq!((read.session_id, read.generation, read.hash), (id, 7, token.hash));
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let (here, id) = (tokens(), SessionId::generate());
        let good = here.make(id, 0).text;
        let mut hostile = vec![
            tokens().make(id, 0).text,
            good.trim_start_matches(PREFIX).to_owned(),
            good.replace(PREFIX, "cpcx_"),
            format!("{good}A"),
            format!("{good}="),
            format!(" {good}"),
            PREFIX.to_owned(),
            format!("{PREFIX}{}", "A".repeat(75)),
            "x".repeat(100_000),
            "eyJhbGciOiJIUzI1NiJ9.e30.AAAA".to_owned(),
        ];
        for place in PREFIX.len()..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            hostile.push(String::from_utf8(bytes).unwrap());
            hostile.push(good[..place].to_owned());
        }
        for text in hostile {
            assert_eq!(here.read(&text).err().unwrap().reason(), Reason::RefreshInvalid, "{text}");
        }
        assert_eq!(here.read("").err().unwrap().reason(), Reason::FieldRequired);
        assert!(here.read(&good).is_ok());
    }
}
