//! Sessions: listed, ended, and their tokens taken back.

use std::time::Duration;

use cpcd_model::{
    Error, Reason, Result,
    id::{SessionId, UserId},
    page,
    permission::{Level, Resource, Target as On},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority, Revocation, RevocationTarget, Tx},
};
use serde_json::json;
use uuid::Uuid;

pub use cpcd_store::sql::Family;

use super::{Revoked, cut_page, granting::in_person, service_tokens};
use crate::{Caller, caller::Subject};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
/// The longest that an access token may be good, and a little more.
pub(crate) const TOKENS_GONE: Duration = Duration::from_secs(86_400 + 60);
/// The longest that a session may be renewed, and a little more.
const SESSIONS_GONE: Duration = Duration::from_secs(31_536_000 + 60);

/// What is to be revoked, as it came.
#[derive(Clone, Debug)]
pub enum Target {
    /// An access token, by its id.
    Token(String),
    /// A session with all its tokens.
    Session(String),
    /// All sessions of a user.
    Subject(String),
    /// All sessions of everybody.
    All,
}

/// The sessions.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    revoked: Revoked,
}

impl Sessions {
    pub(super) fn new(store: &Store, clock: &Clock, revoked: Revoked) -> Self {
        Self { store: store.clone(), clock: clock.clone(), revoked }
    }

    /// Ends the caller's own session. Needs a session.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED` for a caller that has none.
    pub async fn log_out(&self, caller: &Caller) -> Result<()> {
        in_person(caller)?;
        let Some(session) = caller.session() else {
            caller.require_user()?;
            return Err(Error::internal("a user without a session"));
        };
        self.end(session.id).await.map(drop)
    }

    /// Revokes tokens; gives how many sessions ended. Needs admin on users, unless they are the caller's own.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `FIELD_INVALID`.
    pub async fn revoke(&self, caller: &Caller, target: &Target, before: Option<Timestamp>) -> Result<u64> {
        in_person(caller)?;
        if !self.is_own(caller, target).await? {
            caller.require(Resource::Users, Level::Admin)?;
        }
        let now = self.clock.now();
        if before.is_some() && matches!(target, Target::Token(_) | Target::Session(_)) {
            return Err(Error::field(Reason::FieldInvalid, "before", "is for a subject, or for everybody"));
        }
        if before.is_some_and(|before| before > now) {
            return Err(Error::field(Reason::FieldInvalid, "before", "lies in the future"));
        }
        let before = before.unwrap_or(now);
        match target {
            Target::Token(id) => {
                let id = SessionId::parse("token_id", id)?.uuid();
                let target = RevocationTarget::Token(id);
                let revocation = Revocation { target, before, expires_at: now + TOKENS_GONE };
                // A service token may be good for longer than that is kept: its row says it for good.
                self.record(revocation, move |tx, now| {
                    Box::pin(async move { tx.revoke_service_token(id.into(), now).await.map(|_| 0) })
                })
                .await
            }
            Target::Session(id) => self.end(SessionId::parse("session_id", id)?).await,
            Target::Subject(id) => {
                let subject = UserId::parse("subject_id", id)?.uuid();
                self.end_all(RevocationTarget::Subject(subject), Some(subject), before).await
            }
            Target::All => self.end_all(RevocationTarget::All, None, before).await,
        }
    }

    /// Lists the sessions that go on, oldest first; gives the token of the next page. Needs read on users for others' sessions.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID`.
    pub async fn list(
        &self,
        caller: &Caller,
        subject: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<Family>, String)> {
        let own = caller.subject().uuid().filter(|_| !matches!(caller.subject(), Subject::Service(_)));
        let subject = match own {
            Some(own) if subject.is_empty() || subject == own.to_string() => own,
            Some(_) | None => {
                caller.require_some(Resource::Users, Level::Read)?;
                let object = UserId::parse("subject_id", subject)?.uuid();
                let target = On { object: Some(object), ..On::default() };
                caller.require_on(Resource::Users, Level::Read, &target)?;
                object
            }
        };
        let size = page::size(page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let binding = format!("sessions:{subject}");
        let after = page::decode(&binding, page_token)?
            .map(|id| SessionId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let mut sessions = self.store.list_families(subject, after, size + 1, self.clock.now()).await?;
        let next = cut_page(&mut sessions, size, &binding, |session| session.id.to_string());
        Ok((sessions, next))
    }

    /// Tells whether a target belongs to the caller; one that is not there belongs to nobody.
    async fn is_own(&self, caller: &Caller, target: &Target) -> Result<bool> {
        let (Some(own), Some(session)) = (caller.subject().uuid(), caller.session()) else { return Ok(false) };
        Ok(match target {
            Target::Token(id) => *id == session.token_id.to_string(),
            Target::Subject(id) => *id == own.to_string(),
            Target::Session(id) if *id == session.id.to_string() => true,
            Target::Session(id) => {
                let id = SessionId::parse("session_id", id)?;
                self.store.get_family(id).await?.is_some_and(|family| family.subject_id == own)
            }
            Target::All => false,
        })
    }

    async fn end(&self, id: SessionId) -> Result<u64> {
        let now = self.clock.now();
        let revocation = of_session(id, now);
        self.record(revocation, move |tx, now| {
            Box::pin(async move {
                let ended = tx.end_session(id, now).await?;
                if let Some(family) = tx.get_family(id).await?.filter(|_| ended) {
                    let payload = json!({ "session_id": id.to_string() });
                    let event = NewEvent { kind: "session.ended", subject_id: family.subject_id, payload };
                    tx.insert_events(&[event], now).await?;
                }
                Ok(u64::from(ended))
            })
        })
        .await
    }

    async fn end_all(&self, target: RevocationTarget, subject: Option<Uuid>, before: Timestamp) -> Result<u64> {
        let before = to_millis(before)?;
        let revocation = Revocation { target, before, expires_at: self.clock.now() + SESSIONS_GONE };
        self.record(revocation, move |tx, now| Box::pin(end_begun(tx, subject, before, now))).await
    }

    /// Does `job` and records a revocation in the same transaction, and heeds it here at once.
    async fn record<F>(&self, revocation: Revocation, job: F) -> Result<u64>
    where
        F: for<'t> FnOnce(&'t mut Tx, Timestamp) -> futures_util::future::BoxFuture<'t, Result<u64>> + Send + 'static,
    {
        let now = self.clock.now();
        let write = self.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let ended = job(&mut *tx, now).await?;
                tx.insert_revocation(&revocation, now).await?;
                Ok(ended)
            })
        });
        let ended = write.await?;
        self.revoked.add(&revocation);
        Ok(ended)
    }
}

/// Gives the revocation of a session that ends now.
pub(super) fn of_session(id: SessionId, now: Timestamp) -> Revocation {
    Revocation { target: RevocationTarget::Session(id), before: now, expires_at: now + TOKENS_GONE }
}

/// Gives the revocation of all that a subject has begun by now; it is gone and begins nothing more.
pub(crate) fn of_subject(subject: Uuid, now: Timestamp) -> Revocation {
    Revocation { target: RevocationTarget::Subject(subject), before: now, expires_at: now + SESSIONS_GONE }
}

/// Gives the revocation of all that has begun until now.
pub(super) fn of_everybody(now: Timestamp) -> Result<Revocation> {
    of_all(RevocationTarget::All, now)
}

/// Gives the revocation of all that has begun until now of a subject, or of everybody.
pub(crate) fn of_all(target: RevocationTarget, now: Timestamp) -> Result<Revocation> {
    Ok(Revocation { target, before: to_millis(now)?, expires_at: now + SESSIONS_GONE })
}

/// Ends the sessions of a subject, or of everybody, that began no later than `before`, and takes back their service tokens; gives the
/// number of sessions.
pub(crate) async fn end_begun(tx: &mut Tx, subject: Option<Uuid>, before: Timestamp, now: Timestamp) -> Result<u64> {
    let ended = tx.end_sessions_begun_before(subject, before + Duration::from_millis(1), now).await?;
    service_tokens::end_made(tx, subject, before, now).await?;
    let payload = json!({ "before": before.to_string(), "sessions": ended });
    let subject_id = subject.unwrap_or_default();
    tx.insert_events(&[NewEvent { kind: "sessions.ended", subject_id, payload }], now).await?;
    Ok(ended)
}

/// Cuts a time to the millisecond, as a session's id tells when it began.
fn to_millis(time: Timestamp) -> Result<Timestamp> {
    Timestamp::from_millisecond(time.as_millisecond()).map_err(Error::internal)
}
