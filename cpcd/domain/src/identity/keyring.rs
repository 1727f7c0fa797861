//! The keyring: HS256 signing keys, sealed in the store, known by `kid`.

use std::{collections::HashMap, sync::Arc};

use aws_lc_rs::rand;
use cpcd_model::{Error, Reason, Result, time::Timestamp};
use cpcd_store::sql::SealedKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::RootKey;

/// Bytes of a signing key: as many as the hash has (RFC 7518, section 3.2).
const SECRET_LEN: usize = 32;

/// Signing keys, ready for use.
pub(super) struct Keyring {
    /// The key that signs.
    pub(super) signing: (String, EncodingKey),
    /// The keys that are accepted.
    pub(super) accepted: HashMap<Arc<str>, DecodingKey>,
    /// The key that will sign once every replica accepts it.
    pub(super) waiting: Option<String>,
}

impl Keyring {
    /// Opens the keys of a store.
    pub(super) fn open(root: &RootKey, keys: &[SealedKey]) -> Result<Self> {
        let mut accepted = HashMap::with_capacity(keys.len());
        // The one that was activated last signs; at the same time the greater kid, so that all replicas choose alike.
        let active = keys.iter().filter(|key| key.activated_at.is_some());
        let newest = active.max_by_key(|key| (key.activated_at, &key.kid)).map(|key| &key.kid);
        let mut signing = None;
        for key in keys {
            let secret = root.open(&label(&key.kid), &key.sealed_secret)?;
            if secret.len() != SECRET_LEN {
                let text = format!("the signing key {} has {} bytes, not {SECRET_LEN}", key.kid, secret.len());
                return Err(Error::new(Reason::StoreForeign, text));
            }
            accepted.insert(key.kid.as_str().into(), DecodingKey::from_secret(&secret));
            if newest == Some(&key.kid) {
                signing = Some((key.kid.clone(), EncodingKey::from_secret(&secret)));
            }
        }
        let waiting = keys.iter().find(|key| key.activated_at.is_none()).map(|key| key.kid.clone());
        let signing = signing.ok_or_else(|| Error::internal("no signing key is active"))?;
        Ok(Self { signing, accepted, waiting })
    }

    /// Gives the newest key that is accepted: what a replica acknowledges.
    pub(super) fn newest(&self) -> &str {
        self.waiting.as_ref().unwrap_or(&self.signing.0)
    }
}

/// Makes a key, sealed for the store; it waits unless it is said since when it signs.
pub(super) fn make(root: &RootKey, now: Timestamp, activated_at: Option<Timestamp>) -> Result<SealedKey> {
    let mut secret = Zeroizing::new([0; SECRET_LEN]);
    rand::fill(secret.as_mut()).map_err(|_| Error::internal("the system gives no random bytes"))?;
    let kid = Uuid::now_v7().simple().to_string();
    let sealed_secret = root.seal(&label(&kid), secret.as_ref())?;
    Ok(SealedKey { kid, sealed_secret, created_at: now, activated_at, retired_at: None })
}

/// Gives a key as another root key seals it.
pub(super) fn reseal(key: &SealedKey, old: &RootKey, new: &RootKey) -> Result<SealedKey> {
    let label = label(&key.kid);
    let sealed_secret = new.seal(&label, &old.open(&label, &key.sealed_secret)?)?;
    Ok(SealedKey { sealed_secret, ..key.clone() })
}

fn label(kid: &str) -> String {
    format!("signing key {kid}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> RootKey {
        let folder = tempfile::tempdir().unwrap();
        RootKey::create(&folder.path().join("root.key")).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_one_that_was_activated_last_signs_and_all_are_accepted() {
        let root = root();
        let first = SealedKey { retired_at: Some(at(5)), ..make(&root, at(1), Some(at(1))).unwrap() };
        let second = make(&root, at(4), Some(at(5))).unwrap();
        let third = make(&root, at(9), None).unwrap();
        let keys = [third.clone(), second.clone(), first.clone()];
        let ring = Keyring::open(&root, &keys).unwrap();
        assert_eq!((&ring.signing.0, ring.newest()), (&second.kid, third.kid.as_str()));
        assert!(keys.iter().all(|key| ring.accepted.contains_key(key.kid.as_str())));
        let ring = Keyring::open(&root, &keys[1..]).unwrap();
        assert_eq!((ring.waiting.as_ref(), ring.newest()), (None, second.kid.as_str()));
        assert!(Keyring::open(&root, &keys[..1]).is_err(), "a key that waits signs nothing");
    }

    #[test]
    fn a_short_secret_and_one_under_another_root_key_open_nothing() {
        let here = root();
        let mut key = make(&here, at(1), Some(at(1))).unwrap();
        assert_eq!(Keyring::open(&root(), &[key.clone()]).err().unwrap().reason(), Reason::StoreForeign);
        key.sealed_secret = here.seal(&label(&key.kid), &[7; 31]).unwrap();
        let error = Keyring::open(&here, &[key]).err().unwrap();
        assert!(error.reason() == Reason::StoreForeign && error.message().contains("31 bytes"), "{error}");
    }
}
