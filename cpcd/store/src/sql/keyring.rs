//! Table `signing_keys`: what signs tokens, sealed before it comes here.
//!
//! A key is accepted from the moment it is there, signs from `activated_at` on and no longer from `retired_at` on.

use std::time::Duration;

use cpcd_model::{Result, time::Timestamp};
use sqlx::FromRow;

use super::{Store, Tx, arg::sql, replicas::seconds};

/// A key that signs tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// Names it, also in tokens.
    pub kid: String,
    /// The secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to sign; nothing while it waits for every replica to accept it.
    pub activated_at: Option<Timestamp>,
    /// When it stopped.
    pub retired_at: Option<Timestamp>,
}

const SELECT: &str =
    "SELECT kid, sealed_secret, created_at, activated_at, retired_at FROM signing_keys ORDER BY created_at, kid";

#[derive(FromRow)]
struct Row {
    kid: String,
    sealed_secret: Vec<u8>,
    created_at: jiff_sqlx::Timestamp,
    activated_at: Option<jiff_sqlx::Timestamp>,
    retired_at: Option<jiff_sqlx::Timestamp>,
}

impl From<Row> for SealedKey {
    fn from(row: Row) -> Self {
        Self {
            kid: row.kid,
            sealed_secret: row.sealed_secret,
            created_at: row.created_at.to_jiff(),
            activated_at: row.activated_at.map(jiff_sqlx::Timestamp::to_jiff),
            retired_at: row.retired_at.map(jiff_sqlx::Timestamp::to_jiff),
        }
    }
}

impl Tx {
    /// Adds a signing key.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if there is one of that name.
    pub async fn insert_signing_key(&mut self, key: &SealedKey) -> Result<()> {
        self.execute(
            "INSERT INTO signing_keys (kid, sealed_secret, created_at, activated_at, retired_at) VALUES ($1, $2, $3, $4, $5)",
            &[
                key.kid.as_str().into(),
                key.sealed_secret.as_slice().into(),
                key.created_at.into(),
                key.activated_at.into(),
                key.retired_at.into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Adds a signing key if there is none; false if somebody has been faster. Of any number at once exactly one gets true.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_first_signing_key(&mut self, key: &SealedKey) -> Result<bool> {
        self.lock_keyring().await?;
        let there: Option<(i32,)> = self.fetch_optional("SELECT 1 FROM signing_keys LIMIT 1", &[]).await?;
        if there.is_some() {
            return Ok(false);
        }
        self.insert_signing_key(key).await.map(|()| true)
    }

    /// Adds a signing key that waits; false if another waits already. Of any number at once exactly one gets true.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_waiting_signing_key(&mut self, key: &SealedKey) -> Result<bool> {
        self.lock_keyring().await?;
        let statement = "SELECT 1 FROM signing_keys WHERE activated_at IS NULL LIMIT 1";
        if self.fetch_optional::<(i32,)>(statement, &[]).await?.is_some() {
            return Ok(false);
        }
        self.insert_signing_key(key).await.map(|()| true)
    }

    /// Lets a waiting key sign and retires the others; false if it does not wait, or a daemon that was heard within this time has
    /// not acknowledged it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn activate_signing_key(&mut self, kid: &str, within: Duration, now: Timestamp) -> Result<bool> {
        self.lock_keyring().await?;
        let activated = self
            .execute(
                sql(
                    "UPDATE signing_keys SET activated_at = $2 WHERE kid = $1 AND activated_at IS NULL AND NOT EXISTS (
                         SELECT 1 FROM replicas
                         WHERE newest_kid <> $1 AND seen_at > clock_timestamp() - make_interval(secs => $3::BIGINT)
                     )",
                    "UPDATE signing_keys SET activated_at = $2 WHERE kid = $1 AND activated_at IS NULL AND NOT EXISTS (
                         SELECT 1 FROM replicas
                         WHERE newest_kid <> $1
                             AND seen_at > strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-' || $3 || ' seconds')
                     )",
                ),
                &[kid.into(), now.into(), seconds(within).into()],
            )
            .await?;
        if activated == 0 {
            return Ok(false);
        }
        self.execute(
            "UPDATE signing_keys SET retired_at = $2 WHERE kid <> $1 AND activated_at IS NOT NULL AND retired_at IS NULL",
            &[kid.into(), now.into()],
        )
        .await?;
        Ok(true)
    }

    /// Puts a key in the place of all others, those that wait among them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn replace_signing_keys(&mut self, key: &SealedKey) -> Result<()> {
        self.lock_keyring().await?;
        self.execute("DELETE FROM signing_keys", &[]).await?;
        self.insert_signing_key(key).await
    }

    /// Removes the keys that were retired before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_signing_keys_retired_before(&mut self, time: Timestamp) -> Result<u64> {
        self.execute("DELETE FROM signing_keys WHERE retired_at < $1", &[time.into()]).await
    }

    /// Gives all signing keys, the oldest first, and keeps others from changing them until the end of the transaction.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_signing_keys(&mut self) -> Result<Vec<SealedKey>> {
        self.lock_keyring().await?;
        let rows: Vec<Row> = self.fetch_all(SELECT, &[]).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Makes changes of the keyring wait for each other.
    async fn lock_keyring(&mut self) -> Result<()> {
        // SQLite has one writer. Without a row there is nothing to lock but a number: "keyring", read as one.
        if self.is_postgres() {
            let number = i64::from_be_bytes(*b"\0keyring");
            self.fetch_optional::<(i32,)>("SELECT 1 FROM pg_advisory_xact_lock($1)", &[number.into()]).await?;
        }
        Ok(())
    }
}

impl Store {
    /// Gives all signing keys, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_signing_keys(&self) -> Result<Vec<SealedKey>> {
        let rows: Vec<Row> = self.db.fetch_all(SELECT, &[]).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
