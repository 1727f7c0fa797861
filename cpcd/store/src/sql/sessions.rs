//! Table `sessions`.

use cpcd_model::{Error, Result, id::SessionId, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, Tx};

/// What a login opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names it.
    pub id: SessionId,
    /// Whose it is.
    pub subject_id: Uuid,
    /// What they are.
    pub subject_kind: SubjectKind,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// What can log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A user.
    User,
    /// A node.
    Node,
}

impl SubjectKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Node => "node",
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    subject_id: Uuid,
    subject_kind: String,
    created_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl Row {
    fn read(self) -> Result<Session> {
        let subject_kind = match self.subject_kind.as_str() {
            "user" => SubjectKind::User,
            "node" => SubjectKind::Node,
            other => return Err(Error::internal(format!("session {} is of a '{other}' in the store", self.id))),
        };
        Ok(Session {
            id: self.id.into(),
            subject_id: self.subject_id,
            subject_kind,
            created_at: self.created_at.to_jiff(),
            expires_at: self.expires_at.to_jiff(),
        })
    }
}

impl Tx {
    /// Adds a session.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_session(&mut self, session: &Session) -> Result<()> {
        self.execute(
            "INSERT INTO sessions (id, subject_id, subject_kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            &[
                session.id.uuid().into(),
                session.subject_id.into(),
                session.subject_kind.as_str().into(),
                session.created_at.into(),
                session.expires_at.into(),
            ],
        )
        .await
        .map(drop)
    }

    /// Removes at most `limit` sessions that ended by themselves before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_sessions_expired_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}

impl Store {
    /// Gives a session that was not ended; whether it has expired is for the caller to see.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_session(&self, id: SessionId) -> Result<Option<Session>> {
        let row: Option<Row> = self
            .db
            .fetch_optional(
                "SELECT id, subject_id, subject_kind, created_at, expires_at FROM sessions
                 WHERE id = $1 AND ended_at IS NULL",
                &[id.uuid().into()],
            )
            .await?;
        row.map(Row::read).transpose()
    }
}
