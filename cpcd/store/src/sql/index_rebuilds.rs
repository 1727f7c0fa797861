//! Table `index_rebuilds`: an index that is made anew because somebody asked for it. One row at most; whoever holds the indexer's
//! lease works on it, and the next one goes on where the last one ended.

use cpcd_model::{Result, id::ContentId, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Priority, Store, Tx, arg::big, fault::write_conflict, row::unsigned};

/// A rebuild and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRebuild {
    /// Names the rebuild.
    pub id: Uuid,
    /// The index that is made; nothing before the work has begun.
    pub index_id: Option<Uuid>,
    /// The last content that it has.
    pub after: ContentId,
    /// How many contents it has.
    pub done: u64,
    /// How many there were when it began.
    pub total: u64,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    index_id: Option<Uuid>,
    after_id: Uuid,
    done: i64,
    total: i64,
    started_at: jiff_sqlx::Timestamp,
    finished_at: Option<jiff_sqlx::Timestamp>,
}

impl Store {
    /// Asks for a rebuild; joins one that is not done yet.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn request_index_rebuild(&self, now: Timestamp) -> Result<IndexRebuild> {
        self.write(Priority::Bulk, move |tx| {
            Box::pin(async move {
                tx.audit("index", "", serde_json::json!({}));
                tx.execute(
                    "INSERT INTO index_rebuilds (singleton, id, index_id, after_id, done, total, started_at, finished_at)
                     VALUES (1, $1, NULL, $2, 0, 0, $3, NULL)
                     ON CONFLICT (singleton) DO UPDATE SET
                         id = excluded.id, index_id = NULL, after_id = excluded.after_id, done = 0, total = 0,
                         started_at = excluded.started_at, finished_at = NULL
                     WHERE index_rebuilds.finished_at IS NOT NULL",
                    &[Uuid::now_v7().into(), Uuid::nil().into(), now.into()],
                )
                .await
                .map(drop)
            })
        })
        .await?;
        self.get_index_rebuild().await?.ok_or_else(|| write_conflict("the rebuild was taken away; try again"))
    }

    /// Gives the last rebuild that was asked for.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_index_rebuild(&self) -> Result<Option<IndexRebuild>> {
        let statement = "SELECT id, index_id, after_id, done, total, started_at, finished_at FROM index_rebuilds";
        let row: Option<Row> = self.db.fetch_optional(statement, &[]).await?;
        row.map(|row| {
            Ok(IndexRebuild {
                id: row.id,
                index_id: row.index_id,
                after: row.after_id.into(),
                done: unsigned("index_rebuilds.done", row.done)?,
                total: unsigned("index_rebuilds.total", row.total)?,
                started_at: row.started_at.to_jiff(),
                finished_at: row.finished_at.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Notes how far a rebuild is that is not done yet.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if it is done, or is another one.
    pub async fn update_index_rebuild(&mut self, rebuild: &IndexRebuild) -> Result<()> {
        let changed = self
            .execute(
                "UPDATE index_rebuilds SET index_id = $2, after_id = $3, done = $4, total = $5, finished_at = $6
                 WHERE id = $1 AND finished_at IS NULL",
                &[
                    rebuild.id.into(),
                    rebuild.index_id.into(),
                    rebuild.after.uuid().into(),
                    big(rebuild.done).into(),
                    big(rebuild.total).into(),
                    rebuild.finished_at.into(),
                ],
            )
            .await?;
        match changed {
            1 => Ok(()),
            _ => Err(write_conflict("another rebuild of the index was asked for")),
        }
    }
}
