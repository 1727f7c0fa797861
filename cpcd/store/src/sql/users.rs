//! Table `users`.

use cpcd_model::{
    Error, Reason, Result,
    id::UserId,
    permission::Permissions,
    user::{User, Username},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, big, json_text},
    fault::violates_unique,
    row::{bytes, unsigned},
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    username: String,
    public_key: Vec<u8>,
    permissions: Json<Permissions>,
    permission_epoch: i64,
    created_at: jiff_sqlx::Timestamp,
}

impl Row {
    fn read(self) -> Result<User> {
        let malformed = |what: &str| Error::internal(format!("user {} has malformed {what} in the store", self.id));
        // What serde takes may still name a resource twice.
        let permissions =
            Permissions::new(self.permissions.0.rules().to_vec()).map_err(|_| malformed("permissions"))?;
        Ok(User {
            id: self.id.into(),
            username: Username::parse("username", &self.username).map_err(|_| malformed("username"))?,
            public_key: bytes("users.public_key", &self.public_key)?,
            permissions,
            permission_epoch: unsigned("users.permission_epoch", self.permission_epoch)?,
            created_at: self.created_at.to_jiff(),
        })
    }
}

impl Tx {
    /// Adds a user.
    ///
    /// # Errors
    /// `USERNAME_TAKEN` or `KEY_TAKEN`, naming the field.
    pub async fn insert_user(&mut self, user: &User) -> Result<()> {
        let added = self
            .execute(
                "INSERT INTO users (id, username, public_key, permissions, permission_epoch, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    user.id.uuid().into(),
                    user.username.as_str().into(),
                    user.public_key.as_slice().into(),
                    Arg::Json(json_text(&user.permissions)?),
                    big(user.permission_epoch).into(),
                    user.created_at.into(),
                ],
            )
            .await;
        match added {
            Err(error) if violates_unique(&error, "users_username_key", "users.username") => {
                let description = format!("'{}' belongs to another user; choose another", user.username.as_str());
                Err(Error::field(Reason::UsernameTaken, "username", description))
            }
            Err(error) if violates_unique(&error, "users_public_key_key", "users.public_key") => {
                Err(Error::field(Reason::KeyTaken, "public_key", "belongs to another user"))
            }
            added => added.map(drop),
        }
    }
}

impl Tx {
    /// Gives a user, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user(&mut self, id: UserId) -> Result<Option<User>> {
        let row: Option<Row> = self
            .fetch_optional(
                "SELECT id, username, public_key, permissions, permission_epoch, created_at FROM users WHERE id = $1",
                &[id.uuid().into()],
            )
            .await?;
        row.map(Row::read).transpose()
    }
}

impl Store {
    /// Gives a user.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn get_user(&self, id: UserId) -> Result<Option<User>> {
        self.get_user_where(
            "SELECT id, username, public_key, permissions, permission_epoch, created_at FROM users WHERE id = $1",
            id.uuid().into(),
        )
        .await
    }

    /// Gives the user of a name.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user_by_name(&self, username: &str) -> Result<Option<User>> {
        self.get_user_where(
            "SELECT id, username, public_key, permissions, permission_epoch, created_at FROM users WHERE username = $1",
            username.into(),
        )
        .await
    }

    /// Gives the user of a key.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user_by_key(&self, public_key: &[u8; 32]) -> Result<Option<User>> {
        self.get_user_where(
            "SELECT id, username, public_key, permissions, permission_epoch, created_at FROM users WHERE public_key = $1",
            public_key.as_slice().into(),
        )
        .await
    }

    async fn get_user_where(&self, sql: &'static str, key: Arg<'_>) -> Result<Option<User>> {
        self.db.fetch_optional::<Row>(sql, &[key]).await?.map(Row::read).transpose()
    }

    /// Gives at most `limit` users in the order of their ids, those after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_users(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>> {
        let after = after.map_or(Uuid::nil(), UserId::uuid);
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                "SELECT id, username, public_key, permissions, permission_epoch, created_at FROM users
                 WHERE id > $1 ORDER BY id LIMIT $2",
                &[after.into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives the number of users.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_users(&self) -> Result<u64> {
        let (count,): (i64,) = self.db.fetch_one("SELECT count(*) FROM users", &[]).await?;
        unsigned("count of users", count)
    }
}
