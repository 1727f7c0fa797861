//! Table `users`.

use cpcd_model::{
    Error, Reason, Result,
    id::{NodeId, UserId},
    permission::Permissions,
    time::Timestamp,
    user::{User, UserKey, UserState, Username},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, Sql, big, json_text, sql},
    fault::violates_unique,
    grants::{Grant, without_grants},
    row::{bytes, unsigned},
};

/// What a [`Row`] is made of, to be followed by a condition: users with their grants, of one moment.
macro_rules! select {
    ($rest:literal) => {
        sql(
            concat!(
                "SELECT id, username, public_key, permissions, permission_epoch, is_pending, suspended_at, created_at, (SELECT coalesce(jsonb_agg(",
                "jsonb_build_object('resource', resource, 'level', level, 'object', object_id) ORDER BY resource, object_id), ",
                "'[]') FROM grants WHERE user_id = users.id) AS grants FROM users ",
                $rest
            ),
            concat!(
                "SELECT id, username, public_key, permissions, permission_epoch, is_pending, suspended_at, created_at, (SELECT json_group_array(",
                "json_object('resource', resource, 'level', level, 'object', lower(hex(object_id)))) FROM (SELECT * FROM grants ",
                "WHERE user_id = users.id ORDER BY resource, object_id)) AS grants FROM users ",
                $rest
            ),
        )
    };
}

/// Gives what two columns say of an account.
pub(super) fn state(is_suspended: bool, is_pending: bool) -> UserState {
    match (is_suspended, is_pending) {
        (true, _) => UserState::Suspended,
        (false, true) => UserState::Pending,
        (false, false) => UserState::Active,
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    username: String,
    public_key: Vec<u8>,
    permissions: Json<Permissions>,
    permission_epoch: i64,
    is_pending: bool,
    suspended_at: Option<jiff_sqlx::Timestamp>,
    created_at: jiff_sqlx::Timestamp,
    grants: Json<Vec<Grant>>,
}

impl Row {
    fn read(self) -> Result<User> {
        let malformed = |what: &str| Error::internal(format!("user {} has malformed {what} in the store", self.id));
        let grants = self.grants.0.into_iter().map(Into::into);
        let rules = self.permissions.0.rules().iter().cloned().chain(grants).collect();
        let permissions = Permissions::new(rules).map_err(|_| malformed("permissions"))?;
        Ok(User {
            id: self.id.into(),
            username: Username::parse("username", &self.username).map_err(|_| malformed("username"))?,
            public_key: bytes("users.public_key", &self.public_key)?,
            permissions,
            permission_epoch: unsigned("users.permission_epoch", self.permission_epoch)?,
            state: state(self.suspended_at.is_some(), self.is_pending),
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
                "INSERT INTO users (id, username, public_key, permissions, permission_epoch, created_at, is_pending)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    user.id.uuid().into(),
                    user.username.as_str().into(),
                    user.public_key.as_slice().into(),
                    Arg::Json(json_text(&without_grants(&user.permissions)?)?),
                    big(user.permission_epoch).into(),
                    user.created_at.into(),
                    (user.state == UserState::Pending).into(),
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
            added => {
                added?;
                let key = UserKey {
                    id: user.id.uuid().into(),
                    user_id: user.id,
                    public_key: user.public_key,
                    name: String::new(),
                    created_at: user.created_at,
                    last_used_at: None,
                };
                self.insert_user_key("public_key", &key).await?;
                self.set_grants(user.id, &user.permissions).await
            }
        }
    }

    /// Sets what a user may do, and the epoch of it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_user_permissions(&mut self, id: UserId, permissions: &Permissions, epoch: u64) -> Result<()> {
        self.execute(
            "UPDATE users SET permissions = $2, permission_epoch = $3 WHERE id = $1",
            &[id.uuid().into(), Arg::Json(json_text(&without_grants(permissions)?)?), big(epoch).into()],
        )
        .await?;
        self.set_grants(id, permissions).await
    }

    /// Gives a user and keeps others from changing it until the end of the transaction.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_user(&mut self, id: UserId) -> Result<Option<User>> {
        // What was read before the lock was had may be of yesterday: first the lock, then the row.
        let lock = sql("SELECT id FROM users WHERE id = $1 FOR UPDATE", "SELECT id FROM users WHERE id = $1");
        let _: Option<(Uuid,)> = self.fetch_optional(lock, &[id.uuid().into()]).await?;
        self.get_user(id).await
    }

    /// Gives the users with admin on all users who can use it, and keeps others from changing them, a user and the friends of that user
    /// until the end of the transaction: all at once in the order of their ids, so that nobody waits for somebody who waits for them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_user_and_admins(&mut self, user: UserId, with_friends: bool) -> Result<Vec<UserId>> {
        let rows: Vec<(Uuid, bool)> = self
            .fetch_all(
                sql(
                    "SELECT id, is_admin FROM (
                         SELECT id, EXISTS (SELECT 1 FROM jsonb_array_elements(permissions -> 'rules') AS rule
                             WHERE rule ->> 'resource' = 'users' AND rule ->> 'level' = 'admin' AND NOT rule ? 'scope')
                             AND NOT is_pending AND suspended_at IS NULL AS is_admin
                         FROM users WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(permissions -> 'rules') AS rule
                             WHERE rule ->> 'resource' = 'users' AND rule ->> 'level' = 'admin' AND NOT rule ? 'scope')
                             OR id = $1
                             OR ($2 AND id IN (SELECT other_id FROM friends WHERE user_id = $1 AND state = 'friend'))
                         ORDER BY id FOR UPDATE
                     ) AS locked",
                    "SELECT id, is_admin FROM (
                         SELECT id, EXISTS (SELECT 1 FROM json_each(permissions, '$.rules') AS rule
                             WHERE rule.value ->> 'resource' = 'users' AND rule.value ->> 'level' = 'admin'
                             AND rule.value -> 'scope' IS NULL)
                             AND NOT is_pending AND suspended_at IS NULL AS is_admin
                         FROM users
                     ) AS known WHERE is_admin OR (id = $1 AND $2 IS NOT NULL) ORDER BY id",
                ),
                &[user.uuid().into(), with_friends.into()],
            )
            .await?;
        Ok(rows.into_iter().filter(|(_, is_admin)| *is_admin).map(|(id, _)| id.into()).collect())
    }

    /// Takes name, key and rights away from a user, with what they made that lives by their rights; content and nodes are left.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_user(&mut self, id: UserId, now: Timestamp) -> Result<()> {
        // Nobody can ask for this name, and nobody has this key.
        let name = format!("~{}", id.uuid().simple());
        let key = [id.uuid().into_bytes(), id.uuid().into_bytes()].concat();
        self.execute(
            "UPDATE users SET username = $2, public_key = $3, permissions = $4, permission_epoch = permission_epoch + 1, deleted_at = $5
             WHERE id = $1",
            &[
                id.uuid().into(),
                name.as_str().into(),
                key.as_slice().into(),
                Arg::Json(json_text(&Permissions::default())?),
                now.into(),
            ],
        )
        .await?;
        for statement in [
            "DELETE FROM grants WHERE user_id = $1",
            "DELETE FROM invites WHERE made_by = $1",
            "DELETE FROM webhooks WHERE owner_id = $1",
            "DELETE FROM service_tokens WHERE owner_id = $1",
            "DELETE FROM user_keys WHERE user_id = $1",
            "DELETE FROM recovery_codes WHERE user_id = $1",
        ] {
            self.execute(statement, &[id.uuid().into()]).await?;
        }
        Ok(())
    }

    /// Takes a user's nodes from them: they stay, without an owner; gives their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn disown_nodes(&mut self, owner: UserId) -> Result<Vec<NodeId>> {
        let rows: Vec<(Uuid,)> = self
            .fetch_all(
                sql(
                    "SELECT id FROM nodes WHERE owner_id = $1 ORDER BY id FOR UPDATE",
                    "SELECT id FROM nodes WHERE owner_id = $1 ORDER BY id",
                ),
                &[owner.uuid().into()],
            )
            .await?;
        self.execute("UPDATE nodes SET owner_id = NULL WHERE owner_id = $1", &[owner.uuid().into()]).await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Removes at most `limit` users who were deleted and of whom nothing is left; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_users_gone(&mut self, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM users WHERE id IN (
                 SELECT id FROM users u WHERE deleted_at IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM content WHERE owner_id = u.id)
                     AND NOT EXISTS (SELECT 1 FROM nodes WHERE owner_id = u.id)
                 LIMIT $1
             )",
            &[i64::from(limit).into()],
        )
        .await
    }
}

impl Tx {
    /// Gives a user, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user(&mut self, id: UserId) -> Result<Option<User>> {
        let row: Option<Row> =
            self.fetch_optional(select!("WHERE id = $1 AND deleted_at IS NULL"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }
}

impl Store {
    /// Gives a user.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn get_user(&self, id: UserId) -> Result<Option<User>> {
        self.get_user_where(select!("WHERE id = $1 AND deleted_at IS NULL"), id.uuid().into()).await
    }

    /// Gives the user of a name.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user_by_name(&self, username: &str) -> Result<Option<User>> {
        self.get_user_where(select!("WHERE username = $1 AND deleted_at IS NULL"), username.into()).await
    }

    /// Gives the user of a key, which is one of theirs.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_user_by_key(&self, public_key: &[u8; 32]) -> Result<Option<User>> {
        // An account that an older version made has its key in its own column alone.
        let statement = select!(
            "WHERE id = coalesce(
                 (SELECT user_id FROM user_keys WHERE public_key = $1),
                 (SELECT id FROM users AS older WHERE older.public_key = $1
                      AND NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = older.id))
             ) AND deleted_at IS NULL"
        );
        self.get_user_where(statement, public_key.as_slice().into()).await
    }

    async fn get_user_where(&self, sql: Sql, key: Arg<'_>) -> Result<Option<User>> {
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
                select!("WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2"),
                &[after.into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives at most `limit` users of a state in the order of their ids, those after `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_users_in(&self, state: UserState, after: Option<UserId>, limit: u32) -> Result<Vec<User>> {
        let statement = match state {
            UserState::Active => {
                select!(
                    "WHERE NOT is_pending AND suspended_at IS NULL AND deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2"
                )
            }
            UserState::Pending => select!(
                "WHERE is_pending AND suspended_at IS NULL AND deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2"
            ),
            UserState::Suspended => {
                select!("WHERE suspended_at IS NOT NULL AND deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2")
            }
        };
        let after = after.map_or(Uuid::nil(), UserId::uuid);
        let rows: Vec<Row> = self.db.fetch_all(statement, &[after.into(), i64::from(limit).into()]).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives the number of users.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_users(&self) -> Result<u64> {
        let (count,): (i64,) = self.db.fetch_one("SELECT count(*) FROM users WHERE deleted_at IS NULL", &[]).await?;
        unsigned("count of users", count)
    }
}
