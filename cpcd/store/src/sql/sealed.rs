//! What is sealed under the root key, wherever it is: read and written anew when the root key changes.

use cpcd_model::{Result, id::WebhookId, time::Timestamp};
use uuid::Uuid;

use super::{SealedKey, ServerIdentity, Store, Tx};

/// Every column that holds something sealed. A test compares it with the tables: whatever is sealed has to be written anew here.
pub const SEALED_COLUMNS: &[(&str, &str)] = &[
    ("server_identity", "sealed_derivation"),
    ("server_identity", "sealed_key"),
    ("signing_keys", "sealed_secret"),
    ("webhooks", "sealed_secret"),
];

impl Tx {
    /// Gives the store's identity and keeps others from changing it until the end of the transaction.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn lock_server_identity(&mut self) -> Result<Option<ServerIdentity>> {
        // SQLite has one writer.
        if self.is_postgres() {
            self.fetch_optional::<(i16,)>("SELECT singleton FROM server_identity FOR UPDATE", &[]).await?;
        }
        self.get_server_identity().await
    }

    /// Puts another identity in the place of the store's.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_server_identity(&mut self, identity: &ServerIdentity) -> Result<()> {
        self.execute(
            "UPDATE server_identity SET store_id = $1, sealed_key = $2, root_key_fingerprint = $3, created_at = $4,
                 sealed_derivation = $5",
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

    /// Seals a signing key's secret anew.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_sealed_signing_key(&mut self, key: &SealedKey) -> Result<()> {
        self.execute(
            "UPDATE signing_keys SET sealed_secret = $2 WHERE kid = $1",
            &[key.kid.as_str().into(), key.sealed_secret.as_slice().into()],
        )
        .await
        .map(drop)
    }

    /// Gives at most `limit` webhooks' sealed secrets, those after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_sealed_webhooks(
        &mut self,
        after: Option<WebhookId>,
        limit: u32,
    ) -> Result<Vec<(WebhookId, Vec<u8>)>> {
        let after = after.map_or(Uuid::nil(), WebhookId::uuid);
        let rows: Vec<(Uuid, Vec<u8>)> = self
            .fetch_all(
                "SELECT id, sealed_secret FROM webhooks WHERE id > $1 ORDER BY id LIMIT $2",
                &[after.into(), i64::from(limit).into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id, sealed)| (id.into(), sealed)).collect())
    }

    /// Seals a webhook's secret anew.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_sealed_webhook(&mut self, id: WebhookId, sealed: &[u8]) -> Result<()> {
        self.execute("UPDATE webhooks SET sealed_secret = $2 WHERE id = $1", &[id.uuid().into(), sealed.into()])
            .await
            .map(drop)
    }

    /// Gives up all webhooks, whose secrets nothing opens any more; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn disable_webhooks(&mut self, why: &str, now: Timestamp) -> Result<u64> {
        self.execute(
            "UPDATE webhooks SET disabled_at = $1, next_attempt_at = NULL, last_error = $2",
            &[now.into(), why.into()],
        )
        .await
    }

    /// Takes all invites back whose codes nothing knows again any more; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn revoke_all_invites(&mut self, now: Timestamp) -> Result<u64> {
        self.execute("UPDATE invites SET revoked_at = $1 WHERE revoked_at IS NULL AND expires_at > $1", &[now.into()])
            .await
    }
}

impl Store {
    /// Gives how many daemons were heard on the store within ten seconds; an embedded one has a lock instead.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_daemons(&self) -> Result<usize> {
        Ok(self.list_replica_kids(std::time::Duration::from_secs(10)).await?.len())
    }
}
