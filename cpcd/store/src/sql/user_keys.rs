//! Table `user_keys`: the keys that users log in with.
//!
//! An account that an older version of the program made has no row here until its keys change: then its one key is the user's own column.

use std::time::Duration;

use cpcd_model::{
    Error, Reason, Result,
    id::{KeyId, SessionId, UserId},
    text::hex,
    time::Timestamp,
    user::{UserKey, UserState, Username},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, json_text, sql},
    fault::violates_unique,
    row::{bytes, unsigned},
    users::state,
};

/// A key of a user, with what a login has to know of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub key: [u8; 32],
    /// Whose it is.
    pub user_id: UserId,
    /// Their handle.
    pub username: Username,
    /// Rises with each change of their permissions.
    pub permission_epoch: u64,
    /// Whether their account may be used.
    pub state: UserState,
}

#[derive(FromRow)]
struct KnownRow {
    key: Vec<u8>,
    id: Uuid,
    username: String,
    permission_epoch: i64,
    is_pending: bool,
    suspended_at: Option<jiff_sqlx::Timestamp>,
}

impl KnownRow {
    fn read(self) -> Result<KnownKey> {
        let malformed = |_| Error::internal(format!("user {} has a malformed username in the store", self.id));
        Ok(KnownKey {
            key: bytes("user_keys.public_key", &self.key)?,
            user_id: self.id.into(),
            username: Username::parse("username", &self.username).map_err(malformed)?,
            permission_epoch: unsigned("users.permission_epoch", self.permission_epoch)?,
            state: state(self.suspended_at.is_some(), self.is_pending),
        })
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    public_key: Vec<u8>,
    name: String,
    created_at: jiff_sqlx::Timestamp,
    last_used_at: Option<jiff_sqlx::Timestamp>,
}

impl Row {
    fn read(self) -> Result<UserKey> {
        Ok(UserKey {
            id: self.id.into(),
            user_id: self.user_id.into(),
            public_key: bytes("user_keys.public_key", &self.public_key)?,
            name: self.name,
            created_at: self.created_at.to_jiff(),
            last_used_at: self.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, user_id, public_key, name, created_at, last_used_at FROM user_keys ", $rest)
    };
}

impl Tx {
    /// Gives an account of an older version the row of its one key.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn ensure_user_key(&mut self, user: UserId) -> Result<()> {
        self.execute(
            "INSERT INTO user_keys (id, user_id, public_key, name, created_at)
             SELECT id, id, public_key, '', created_at FROM users
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = $1)",
            &[user.uuid().into()],
        )
        .await
        .map(drop)
    }

    /// Adds a key to a user's.
    ///
    /// # Errors
    /// `KEY_TAKEN` if it is somebody's already, naming `field`.
    pub async fn insert_user_key(&mut self, field: &str, key: &UserKey) -> Result<()> {
        let taken = || Error::field(Reason::KeyTaken, field, "belongs to a user already");
        // Another account of an older version has it in its own column only.
        let older: Option<(i32,)> = self
            .fetch_optional(
                "SELECT 1 FROM users WHERE public_key = $1 AND id <> $2
                     AND NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = users.id)",
                &[key.public_key.as_slice().into(), key.user_id.uuid().into()],
            )
            .await?;
        if older.is_some() {
            return Err(taken());
        }
        let added = self
            .execute(
                "INSERT INTO user_keys (id, user_id, public_key, name, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    key.id.uuid().into(),
                    key.user_id.uuid().into(),
                    key.public_key.as_slice().into(),
                    key.name.as_str().into(),
                    key.created_at.into(),
                    key.last_used_at.into(),
                ],
            )
            .await;
        match added {
            Err(error) if violates_unique(&error, "user_keys_public_key_key", "user_keys.public_key") => Err(taken()),
            added => added.map(drop),
        }
    }

    /// Gives how many keys a user has, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_user_keys(&mut self, user: UserId) -> Result<u64> {
        let counted: Option<(i64,)> =
            self.fetch_optional("SELECT count(*) FROM user_keys WHERE user_id = $1", &[user.uuid().into()]).await?;
        Ok(counted.map_or(0, |(count,)| count.unsigned_abs()))
    }

    /// Gives a user's keys, as this transaction sees them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user_keys(&mut self, user: UserId) -> Result<Vec<UserKey>> {
        let rows: Vec<Row> = self.fetch_all(select!("WHERE user_id = $1 ORDER BY id"), &[user.uuid().into()]).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Takes a key from a user; false if it is not there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_user_key(&mut self, user: UserId, id: KeyId) -> Result<bool> {
        let deleted = self
            .execute("DELETE FROM user_keys WHERE user_id = $1 AND id = $2", &[user.uuid().into(), id.uuid().into()])
            .await?;
        Ok(deleted == 1)
    }

    /// Makes the oldest of a user's keys the one of their own column, which older versions of the program know.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_first_key(&mut self, user: UserId) -> Result<()> {
        self.execute(
            "UPDATE users SET public_key =
                 (SELECT public_key FROM user_keys WHERE user_id = users.id ORDER BY created_at, id LIMIT 1)
             WHERE id = $1 AND EXISTS (SELECT 1 FROM user_keys WHERE user_id = users.id)",
            &[user.uuid().into()],
        )
        .await
        .map(drop)
    }

    /// Gives the users of keys, and keeps them as they are until the transaction ends; keys that are nobody's are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn share_known_keys(&mut self, keys: &[[u8; 32]]) -> Result<Vec<KnownKey>> {
        let lines: Vec<_> = keys.iter().map(|key| hex(key)).collect();
        let lines = json_text(&lines)?;
        if self.is_postgres() {
            // In one order, so that two transactions wait for each other and not in a circle; then what is read is what was locked.
            self.fetch_all::<(i32,)>(
                "SELECT 1 FROM users WHERE id IN (
                     SELECT user_id FROM user_keys WHERE public_key IN (
                         SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1) AS line (value))
                 ) OR public_key IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1) AS line (value))
                 ORDER BY id FOR SHARE",
                &[Arg::Json(lines.clone())],
            )
            .await?;
        }
        let rows: Vec<KnownRow> = self
            .fetch_all(
                // An account that an older version made has its key in its own column alone.
                sql(
                    "WITH given AS (SELECT DISTINCT decode(value, 'hex') AS key FROM jsonb_array_elements_text($1) AS line (value)),
                     found AS (
                         SELECT given.key, user_keys.user_id FROM given JOIN user_keys ON user_keys.public_key = given.key
                         UNION ALL
                         SELECT given.key, older.id FROM given JOIN users older ON older.public_key = given.key
                         WHERE NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = older.id)
                     )
                     SELECT found.key, id, username, permission_epoch, is_pending, suspended_at
                     FROM found JOIN users ON users.id = found.user_id WHERE deleted_at IS NULL",
                    "WITH given AS (SELECT DISTINCT unhex(value) AS key FROM json_each($1)),
                     found AS (
                         SELECT given.key, user_keys.user_id FROM given CROSS JOIN user_keys ON user_keys.public_key = given.key
                         UNION ALL
                         SELECT given.key, older.id FROM given CROSS JOIN users older ON older.public_key = given.key
                         WHERE NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = older.id)
                     )
                     SELECT found.key, id, username, permission_epoch, is_pending, suspended_at
                     FROM found CROSS JOIN users ON users.id = found.user_id WHERE deleted_at IS NULL",
                ),
                &[Arg::Json(lines)],
            )
            .await?;
        rows.into_iter().map(KnownRow::read).collect()
    }

    /// Notes that keys were used, unless that is noted already for a time less than `within` before.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn note_user_keys_use(&mut self, keys: &[[u8; 32]], at: Timestamp, within: Duration) -> Result<()> {
        let lines: Vec<_> = keys.iter().map(|key| hex(key)).collect();
        self.execute(
            sql(
                // Whoever holds one notes that it was used.
                "UPDATE user_keys SET last_used_at = $2 WHERE id IN (
                     SELECT id FROM user_keys
                     WHERE public_key IN (SELECT decode(value, 'hex') FROM jsonb_array_elements_text($1) AS line (value))
                         AND (last_used_at IS NULL OR last_used_at < $3)
                     FOR UPDATE SKIP LOCKED)",
                "UPDATE user_keys SET last_used_at = $2
                 WHERE public_key IN (SELECT unhex(value) FROM json_each($1)) AND (last_used_at IS NULL OR last_used_at < $3)",
            ),
            &[Arg::Json(json_text(&lines)?), at.into(), (at - within).into()],
        )
        .await
        .map(drop)
    }

    /// Ends a user's sessions that a key opened, and those of which that is not known, and records it; gives them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn end_sessions_of_key(
        &mut self,
        user: UserId,
        public_key: &[u8; 32],
        now: Timestamp,
        forget_at: Timestamp,
    ) -> Result<Vec<SessionId>> {
        let (user, key) = (user.uuid(), public_key.as_slice());
        self.execute(
            sql(
                "INSERT INTO revocations (kind, target, before_at, created_at, expires_at)
                 SELECT 'session', id, $3::TIMESTAMPTZ, $3::TIMESTAMPTZ, $4::TIMESTAMPTZ FROM sessions
                 WHERE subject_id = $1 AND (opened_with = $2 OR opened_with IS NULL) AND ended_at IS NULL AND expires_at > $3",
                "INSERT INTO revocations (kind, target, before_at, created_at, expires_at)
                 SELECT 'session', id, $3, $3, $4 FROM sessions
                 WHERE subject_id = $1 AND (opened_with = $2 OR opened_with IS NULL) AND ended_at IS NULL AND expires_at > $3",
            ),
            &[user.into(), key.into(), now.into(), forget_at.into()],
        )
        .await?;
        let rows: Vec<(Uuid,)> = self
            .fetch_all(
                "UPDATE sessions SET ended_at = $3
                 WHERE subject_id = $1 AND (opened_with = $2 OR opened_with IS NULL) AND ended_at IS NULL AND expires_at > $3
                 RETURNING id",
                &[user.into(), key.into(), now.into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }
}

impl Store {
    /// Gives a key of a user.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user_key(&self, id: KeyId) -> Result<Option<UserKey>> {
        let row: Option<Row> = self.db.fetch_optional(select!("WHERE id = $1"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives at most `limit` keys of a user in the order of their ids, those after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_user_keys(&self, user: UserId, after: Option<KeyId>, limit: u32) -> Result<Vec<UserKey>> {
        let after = after.map_or(Uuid::nil(), KeyId::uuid);
        // The one key of an account that an older version made is in the user's row.
        let statement =
            "SELECT id, user_id, public_key, name, created_at, last_used_at FROM user_keys WHERE user_id = $1 AND id > $2
             UNION ALL
             SELECT id, id, public_key, '', created_at, NULL FROM users WHERE id = $1 AND id > $2
                 AND NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = $1)
             ORDER BY 1 LIMIT $3";
        let rows: Vec<Row> =
            self.db.fetch_all(statement, &[user.uuid().into(), after.into(), i64::from(limit).into()]).await?;
        rows.into_iter().map(Row::read).collect()
    }
}
