//! Table `sessions`.

use cpcd_model::{Error, Result, id::SessionId, time::Timestamp};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::big,
    row::{bytes, unsigned},
};

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
    /// Hash of its first refresh token, if it can be renewed.
    pub refresh_hash: Option<[u8; 32]>,
    /// The key that has to sign its renewals, if it is bound to one.
    pub bound_key: Option<[u8; 32]>,
    /// The user's key that opened it: it ends with that.
    pub opened_with: Option<[u8; 32]>,
}

/// How far the refresh tokens of a session have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The session.
    pub id: SessionId,
    /// Whose it is.
    pub subject_id: Uuid,
    /// When it began.
    pub created_at: Timestamp,
    /// When it can no longer be renewed.
    pub expires_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
    /// How many times it was renewed.
    pub generation: u64,
    /// Hash of the current token.
    pub current: Option<[u8; 32]>,
    /// Hash of the token before.
    pub previous: Option<[u8; 32]>,
    /// The key that has to sign renewals, if the session is bound to one.
    pub bound_key: Option<[u8; 32]>,
    /// When the current token took its place; for the first one there is no such time.
    pub refreshed_at: Option<Timestamp>,
}

/// A token in exchange for its successor.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// The session.
    pub id: SessionId,
    /// The generation of the token that is given back.
    pub generation: u64,
    /// Its hash.
    pub current: [u8; 32],
    /// The successor's hash.
    pub successor: [u8; 32],
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
    /// Gives the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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
    refresh_hash: Option<Vec<u8>>,
    bound_key: Option<Vec<u8>>,
    opened_with: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct FamilyRow {
    id: Uuid,
    subject_id: Uuid,
    created_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    ended_at: Option<jiff_sqlx::Timestamp>,
    refresh_generation: i64,
    refresh_hash: Option<Vec<u8>>,
    previous_refresh_hash: Option<Vec<u8>>,
    refreshed_at: Option<jiff_sqlx::Timestamp>,
    bound_key: Option<Vec<u8>>,
}

impl FamilyRow {
    fn read(self) -> Result<Family> {
        let hash = |hash: Option<Vec<u8>>| hash.map(|hash| bytes("sessions.refresh_hash", &hash)).transpose();
        Ok(Family {
            id: self.id.into(),
            subject_id: self.subject_id,
            created_at: self.created_at.to_jiff(),
            expires_at: self.expires_at.to_jiff(),
            ended_at: self.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
            generation: unsigned("sessions.refresh_generation", self.refresh_generation)?,
            current: hash(self.refresh_hash)?,
            previous: hash(self.previous_refresh_hash)?,
            refreshed_at: self.refreshed_at.map(jiff_sqlx::Timestamp::to_jiff),
            bound_key: self.bound_key.map(|key| bytes("sessions.bound_key", &key)).transpose()?,
        })
    }
}

const FAMILY: &str = "SELECT id, subject_id, created_at, expires_at, ended_at, refresh_generation, refresh_hash,
     previous_refresh_hash, refreshed_at, bound_key FROM sessions WHERE id = $1";

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
            refresh_hash: self.refresh_hash.map(|hash| bytes("sessions.refresh_hash", &hash)).transpose()?,
            bound_key: self.bound_key.map(|key| bytes("sessions.bound_key", &key)).transpose()?,
            opened_with: self.opened_with.map(|key| bytes("sessions.opened_with", &key)).transpose()?,
        })
    }
}

impl Tx {
    /// Adds a session.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_session(&mut self, session: &Session) -> Result<()> {
        self.insert_sessions(std::slice::from_ref(session)).await
    }

    /// Puts a refresh token's successor in its place; false if the token is not the current one of a session that goes on.
    ///
    /// Of any number at once exactly one gets true: the others wait for the row and find another generation.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn exchange_refresh(&mut self, exchange: &Exchange, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                "UPDATE sessions SET refresh_generation = refresh_generation + 1, previous_refresh_hash = refresh_hash,
                     refresh_hash = $4, refreshed_at = $5
                 WHERE id = $1 AND refresh_generation = $2 AND refresh_hash = $3 AND ended_at IS NULL AND expires_at > $5",
                &[
                    exchange.id.uuid().into(),
                    big(exchange.generation).into(),
                    exchange.current.as_slice().into(),
                    exchange.successor.as_slice().into(),
                    now.into(),
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Ends a session; false if it is not there or has been ended before.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn end_session(&mut self, id: SessionId, now: Timestamp) -> Result<bool> {
        let ended = self
            .execute(
                "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
                &[id.uuid().into(), now.into()],
            )
            .await?;
        Ok(ended == 1)
    }

    /// Says whether a session goes on: nobody has ended it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn is_session_open(&mut self, id: SessionId) -> Result<bool> {
        let found: Option<(i32,)> = self
            .fetch_optional("SELECT 1 FROM sessions WHERE id = $1 AND ended_at IS NULL", &[id.uuid().into()])
            .await?;
        Ok(found.is_some())
    }

    /// Ends the sessions of a subject, or of everybody, that began before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn end_sessions_begun_before(
        &mut self,
        subject: Option<Uuid>,
        time: Timestamp,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute(
            "UPDATE sessions SET ended_at = $3 WHERE (subject_id = $1 OR $1 IS NULL) AND created_at < $2 AND ended_at IS NULL",
            &[subject.into(), time.into(), now.into()],
        )
        .await
    }

    /// Gives how far the refresh tokens of a session have come, as this transaction sees it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_family(&mut self, id: SessionId) -> Result<Option<Family>> {
        let row: Option<FamilyRow> = self.fetch_optional(FAMILY, &[id.uuid().into()]).await?;
        row.map(FamilyRow::read).transpose()
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
                "SELECT id, subject_id, subject_kind, created_at, expires_at, refresh_hash, bound_key, opened_with FROM sessions
                 WHERE id = $1 AND ended_at IS NULL",
                &[id.uuid().into()],
            )
            .await?;
        row.map(Row::read).transpose()
    }

    /// Gives how far the refresh tokens of a session have come, also of one that has ended.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_family(&self, id: SessionId) -> Result<Option<Family>> {
        let row: Option<FamilyRow> = self.db.fetch_optional(FAMILY, &[id.uuid().into()]).await?;
        row.map(FamilyRow::read).transpose()
    }

    /// Gives at most `limit` sessions of a subject that go on, after one of them, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_families(
        &self,
        subject: Uuid,
        after: Option<SessionId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Family>> {
        let rows: Vec<FamilyRow> = self
            .db
            .fetch_all(
                "SELECT id, subject_id, created_at, expires_at, ended_at, refresh_generation, refresh_hash,
                     previous_refresh_hash, refreshed_at, bound_key FROM sessions
                 WHERE subject_id = $1 AND (id > $2 OR $2 IS NULL) AND ended_at IS NULL AND expires_at > $3
                 ORDER BY id LIMIT $4",
                &[subject.into(), after.map(SessionId::uuid).into(), now.into(), i64::from(limit).into()],
            )
            .await?;
        rows.into_iter().map(FamilyRow::read).collect()
    }
}
