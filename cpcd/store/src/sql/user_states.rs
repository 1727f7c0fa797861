//! Table `users`, as far as it says who waits for approval and who was suspended.

use cpcd_model::{Result, id::UserId, time::Timestamp};

use super::Tx;

impl Tx {
    /// Lets a user in who waits; false if they do not.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn approve_user(&mut self, id: UserId) -> Result<bool> {
        let approved = self
            .execute("UPDATE users SET is_pending = FALSE WHERE id = $1 AND is_pending", &[id.uuid().into()])
            .await?;
        Ok(approved == 1)
    }

    /// Suspends a user and raises the epoch of their permissions, so that no token of before is good; false if they are suspended.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn suspend_user(&mut self, id: UserId, now: Timestamp) -> Result<bool> {
        let suspended = self
            .execute(
                "UPDATE users SET suspended_at = $2, permission_epoch = permission_epoch + 1
                 WHERE id = $1 AND suspended_at IS NULL",
                &[id.uuid().into(), now.into()],
            )
            .await?;
        Ok(suspended == 1)
    }

    /// Takes a suspension back; false if there is none.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn resume_user(&mut self, id: UserId) -> Result<bool> {
        let resumed = self
            .execute(
                "UPDATE users SET suspended_at = NULL WHERE id = $1 AND suspended_at IS NOT NULL",
                &[id.uuid().into()],
            )
            .await?;
        Ok(resumed == 1)
    }

    /// Gives how many users wait for approval; of two transactions at once the second counts what the first adds.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_pending_users(&mut self) -> Result<u64> {
        if self.is_postgres() {
            // There is no row to lock but a number: "pending", read as one.
            let number = i64::from_be_bytes(*b"\0pending");
            self.fetch_optional::<(i32,)>("SELECT 1 FROM pg_advisory_xact_lock($1)", &[number.into()]).await?;
        }
        let counted: Option<(i64,)> = self.fetch_optional("SELECT count(*) FROM users WHERE is_pending", &[]).await?;
        Ok(counted.map_or(0, |(count,)| count.unsigned_abs()))
    }

    /// Removes at most `limit` users who have waited for approval since before `time`; gives their number. Who was suspended meanwhile
    /// stays, so that nobody comes back by waiting.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_users_pending_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM users WHERE id IN (
                 SELECT id FROM users WHERE is_pending AND suspended_at IS NULL AND created_at < $1
                     AND NOT EXISTS (SELECT 1 FROM nodes WHERE owner_id = users.id) LIMIT $2
             )",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}
