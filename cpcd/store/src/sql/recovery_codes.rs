//! Table `recovery_codes`: by which a user who has lost all keys gets in again. Of a code only the hash is here.

use cpcd_model::{
    Result,
    id::{SessionId, UserId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{Store, Tx};

impl Tx {
    /// Puts new codes in the place of all that a user has, with the key that opened the session in which they are made.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn replace_recovery_codes(
        &mut self,
        user: UserId,
        session: Option<SessionId>,
        hashes: &[[u8; 32]],
        now: Timestamp,
    ) -> Result<()> {
        self.execute("DELETE FROM recovery_codes WHERE user_id = $1", &[user.uuid().into()]).await?;
        for hash in hashes {
            self.execute(
                "INSERT INTO recovery_codes (user_id, code_hash, created_at, made_with)
                 VALUES ($1, $2, $3, (SELECT opened_with FROM sessions WHERE id = $4))",
                &[user.uuid().into(), hash.as_slice().into(), now.into(), session.map(SessionId::uuid).into()],
            )
            .await?;
        }
        Ok(())
    }

    /// Removes the codes of a user that were made with a key; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_recovery_codes_of_key(&mut self, user: UserId, public_key: &[u8; 32]) -> Result<u64> {
        self.execute(
            "DELETE FROM recovery_codes WHERE user_id = $1 AND (made_with = $2 OR made_with IS NULL)",
            &[user.uuid().into(), public_key.as_slice().into()],
        )
        .await
    }

    /// Uses a code up; false if it is none of the user's. Of any number at once exactly one gets true.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn use_recovery_code(&mut self, user: UserId, hash: &[u8; 32]) -> Result<bool> {
        let used = self
            .execute(
                "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2",
                &[user.uuid().into(), hash.as_slice().into()],
            )
            .await?;
        Ok(used == 1)
    }
}

impl Store {
    /// Says whether a code is one of a user's; nobody has one for the nil id.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn has_recovery_code(&self, user: Option<UserId>, hash: &[u8; 32]) -> Result<bool> {
        let found: Option<(i32,)> = self
            .db
            .fetch_optional(
                "SELECT 1 FROM recovery_codes WHERE user_id = $1 AND code_hash = $2",
                &[user.map_or(Uuid::nil(), UserId::uuid).into(), hash.as_slice().into()],
            )
            .await?;
        Ok(found.is_some())
    }

    /// Gives how many codes a user has left.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_recovery_codes(&self, user: UserId) -> Result<u32> {
        let (count,): (i64,) =
            self.db.fetch_one("SELECT count(*) FROM recovery_codes WHERE user_id = $1", &[user.uuid().into()]).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
