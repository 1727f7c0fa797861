//! Table `index_marks`: content that the index does not have yet.

use cpcd_model::{Result, id::ContentId, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, json_text, sql},
    row::unsigned,
};

/// Says that the index needs this version of a content, or a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexMark {
    /// The content.
    pub content_id: ContentId,
    /// Its version.
    pub version: u64,
    /// Since when.
    pub marked_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    content_id: Uuid,
    version: i64,
    marked_at: jiff_sqlx::Timestamp,
}

impl Row {
    fn read(self) -> Result<IndexMark> {
        Ok(IndexMark {
            content_id: self.content_id.into(),
            version: unsigned("index_marks.version", self.version)?,
            marked_at: self.marked_at.to_jiff(),
        })
    }
}

/// Writes marks as the rows that a bulk statement reads. Of several for one content the last version counts, and all are in the
/// order of ids, so that two transactions lock them alike.
fn rows(marks: &[(ContentId, u64)]) -> Result<Arg<'static>> {
    let mut marks = marks.to_vec();
    marks.sort_unstable();
    marks.reverse();
    marks.dedup_by_key(|(id, _)| *id);
    marks.reverse();
    let rows: Vec<_> =
        marks.iter().map(|(id, version)| serde_json::json!({ "id": id.uuid(), "version": version })).collect();
    Ok(Arg::Json(json_text(&rows)?))
}

impl Tx {
    /// Marks contents, each with its version. A mark that is there keeps its age and the greater version.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn mark_contents(&mut self, marks: &[(ContentId, u64)], now: Timestamp) -> Result<()> {
        self.execute(
            sql(
                "INSERT INTO index_marks (content_id, version, marked_at)
                 SELECT id, version, $2 FROM jsonb_to_recordset($1) AS r (id UUID, version BIGINT)
                 ON CONFLICT (content_id) DO UPDATE SET
                     version = GREATEST(index_marks.version, excluded.version),
                     marked_at = LEAST(index_marks.marked_at, excluded.marked_at)",
                "INSERT INTO index_marks (content_id, version, marked_at)
                 SELECT unhex(value ->> 'id', '-'), value ->> 'version', $2 FROM json_each($1) WHERE true
                 ON CONFLICT (content_id) DO UPDATE SET
                     version = max(index_marks.version, excluded.version),
                     marked_at = min(index_marks.marked_at, excluded.marked_at)",
            ),
            &[rows(marks)?, now.into()],
        )
        .await
        .map(drop)
    }

    /// Removes marks, each if its version is at most the given one: a later change keeps its mark.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_index_marks(&mut self, marks: &[(ContentId, u64)]) -> Result<()> {
        self.execute(
            sql(
                "DELETE FROM index_marks m USING jsonb_to_recordset($1) AS r (id UUID, version BIGINT)
                 WHERE m.content_id = r.id AND m.version <= r.version",
                "DELETE FROM index_marks WHERE content_id IN (
                     SELECT m.content_id FROM json_each($1) r CROSS JOIN index_marks m
                     ON m.content_id = unhex(r.value ->> 'id', '-') AND m.version <= r.value ->> 'version'
                 )",
            ),
            &[rows(marks)?],
        )
        .await
        .map(drop)
    }
}

impl Store {
    /// Gives at most `limit` marks, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_index_marks(&self, limit: u32) -> Result<Vec<IndexMark>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                "SELECT content_id, version, marked_at FROM index_marks ORDER BY marked_at, content_id LIMIT $1",
                &[i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives the number of marks and the age of the oldest.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn index_backlog(&self) -> Result<(u64, Option<Timestamp>)> {
        let (count, oldest): (i64, Option<jiff_sqlx::Timestamp>) =
            self.db.fetch_one("SELECT count(*), min(marked_at) FROM index_marks", &[]).await?;
        Ok((unsigned("count of marks", count)?, oldest.map(jiff_sqlx::Timestamp::to_jiff)))
    }
}
