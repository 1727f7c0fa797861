//! Table `index_state`: which index follows this store, and how far. One row at most.
//!
//! A store and an index are two things that a crash, a restored copy or a second daemon can part. Whether they belong together is
//! decided by numbers that both have. Each commit of an index has a generation; to make commit `n` the indexer
//!
//! 1. reads marks and rows,
//! 2. *promises* `n` here, in a transaction,
//! 3. commits to the index, with its id and `n`,
//! 4. *settles* `n` here, in the transaction that removes the marks.
//!
//! So an index at `n` fits if it has this row's id and `settled <= n <= promised`:
//!
//! - What an index at `n` holds was read before `n` was promised. A copy of the store from before that has a lesser `promised`, and
//!   with it the index does not fit; a copy from after it has all that was read.
//! - A mark goes only when `n` is settled, after commit `n`. An index that lacks that commit has a lesser `n` than `settled`, and
//!   does not fit; what an index between the two lacks, or has already, is still marked and is simply applied again.
//!
//! A crash after any of the four leaves an index that fits. What does not fit is emptied, gets a new id, and takes the row over:
//! first the row, which keeps a former holder from removing marks that are not its own, then the marks of all content, then
//! `settled`. An index whose row has none fits nothing, so that a crash in between begins it anew.

use cpcd_model::{Result, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Priority, Store, Tx,
    arg::{big, sql},
    fault::write_conflict,
    row::unsigned,
};

/// Contents that one transaction marks.
const CHUNK: u32 = 5_000;

/// Which index follows the store, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// Names the index.
    pub index_id: Uuid,
    /// The last generation that it may have reached.
    pub promised: u64,
    /// The last generation whose marks are gone; nothing while not all content is marked.
    pub settled: Option<u64>,
}

impl IndexState {
    /// Says whether an index at this generation follows the store.
    #[must_use]
    pub fn fits(&self, index_id: Uuid, generation: u64) -> bool {
        let reached = |settled| (settled..=self.promised).contains(&generation);
        self.index_id == index_id && self.settled.is_some_and(reached)
    }
}

#[derive(FromRow)]
struct Row {
    index_id: Uuid,
    promised: i64,
    settled: Option<i64>,
}

impl Store {
    /// Gives the state of the index that follows the store, if one does.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_index_state(&self) -> Result<Option<IndexState>> {
        let row: Option<Row> =
            self.db.fetch_optional("SELECT index_id, promised, settled FROM index_state", &[]).await?;
        row.map(|row| {
            Ok(IndexState {
                index_id: row.index_id,
                promised: unsigned("index_state.promised", row.promised)?,
                settled: row.settled.map(|settled| unsigned("index_state.settled", settled)).transpose()?,
            })
        })
        .transpose()
    }

    /// Lets an empty index follow the store from now on, in place of any other: marks all content, a part at a time.
    ///
    /// Where several daemons share the index it is done under their lease, given by name and epoch. Gives the number of marks.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if yet another took over meanwhile, or the lease is lost.
    pub async fn follow_with_index(
        &self,
        index_id: Uuid,
        lease: Option<(&'static str, u64)>,
        now: Timestamp,
    ) -> Result<u64> {
        let claim = self.write(Priority::Bulk, move |tx| {
            Box::pin(async move {
                if let Some((name, epoch)) = lease {
                    tx.require_lease(name, epoch).await?;
                }
                tx.clear_index_failures().await?;
                tx.claim_index(index_id).await
            })
        });
        claim.await?;
        let (mut marked, mut after) = (0, Uuid::nil());
        loop {
            let (count, last) = self
                .write(Priority::Bulk, move |tx| {
                    Box::pin(async move { tx.mark_contents_after(after, CHUNK, now).await })
                })
                .await?;
            marked += count;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        self.write(Priority::Bulk, move |tx| Box::pin(async move { tx.complete_index(index_id).await })).await?;
        Ok(marked)
    }
}

impl Tx {
    async fn claim_index(&mut self, index_id: Uuid) -> Result<()> {
        self.execute(
            "INSERT INTO index_state (singleton, index_id, promised, settled) VALUES (1, $1, 0, NULL)
             ON CONFLICT (singleton) DO UPDATE SET index_id = excluded.index_id, promised = 0, settled = NULL",
            &[index_id.into()],
        )
        .await
        .map(drop)
    }

    /// Marks the content that follows `after` in the order of ids; gives the number of marks, and the last if there may be more.
    async fn mark_contents_after(&mut self, after: Uuid, limit: u32, now: Timestamp) -> Result<(u64, Option<Uuid>)> {
        let marked: Vec<(Uuid,)> = self
            .fetch_all(
                sql(
                    "INSERT INTO index_marks (content_id, version, marked_at)
                     SELECT id, version, $1 FROM content WHERE id > $2 ORDER BY id LIMIT $3
                     ON CONFLICT (content_id) DO UPDATE SET version = GREATEST(index_marks.version, excluded.version)
                     RETURNING content_id",
                    "INSERT INTO index_marks (content_id, version, marked_at)
                     SELECT id, version, $1 FROM content WHERE id > $2 ORDER BY id LIMIT $3
                     ON CONFLICT (content_id) DO UPDATE SET version = max(index_marks.version, excluded.version)
                     RETURNING content_id",
                ),
                &[now.into(), after.into(), i64::from(limit).into()],
            )
            .await?;
        Ok((marked.len() as u64, marked.into_iter().map(|(id,)| id).max()))
    }

    async fn complete_index(&mut self, index_id: Uuid) -> Result<()> {
        let done = self
            .execute(
                "UPDATE index_state SET settled = 0 WHERE index_id = $1 AND promised = 0 AND settled IS NULL",
                &[index_id.into()],
            )
            .await?;
        require(done)
    }

    /// Promises that the index goes on to this generation: what it will hold has been read.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if another index follows the store, or this one is elsewhere.
    pub async fn promise_index(&mut self, index_id: Uuid, generation: u64) -> Result<()> {
        let done = self
            .execute(
                "UPDATE index_state SET promised = $2 WHERE index_id = $1 AND promised = $2 - 1 AND settled IS NOT NULL",
                &[index_id.into(), big(generation).into()],
            )
            .await?;
        require(done)
    }

    /// Lets another index follow the store in place of `from`: one that has all that `from` has, at the same generation.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if another index follows the store.
    pub async fn replace_index(&mut self, from: Uuid, to: Uuid) -> Result<()> {
        let done = self
            .execute(
                "UPDATE index_state SET index_id = $2 WHERE index_id = $1 AND settled IS NOT NULL",
                &[from.into(), to.into()],
            )
            .await?;
        require(done)
    }

    /// Says that the index has reached this generation; for the transaction that removes its marks, which it fences.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if another index follows the store, or this one is elsewhere.
    pub async fn settle_index(&mut self, index_id: Uuid, generation: u64) -> Result<()> {
        let done = self
            .execute(
                "UPDATE index_state SET settled = $2 WHERE index_id = $1 AND promised = $2 AND settled IS NOT NULL",
                &[index_id.into(), big(generation).into()],
            )
            .await?;
        require(done)
    }
}

fn require(rows: u64) -> Result<()> {
    match rows {
        1 => Ok(()),
        _ => Err(write_conflict("another index follows this store")),
    }
}
