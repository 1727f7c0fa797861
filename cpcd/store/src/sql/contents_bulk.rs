//! Table `content`, many rows at a time: one statement, whatever their number.

use cpcd_model::{
    Error, Reason, Result,
    content::Content,
    id::{ContentId, UserId},
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Tx,
    arg::{Arg, json_text, sql, time_text},
    contents::{Row, select},
    fault::{Violation, violation, write_conflict},
};

/// A row as the bulk statements read it, alike on both engines.
#[derive(Serialize)]
struct Line<'a> {
    id: Uuid,
    owner_id: Uuid,
    title: &'a str,
    description: &'a str,
    tags: &'a [String],
    availability: i32,
    cid: Option<&'a str>,
    request_id: Option<&'a str>,
    size_bytes: u64,
    media_type: &'a str,
    visibility: &'static str,
    version: u64,
    created_at: String,
    updated_at: String,
}

impl<'a> From<&'a Content> for Line<'a> {
    fn from(content: &'a Content) -> Self {
        let metadata = &content.metadata;
        Self {
            id: content.id.uuid(),
            owner_id: content.owner_id.uuid(),
            title: &metadata.title,
            description: &metadata.description,
            tags: &metadata.tags,
            availability: content.availability,
            cid: metadata.cid.as_ref().map(|cid| cid.as_str()),
            request_id: content.request_id.as_deref(),
            size_bytes: metadata.size_bytes,
            media_type: &metadata.media_type,
            visibility: metadata.visibility.as_str(),
            version: content.version,
            created_at: time_text(content.created_at),
            updated_at: time_text(content.updated_at),
        }
    }
}

/// Writes contents in the order of their ids, so that two transactions lock them alike.
fn lines(contents: &[Content]) -> Result<Arg<'static>> {
    let mut lines: Vec<_> = contents.iter().map(Line::from).collect();
    lines.sort_by_key(|line| line.id);
    Ok(Arg::Json(json_text(&lines)?))
}

impl Tx {
    /// Gives contents that were not deleted: those of this owner with one of these addresses or request ids, and those with one of
    /// these ids, whoever owns them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn find_contents(
        &mut self,
        owner: UserId,
        ids: &[ContentId],
        cids: &[String],
        request_ids: &[String],
    ) -> Result<Vec<Content>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        // LATERAL makes PostgreSQL look each name up in its index. Left the choice on a table that it has not analysed yet, it reads
        // all that the owner has.
        let rows: Vec<Row> = self
            .fetch_all(
                sql(
                    select!(
                        "WHERE deleted_at IS NULL AND id IN (
                             SELECT unnest($2)
                             UNION SELECT found.id FROM unnest($3) AS name (cid), LATERAL (
                                 SELECT id FROM content WHERE owner_id = $1 AND content.cid = name.cid AND deleted_at IS NULL LIMIT 1
                             ) AS found
                             UNION SELECT found.id FROM unnest($4) AS name (request_id), LATERAL (
                                 SELECT id FROM content
                                 WHERE owner_id = $1 AND content.request_id = name.request_id AND deleted_at IS NULL LIMIT 1
                             ) AS found
                         )"
                    ),
                    select!(
                        "WHERE deleted_at IS NULL AND id IN (
                             SELECT unhex(value, '-') FROM json_each($2)
                             UNION SELECT id FROM content
                                 WHERE owner_id = $1 AND cid IN (SELECT value FROM json_each($3)) AND deleted_at IS NULL
                             UNION SELECT id FROM content
                                 WHERE owner_id = $1 AND request_id IN (SELECT value FROM json_each($4)) AND deleted_at IS NULL
                         )"
                    ),
                ),
                &[owner.uuid().into(), Arg::UuidArray(&ids), Arg::TextArray(cids), Arg::TextArray(request_ids)],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Adds contents.
    ///
    /// # Errors
    /// `USER_NOT_FOUND` if an owner is gone, `WRITE_CONFLICT` if an id, or an owner's address or request id, is there already.
    pub async fn insert_contents(&mut self, contents: &[Content]) -> Result<()> {
        let added = self
            .execute(
                sql(
                    "INSERT INTO content (
                         id, owner_id, title, description, tags, availability, cid, request_id, size_bytes, media_type, visibility,
                         version, created_at, updated_at
                     )
                     SELECT id, owner_id, title, description, tags, availability, cid, request_id, size_bytes, media_type,
                         visibility, version, created_at, updated_at
                     FROM jsonb_to_recordset($1) AS r (
                         id UUID, owner_id UUID, title TEXT, description TEXT, tags TEXT[], availability INT, cid TEXT,
                         request_id TEXT, size_bytes BIGINT, media_type TEXT, visibility TEXT, version BIGINT,
                         created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ
                     )",
                    "INSERT INTO content (
                         id, owner_id, title, description, tags, availability, cid, request_id, size_bytes, media_type, visibility,
                         version, created_at, updated_at
                     )
                     SELECT unhex(value ->> 'id', '-'), unhex(value ->> 'owner_id', '-'), value ->> 'title', value ->> 'description',
                         value -> 'tags', value ->> 'availability', value ->> 'cid', value ->> 'request_id', value ->> 'size_bytes',
                         value ->> 'media_type', value ->> 'visibility', value ->> 'version', value ->> 'created_at',
                         value ->> 'updated_at'
                     FROM json_each($1)",
                ),
                &[lines(contents)?],
            )
            .await;
        match added {
            Err(error) if matches!(violation(&error), Some(Violation::ForeignKey)) => {
                Err(Error::new(Reason::UserNotFound, "the owner of the content is gone").with_source(error))
            }
            added => added.map(drop),
        }
    }

    /// Changes contents, each once: everything but owner, availability and birth.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if one is gone, has reached its version already, or takes an address or request id that is there.
    pub async fn update_contents(&mut self, contents: &[Content]) -> Result<()> {
        let changed = self
            .execute(
                sql(
                    "UPDATE content c SET title = r.title, description = r.description, tags = r.tags, cid = r.cid,
                         request_id = r.request_id, size_bytes = r.size_bytes, media_type = r.media_type,
                         visibility = r.visibility, version = r.version, updated_at = r.updated_at
                     FROM jsonb_to_recordset($1) AS r (
                         id UUID, title TEXT, description TEXT, tags TEXT[], cid TEXT, request_id TEXT, size_bytes BIGINT,
                         media_type TEXT, visibility TEXT, version BIGINT, updated_at TIMESTAMPTZ
                     )
                     WHERE c.id = r.id AND c.deleted_at IS NULL AND c.version < r.version",
                    "UPDATE content SET title = r.value ->> 'title', description = r.value ->> 'description',
                         tags = r.value -> 'tags', cid = r.value ->> 'cid', request_id = r.value ->> 'request_id',
                         size_bytes = r.value ->> 'size_bytes', media_type = r.value ->> 'media_type',
                         visibility = r.value ->> 'visibility', version = r.value ->> 'version',
                         updated_at = r.value ->> 'updated_at'
                     FROM json_each($1) AS r
                     WHERE content.id = unhex(r.value ->> 'id', '-') AND deleted_at IS NULL AND version < r.value ->> 'version'",
                ),
                &[lines(contents)?],
            )
            .await?;
        if changed == contents.len() as u64 {
            return Ok(());
        }
        Err(write_conflict("content was changed by another write; try again"))
    }
}
