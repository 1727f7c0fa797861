//! Table `used_challenges`: a challenge is good once.

use cpcd_model::{Result, time::Timestamp};

use super::Tx;

impl Tx {
    /// Uses a challenge up; false if somebody has done so before. Of any number at once exactly one gets true.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_used_challenge(&mut self, id: &[u8; 16], expires_at: Timestamp) -> Result<bool> {
        // A second one waits at the primary key until the first has committed or not.
        let added = self
            .execute(
                "INSERT INTO used_challenges (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
                &[id.as_slice().into(), expires_at.into()],
            )
            .await?;
        Ok(added == 1)
    }

    /// Removes at most `limit` challenges that ended before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_used_challenges_expired_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM used_challenges WHERE id IN (SELECT id FROM used_challenges WHERE expires_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}
