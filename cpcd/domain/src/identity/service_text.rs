//! The text of service tokens: opaque, with the token's id and a random secret, and known again by its seal before the store is asked.
//!
//! The secret has 256 random bits, so that a plain hash of the text is all that the store needs to keep: there is nothing to guess that
//! a slow hash would make slower. The seal is for everybody else's guesses: they never reach the store.

use std::sync::Arc;

use aws_lc_rs::{digest, hmac, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpcd_model::{Error, Reason, Result, id::ServiceTokenId};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::RootKey;

/// Tells a service token from all other secrets, for people and for scanners.
const PREFIX: &str = "cpc_st_";
const ID_LEN: usize = 16;
const SECRET_LEN: usize = 32;
const SEAL_LEN: usize = 16;
const BODY_LEN: usize = ID_LEN + SECRET_LEN;
const TEXT_LEN: usize = (BODY_LEN + SEAL_LEN) * 8 / 6 + 1;

/// A service token that has come back.
#[derive(Clone, Copy)]
pub(super) struct Presented {
    /// The token that it names.
    pub(super) id: ServiceTokenId,
    /// What the store keeps of it.
    pub(super) hash: [u8; 32],
}

/// Makes the texts of service tokens and knows its own.
#[derive(Clone)]
pub(super) struct ServiceTexts(Arc<hmac::Key>);

impl ServiceTexts {
    pub(super) fn new(root: &RootKey) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, root.derive("service token").as_ref())))
    }

    /// Says whether a text would be a service token: it looks like one and like nothing else.
    pub(super) fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Makes the text of a token; gives it with the hash that the store keeps.
    pub(super) fn make(&self, id: ServiceTokenId) -> Result<(Zeroizing<String>, [u8; 32])> {
        let mut bytes = Zeroizing::new([0; BODY_LEN + SEAL_LEN]);
        let (body, seal) = bytes.split_at_mut(BODY_LEN);
        body[..ID_LEN].copy_from_slice(id.uuid().as_bytes());
        rand::fill(&mut body[ID_LEN..]).map_err(|_| Error::internal("the system gives no random bytes"))?;
        seal.copy_from_slice(&hmac::sign(&self.0, body).as_ref()[..SEAL_LEN]);
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(&bytes[..]));
        let text = Zeroizing::new(format!("{PREFIX}{}", encoded.as_str()));
        let hash = hash(&text);
        Ok((text, hash))
    }

    /// Reads a text that has come back; says nothing yet of what became of its token since.
    ///
    /// # Errors
    /// `TOKEN_INVALID` if it is not one of ours.
    pub(super) fn read(&self, text: &str) -> Result<Presented> {
        let bytes = text.strip_prefix(PREFIX).filter(|rest| rest.len() == TEXT_LEN);
        let bytes = bytes.and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok()).map(Zeroizing::new).ok_or_else(invalid)?;
        let (body, seal) = bytes.split_at_checked(BODY_LEN).ok_or_else(invalid)?;
        let expected = hmac::sign(&self.0, body);
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected.as_ref()[..SEAL_LEN], seal)
            .map_err(|_| invalid())?;
        let id = body.first_chunk::<ID_LEN>().ok_or_else(invalid)?;
        Ok(Presented { id: Uuid::from_bytes(*id).into(), hash: hash(text) })
    }
}

fn invalid() -> Error {
    Error::new(Reason::TokenInvalid, "the service token is not one of this server's, or is damaged")
}

fn hash(text: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    *digest.as_ref().first_chunk().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> ServiceTexts {
        let folder = tempfile::tempdir().unwrap();
        ServiceTexts::new(&RootKey::create(&folder.path().join("root.key")).unwrap())
    }

    #[test]
    fn a_text_is_known_again_and_no_other_is() {
        let (here, id) = (texts(), ServiceTokenId::generate());
        let (good, hash) = here.make(id).unwrap();
        let read = here.read(&good).unwrap();
        assert_eq!((read.id, read.hash), (id, hash));
        assert_ne!(*here.make(id).unwrap().0, *good, "each has a secret of its own");
        let mut hostile =
            vec![texts().make(id).unwrap().0.to_string(), format!("{}A", *good), good.replace("_st_", "_ST_")];
        for place in PREFIX.len()..good.len() {
            let mut bytes = good.as_bytes().to_vec();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            hostile.push(String::from_utf8(bytes).unwrap());
            hostile.push(good[..place].to_owned());
        }
        for text in hostile {
            assert_eq!(here.read(&text).err().unwrap().reason(), Reason::TokenInvalid, "{text}");
        }
    }
}
