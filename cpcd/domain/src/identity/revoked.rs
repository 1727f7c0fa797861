//! What is revoked: a set in memory that every check of a token consults, and that follows the store.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use cpcd_model::{
    Error, Reason, Result,
    id::SessionId,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{Revocation, RevocationTarget},
};
use tokio::{sync::watch, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What another replica revokes is known here after this and one statement: well within the second that is promised.
const POLL_EVERY: Duration = Duration::from_millis(500);
/// A transaction that took an id may commit so much later than one that took the next.
const OVERTAKEN: Duration = Duration::from_secs(60);

/// Follows what is revoked; clones share it.
#[derive(Clone)]
pub struct Revoked {
    store: Store,
    clock: Clock,
    set: Arc<RwLock<Set>>,
    changed: Arc<watch::Sender<()>>,
}

#[derive(Default)]
struct Set {
    last_id: i64,
    /// Each with the time when it can be forgotten.
    tokens: HashMap<Uuid, Timestamp>,
    sessions: HashMap<SessionId, Timestamp>,
    /// Sessions that began no later than the first time; nobody stands for everybody.
    begun: HashMap<Option<Uuid>, (Timestamp, Timestamp)>,
    /// Subjects whose permissions changed.
    permissions: HashMap<Uuid, Changes>,
    /// Changes to permissions that were taken up here, of all subjects.
    changes: u64,
}

/// What is known of the changes to a subject's permissions.
#[derive(Clone, Copy)]
struct Changes {
    /// The last row; a subject's rows come in the order of their changes, since each change locks the subject.
    row: i64,
    /// Which of all changes here the last one was.
    number: u64,
    expires_at: Timestamp,
}

impl Revoked {
    /// Reads all that is revoked.
    pub(super) async fn open(store: &Store, clock: &Clock) -> Result<Self> {
        let (store, clock) = (store.clone(), clock.clone());
        let revoked = Self { store, clock, set: Arc::default(), changed: Arc::new(watch::channel(()).0) };
        revoked.poll().await?;
        Ok(revoked)
    }

    /// Follows the store until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(POLL_EVERY) => {}
            }
            match self.poll().await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "what other replicas revoke is not known here until the store answers");
                    }
                    is_away = true;
                }
            }
        }
    }

    async fn poll(&self) -> Result<()> {
        let now = self.clock.now();
        let last_id = self.set.read().unwrap_or_else(PoisonError::into_inner).last_id;
        let rows = self.store.list_revocations(last_id, now - OVERTAKEN).await?;
        let newest = rows.last().map_or(last_id, |(id, _)| *id);
        let is_new = {
            let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
            set.last_id = set.last_id.max(newest);
            set.forget(now);
            rows.iter().fold(false, |is_new, (id, revocation)| set.add(revocation, Some(*id)) || is_new)
        };
        if is_new {
            self.changed.send_replace(());
        }
        Ok(())
    }

    /// Takes up at once what was committed here.
    pub(crate) fn add(&self, revocation: &Revocation) {
        if self.set.write().unwrap_or_else(PoisonError::into_inner).add(revocation, None) {
            self.changed.send_replace(());
        }
    }

    /// Refuses a token that is revoked.
    ///
    /// # Errors
    /// `TOKEN_REVOKED`.
    pub(super) fn check_token(&self, token_id: Uuid, session: SessionId, subject: Uuid) -> Result<()> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        if set.tokens.contains_key(&token_id) || set.has_session(session, subject) { Err(revoked()) } else { Ok(()) }
    }

    /// Refuses a session that is revoked.
    ///
    /// # Errors
    /// `TOKEN_REVOKED`.
    pub(super) fn check_session(&self, session: SessionId, subject: Uuid) -> Result<()> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        if set.has_session(session, subject) { Err(revoked()) } else { Ok(()) }
    }

    /// Gives a number that changes whenever a subject's permissions do, as far as it is known here.
    pub(super) fn permission_changes(&self, subject: Uuid) -> u64 {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        set.permissions.get(&subject).map_or(0, |changes| changes.number)
    }

    /// Gives what tells when something was revoked.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

impl Set {
    /// Adds a revocation, with its row if it was read; says whether it is news.
    fn add(&mut self, revocation: &Revocation, row: Option<i64>) -> bool {
        let Revocation { target, before, expires_at } = *revocation;
        match target {
            RevocationTarget::Token(id) => later(&mut self.tokens, id, expires_at),
            RevocationTarget::Session(id) => later(&mut self.sessions, id, expires_at),
            RevocationTarget::Subject(id) => later(&mut self.begun, Some(id), (before, expires_at)),
            RevocationTarget::All => later(&mut self.begun, None, (before, expires_at)),
            RevocationTarget::Permissions(id) => self.change_permissions(id, row, expires_at),
        }
    }

    /// Takes up a change of permissions; what was committed here a moment ago comes a second time as a row, without harm.
    fn change_permissions(&mut self, subject: Uuid, row: Option<i64>, expires_at: Timestamp) -> bool {
        let known = self.permissions.get(&subject).map_or(0, |changes| changes.row);
        if row.is_some_and(|row| row <= known) {
            return false;
        }
        self.changes += 1;
        let changes = Changes { row: row.unwrap_or(known), number: self.changes, expires_at };
        self.permissions.insert(subject, changes);
        true
    }

    fn has_session(&self, session: SessionId, subject: Uuid) -> bool {
        let begun = session.begun_ms();
        let is_before = |whose: &Option<Uuid>| {
            self.begun.get(whose).is_some_and(|(before, _)| begun.is_none_or(|ms| ms <= before.as_millisecond()))
        };
        self.sessions.contains_key(&session) || is_before(&Some(subject)) || is_before(&None)
    }

    fn forget(&mut self, now: Timestamp) {
        self.tokens.retain(|_, expires_at| *expires_at > now);
        self.sessions.retain(|_, expires_at| *expires_at > now);
        self.begun.retain(|_, (_, expires_at)| *expires_at > now);
        self.permissions.retain(|_, changes| changes.expires_at > now);
    }
}

/// Keeps the later of what is there and what comes; says whether that changes anything.
fn later<K: Eq + Hash, V: PartialOrd>(map: &mut HashMap<K, V>, key: K, value: V) -> bool {
    match map.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
            true
        }
        Entry::Occupied(mut place) => {
            let is_later = value > *place.get();
            if is_later {
                place.insert(value);
            }
            is_later
        }
    }
}

fn revoked() -> Error {
    Error::new(Reason::TokenRevoked, "the token was revoked, or its session has ended; log in again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn revocation(target: RevocationTarget, before: i64) -> Revocation {
        Revocation { target, before: at(before), expires_at: at(1_000_000) }
    }

    #[test]
    fn a_subject_is_revoked_up_to_an_instant_and_not_beyond() {
        let (subject, mut set) = (Uuid::now_v7(), Set::default());
        assert!(set.add(&revocation(RevocationTarget::Subject(subject), 5000), None));
        assert!(set.has_session(SessionId::begun_at(at(4999)), subject));
        assert!(set.has_session(SessionId::begun_at(at(5000)), subject));
        assert!(!set.has_session(SessionId::begun_at(at(5001)), subject));
        assert!(!set.has_session(SessionId::begun_at(at(4999)), Uuid::now_v7()));
        assert!(
            !set.add(&revocation(RevocationTarget::Subject(subject), 4000), None),
            "an earlier instant takes nothing back"
        );
        assert!(set.has_session(SessionId::begun_at(at(5000)), subject));
        assert!(set.add(&revocation(RevocationTarget::All, 6000), None));
        assert!(set.has_session(SessionId::begun_at(at(6000)), Uuid::now_v7()));
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let (session, mut set) = (SessionId::generate(), Set::default());
        assert!(set.add(&revocation(RevocationTarget::Session(session), 0), None));
        assert!(!set.add(&revocation(RevocationTarget::Session(session), 0), None), "the same again is no news");
        set.forget(at(999_999));
        assert!(set.has_session(session, Uuid::now_v7()));
        set.forget(at(1_000_000));
        assert!(!set.has_session(session, Uuid::now_v7()));
    }

    #[test]
    fn each_change_of_permissions_is_counted_once() {
        let (subject, mut set) = (Uuid::now_v7(), Set::default());
        let change = revocation(RevocationTarget::Permissions(subject), 5000);
        let number = |set: &Set| set.permissions.get(&subject).map_or(0, |changes| changes.number);
        assert!(set.add(&change, None) && set.add(&change, Some(7)));
        let after = number(&set);
        assert!(!set.add(&change, Some(7)), "the same row again");
        assert_eq!(number(&set), after);
        // The clock of another replica may be behind: its change counts all the same.
        assert!(set.add(&revocation(RevocationTarget::Permissions(subject), 4000), Some(8)));
        assert_ne!(number(&set), after);
        assert!(!set.has_session(SessionId::begun_at(at(1)), subject), "sessions go on");
        set.forget(at(1_000_000));
        assert_eq!(number(&set), 0);
    }
}
