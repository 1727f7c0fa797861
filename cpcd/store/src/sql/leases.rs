//! Table `leases`: work that only one does at a time.

use std::time::Duration;

use cpcd_model::{Result, time::Timestamp};

use super::{
    Priority, Store, Tx,
    arg::{big, sql},
    fault::write_conflict,
    row::unsigned,
};

impl Store {
    /// Takes or renews a lease; gives its epoch, or nothing while somebody else holds it.
    ///
    /// Renewing keeps the epoch; taking over an expired lease raises it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn acquire_lease(&self, name: &str, holder: &str, ttl: Duration, now: Timestamp) -> Result<Option<u64>> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write(Priority::Registry, move |tx| {
            Box::pin(async move {
                let row: Option<(i64,)> = tx
                    .fetch_optional(
                        "INSERT INTO leases (name, holder, epoch, expires_at) VALUES ($1, $2, 1, $3)
                         ON CONFLICT (name) DO UPDATE SET
                             epoch = leases.epoch + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END,
                             holder = excluded.holder,
                             expires_at = excluded.expires_at
                         WHERE leases.holder = excluded.holder OR leases.expires_at <= $4
                         RETURNING epoch",
                        &[name.as_str().into(), holder.as_str().into(), (now + ttl).into(), now.into()],
                    )
                    .await?;
                row.map(|(epoch,)| unsigned("leases.epoch", epoch)).transpose()
            })
        })
        .await
    }

    /// Ends the leases of a daemon that died, where no other can live: on an embedded store, at its start.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn end_leases_of_the_dead(&self) -> Result<()> {
        if self.engine() != "sqlite" {
            return Ok(());
        }
        self.write(Priority::Registry, |tx| {
            Box::pin(async move {
                let statement = "UPDATE leases SET holder = '', expires_at = $1";
                tx.execute(statement, &[Timestamp::UNIX_EPOCH.into()]).await.map(drop)
            })
        })
        .await
    }

    /// Gives a lease back, if `holder` has it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn release_lease(&self, name: &str, holder: &str) -> Result<()> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write(Priority::Registry, move |tx| {
            Box::pin(async move {
                // The row stays, so that the epoch goes on rising; without a holder even the same one takes it anew.
                tx.execute(
                    "UPDATE leases SET holder = '', expires_at = $3 WHERE name = $1 AND holder = $2",
                    &[name.as_str().into(), holder.as_str().into(), Timestamp::UNIX_EPOCH.into()],
                )
                .await
                .map(drop)
            })
        })
        .await
    }
}

impl Tx {
    /// Makes the transaction one of the lease's holder: it fails if the lease went on to a later epoch, and holds it until its end.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if the lease is lost.
    pub async fn require_lease(&mut self, name: &str, epoch: u64) -> Result<()> {
        let held: Option<(i32,)> = self
            .fetch_optional(
                sql(
                    "SELECT 1 FROM leases WHERE name = $1 AND epoch = $2 FOR SHARE",
                    "SELECT 1 FROM leases WHERE name = $1 AND epoch = $2",
                ),
                &[name.into(), big(epoch).into()],
            )
            .await?;
        match held {
            Some(_) => Ok(()),
            None => Err(write_conflict(&format!("the lease '{name}' was lost"))),
        }
    }
}
