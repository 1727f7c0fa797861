//! The root key, what is derived from it, and the server's own Ed25519 identity.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest, hkdf, rand,
};
use cpc_signing::{AuditSeal, PeerIdAuthMessage, PublicKey, SecretKey, Ticket};
use cpcd_model::{
    Error, Reason, Result,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{Priority, ServerIdentity as StoredIdentity},
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Length of the root key in bytes.
const ROOT_KEY_LEN: usize = 32;

/// The secret that all others are under: 32 random bytes in a file of their own.
#[derive(Clone)]
pub struct RootKey {
    /// What is in the file: it seals.
    file: Arc<Zeroizing<[u8; ROOT_KEY_LEN]>>,
    /// What others are derived from, if that is not the file's: a new root key takes it over from the old one.
    derivation: Option<Arc<Zeroizing<Vec<u8>>>>,
}

impl RootKey {
    /// Reads the root key file.
    ///
    /// # Errors
    /// If it cannot be read, has another length than 32 bytes, or others than its owner may read it.
    pub fn read(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            let text = format!("{} can be read by others (mode {:o}); chmod 600 it", path.display(), mode & 0o777);
            return Err(std::io::Error::other(text));
        }
        let bytes = Zeroizing::new(fs::read(path)?);
        let key = <[u8; ROOT_KEY_LEN]>::try_from(bytes.as_slice()).map_err(|_| {
            std::io::Error::other(format!(
                "{} has {} bytes, a root key has {ROOT_KEY_LEN}",
                path.display(),
                bytes.len()
            ))
        })?;
        // Random bytes have about thirty different ones among them: fewer than sixteen never happens, in a word or a pattern always.
        let mut sorted = Zeroizing::new(key);
        sorted.sort_unstable();
        if sorted.chunk_by(|a, b| a == b).count() < ROOT_KEY_LEN / 2 {
            let text =
                format!("{} does not hold random bytes; `cpcd init` makes a root key for a new store", path.display());
            return Err(std::io::Error::other(text));
        }
        Ok(Self { file: Arc::new(Zeroizing::new(key)), derivation: None })
    }

    /// Makes a new root key in a file that must not be there yet (mode 0600), and syncs it to disk.
    ///
    /// # Errors
    /// If the file exists or cannot be written.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let mut key = Zeroizing::new([0; ROOT_KEY_LEN]);
        rand::fill(key.as_mut()).map_err(|_| std::io::Error::other("the system gives no random bytes"))?;
        // Written under another name and then linked, so that the key's own name never stands for half of it.
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}", Uuid::now_v7().simple()));
        let draft = Path::new(&draft);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
        let made =
            file.write_all(key.as_ref()).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(draft, path));
        let removed = fs::remove_file(draft);
        made.and(removed)?;
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(Self { file: Arc::new(key), derivation: None })
    }

    /// Gives a key that all replicas of a store share and nobody else knows, to tell names apart by.
    #[must_use]
    pub fn shared_key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.derive(&format!("shared {purpose}"))
    }

    /// Derives the key for one purpose (HKDF-SHA256, RFC 5869).
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        derive(self.derivation(), purpose)
    }

    /// Gives what others are derived from.
    pub(super) fn derivation(&self) -> &[u8] {
        self.derivation.as_ref().map_or(self.file.as_ref().as_ref(), |taken_over| taken_over.as_slice())
    }

    /// Gives what tells root keys apart without telling them: the hash of a derived key.
    pub(super) fn fingerprint(&self) -> Vec<u8> {
        let derived = derive(self.file.as_ref().as_ref(), "fingerprint");
        digest::digest(&digest::SHA256, derived.as_ref()).as_ref().to_vec()
    }

    /// Says whether it is the root key of a fingerprint.
    #[must_use]
    pub fn fits(&self, fingerprint: &[u8]) -> bool {
        self.fingerprint() == fingerprint
    }

    /// Encrypts a secret for the store; `label` binds it to its place.
    pub(crate) fn seal(&self, label: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let mut text = secret.to_vec();
        let nonce = self
            .sealing_key()
            .seal_in_place_append_tag(Aad::from(label.as_bytes()), &mut text)
            .map_err(|_| Error::internal("sealing failed"))?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut text);
        Ok(sealed)
    }

    /// Decrypts a secret of the store.
    pub(crate) fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let damaged =
            || Error::new(Reason::StoreForeign, format!("the {label} in the store is not under this root key"));
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut text = Zeroizing::new(text.to_vec());
        let opened = self
            .sealing_key()
            .open_in_place(nonce, Aad::from(label.as_bytes()), &mut text)
            .map_err(|_| damaged())?
            .len();
        text.truncate(opened);
        Ok(text)
    }

    fn sealing_key(&self) -> RandomizedNonceKey {
        let key = derive(self.file.as_ref().as_ref(), "seal");
        RandomizedNonceKey::new(&AES_256_GCM, key.as_ref()).expect("AES-256 takes 32 bytes")
    }
}

fn derive(secret: &[u8], purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"cpc-root-v1")
        .extract(secret)
        .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut()))
        .expect("32 bytes are within what HKDF gives");
    key
}

/// The server's own identity: the same on all replicas of a store.
#[derive(Clone)]
pub struct ServerIdentity {
    id: Arc<str>,
    key: PublicKey,
    secret: Arc<SecretKey>,
    store_id: Uuid,
}

impl ServerIdentity {
    /// Gives the server's id: the `PeerId` of its key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gives the key that the id is made of.
    pub(crate) fn key(&self) -> PublicKey {
        self.key
    }

    /// Signs as the server at a login over HTTP.
    pub(super) fn sign_peer_id_auth(&self, message: &PeerIdAuthMessage<'_>) -> [u8; 64] {
        self.secret.sign(&message.to_bytes())
    }

    /// Signs a ticket as the server, whose id every node knows.
    pub(crate) fn sign_ticket(&self, ticket: &Ticket) -> Vec<u8> {
        ticket.sign(&self.secret)
    }

    /// Signs a seal of the audit as the server.
    pub(crate) fn sign_seal(&self, seal: &AuditSeal) -> [u8; 64] {
        seal.sign(&self.secret)
    }

    /// Gives the store's id, by which an index knows whose it is.
    #[must_use]
    pub fn store_id(&self) -> Uuid {
        self.store_id
    }
}

pub(super) const IDENTITY_LABEL: &str = "server identity";
pub(super) const DERIVATION_LABEL: &str = "derivation";

/// Reads the server's identity from the store, or makes it on a new one; gives it with the root key as it derives there.
pub(crate) async fn open_server_identity(
    store: &Store,
    clock: &Clock,
    root: &RootKey,
) -> Result<(ServerIdentity, RootKey)> {
    if let Some(stored) = store.get_server_identity().await? {
        return read_identity(&stored, root);
    }
    let fresh = make_identity(root, Uuid::now_v7(), clock.now())?;
    let inserted = store
        .write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_server_identity(&fresh).await }))
        .await;
    // Another replica may have been faster: what is in the store then counts, whatever became of ours.
    match store.get_server_identity().await? {
        Some(stored) => read_identity(&stored, root),
        None => Err(inserted.err().unwrap_or_else(|| Error::internal("the server identity is not in the store"))),
    }
}

/// Makes a new identity for a store.
pub(super) fn make_identity(root: &RootKey, store_id: Uuid, now: Timestamp) -> Result<StoredIdentity> {
    let key = SecretKey::generate();
    Ok(StoredIdentity {
        store_id,
        sealed_key: root.seal(IDENTITY_LABEL, key.seed().as_ref())?,
        root_key_fingerprint: root.fingerprint(),
        created_at: now,
        sealed_derivation: None,
    })
}

/// Gives a root key as it derives on a store, which it must be the one of.
pub(super) fn with_derivation(stored: &StoredIdentity, root: &RootKey) -> Result<RootKey> {
    if !root.fits(&stored.root_key_fingerprint) {
        return Err(Error::new(
            Reason::StoreForeign,
            "the store belongs to another root key; give its own root key file (server.root_key_file), or another store",
        ));
    }
    let derivation = stored.sealed_derivation.as_ref().map(|sealed| root.open(DERIVATION_LABEL, sealed)).transpose()?;
    Ok(RootKey { file: root.file.clone(), derivation: derivation.map(Arc::new) })
}

pub(super) fn read_identity(stored: &StoredIdentity, root: &RootKey) -> Result<(ServerIdentity, RootKey)> {
    let root = with_derivation(stored, root)?;
    let seed = root.open(IDENTITY_LABEL, &stored.sealed_key)?;
    let seed = Zeroizing::new(
        <[u8; 32]>::try_from(seed.as_slice()).map_err(|_| Error::internal("the server's key is not 32 bytes"))?,
    );
    let secret = SecretKey::from_seed(&seed);
    let key = secret.public();
    let id = key.peer_id().to_string().into();
    Ok((ServerIdentity { id, key, secret: Arc::new(secret), store_id: stored.store_id }, root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> (tempfile::TempDir, RootKey) {
        let folder = tempfile::tempdir().unwrap();
        let key = RootKey::create(&folder.path().join("root.key")).unwrap();
        (folder, key)
    }

    #[test]
    fn a_sealed_secret_opens_under_its_key_and_label_only() {
        let (_folder, root) = key();
        let (_other_folder, other) = key();
        let sealed = root.seal("a", b"secret").unwrap();
        assert_eq!(root.open("a", &sealed).unwrap().as_slice(), b"secret");
        assert!(root.open("b", &sealed).is_err());
        assert_eq!(other.open("a", &sealed).unwrap_err().reason(), Reason::StoreForeign);
        assert!(root.open("a", &sealed[..8]).is_err());
    }

    #[test]
    fn what_somebody_typed_is_no_root_key() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _root) = key();
        for text in [
            &[0; 32],
            b"0123456789abcdef0123456789abcde",
            b"changemechangemechangemechangeme",
            b"passwordpasswordpasswordpassword",
        ] as [&[u8]; 4]
        {
            let path = folder.path().join("typed");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = RootKey::read(&path).err().unwrap().to_string();
            assert!(error.contains("random bytes") || error.contains("31 bytes"), "{error}");
        }
    }

    #[test]
    fn the_file_is_private_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, root) = key();
        let path = folder.path().join("root.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(RootKey::create(&path).err().unwrap().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays behind");
        assert_eq!(RootKey::read(&path).unwrap().fingerprint(), root.fingerprint());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(RootKey::read(&path).err().unwrap().to_string().contains("chmod 600"));
    }
}
