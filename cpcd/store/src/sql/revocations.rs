//! Table `revocations`: what was taken back before its time. Every replica follows it.

use cpcd_model::{Error, Result, id::SessionId, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, Tx};

/// What is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationTarget {
    /// An access token, by its id.
    Token(Uuid),
    /// A session with all its tokens.
    Session(SessionId),
    /// The sessions of a subject.
    Subject(Uuid),
    /// The sessions of everybody.
    All,
    /// The tokens of a subject that were given before its permissions changed; not its sessions.
    Permissions(Uuid),
}

impl RevocationTarget {
    fn columns(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Token(id) => ("token", Some(id)),
            Self::Session(id) => ("session", Some(id.uuid())),
            Self::Subject(id) => ("subject", Some(id)),
            Self::All => ("all", None),
            Self::Permissions(id) => ("permissions", Some(id)),
        }
    }
}

/// A revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// What is revoked.
    pub target: RevocationTarget,
    /// Of a subject, or of everybody: the sessions that began no later.
    pub before: Timestamp,
    /// When nothing is left that it could concern.
    pub expires_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    kind: String,
    target: Option<Uuid>,
    before_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl Row {
    fn read(self) -> Result<(i64, Revocation)> {
        let target = match (self.kind.as_str(), self.target) {
            ("token", Some(id)) => RevocationTarget::Token(id),
            ("session", Some(id)) => RevocationTarget::Session(id.into()),
            ("subject", Some(id)) => RevocationTarget::Subject(id),
            ("all", None) => RevocationTarget::All,
            ("permissions", Some(id)) => RevocationTarget::Permissions(id),
            (kind, _) => return Err(Error::internal(format!("revocation {} is of a '{kind}' in the store", self.id))),
        };
        let (before, expires_at) = (self.before_at.to_jiff(), self.expires_at.to_jiff());
        Ok((self.id, Revocation { target, before, expires_at }))
    }
}

impl Tx {
    /// Records a revocation.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert_revocation(&mut self, revocation: &Revocation, now: Timestamp) -> Result<()> {
        let (kind, target) = revocation.target.columns();
        self.execute(
            "INSERT INTO revocations (kind, target, before_at, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            &[kind.into(), target.into(), revocation.before.into(), now.into(), revocation.expires_at.into()],
        )
        .await
        .map(drop)
    }

    /// Removes at most `limit` revocations that concern nothing since before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_revocations_expired_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM revocations WHERE id IN (SELECT id FROM revocations WHERE expires_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}

impl Store {
    /// Gives the revocations after an id, and those recorded since a time, in the order of their ids.
    ///
    /// Ids are handed out before they commit, so that a later one may show first: the time brings in who was overtaken.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_revocations(&self, after: i64, since: Timestamp) -> Result<Vec<(i64, Revocation)>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                "SELECT id, kind, target, before_at, expires_at FROM revocations WHERE id > $1 OR created_at >= $2
                 ORDER BY id",
                &[after.into(), since.into()],
            )
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}
