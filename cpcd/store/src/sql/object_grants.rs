//! Table `object_grants`: single things that are opened to a user, or to the friends of their owner.

use cpcd_model::{
    Error, Result,
    grant::{Grant, Grantee, Held, MOST_CONTENTS, MOST_OTHERS},
    id::{GrantId, UserId},
    permission::{Level, Resource},
    time::Timestamp,
    user::Username,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, sql},
    row::unsigned,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    resource: String,
    object_id: Uuid,
    user_id: Option<Uuid>,
    friends_of: Option<Uuid>,
    level: String,
    granted_by: Option<Uuid>,
    created_at: jiff_sqlx::Timestamp,
    expires_at: Option<jiff_sqlx::Timestamp>,
    username: Option<String>,
}

impl Row {
    fn read(self) -> Result<Grant> {
        let malformed = || Error::internal(format!("grant {} is malformed in the store", self.id));
        let grantee = match (self.user_id, self.friends_of) {
            (Some(user), None) => Grantee::User(user.into()),
            (None, Some(owner)) => Grantee::FriendsOf(owner.into()),
            (Some(_), Some(_)) | (None, None) => return Err(malformed()),
        };
        Ok(Grant {
            id: self.id.into(),
            resource: resource(&self.resource).ok_or_else(malformed)?,
            object: self.object_id,
            grantee,
            username: self
                .username
                .map(|name| Username::parse("username", &name))
                .transpose()
                .map_err(|_| Error::internal(format!("grant {} is to a malformed name in the store", self.id)))?,
            level: level(&self.level).ok_or_else(malformed)?,
            granted_by: self.granted_by.map(Into::into),
            created_at: self.created_at.to_jiff(),
            expires_at: self.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

#[derive(FromRow)]
struct HeldRow {
    id: Uuid,
    resource: String,
    object_id: Uuid,
    level: String,
    is_by_friend: bool,
    expires_at: Option<jiff_sqlx::Timestamp>,
}

impl HeldRow {
    fn read(self) -> Result<Held> {
        let malformed = || Error::internal(format!("grant {} is malformed in the store", self.id));
        Ok(Held {
            id: self.id.into(),
            resource: resource(&self.resource).ok_or_else(malformed)?,
            object: self.object_id,
            level: level(&self.level).ok_or_else(malformed)?,
            is_by_friend: self.is_by_friend,
            expires_at: self.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

fn resource(word: &str) -> Option<Resource> {
    Resource::ALL.into_iter().find(|resource| resource.as_str() == word)
}

fn level(word: &str) -> Option<Level> {
    Level::ALL.into_iter().find(|level| level.as_str() == word)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, resource, object_id, user_id, friends_of, level, granted_by, g.created_at, expires_at, username
             FROM object_grants g LEFT JOIN users u ON u.id = g.user_id ",
            $rest
        )
    };
}

fn parties(grantee: Grantee) -> (Option<Uuid>, Option<Uuid>) {
    match grantee {
        Grantee::User(user) => (Some(user.uuid()), None),
        Grantee::FriendsOf(owner) => (None, Some(owner.uuid())),
    }
}

impl Tx {
    /// Gives the grant on a thing to somebody, if there is one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_grant_of(&mut self, resource: Resource, object: Uuid, grantee: Grantee) -> Result<Option<Grant>> {
        let (user, friends_of) = parties(grantee);
        let row: Option<Row> = self
            .fetch_optional(
                select!("WHERE resource = $1 AND object_id = $2 AND (user_id = $3 OR (friends_of IS NOT NULL AND friends_of = $4))"),
                &[resource.as_str().into(), object.into(), user.into(), friends_of.into()],
            )
            .await?;
        row.map(Row::read).transpose()
    }

    /// Gives a grant, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_grant(&mut self, id: GrantId) -> Result<Option<Grant>> {
        let row: Option<Row> = self.fetch_optional(select!("WHERE g.id = $1"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives how many grants there are on a thing.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_grants_on(&mut self, resource: Resource, object: Uuid) -> Result<u64> {
        let statement = "SELECT count(*) FROM object_grants WHERE resource = $1 AND object_id = $2";
        let counted: Option<(i64,)> =
            self.fetch_optional(statement, &[resource.as_str().into(), object.into()]).await?;
        unsigned("count of grants", counted.map_or(0, |(count,)| count))
    }

    /// Gives how many grants on things of a resource somebody has who is locked.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_grants_of(&mut self, grantee: Grantee, resource: Resource) -> Result<u64> {
        let (user, friends_of) = parties(grantee);
        let counted: Option<(i64,)> = self
            .fetch_optional(
                match grantee {
                    Grantee::User(_) => "SELECT count(*) FROM object_grants WHERE user_id = $1 AND resource = $2",
                    Grantee::FriendsOf(_) => {
                        "SELECT count(*) FROM object_grants WHERE friends_of = $1 AND resource = $2"
                    }
                },
                &[user.or(friends_of).into(), resource.as_str().into()],
            )
            .await?;
        unsigned("count of grants", counted.map_or(0, |(count,)| count))
    }

    /// Adds a grant, or sets level, maker and end of the one of the same id.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn upsert_grant(&mut self, grant: &Grant) -> Result<()> {
        let (user, friends_of) = parties(grant.grantee);
        self.execute(
            "INSERT INTO object_grants (id, resource, object_id, user_id, friends_of, level, granted_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (id) DO UPDATE SET level = excluded.level, granted_by = excluded.granted_by, expires_at = excluded.expires_at",
            &[
                grant.id.uuid().into(),
                grant.resource.as_str().into(),
                grant.object.into(),
                user.into(),
                friends_of.into(),
                grant.level.as_str().into(),
                grant.granted_by.map(UserId::uuid).into(),
                grant.created_at.into(),
                grant.expires_at.into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Deletes a grant; false if it is gone already.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_grant(&mut self, id: GrantId) -> Result<bool> {
        Ok(self.execute("DELETE FROM object_grants WHERE id = $1", &[id.uuid().into()]).await? == 1)
    }

    /// Deletes the grants on things that are gone.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_grants_on(&mut self, resource: Resource, objects: &[Uuid]) -> Result<()> {
        self.execute(
            sql(
                "DELETE FROM object_grants WHERE resource = $1 AND object_id = ANY($2)",
                "DELETE FROM object_grants WHERE resource = $1 AND object_id IN (SELECT unhex(value, '-') FROM json_each($2))",
            ),
            &[resource.as_str().into(), Arg::UuidArray(objects)],
        )
        .await
        .map(drop)
    }

    /// Deletes the grants to a user and to their friends.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_grants_of(&mut self, user: UserId) -> Result<()> {
        let statement = "DELETE FROM object_grants WHERE user_id = $1 OR friends_of = $1";
        self.execute(statement, &[user.uuid().into()]).await.map(drop)
    }

    /// Gives those of some users whose friends are granted something.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_granting_friends(&mut self, users: [UserId; 2]) -> Result<Vec<UserId>> {
        let statement = "SELECT DISTINCT friends_of FROM object_grants WHERE friends_of IN ($1, $2)";
        let rows: Vec<(Uuid,)> = self.fetch_all(statement, &users.map(|user| user.uuid().into())).await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Removes at most `limit` grants that ended before `time`, and as many on allocations that are gone; gives the larger number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_grants_ended_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        let limit = i64::from(limit);
        let ended = self
            .execute(
                "DELETE FROM object_grants WHERE id IN (SELECT id FROM object_grants WHERE expires_at < $1 LIMIT $2)",
                &[time.into(), limit.into()],
            )
            .await?;
        let gone = self
            .execute(
                "DELETE FROM object_grants WHERE id IN (
                     SELECT id FROM object_grants g WHERE resource = 'allocations'
                         AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.id = g.object_id)
                     LIMIT $1
                 )",
                &[limit.into()],
            )
            .await?;
        Ok(ended.max(gone))
    }
}

impl Store {
    /// Gives a grant.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn get_grant(&self, id: GrantId) -> Result<Option<Grant>> {
        let row: Option<Row> = self.db.fetch_optional(select!("WHERE g.id = $1"), &[id.uuid().into()]).await?;
        row.map(Row::read).transpose()
    }

    /// Gives at most `limit` grants on a thing in the order of their ids, of one grantee or of all.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_grants_on(
        &self,
        (resource, object): (Resource, Uuid),
        of: Option<UserId>,
        after: Option<GrantId>,
        limit: u32,
    ) -> Result<Vec<Grant>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select!(
                    "WHERE resource = $1 AND object_id = $2 AND ($3 IS NULL OR user_id = $3) AND g.id > $4 ORDER BY g.id LIMIT $5"
                ),
                &[
                    resource.as_str().into(),
                    object.into(),
                    of.map(UserId::uuid).into(),
                    after.map_or(Uuid::nil(), GrantId::uuid).into(),
                    i64::from(limit).into(),
                ],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives at most `limit` grants to a user in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_grants_to(&self, user: UserId, after: Option<GrantId>, limit: u32) -> Result<Vec<Grant>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select!("WHERE user_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3"),
                &[user.uuid().into(), after.map_or(Uuid::nil(), GrantId::uuid).into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives what is granted to a user, directly and as a friend, and has not ended by `now`: of each sort of thing so many as one may
    /// hold, the newest.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_grants_held(&self, user: UserId, now: Timestamp) -> Result<Vec<Held>> {
        let rows: Vec<HeldRow> = self
            .db
            .fetch_all(
                "SELECT id, resource, object_id, level, is_by_friend, expires_at FROM (
                     SELECT id, resource, object_id, level, is_by_friend, expires_at,
                         row_number() OVER (PARTITION BY resource, is_by_friend ORDER BY id DESC) AS place
                     FROM (
                         SELECT id, resource, object_id, level, FALSE AS is_by_friend, expires_at FROM object_grants
                         WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2)
                         UNION ALL
                         SELECT g.id, resource, object_id, level, TRUE AS is_by_friend, expires_at FROM friends f
                         JOIN object_grants g ON g.friends_of = f.other_id
                         WHERE f.user_id = $1 AND f.state = 'friend' AND (expires_at IS NULL OR expires_at > $2)
                     ) AS all_held
                 ) AS counted
                 WHERE place <= CASE resource WHEN 'content' THEN $3 ELSE $4 END",
                &[user.uuid().into(), now.into(), i64::from(MOST_CONTENTS).into(), i64::from(MOST_OTHERS).into()],
            )
            .await?;
        rows.into_iter().map(HeldRow::read).collect()
    }
}
