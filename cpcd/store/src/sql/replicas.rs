//! Table `replicas`: the daemons that live on this store, by the store's own clock.

use std::time::Duration;

use cpcd_model::Result;
use uuid::Uuid;

use super::{Store, Tx, arg::sql};

impl Tx {
    /// Says that a daemon lives, and up to which signing key it accepts tokens; an empty name stands for none yet.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn upsert_replica(&mut self, id: Uuid, newest_kid: &str) -> Result<()> {
        self.execute(
            sql(
                "INSERT INTO replicas (id, newest_kid, seen_at) VALUES ($1, $2, clock_timestamp())
                 ON CONFLICT (id) DO UPDATE SET newest_kid = excluded.newest_kid, seen_at = excluded.seen_at",
                "INSERT INTO replicas (id, newest_kid, seen_at) VALUES ($1, $2, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
                 ON CONFLICT (id) DO UPDATE SET newest_kid = excluded.newest_kid, seen_at = excluded.seen_at",
            ),
            &[id.into(), newest_kid.into()],
        )
        .await
        .map(drop)
    }

    /// Forgets a daemon that stops.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_replica(&mut self, id: Uuid) -> Result<()> {
        self.execute("DELETE FROM replicas WHERE id = $1", &[id.into()]).await.map(drop)
    }

    /// Forgets the daemons that have been silent for so long; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_replicas_silent_for(&mut self, silence: Duration) -> Result<u64> {
        self.execute(
            sql(
                "DELETE FROM replicas WHERE seen_at <= clock_timestamp() - make_interval(secs => $1::BIGINT)",
                "DELETE FROM replicas WHERE seen_at <= strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-' || $1 || ' seconds')",
            ),
            &[seconds(silence).into()],
        )
        .await
    }
}

impl Store {
    /// Gives, for each daemon that was heard within this time, the newest signing key that it accepts.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_replica_kids(&self, within: Duration) -> Result<Vec<String>> {
        let rows: Vec<(String,)> = self
            .db
            .fetch_all(
                sql(
                    "SELECT newest_kid FROM replicas WHERE seen_at > clock_timestamp() - make_interval(secs => $1::BIGINT)
                     ORDER BY id",
                    "SELECT newest_kid FROM replicas
                     WHERE seen_at > strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-' || $1 || ' seconds') ORDER BY id",
                ),
                &[seconds(within).into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(kid,)| kid).collect())
    }
}

pub(super) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
