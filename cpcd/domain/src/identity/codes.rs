//! Invite codes: made here, and known again by their seal before the store is asked.

use std::sync::Arc;

use aws_lc_rs::{digest, hmac, rand};
use cpc_signing::{InviteCode, MAX_ENDPOINT_BYTES, MAX_INVITE_ENDPOINTS, PublicKey};
use cpcd_model::{Error, Reason, Result, id::InviteId, invite::InviteKind, time::Timestamp};
use cpcd_store::sql::Presented;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::RootKey;

/// Where this server can be reached from elsewhere, as invites say it.
#[derive(Clone, Debug, Default)]
pub struct Advertised {
    /// gRPC endpoints (`http://` or `https://`), the best first.
    pub endpoints: Vec<String>,
    /// SHA-256 of the public key of the TLS certificate, if there is one.
    pub tls_pin: Option<[u8; 32]>,
}

impl Advertised {
    /// Checks the values; `field` is the setting that they come from.
    ///
    /// # Errors
    /// `FIELD_INVALID`.
    pub fn validate(&self, field: &str) -> Result<()> {
        let wrong = |text: String| Error::field(Reason::FieldInvalid, field, text);
        if self.endpoints.len() > MAX_INVITE_ENDPOINTS {
            return Err(wrong(format!("names more than {MAX_INVITE_ENDPOINTS} endpoints")));
        }
        for endpoint in &self.endpoints {
            let authority = endpoint.strip_prefix("http://").or_else(|| endpoint.strip_prefix("https://"));
            let is_plain = |text: &str| {
                !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@".contains(&byte))
            };
            if !authority.is_some_and(is_plain) || endpoint.len() > MAX_ENDPOINT_BYTES {
                return Err(wrong(format!(
                    "'{endpoint}' is not of the form https://HOST:PORT with at most {MAX_ENDPOINT_BYTES} characters"
                )));
            }
        }
        Ok(())
    }
}

/// Makes invite codes and knows its own.
#[derive(Clone)]
pub(super) struct InviteCodes {
    seals: Arc<hmac::Key>,
    server: PublicKey,
    advertised: Arc<Advertised>,
}

impl InviteCodes {
    pub(super) fn new(root: &RootKey, server: PublicKey, advertised: Advertised) -> Self {
        let seals = hmac::Key::new(hmac::HMAC_SHA256, root.derive("invite code").as_ref());
        Self { seals: Arc::new(seals), server, advertised: Arc::new(advertised) }
    }

    /// Makes the code of an invite; gives it with the hash that the store keeps.
    pub(super) fn make(&self, id: InviteId, expires_at: Timestamp) -> Result<(Zeroizing<String>, [u8; 32])> {
        let mut secret = [0; 16];
        rand::fill(&mut secret).map_err(|_| Error::internal("the system gives no random bytes"))?;
        let Advertised { endpoints, tls_pin } = (*self.advertised).clone();
        let id = *id.uuid().as_bytes();
        let expires_at = u64::try_from(expires_at.as_second()).map_err(Error::internal)?;
        let mut code = InviteCode { id, secret, expires_at, server: self.server, endpoints, tls_pin, seal: [0; 32] };
        let seal = hmac::sign(&self.seals, &Zeroizing::new(code.sealed_bytes()));
        code.seal.copy_from_slice(seal.as_ref());
        let text = code.to_text();
        let hash = hash(&text);
        Ok((text, hash))
    }

    /// Reads a code that has come back in `field`; says nothing yet of what became of its invite since.
    ///
    /// # Errors
    /// `INVITE_INVALID` if it is not one of ours, `INVITE_EXPIRED`.
    pub(super) fn read(&self, field: &str, text: &str, kind: InviteKind, now: Timestamp) -> Result<Presented> {
        let code = InviteCode::parse(text).map_err(|_| invalid(field))?;
        hmac::verify(&self.seals, &Zeroizing::new(code.sealed_bytes()), &code.seal).map_err(|_| invalid(field))?;
        if u64::try_from(now.as_second()).is_ok_and(|now| now >= code.expires_at) {
            return Err(Error::field(Reason::InviteExpired, field, "has expired; ask for a new one"));
        }
        Ok(Presented { id: Uuid::from_bytes(code.id).into(), code_hash: hash(text), kind })
    }
}

/// Makes the error of a code that is none of ours.
pub(super) fn invalid(field: &str) -> Error {
    Error::field(
        Reason::InviteInvalid,
        field,
        "is not an invite of this server for this, or is damaged; ask for a new one",
    )
}

fn hash(text: &str) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    *digest.as_ref().first_chunk().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use cpc_signing::SecretKey;

    use super::*;

    const END: Timestamp = Timestamp::constant(1000, 0);

    fn codes(endpoint: &str) -> InviteCodes {
        let folder = tempfile::tempdir().unwrap();
        let root = RootKey::create(&folder.path().join("root.key")).unwrap();
        let advertised = Advertised { endpoints: vec![endpoint.into()], tls_pin: Some([9; 32]) };
        advertised.validate("server.public_endpoint").unwrap();
        InviteCodes::new(&root, SecretKey::generate().public(), advertised)
    }

    #[test]
    fn a_code_is_known_again() {
        let codes = codes("https://cpc.example:50051");
        let id = InviteId::generate();
        let (text, hash) = codes.make(id, END).unwrap();
        let read = codes.read("invite", &text, InviteKind::Node, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((read.id, read.code_hash, read.kind), (id, hash, InviteKind::Node));
        let late = codes.read("invite", &text, InviteKind::Node, END).unwrap_err();
        assert_eq!(late.reason(), Reason::InviteExpired);
        assert_ne!(codes.make(id, END).unwrap().0, text, "each has a secret of its own");
        let parsed = InviteCode::parse(&text).unwrap();
        assert_eq!((parsed.endpoints, parsed.tls_pin), (vec!["https://cpc.example:50051".to_owned()], Some([9; 32])));
    }

    #[test]
    fn a_bit_that_is_turned_anywhere_makes_it_none_of_ours() {
        let here = codes("http://127.0.0.1:50051");
        let good = here.make(InviteId::generate(), END).unwrap().0;
        let mut hostile = vec![codes("http://127.0.0.1:50051").make(InviteId::generate(), END).unwrap().0.to_string()];
        for place in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.as_bytes().to_vec();
                bytes[place] ^= 1 << bit;
                // Text that is none never comes so far.
                hostile.extend(String::from_utf8(bytes).ok());
            }
            hostile.push(good[..place].to_owned());
        }
        assert!(hostile.len() > 1500);
        for text in hostile {
            let refused = here.read("invite", &text, InviteKind::User, Timestamp::UNIX_EPOCH).unwrap_err();
            assert_eq!(refused.reason(), Reason::InviteInvalid, "{text}");
        }
        assert!(here.read("invite", &good, InviteKind::User, Timestamp::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn what_is_no_endpoint_is_not_advertised() {
        for wrong in
            ["", "cpc.example:1", "ftp://x", "http://", "http://a/b", "http://user@host", "http://a b", "unix:///x"]
        {
            let advertised = Advertised { endpoints: vec![wrong.into()], tls_pin: None };
            let error = advertised.validate("server.public_endpoint").unwrap_err();
            assert_eq!(error.fields()[0].field, "server.public_endpoint", "{wrong}");
        }
        assert!(Advertised { endpoints: vec!["http://a".into(); 5], tls_pin: None }.validate("x").is_err());
    }
}
