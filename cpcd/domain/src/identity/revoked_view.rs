//! What is revoked, as of a moment: two sets, so that a change copies the small one of what came lately and only now and then the
//! large one.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    sync::Arc,
};

use cpcd_model::{id::SessionId, time::Timestamp};
use cpcd_store::sql::{Revocation, RevocationTarget};
use uuid::Uuid;

/// As many of what came lately are copied with each change at most.
const LATELY: usize = 256;
/// What is revoked, as of a moment.
#[derive(Default)]
pub(super) struct View {
    known: Arc<Set>,
    lately: Set,
}

#[derive(Clone, Default)]
struct Set {
    /// Each with the time when it can be forgotten.
    tokens: HashMap<Uuid, Timestamp>,
    sessions: HashMap<SessionId, Timestamp>,
    /// Sessions that began no later than the first time; nobody stands for everybody.
    begun: HashMap<Option<Uuid>, (Timestamp, Timestamp)>,
}

impl View {
    pub(super) fn covers(&self, revocation: &Revocation) -> bool {
        self.known.covers(revocation) || self.lately.covers(revocation)
    }

    pub(super) fn has_token(&self, token_id: Uuid, session: SessionId, subject: Uuid) -> bool {
        let has = |set: &Set| set.tokens.contains_key(&token_id) || set.has_session(session, subject);
        has(&self.known) || has(&self.lately)
    }

    pub(super) fn has_session(&self, session: SessionId, subject: Uuid) -> bool {
        self.known.has_session(session, subject) || self.lately.has_session(session, subject)
    }

    pub(super) fn with(&self, news: &[&Revocation]) -> Self {
        if self.lately.len() + news.len() <= LATELY {
            let mut lately = self.lately.clone();
            news.iter().for_each(|revocation| lately.add(revocation));
            return Self { known: self.known.clone(), lately };
        }
        let mut known = self.merged();
        news.iter().for_each(|revocation| known.add(revocation));
        Self { known: Arc::new(known), lately: Set::default() }
    }

    pub(super) fn without_expired(&self, now: Timestamp) -> Self {
        let mut known = self.merged();
        known.forget(now);
        Self { known: Arc::new(known), lately: Set::default() }
    }

    /// Gives both sets as one.
    fn merged(&self) -> Set {
        let mut all = Set::clone(&self.known);
        self.lately.tokens.iter().for_each(|(id, end)| later(&mut all.tokens, *id, *end));
        self.lately.sessions.iter().for_each(|(id, end)| later(&mut all.sessions, *id, *end));
        self.lately.begun.iter().for_each(|(whose, times)| later(&mut all.begun, *whose, *times));
        all
    }
}

impl Set {
    fn len(&self) -> usize {
        self.tokens.len() + self.sessions.len() + self.begun.len()
    }

    /// Tells whether a revocation would change nothing.
    fn covers(&self, revocation: &Revocation) -> bool {
        let Revocation { target, before, expires_at } = revocation;
        match target {
            RevocationTarget::Token(id) => self.tokens.get(id).is_some_and(|end| end >= expires_at),
            RevocationTarget::Session(id) => self.sessions.get(id).is_some_and(|end| end >= expires_at),
            RevocationTarget::Subject(id) => self.begun.get(&Some(*id)).is_some_and(|at| *at >= (*before, *expires_at)),
            RevocationTarget::All => self.begun.get(&None).is_some_and(|at| *at >= (*before, *expires_at)),
            // Of no matter here: the token's epoch tells, once the rules are read again (permission_changes.rs).
            RevocationTarget::Permissions(_) => true,
        }
    }

    fn add(&mut self, revocation: &Revocation) {
        let Revocation { target, before, expires_at } = *revocation;
        match target {
            RevocationTarget::Token(id) => later(&mut self.tokens, id, expires_at),
            RevocationTarget::Session(id) => later(&mut self.sessions, id, expires_at),
            RevocationTarget::Subject(id) => later(&mut self.begun, Some(id), (before, expires_at)),
            RevocationTarget::All => later(&mut self.begun, None, (before, expires_at)),
            RevocationTarget::Permissions(_) => {}
        }
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
    }
}

/// Keeps the later of what is there and what comes.
fn later<K: Eq + Hash, V: PartialOrd>(map: &mut HashMap<K, V>, key: K, value: V) {
    match map.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
        }
        Entry::Occupied(mut place) => {
            if value > *place.get() {
                place.insert(value);
            }
        }
    }
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
        set.add(&revocation(RevocationTarget::Subject(subject), 5000));
        assert!(set.has_session(SessionId::begun_at(at(4999)), subject));
        assert!(set.has_session(SessionId::begun_at(at(5000)), subject));
        assert!(!set.has_session(SessionId::begun_at(at(5001)), subject));
        assert!(!set.has_session(SessionId::begun_at(at(4999)), Uuid::now_v7()));
        let earlier = revocation(RevocationTarget::Subject(subject), 4000);
        assert!(set.covers(&earlier), "an earlier instant is no news");
        set.add(&earlier);
        assert!(set.has_session(SessionId::begun_at(at(5000)), subject), "and takes nothing back");
        let all = revocation(RevocationTarget::All, 6000);
        assert!(!set.covers(&all));
        set.add(&all);
        assert!(set.has_session(SessionId::begun_at(at(6000)), Uuid::now_v7()));
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let session = SessionId::generate();
        let view = View::default().with(&[&revocation(RevocationTarget::Session(session), 0)]);
        assert!(view.covers(&revocation(RevocationTarget::Session(session), 0)), "the same again is no news");
        assert!(view.without_expired(at(999_999)).has_session(session, Uuid::now_v7()));
        assert!(!view.without_expired(at(1_000_000)).has_session(session, Uuid::now_v7()));
    }

    #[test]
    fn nothing_is_lost_when_what_came_lately_joins_the_rest() {
        let tokens: Vec<_> = (0..3 * LATELY).map(|_| Uuid::now_v7()).collect();
        let mut view = View::default();
        for (count, token) in tokens.iter().enumerate() {
            view = view.with(&[&revocation(RevocationTarget::Token(*token), 0)]);
            assert!(view.lately.len() <= LATELY && view.known.len() + view.lately.len() == count + 1);
        }
        let session = SessionId::generate();
        assert!(tokens.iter().all(|token| view.has_token(*token, session, Uuid::nil())));
        assert!(!view.has_token(Uuid::now_v7(), session, Uuid::nil()));
    }
}
