//! Table `audit_seals`, and the places of entries in the chain: numbers and hashes that the sealer gives.
//!
//! What they are is the domain's matter; here they are written once, under the sealer's lease, and never changed.

use cpcd_model::{
    Result,
    audit::{AuditEntry, Sealed, StoredSeal},
    text::hex,
    time::Timestamp,
};
use sqlx::FromRow;

use super::{
    Store, Tx,
    arg::{Arg, big, json_text, sql},
    audit::{Row, select_audit},
    fault::write_conflict,
    row::{bytes, unsigned},
};

/// Where the chain begins and ends, all at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditBounds {
    /// The last entry that was cleared away.
    pub anchor: Option<StoredSeal>,
    /// The newest that was sealed.
    pub head: Option<StoredSeal>,
    /// The least number that is there.
    pub first: Option<u64>,
    /// The greatest.
    pub last: Option<u64>,
}

#[derive(FromRow)]
struct Bounds {
    first: Option<i64>,
    last: Option<i64>,
    head_number: Option<i64>,
    head_hash: Option<Vec<u8>>,
    head_time: Option<jiff_sqlx::Timestamp>,
    head_signature: Option<Vec<u8>>,
    anchor_number: Option<i64>,
    anchor_hash: Option<Vec<u8>>,
    anchor_time: Option<jiff_sqlx::Timestamp>,
    anchor_signature: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct SealRow {
    kind: String,
    number: i64,
    hash: Vec<u8>,
    time: jiff_sqlx::Timestamp,
    signature: Vec<u8>,
}

type Columns = (Option<i64>, Option<Vec<u8>>, Option<jiff_sqlx::Timestamp>, Option<Vec<u8>>);

fn seal(columns: Columns) -> Result<Option<StoredSeal>> {
    let (Some(number), Some(hash), Some(time), Some(signature)) = columns else { return Ok(None) };
    Ok(Some(StoredSeal {
        number: unsigned("audit_seals.number", number)?,
        hash: bytes("audit_seals.hash", &hash)?,
        time: time.to_jiff(),
        signature: bytes("audit_seals.signature", &signature)?,
    }))
}

impl Store {
    /// Gives at most `limit` entries that have no place in the chain yet, in the order in which they get it.
    ///
    /// On PostgreSQL those of a transaction wait until all earlier ones have ended.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn list_unsealed_audit(&self, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    select_audit!(
                        "WHERE number IS NULL AND audit.xid < pg_snapshot_xmin(pg_current_snapshot())
                         ORDER BY audit.xid, id LIMIT $1"
                    ),
                    select_audit!("WHERE number IS NULL ORDER BY id LIMIT $1"),
                ),
                &[i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives how many entries have no place in the chain yet, and when the oldest is from.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn audit_backlog(&self) -> Result<(u64, Option<Timestamp>)> {
        let statement = "SELECT count(*), min(time) FROM audit WHERE number IS NULL";
        let (count, oldest): (i64, Option<jiff_sqlx::Timestamp>) = self.db.fetch_one(statement, &[]).await?;
        Ok((unsigned("count of audit", count)?, oldest.map(jiff_sqlx::Timestamp::to_jiff)))
    }

    /// Gives where the chain begins and ends.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn audit_bounds(&self) -> Result<AuditBounds> {
        let bounds: Bounds = self
            .db
            .fetch_one(
                "SELECT ends.first, ends.last,
                     head.number AS head_number, head.hash AS head_hash, head.time AS head_time, head.signature AS head_signature,
                     anchor.number AS anchor_number, anchor.hash AS anchor_hash, anchor.time AS anchor_time,
                     anchor.signature AS anchor_signature
                 FROM (SELECT (SELECT min(number) FROM audit) AS first, (SELECT max(number) FROM audit) AS last) AS ends
                 LEFT JOIN audit_seals AS head ON head.kind = 'head'
                 LEFT JOIN audit_seals AS anchor ON anchor.kind = 'anchor'",
                &[],
            )
            .await?;
        let number = |number: Option<i64>| number.map(|number| unsigned("audit.number", number)).transpose();
        Ok(AuditBounds {
            anchor: seal((bounds.anchor_number, bounds.anchor_hash, bounds.anchor_time, bounds.anchor_signature))?,
            head: seal((bounds.head_number, bounds.head_hash, bounds.head_time, bounds.head_signature))?,
            first: number(bounds.first)?,
            last: number(bounds.last)?,
        })
    }

    /// Gives at most `limit` sealed entries after a number and up to another, in the order of the chain.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_sealed_audit(&self, after: u64, until: u64, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select_audit!("WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $3"),
                &[big(after).into(), big(until).into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}

impl Tx {
    /// Gives entries, by their ids, their places behind the number `behind`, and puts the new head in the place of the old one.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if the chain ends elsewhere, or an entry has a place already.
    pub async fn seal_audit(&mut self, behind: u64, places: &[(u64, Sealed)], head: &StoredSeal) -> Result<()> {
        let before: Option<(i64,)> =
            self.fetch_optional("SELECT number FROM audit_seals WHERE kind = 'head'", &[]).await?;
        if before.map_or(0, |(number,)| number) != big(behind) {
            return Err(write_conflict("the chain of the audit ends elsewhere"));
        }
        let rows: Vec<_> = places
            .iter()
            .map(|(id, sealed)| serde_json::json!({ "id": id, "number": sealed.number, "hash": hex(&sealed.hash) }))
            .collect();
        let changed = self
            .execute(
                sql(
                    "UPDATE audit SET number = (value ->> 'number')::BIGINT, hash = decode(value ->> 'hash', 'hex')
                     FROM jsonb_array_elements($1)
                     WHERE audit.id = (value ->> 'id')::BIGINT AND audit.number IS NULL",
                    // Each place is read once, and its entry looked up by id: by the index of those without a number every place would
                    // be taken apart for every entry.
                    "WITH places AS MATERIALIZED (
                         SELECT value ->> 'id' AS id, value ->> 'number' AS number, unhex(value ->> 'hash') AS hash FROM json_each($1)
                     )
                     UPDATE audit SET number = places.number, hash = places.hash FROM places
                     WHERE audit.id = places.id AND +audit.number IS NULL",
                ),
                &[Arg::Json(json_text(&rows)?)],
            )
            .await?;
        if changed != rows.len() as u64 {
            return Err(write_conflict("an entry of the audit has a place already"));
        }
        self.put_seal("head", head).await
    }

    /// Clears away the entries up to an anchor, and keeps that; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn clear_audit(&mut self, anchor: &StoredSeal) -> Result<u64> {
        self.put_seal("anchor", anchor).await?;
        self.execute("DELETE FROM audit WHERE number <= $1", &[big(anchor.number).into()]).await
    }

    /// Puts the first seal on a store that has neither seals nor entries; otherwise does nothing.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn begin_audit(&mut self, head: &StoredSeal) -> Result<()> {
        let used: Option<(i32,)> = self
            .fetch_optional(
                "SELECT 1 FROM audit_seals UNION ALL SELECT 1 FROM (SELECT id FROM audit LIMIT 1) AS entries LIMIT 1",
                &[],
            )
            .await?;
        if used.is_some() {
            return Ok(());
        }
        self.execute(
            "INSERT INTO audit_seals (kind, number, hash, time, signature) VALUES ('head', $1, $2, $3, $4)
             ON CONFLICT (kind) DO NOTHING",
            &[big(head.number).into(), head.hash.as_slice().into(), head.time.into(), head.signature.as_slice().into()],
        )
        .await
        .map(drop)
    }

    /// Puts a seal of the same numbers and hashes in the place of each, as another key signs it; gives the head's.
    ///
    /// # Errors
    /// What the engine says, and `sign`.
    pub async fn sign_audit_anew(
        &mut self,
        sign: impl Fn(&str, &StoredSeal) -> StoredSeal + Send + Sync,
    ) -> Result<Option<StoredSeal>> {
        let rows: Vec<SealRow> =
            self.fetch_all("SELECT kind, number, hash, time, signature FROM audit_seals", &[]).await?;
        let mut head = None;
        for row in rows {
            let kind = row.kind;
            let read = seal((Some(row.number), Some(row.hash), Some(row.time), Some(row.signature)))?;
            let Some(before) = read else { continue };
            let after = sign(&kind, &before);
            self.put_seal(&kind, &after).await?;
            if kind == "head" {
                head = Some(after);
            }
        }
        Ok(head)
    }

    async fn put_seal(&mut self, kind: &str, seal: &StoredSeal) -> Result<()> {
        self.execute(
            "INSERT INTO audit_seals (kind, number, hash, time, signature) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (kind) DO UPDATE SET number = excluded.number, hash = excluded.hash, time = excluded.time,
                 signature = excluded.signature",
            &[
                kind.into(),
                big(seal.number).into(),
                seal.hash.as_slice().into(),
                seal.time.into(),
                seal.signature.as_slice().into(),
            ],
        )
        .await
        .map(drop)
    }
}
