//! The messages of the ssh-agent protocol that are spoken here, as bytes without their outer length.

use cpc_signing::PublicKey;
use ssh_key::{HashAlg, public::Ed25519PublicKey};

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const FAILURE: u8 = 5;

/// The only type of key that logs in; certificates and keys on devices have other names.
const KEY_TYPE: &[u8] = b"ssh-ed25519";
/// An agent that claims to have more keys is not believed.
const MAX_KEYS: u32 = 4096;

/// A key of an agent.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) key: PublicKey,
    pub(crate) comment: String,
}

impl Identity {
    /// Gives the fingerprint as `ssh-add -l` prints it.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(&self.key)
    }
}

/// Gives a key's fingerprint as `ssh-keygen -l` prints it.
pub(crate) fn fingerprint(key: &PublicKey) -> String {
    ssh_key::PublicKey::from(Ed25519PublicKey(*key.as_bytes())).fingerprint(HashAlg::Sha256).to_string()
}

/// Asks which keys there are.
pub(crate) fn list() -> Vec<u8> {
    vec![REQUEST_IDENTITIES]
}

/// Asks for a signature.
pub(crate) fn sign(key: &PublicKey, text: &[u8]) -> Vec<u8> {
    let mut request = vec![SIGN_REQUEST];
    push(&mut request, &blob(key));
    push(&mut request, text);
    request.extend(0_u32.to_be_bytes());
    request
}

/// Reads the Ed25519 keys from the answer to [`list`]; an agent that refuses has none to show.
pub(crate) fn identities(answer: &[u8]) -> Result<Vec<Identity>, &'static str> {
    let mut rest = match answer.split_first() {
        Some((&IDENTITIES_ANSWER, rest)) => rest,
        Some((&FAILURE, _)) => return Ok(Vec::new()),
        Some(_) | None => return Err("it does not answer the question for its keys"),
    };
    let count = number(&mut rest)?;
    if count > MAX_KEYS {
        return Err("it claims to have too many keys");
    }
    let mut identities = Vec::new();
    for _ in 0..count {
        let (mut blob, comment) = (string(&mut rest)?, string(&mut rest)?);
        if string(&mut blob)? != KEY_TYPE {
            continue;
        }
        // A weak key logs in nowhere: to us it is not there.
        if let Ok(key) = PublicKey::from_bytes(string(&mut blob)?) {
            identities.push(Identity { key, comment: String::from_utf8_lossy(comment).into_owned() });
        }
    }
    Ok(identities)
}

/// Reads the answer to [`sign`]; none if the agent refuses.
pub(crate) fn signature(answer: &[u8]) -> Result<Option<[u8; 64]>, &'static str> {
    let mut rest = match answer.split_first() {
        Some((&SIGN_RESPONSE, rest)) => rest,
        Some((&FAILURE, _)) => return Ok(None),
        Some(_) | None => return Err("it does not answer the request to sign"),
    };
    let mut blob = string(&mut rest)?;
    if string(&mut blob)? != KEY_TYPE {
        return Err("it signed with another type of key");
    }
    string(&mut blob)?.try_into().map(Some).map_err(|_| "its signature has not 64 bytes")
}

fn blob(key: &PublicKey) -> Vec<u8> {
    let mut blob = Vec::new();
    push(&mut blob, KEY_TYPE);
    push(&mut blob, key.as_bytes());
    blob
}

fn push(bytes: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).expect("a login message is short");
    bytes.extend(length.to_be_bytes());
    bytes.extend(text);
}

fn number(bytes: &mut &[u8]) -> Result<u32, &'static str> {
    let (head, rest) = bytes.split_first_chunk().ok_or(CUT)?;
    *bytes = rest;
    Ok(u32::from_be_bytes(*head))
}

fn string<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], &'static str> {
    let length = usize::try_from(number(bytes)?).map_err(|_| CUT)?;
    let (head, rest) = bytes.split_at_checked(length).ok_or(CUT)?;
    *bytes = rest;
    Ok(head)
}

const CUT: &str = "its answer ends too early";

#[cfg(test)]
mod tests {
    use cpc_signing::SecretKey;

    use super::*;

    fn answer(keys: &[(&[u8], &[u8], &str)]) -> Vec<u8> {
        let mut bytes = vec![IDENTITIES_ANSWER];
        bytes.extend(u32::try_from(keys.len()).unwrap().to_be_bytes());
        for (kind, key, comment) in keys {
            let mut blob = Vec::new();
            push(&mut blob, kind);
            push(&mut blob, key);
            push(&mut bytes, &blob);
            push(&mut bytes, comment.as_bytes());
        }
        bytes
    }

    #[test]
    fn only_usable_ed25519_keys_are_seen() {
        let key = SecretKey::from_seed(&[7; 32]).public();
        let keys = identities(&answer(&[
            (b"ssh-rsa", &[1, 2, 3], "old"),
            (b"sk-ssh-ed25519@openssh.com", key.as_bytes(), "device"),
            (KEY_TYPE, &[0; 32], "weak"),
            (KEY_TYPE, key.as_bytes(), "alice"),
        ]));
        let keys = keys.unwrap();
        assert_eq!((keys.len(), keys[0].key, &*keys[0].comment), (1, key, "alice"));
        assert_eq!(identities(&[FAILURE]).unwrap().len(), 0);
    }

    #[test]
    fn cut_and_boastful_answers_are_refused() {
        let key = SecretKey::from_seed(&[7; 32]).public();
        let whole = answer(&[(KEY_TYPE, key.as_bytes(), "alice")]);
        for length in 0..whole.len() {
            assert!(identities(&whole[..length]).is_err(), "{length}");
        }
        let mut many = vec![IDENTITIES_ANSWER];
        many.extend(u32::MAX.to_be_bytes());
        assert_eq!(identities(&many).unwrap_err(), "it claims to have too many keys");
    }

    #[test]
    fn a_signature_is_read_or_refused() {
        let response = |kind: &[u8], signature: &[u8]| {
            let mut blob = Vec::new();
            push(&mut blob, kind);
            push(&mut blob, signature);
            let mut bytes = vec![SIGN_RESPONSE];
            push(&mut bytes, &blob);
            bytes
        };
        assert_eq!(signature(&response(KEY_TYPE, &[9; 64])), Ok(Some([9; 64])));
        assert_eq!(signature(&[FAILURE]), Ok(None));
        for wrong in
            [response(KEY_TYPE, &[9; 63]), response(b"ssh-rsa", &[9; 64]), vec![], vec![SIGN_RESPONSE], vec![6]]
        {
            assert!(signature(&wrong).is_err(), "{wrong:?}");
        }
    }
}
