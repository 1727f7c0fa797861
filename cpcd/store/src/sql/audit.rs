//! Table `audit`: who did what, or was refused it. `audited.rs` says how entries come about, `audit_seals.rs` how they are sealed.

use cpcd_model::{
    Error, Result,
    audit::{AuditEntry, NewAuditEntry, Outcome, Sealed},
    time::Timestamp,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::big,
    row::{bytes, unsigned},
    rows::Insert,
};

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those of somebody.
    pub actor_id: Option<Uuid>,
    /// Those of a kind of caller; empty means any.
    pub actor_kind: String,
    /// Those about something; empty means anything.
    pub target_id: String,
    /// Those of calls whose names begin so.
    pub action: String,
    /// Those with an outcome.
    pub outcome: Option<Outcome>,
    /// From here on.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

#[derive(FromRow)]
pub(super) struct Row {
    id: i64,
    time: jiff_sqlx::Timestamp,
    actor_kind: String,
    actor_id: Option<Uuid>,
    session_id: Option<Uuid>,
    token_id: Option<Uuid>,
    action: String,
    target_kind: String,
    target_id: String,
    outcome: String,
    reason: String,
    request_id: Option<Uuid>,
    network: String,
    details: String,
    count: i64,
    number: Option<i64>,
    hash: Option<Vec<u8>>,
}

impl Row {
    pub(super) fn read(self) -> Result<AuditEntry> {
        let outcome = Outcome::parse(&self.outcome)
            .ok_or_else(|| Error::internal(format!("audit.outcome is {} in the store", self.outcome)))?;
        let sealed = match (self.number, self.hash) {
            (Some(number), Some(hash)) => {
                Some(Sealed { number: unsigned("audit.number", number)?, hash: bytes("audit.hash", &hash)? })
            }
            (_, _) => None,
        };
        let entry = NewAuditEntry {
            time: self.time.to_jiff(),
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            session_id: self.session_id,
            token_id: self.token_id,
            action: self.action,
            target_kind: self.target_kind,
            target_id: self.target_id,
            outcome,
            reason: self.reason,
            request_id: self.request_id,
            network: self.network,
            details: self.details,
            count: unsigned("audit.count", self.count)?,
        };
        Ok(AuditEntry { id: unsigned("audit.id", self.id)?, entry, sealed })
    }
}

/// Begins a statement that gives entries.
macro_rules! select_audit {
    ($($rest:literal),+) => {
        concat!(
            "SELECT id, time, actor_kind, actor_id, session_id, token_id, action, target_kind, target_id, outcome, reason,
             request_id, network, details, count, number, hash FROM audit ",
            $($rest),+
        )
    };
}
pub(super) use select_audit;

/// Lists by whatever index fits best; the first condition names it.
macro_rules! list {
    ($first:literal) => {
        select_audit!(
            "WHERE ",
            $first,
            " AND ($3 = '' OR actor_kind = $3) AND substr(action, 1, length($4)) = $4 AND ($5 = '' OR outcome = $5)
             AND time >= $6 AND time < $7 AND (time, id) < ($8, $9) ORDER BY time DESC, id DESC LIMIT $10"
        )
    };
}

const ENTRIES: Insert = Insert {
    head: "INSERT INTO audit (time, actor_kind, actor_id, session_id, token_id, action, target_kind, target_id, outcome, reason,
               request_id, network, details, count)",
    tail: "",
    columns: 14,
};

impl Tx {
    /// Writes entries down, in their order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_audit(&mut self, entries: &[NewAuditEntry]) -> Result<()> {
        let rows: Vec<_> = entries
            .iter()
            .map(|entry| {
                vec![
                    entry.time.into(),
                    entry.actor_kind.as_str().into(),
                    entry.actor_id.into(),
                    entry.session_id.into(),
                    entry.token_id.into(),
                    entry.action.as_str().into(),
                    entry.target_kind.as_str().into(),
                    entry.target_id.as_str().into(),
                    entry.outcome.as_str().into(),
                    entry.reason.as_str().into(),
                    entry.request_id.into(),
                    entry.network.as_str().into(),
                    entry.details.as_str().into(),
                    big(entry.count).into(),
                ]
            })
            .collect();
        self.insert_rows(ENTRIES, &rows).await
    }
}

impl Store {
    /// Gives at most `limit` entries before a place, the newest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_audit(
        &self,
        filter: &AuditFilter,
        before: Option<(Timestamp, u64)>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        let end = Timestamp::constant(253_402_000_000, 0); // in the year 9999
        let (time, id) = before.unwrap_or((end, u64::MAX));
        let args = [
            filter.actor_id.into(),
            filter.target_id.as_str().into(),
            filter.actor_kind.as_str().into(),
            filter.action.as_str().into(),
            filter.outcome.map_or("", Outcome::as_str).into(),
            filter.since.unwrap_or(Timestamp::UNIX_EPOCH).into(),
            filter.until.unwrap_or(end).into(),
            time.into(),
            big(id).into(),
            i64::from(limit).into(),
        ];
        // Each with a condition that an index knows: a plan that fits all filters fits none.
        let statement = match (filter.actor_id, filter.target_id.is_empty()) {
            (Some(_), _) => list!("actor_id = $1 AND ($2 = '' OR target_id = $2)"),
            (None, false) => list!("target_id = $2 AND $1 IS NULL"),
            (None, true) => list!("$1 IS NULL AND $2 = ''"),
        };
        let rows: Vec<Row> = self.db.fetch_all(statement, &args).await?;
        rows.into_iter().map(Row::read).collect()
    }
}
