//! Table `server_identity`: who this server is, sealed before it comes here.

use cpcd_model::{Result, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, Tx};

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
    /// What everything is derived from that is not in the store, sealed; nothing while that is the root key itself.
    pub sealed_derivation: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct Row {
    store_id: Uuid,
    sealed_key: Vec<u8>,
    root_key_fingerprint: Vec<u8>,
    created_at: jiff_sqlx::Timestamp,
    sealed_derivation: Option<Vec<u8>>,
}

impl From<Row> for ServerIdentity {
    fn from(row: Row) -> Self {
        Self {
            store_id: row.store_id,
            sealed_key: row.sealed_key,
            root_key_fingerprint: row.root_key_fingerprint,
            created_at: row.created_at.to_jiff(),
            sealed_derivation: row.sealed_derivation,
        }
    }
}

const SELECT: &str =
    "SELECT store_id, sealed_key, root_key_fingerprint, created_at, sealed_derivation FROM server_identity";

impl Tx {
    /// Gives the store its identity.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if it has one.
    pub async fn insert_server_identity(&mut self, identity: &ServerIdentity) -> Result<()> {
        self.execute(
            "INSERT INTO server_identity (singleton, store_id, sealed_key, root_key_fingerprint, created_at, sealed_derivation)
             VALUES (1, $1, $2, $3, $4, $5)",
            &[
                identity.store_id.into(),
                identity.sealed_key.as_slice().into(),
                identity.root_key_fingerprint.as_slice().into(),
                identity.created_at.into(),
                identity.sealed_derivation.as_deref().into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Gives the store's identity, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_server_identity(&mut self) -> Result<Option<ServerIdentity>> {
        let row: Option<Row> = self.fetch_optional(SELECT, &[]).await?;
        Ok(row.map(Into::into))
    }
}

impl Store {
    /// Gives the store's identity, if it has one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_server_identity(&self) -> Result<Option<ServerIdentity>> {
        let row: Option<Row> = self.db.fetch_optional(SELECT, &[]).await?;
        Ok(row.map(Into::into))
    }
}
