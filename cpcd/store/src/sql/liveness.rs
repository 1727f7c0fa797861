//! Tables `liveness_replicas` and `liveness_batches`: the daemons that hear nodes, and whom they heard where no cache brings it.
//!
//! The first is the truth about who is to be waited for. The second may be lost with a crash of PostgreSQL: what is in it says
//! itself what it follows, so that whoever reads notices.

use cpcd_model::{Result, time::Timestamp};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, big, json_text, sql},
    row::unsigned,
};

/// A daemon that hears nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LivenessReplica {
    /// Names this run of the daemon.
    pub id: Uuid,
    /// Since when it hears.
    pub started_at: Timestamp,
    /// When it last said that it lives.
    pub seen_at: Timestamp,
    /// Whether it knows all that was heard for long enough to judge.
    pub is_warm: bool,
    /// Whether it cannot read the cache, so that others are to write to the store what they hear.
    pub is_deaf: bool,
}

/// Whom a daemon heard, as it wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivenessBatch {
    /// The daemon.
    pub replica_id: Uuid,
    /// The number that it gave the batch.
    pub seq: u64,
    /// What it wrote.
    pub batch: Vec<u8>,
}

#[derive(FromRow)]
struct ReplicaRow {
    id: Uuid,
    started_at: jiff_sqlx::Timestamp,
    seen_at: jiff_sqlx::Timestamp,
    is_warm: bool,
    is_deaf: bool,
}

#[derive(Serialize)]
struct Known {
    id: Uuid,
    seq: u64,
}

impl Tx {
    /// Says that a daemon lives.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn upsert_liveness_replica(&mut self, replica: &LivenessReplica) -> Result<()> {
        self.execute(
            "INSERT INTO liveness_replicas (id, started_at, seen_at, is_warm, is_deaf) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE
             SET seen_at = excluded.seen_at, is_warm = excluded.is_warm, is_deaf = excluded.is_deaf",
            &[
                replica.id.into(),
                replica.started_at.into(),
                replica.seen_at.into(),
                replica.is_warm.into(),
                replica.is_deaf.into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Says that a daemon lives and whom it heard, and clears away what it wrote before a time: on PostgreSQL one statement.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_liveness_batch(
        &mut self,
        replica: &LivenessReplica,
        seq: u64,
        batch: &[u8],
        keep_from: Timestamp,
    ) -> Result<()> {
        if self.is_postgres() {
            let statement = "WITH old AS (DELETE FROM liveness_batches WHERE replica_id = $1 AND written_at < $6),
                 alive AS (
                     INSERT INTO liveness_replicas (id, started_at, seen_at, is_warm, is_deaf) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (id) DO UPDATE
                     SET seen_at = excluded.seen_at, is_warm = excluded.is_warm, is_deaf = excluded.is_deaf
                 )
                 INSERT INTO liveness_batches (replica_id, seq, written_at, batch) VALUES ($1, $7, $3, $8)";
            let args = [
                replica.id.into(),
                replica.started_at.into(),
                replica.seen_at.into(),
                replica.is_warm.into(),
                replica.is_deaf.into(),
                keep_from.into(),
                big(seq).into(),
                batch.into(),
            ];
            return self.execute(statement, &args).await.map(drop);
        }
        self.upsert_liveness_replica(replica).await?;
        let statement = "DELETE FROM liveness_batches WHERE replica_id = $1 AND written_at < $2";
        self.execute(statement, &[replica.id.into(), keep_from.into()]).await?;
        self.insert_last_liveness_batch(replica.id, seq, batch, replica.seen_at).await
    }

    /// Takes a daemon's row away with its last batch: whoever misses the row finds the batch.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_liveness_replica(&mut self, id: Uuid, seq: u64, batch: &[u8], now: Timestamp) -> Result<()> {
        self.insert_last_liveness_batch(id, seq, batch, now).await?;
        self.execute("DELETE FROM liveness_replicas WHERE id = $1", &[id.into()]).await.map(drop)
    }

    async fn insert_last_liveness_batch(&mut self, id: Uuid, seq: u64, batch: &[u8], now: Timestamp) -> Result<()> {
        let statement = "INSERT INTO liveness_batches (replica_id, seq, written_at, batch) VALUES ($1, $2, $3, $4)";
        self.execute(statement, &[id.into(), big(seq).into(), now.into(), batch.into()]).await.map(drop)
    }

    /// Clears away daemons that have been silent since before a time, and batches from before it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_liveness_before(&mut self, time: Timestamp) -> Result<()> {
        self.execute("DELETE FROM liveness_replicas WHERE seen_at < $1", &[time.into()]).await?;
        self.execute("DELETE FROM liveness_batches WHERE written_at < $1", &[time.into()]).await.map(drop)
    }
}

impl Store {
    /// Gives the daemons that hear nodes, dead ones that were not cleared away yet among them.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn list_liveness_replicas(&self) -> Result<Vec<LivenessReplica>> {
        let rows: Vec<ReplicaRow> = self
            .db
            .fetch_all("SELECT id, started_at, seen_at, is_warm, is_deaf FROM liveness_replicas ORDER BY id", &[])
            .await?;
        let read = |row: ReplicaRow| LivenessReplica {
            id: row.id,
            started_at: row.started_at.to_jiff(),
            seen_at: row.seen_at.to_jiff(),
            is_warm: row.is_warm,
            is_deaf: row.is_deaf,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Gives at most `limit` batches, written since a time by others than `reader`; of those who are `known`, what follows the
    /// number that is said there. By numbers, so that one that commits late is found all the same.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_liveness_batches(
        &self,
        reader: Uuid,
        known: &[(Uuid, u64)],
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<LivenessBatch>> {
        let known: Vec<_> = known.iter().map(|(id, seq)| Known { id: *id, seq: *seq }).collect();
        let rows: Vec<(Uuid, i64, Vec<u8>)> = self
            .db
            .fetch_all(
                sql(
                    "SELECT replica_id, batches.seq AS seq, batch FROM liveness_batches AS batches
                     LEFT JOIN jsonb_to_recordset($2) AS known (id UUID, seq BIGINT) ON known.id = replica_id
                     WHERE replica_id <> $1 AND written_at > $3 AND batches.seq > coalesce(known.seq, 0)
                     ORDER BY written_at, replica_id, batches.seq LIMIT $4",
                    "SELECT replica_id, seq, batch FROM liveness_batches
                     LEFT JOIN json_each($2) AS known ON unhex(known.value ->> 'id', '-') = replica_id
                     WHERE replica_id <> $1 AND written_at > $3 AND seq > coalesce(known.value ->> 'seq', 0)
                     ORDER BY written_at, replica_id, seq LIMIT $4",
                ),
                &[reader.into(), Arg::Json(json_text(&known)?), since.into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter()
            .map(|(replica_id, seq, batch)| {
                Ok(LivenessBatch { replica_id, seq: unsigned("liveness_batches.seq", seq)?, batch })
            })
            .collect()
    }

    /// Gives the database's clock where all replicas share one; nothing on an embedded store, whose clock is ours.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn read_clock(&self) -> Result<Option<Timestamp>> {
        if self.engine() == "sqlite" {
            return Ok(None);
        }
        let statement = sql("SELECT clock_timestamp()", "SELECT strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')");
        let (time,): (jiff_sqlx::Timestamp,) = self.db.fetch_one(statement, &[]).await?;
        Ok(Some(time.to_jiff()))
    }
}
