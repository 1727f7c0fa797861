//! What of identity is sealed under the root key, sealed under another.

use cpcd_model::{Result, time::Timestamp};
use cpcd_store::sql::{SealedKey, ServerIdentity as StoredIdentity};
use uuid::Uuid;

use super::{
    RootKey, ServerIdentity, keyring,
    secrets::{self, DERIVATION_LABEL, IDENTITY_LABEL},
};

pub(crate) use super::sessions::{end_begun, of_all};

/// Gives the store's identity as a new root key seals it; what is derived stays as it is, unless the old key is leaked.
pub(crate) fn reseal_identity(
    stored: &StoredIdentity,
    old: &RootKey,
    new: &RootKey,
    is_leaked: bool,
) -> Result<StoredIdentity> {
    let opened = secrets::with_derivation(stored, old)?;
    let key = opened.open(IDENTITY_LABEL, &stored.sealed_key)?;
    let derivation = if is_leaked { None } else { Some(new.seal(DERIVATION_LABEL, opened.derivation())?) };
    Ok(StoredIdentity {
        sealed_key: new.seal(IDENTITY_LABEL, &key)?,
        root_key_fingerprint: new.fingerprint(),
        sealed_derivation: derivation,
        ..stored.clone()
    })
}

/// Makes a new identity for a store.
pub(crate) fn fresh_identity(new: &RootKey, store_id: Uuid, now: Timestamp) -> Result<StoredIdentity> {
    secrets::make_identity(new, store_id, now)
}

/// Gives the identity of a store, for what it has to sign.
pub(crate) fn read_identity(stored: &StoredIdentity, root: &RootKey) -> Result<ServerIdentity> {
    secrets::read_identity(stored, root).map(|(server, _)| server)
}

/// Gives a signing key as a new root key seals it.
pub(crate) fn reseal_signing_key(key: &SealedKey, old: &RootKey, new: &RootKey) -> Result<SealedKey> {
    keyring::reseal(key, old, new)
}

/// Makes a signing key that signs at once.
pub(crate) fn fresh_signing_key(new: &RootKey, now: Timestamp) -> Result<SealedKey> {
    keyring::make(new, now, Some(now))
}
