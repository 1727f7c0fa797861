//! The keyring: HS256 signing keys, sealed in the store, known by `kid`.

use std::collections::HashMap;

use aws_lc_rs::rand;
use cpcd_model::{Error, Result, time::Clock};
use cpcd_store::{
    Store,
    sql::{Priority, SealedKey},
};
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
    pub(super) accepted: HashMap<String, DecodingKey>,
}

/// Reads the keyring, or makes its first key.
pub(super) async fn open(store: &Store, clock: &Clock, root: &RootKey) -> Result<Keyring> {
    let mut keys = store.list_signing_keys().await?;
    if keys.is_empty() {
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        rand::fill(secret.as_mut()).map_err(|_| Error::internal("the system gives no random bytes"))?;
        let kid = Uuid::now_v7().simple().to_string();
        let key = SealedKey { sealed_secret: root.seal(&label(&kid), secret.as_ref())?, kid, created_at: clock.now() };
        // Replicas that start together make one key in all, and each reads it.
        store
            .write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_first_signing_key(&key).await }))
            .await?;
        keys = store.list_signing_keys().await?;
    }
    // The newest signs; on equal age the greater kid, so that all replicas choose alike.
    keys.sort_by(|a, b| (a.created_at, &a.kid).cmp(&(b.created_at, &b.kid)));
    let mut accepted = HashMap::with_capacity(keys.len());
    let mut signing = None;
    for key in keys {
        let secret = root.open(&label(&key.kid), &key.sealed_secret)?;
        accepted.insert(key.kid.clone(), DecodingKey::from_secret(&secret));
        signing = Some((key.kid, EncodingKey::from_secret(&secret)));
    }
    let signing = signing.ok_or_else(|| Error::internal("the keyring is empty"))?;
    Ok(Keyring { signing, accepted })
}

fn label(kid: &str) -> String {
    format!("signing key {kid}")
}
