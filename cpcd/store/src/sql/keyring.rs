//! Tables `signing_keys` and `server_identity`: secrets, sealed before they come here.

use cpcd_model::{Result, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, Tx};

/// A key that signs tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// Names it, also in tokens.
    pub kid: String,
    /// The secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Who this server is, alike on all replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerIdentity {
    /// Names the store.
    pub store_id: Uuid,
    /// The server's own key, sealed.
    pub sealed_key: Vec<u8>,
    /// Tells which root key seals.
    pub root_key_fingerprint: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct KeyRow {
    kid: String,
    sealed_secret: Vec<u8>,
    created_at: jiff_sqlx::Timestamp,
}

#[derive(FromRow)]
struct IdentityRow {
    store_id: Uuid,
    sealed_key: Vec<u8>,
    root_key_fingerprint: Vec<u8>,
    created_at: jiff_sqlx::Timestamp,
}

impl Tx {
    /// Adds a signing key.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if there is one of that name.
    pub async fn insert_signing_key(&mut self, key: &SealedKey) -> Result<()> {
        self.execute(
            "INSERT INTO signing_keys (kid, sealed_secret, created_at) VALUES ($1, $2, $3)",
            &[key.kid.as_str().into(), key.sealed_secret.as_slice().into(), key.created_at.into()],
        )
        .await
        .map(drop)
    }

    /// Adds a signing key if there is none; false if somebody has been faster. Of any number at once exactly one gets true.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_first_signing_key(&mut self, key: &SealedKey) -> Result<bool> {
        // SQLite has one writer. Without a row there is nothing to lock but a number: "keyring", read as one.
        if self.is_postgres() {
            let number = i64::from_be_bytes(*b"\0keyring");
            self.fetch_optional::<(i32,)>("SELECT 1 FROM pg_advisory_xact_lock($1)", &[number.into()]).await?;
        }
        let added = self
            .execute(
                "INSERT INTO signing_keys (kid, sealed_secret, created_at)
                 SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM signing_keys)",
                &[key.kid.as_str().into(), key.sealed_secret.as_slice().into(), key.created_at.into()],
            )
            .await?;
        Ok(added == 1)
    }

    /// Gives the store its identity.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if it has one.
    pub async fn insert_server_identity(&mut self, identity: &ServerIdentity) -> Result<()> {
        self.execute(
            "INSERT INTO server_identity (singleton, store_id, sealed_key, root_key_fingerprint, created_at)
             VALUES (1, $1, $2, $3, $4)",
            &[
                identity.store_id.into(),
                identity.sealed_key.as_slice().into(),
                identity.root_key_fingerprint.as_slice().into(),
                identity.created_at.into(),
            ],
        )
        .await
        .map(drop)
    }
}

impl Store {
    /// Gives all signing keys, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_signing_keys(&self) -> Result<Vec<SealedKey>> {
        let rows: Vec<KeyRow> = self
            .db
            .fetch_all("SELECT kid, sealed_secret, created_at FROM signing_keys ORDER BY created_at, kid", &[])
            .await?;
        let read = |row: KeyRow| SealedKey {
            kid: row.kid,
            sealed_secret: row.sealed_secret,
            created_at: row.created_at.to_jiff(),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Gives the store's identity, if it has one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_server_identity(&self) -> Result<Option<ServerIdentity>> {
        let row: Option<IdentityRow> = self
            .db
            .fetch_optional("SELECT store_id, sealed_key, root_key_fingerprint, created_at FROM server_identity", &[])
            .await?;
        Ok(row.map(|row| ServerIdentity {
            store_id: row.store_id,
            sealed_key: row.sealed_key,
            root_key_fingerprint: row.root_key_fingerprint,
            created_at: row.created_at.to_jiff(),
        }))
    }
}
