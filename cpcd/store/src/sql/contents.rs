//! Table `content`, one row or list at a time; `contents_bulk.rs` has what takes many.

use cpcd_model::{
    Error, Result,
    content::{Content, ContentCid, Metadata, Visibility},
    id::{ContentId, UserId},
    query::Viewer,
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, big, sql},
    fault::write_conflict,
    row::{TextArray, unsigned},
};

/// What a [`Row`] is made of, to be followed by a condition.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, title, description, tags, availability, cid, request_id, size_bytes, media_type, visibility, ",
            "version, created_at, updated_at FROM content ",
            $rest
        )
    };
}
pub(super) use select;

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    owner_id: Uuid,
    title: String,
    description: String,
    tags: TextArray,
    availability: i32,
    cid: Option<String>,
    request_id: Option<String>,
    size_bytes: i64,
    media_type: String,
    visibility: String,
    version: i64,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl Row {
    pub(super) fn read(self) -> Result<Content> {
        let visibility = Visibility::from_word(&self.visibility)
            .ok_or_else(|| Error::internal(format!("content {} is '{}' in the store", self.id, self.visibility)))?;
        Ok(Content {
            id: self.id.into(),
            owner_id: self.owner_id.into(),
            request_id: self.request_id,
            metadata: Metadata {
                title: self.title,
                description: self.description,
                tags: self.tags.0,
                cid: self.cid.map(ContentCid::stored),
                size_bytes: unsigned("content.size_bytes", self.size_bytes)?,
                media_type: self.media_type,
                visibility,
            },
            availability: self.availability,
            version: unsigned("content.version", self.version)?,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

const GET: &str = select!("WHERE id = $1 AND deleted_at IS NULL");

impl Store {
    /// Gives content that was not deleted.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn get_content(&self, id: ContentId) -> Result<Option<Content>> {
        self.db.fetch_optional::<Row>(GET, &[id.uuid().into()]).await?.map(Row::read).transpose()
    }

    /// Gives those of the contents that were not deleted, in any order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_contents_by_ids(&self, ids: &[ContentId]) -> Result<Vec<Content>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    select!("WHERE id = ANY($1) AND deleted_at IS NULL"),
                    select!("WHERE id IN (SELECT unhex(value, '-') FROM json_each($1)) AND deleted_at IS NULL"),
                ),
                &[Arg::UuidArray(&ids)],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives at most `limit` contents, the newest first, those before `before`: what the viewer may see, of one owner or of all. A user
    /// sees what is granted to them, and what their friends show to friends.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_contents(
        &self,
        viewer: Viewer,
        granted: &[Uuid],
        owner: Option<UserId>,
        before: Option<ContentId>,
        limit: u32,
    ) -> Result<Vec<Content>> {
        let (sees_all, user) = match viewer {
            Viewer::Admin => (true, None),
            Viewer::User(user) => (false, Some(user.uuid())),
            Viewer::Public => (false, None),
        };
        let before = before.map_or(Uuid::max(), ContentId::uuid);
        let mut args =
            vec![before.into(), sees_all.into(), user.into(), i64::from(limit).into(), Arg::UuidArray(granted)];
        // Two statements for each engine, so that each has an index to walk.
        let statement = match owner {
            None => sql(
                select!(
                    "WHERE id < $1 AND deleted_at IS NULL AND ($2 OR visibility = 'public' OR owner_id = $3 OR id = ANY($5)
                         OR (visibility = 'friends' AND EXISTS (SELECT 1 FROM friends f
                             WHERE f.user_id = $3 AND f.other_id = content.owner_id AND f.state = 'friend')))
                     ORDER BY id DESC LIMIT $4"
                ),
                select!(
                    "WHERE id < $1 AND deleted_at IS NULL AND ($2 OR visibility = 'public' OR owner_id = $3
                         OR id IN (SELECT unhex(value, '-') FROM json_each($5))
                         OR (visibility = 'friends' AND EXISTS (SELECT 1 FROM friends f
                             WHERE f.user_id = $3 AND f.other_id = content.owner_id AND f.state = 'friend')))
                     ORDER BY id DESC LIMIT $4"
                ),
            ),
            Some(owner) => {
                args.push(owner.uuid().into());
                sql(
                    select!(
                        "WHERE owner_id = $6 AND id < $1 AND deleted_at IS NULL
                             AND ($2 OR visibility = 'public' OR owner_id = $3 OR id = ANY($5)
                             OR (visibility = 'friends' AND EXISTS (SELECT 1 FROM friends f
                                 WHERE f.user_id = $3 AND f.other_id = content.owner_id AND f.state = 'friend')))
                         ORDER BY id DESC LIMIT $4"
                    ),
                    select!(
                        "WHERE owner_id = $6 AND id < $1 AND deleted_at IS NULL
                             AND ($2 OR visibility = 'public' OR owner_id = $3
                             OR id IN (SELECT unhex(value, '-') FROM json_each($5))
                             OR (visibility = 'friends' AND EXISTS (SELECT 1 FROM friends f
                                 WHERE f.user_id = $3 AND f.other_id = content.owner_id AND f.state = 'friend')))
                         ORDER BY id DESC LIMIT $4"
                    ),
                )
            }
        };
        let rows: Vec<Row> = self.db.fetch_all(statement, &args).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives at most `limit` contents that were not deleted, in the order of their ids: those behind `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_contents_after(&self, after: ContentId, limit: u32) -> Result<Vec<Content>> {
        let statement = select!("WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2");
        let rows: Vec<Row> = self.db.fetch_all(statement, &[after.uuid().into(), i64::from(limit).into()]).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives the number of contents that were not deleted.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_contents(&self) -> Result<u64> {
        let (count,): (i64,) = self.db.fetch_one("SELECT count(*) FROM content WHERE deleted_at IS NULL", &[]).await?;
        unsigned("count of contents", count)
    }
}

impl Tx {
    /// Lets nobody else publish for this owner until the transaction ends.
    ///
    /// # Errors
    /// What the engine says; `WRITE_CONFLICT` if it takes too long.
    pub async fn lock_content_owner(&mut self, owner: UserId) -> Result<()> {
        // SQLite has one writer.
        if !self.is_postgres() {
            return Ok(());
        }
        // The random half of the id. Two owners with the same would wait for each other, no more.
        let (_, key) = owner.uuid().as_u64_pair();
        self.fetch_optional::<(i32,)>("SELECT 1 FROM pg_advisory_xact_lock($1)", &[key.cast_signed().into()])
            .await
            .map(drop)
    }

    /// Gives content that was not deleted, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_content(&mut self, id: ContentId) -> Result<Option<Content>> {
        self.fetch_optional::<Row>(GET, &[id.uuid().into()]).await?.map(Row::read).transpose()
    }

    /// Deletes content: what remains is a tombstone with this version.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if it is gone already or has reached that version.
    pub async fn delete_content(&mut self, id: ContentId, version: u64, now: Timestamp) -> Result<()> {
        let deleted = self
            .execute(
                "UPDATE content SET deleted_at = $3, updated_at = $3, version = $2
                 WHERE id = $1 AND deleted_at IS NULL AND version < $2",
                &[id.uuid().into(), big(version).into(), now.into()],
            )
            .await?;
        match deleted {
            0 => Err(write_conflict(&format!("content {id} was changed by another write; try again"))),
            _ => Ok(()),
        }
    }

    /// Gives at most `limit` contents of users who were deleted, each with its version.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_contents_of_deleted_users(&mut self, limit: u32) -> Result<Vec<(ContentId, u64)>> {
        let rows: Vec<(Uuid, i64)> = self
            .fetch_all(
                "SELECT c.id, c.version FROM users u JOIN content c ON c.owner_id = u.id
                 WHERE u.deleted_at IS NOT NULL AND c.deleted_at IS NULL LIMIT $1",
                &[i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(|(id, version)| Ok((id.into(), unsigned("content.version", version)?))).collect()
    }

    /// Removes at most `limit` tombstones of what was deleted before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_tombstones_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM content WHERE id IN (SELECT id FROM content WHERE deleted_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}
