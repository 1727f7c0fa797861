//! Table `index_failures`: content that the index refused to hold, so that everything else could go on.

use cpcd_model::{Result, id::ContentId, time::Timestamp};
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, json_text, sql, time_text},
    row::unsigned,
};

/// Longest reason that is kept.
const REASON_CHARS: usize = 1_000;

/// Content that is not in the index, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFailure {
    /// The content.
    pub content_id: ContentId,
    /// The version that was refused.
    pub version: u64,
    /// What the index said.
    pub reason: String,
    /// When.
    pub failed_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    content_id: Uuid,
    version: i64,
    reason: String,
    failed_at: jiff_sqlx::Timestamp,
}

impl Tx {
    /// Notes what the index refused; a later version takes the place of an earlier one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn upsert_index_failures(&mut self, failures: &[IndexFailure]) -> Result<()> {
        let rows: Vec<_> = failures
            .iter()
            .map(|failure| {
                let reason: String = failure.reason.chars().filter(|c| *c != '\0').take(REASON_CHARS).collect();
                let (id, failed_at) = (failure.content_id.uuid(), time_text(failure.failed_at));
                json!({ "id": id, "version": failure.version, "reason": reason, "failed_at": failed_at })
            })
            .collect();
        self.execute(
            sql(
                "INSERT INTO index_failures (content_id, version, reason, failed_at)
                 SELECT id, version, reason, failed_at
                 FROM jsonb_to_recordset($1) AS r (id UUID, version BIGINT, reason TEXT, failed_at TIMESTAMPTZ)
                 ON CONFLICT (content_id) DO UPDATE SET
                     version = excluded.version, reason = excluded.reason, failed_at = excluded.failed_at",
                "INSERT INTO index_failures (content_id, version, reason, failed_at)
                 SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'reason', value ->> 'failed_at'
                 FROM json_each($1) WHERE true
                 ON CONFLICT (content_id) DO UPDATE SET
                     version = excluded.version, reason = excluded.reason, failed_at = excluded.failed_at",
            ),
            &[Arg::Json(json_text(&rows)?)],
        )
        .await
        .map(drop)
    }

    /// Forgets that these contents were refused.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_index_failures(&mut self, contents: &[ContentId]) -> Result<()> {
        let ids: Vec<_> = contents.iter().map(|id| id.uuid()).collect();
        self.execute(
            sql(
                "DELETE FROM index_failures WHERE content_id = ANY($1)",
                "DELETE FROM index_failures WHERE content_id IN (SELECT unhex(value, '-') FROM json_each($1))",
            ),
            &[Arg::UuidArray(&ids)],
        )
        .await
        .map(drop)
    }

    /// Forgets what was refused before a time.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_index_failures_before(&mut self, time: Timestamp) -> Result<()> {
        self.execute("DELETE FROM index_failures WHERE failed_at < $1", &[time.into()]).await.map(drop)
    }

    /// Forgets all that was refused: another index will say what it refuses.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn clear_index_failures(&mut self) -> Result<()> {
        self.execute("DELETE FROM index_failures", &[]).await.map(drop)
    }
}

impl Store {
    /// Gives at most `limit` of what the index refused, the latest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_index_failures(&self, limit: u32) -> Result<Vec<IndexFailure>> {
        let statement = "SELECT content_id, version, reason, failed_at FROM index_failures
                         ORDER BY failed_at DESC, content_id LIMIT $1";
        let rows: Vec<Row> = self.db.fetch_all(statement, &[i64::from(limit).into()]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(IndexFailure {
                    content_id: row.content_id.into(),
                    version: unsigned("index_failures.version", row.version)?,
                    reason: row.reason,
                    failed_at: row.failed_at.to_jiff(),
                })
            })
            .collect()
    }

    /// Counts what the index refused.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count_index_failures(&self) -> Result<u64> {
        let (count,): (i64,) = self.db.fetch_one("SELECT count(*) FROM index_failures", &[]).await?;
        unsigned("count of index_failures", count)
    }
}
