//! Table `service_tokens`: what programs show that act for a user. Of a token only the hash is here.

use std::time::Duration;

use cpcd_model::{
    Error, Result,
    id::{ServiceTokenId, SessionId, UserId},
    permission::Permissions,
    service_token::ServiceToken,
    time::Timestamp,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, json_text},
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    owner_id: Uuid,
    name: String,
    permissions: Json<Permissions>,
    created_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    last_used_at: Option<jiff_sqlx::Timestamp>,
    revoked_at: Option<jiff_sqlx::Timestamp>,
}

impl Row {
    fn read(self) -> Result<ServiceToken> {
        // What serde takes may still name a resource twice.
        let permissions = Permissions::new(self.permissions.0.rules().to_vec()).map_err(|_| {
            Error::internal(format!("service token {} has malformed permissions in the store", self.id))
        })?;
        Ok(ServiceToken {
            id: self.id.into(),
            owner_id: self.owner_id.into(),
            name: self.name,
            permissions,
            created_at: self.created_at.to_jiff(),
            expires_at: self.expires_at.to_jiff(),
            last_used_at: self.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
            revoked_at: self.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, name, permissions, created_at, expires_at, last_used_at, revoked_at FROM service_tokens ",
            $rest
        )
    };
}

impl Tx {
    /// Adds a service token with the hash of its text, and the key that opened the session in which it is made; false if its owner has
    /// as many that are good as they may.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_service_token(
        &mut self,
        token: &ServiceToken,
        session: Option<SessionId>,
        hash: &[u8; 32],
        most: u32,
    ) -> Result<bool> {
        let owner = token.owner_id.uuid();
        if self.is_postgres() {
            // Of two at once the second counts the first. SQLite has one writer.
            let lock = "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE";
            self.fetch_optional::<(i32,)>(lock, &[owner.into()]).await?;
        }
        let counted: Option<(i64,)> = self
            .fetch_optional(
                "SELECT count(*) FROM service_tokens WHERE owner_id = $1 AND revoked_at IS NULL AND expires_at > $2",
                &[owner.into(), token.created_at.into()],
            )
            .await?;
        if counted.is_none_or(|(count,)| count >= i64::from(most)) {
            return Ok(false);
        }
        self.execute(
            "INSERT INTO service_tokens (id, owner_id, name, secret_hash, permissions, created_at, expires_at, made_with)
             VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT opened_with FROM sessions WHERE id = $8))",
            &[
                token.id.uuid().into(),
                owner.into(),
                token.name.as_str().into(),
                hash.as_slice().into(),
                Arg::Json(json_text(&token.permissions)?),
                token.created_at.into(),
                token.expires_at.into(),
                session.map(SessionId::uuid).into(),
            ],
        )
        .await
        .map(|_| true)
    }

    /// Takes back the service tokens of a user that were made with a key; gives them, and when they would have ended.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn revoke_service_tokens_of_key(
        &mut self,
        owner: UserId,
        public_key: &[u8; 32],
        now: Timestamp,
    ) -> Result<Vec<(ServiceTokenId, Timestamp)>> {
        let rows: Vec<(Uuid, jiff_sqlx::Timestamp)> = self
            .fetch_all(
                "UPDATE service_tokens SET revoked_at = $3
                 WHERE owner_id = $1 AND (made_with = $2 OR made_with IS NULL) AND revoked_at IS NULL
                 RETURNING id, expires_at",
                &[owner.uuid().into(), public_key.as_slice().into(), now.into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id, ends)| (id.into(), ends.to_jiff())).collect())
    }

    /// Says whether a service token is good still, and its owner active.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn is_service_token_good(&mut self, id: ServiceTokenId) -> Result<bool> {
        let found: Option<(i32,)> = self
            .fetch_optional(
                "SELECT 1 FROM service_tokens t JOIN users u ON u.id = t.owner_id
                 WHERE t.id = $1 AND t.revoked_at IS NULL AND u.suspended_at IS NULL AND u.deleted_at IS NULL",
                &[id.uuid().into()],
            )
            .await?;
        Ok(found.is_some())
    }

    /// Takes a service token back; false if it is not there or has been taken back before.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn revoke_service_token(&mut self, id: ServiceTokenId, now: Timestamp) -> Result<bool> {
        let revoked = self
            .execute(
                "UPDATE service_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
                &[id.uuid().into(), now.into()],
            )
            .await?;
        Ok(revoked == 1)
    }

    /// Takes back the service tokens of a user, or of everybody, that were made before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn revoke_service_tokens_made_before(
        &mut self,
        owner: Option<Uuid>,
        time: Timestamp,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute(
            "UPDATE service_tokens SET revoked_at = $3
             WHERE (owner_id = $1 OR $1 IS NULL) AND created_at < $2 AND revoked_at IS NULL",
            &[owner.into(), time.into(), now.into()],
        )
        .await
    }

    /// Notes that a service token was used, unless it is noted already for a time less than `within` before.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn note_service_token_use(
        &mut self,
        id: ServiceTokenId,
        at: Timestamp,
        within: Duration,
    ) -> Result<bool> {
        let noted = self
            .execute(
                "UPDATE service_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)",
                &[id.uuid().into(), at.into(), (at - within).into()],
            )
            .await?;
        Ok(noted == 1)
    }

    /// Removes at most `limit` service tokens that ended before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_service_tokens_expired_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM service_tokens WHERE id IN (SELECT id FROM service_tokens WHERE expires_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}

impl Store {
    /// Gives a service token.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_service_token(&self, id: ServiceTokenId) -> Result<Option<ServiceToken>> {
        let row: Option<Row> = self.db.fetch_optional(select!("WHERE id = $1"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives the service token of a text by its hash; nothing if the text is not its own.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_service_token_by_hash(&self, id: ServiceTokenId, hash: &[u8; 32]) -> Result<Option<ServiceToken>> {
        let row: Option<Row> = self
            .db
            .fetch_optional(select!("WHERE id = $1 AND secret_hash = $2"), &[id.uuid().into(), hash.as_slice().into()])
            .await?;
        row.map(Row::read).transpose()
    }

    /// Gives at most `limit` service tokens of a user, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_service_tokens(
        &self,
        owner: UserId,
        after: Option<ServiceTokenId>,
        limit: u32,
    ) -> Result<Vec<ServiceToken>> {
        let after = after.map_or(Uuid::nil(), ServiceTokenId::uuid);
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select!("WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
                &[owner.uuid().into(), after.into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}
