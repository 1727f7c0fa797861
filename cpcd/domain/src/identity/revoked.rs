//! What is revoked: a set in memory that every check of a token consults, and that follows the store.
//!
//! Checks take no lock: they read a view that is replaced as a whole. The store alone says what is revoked; the cache only tells the
//! others when there is something new to read, so that they need not wait for their next look.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use cpcd_model::{Error, Reason, Result, id::SessionId, time::Clock};
use cpcd_store::{Cache, Store, sql::Revocation};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{permission_changes::PermissionChanges, revoked_view::View};
use crate::wakeups::Wakeups;

/// What another replica revokes is known here after this and one statement, even if nobody tells: well within the second that is promised.
const POLL_EVERY: Duration = Duration::from_millis(500);
/// Whoever is told rests so long before he is told again, and three times as long as reading took.
const REST: Duration = Duration::from_millis(50);
const CHANNEL: &str = "identity:revocations";
/// A transaction that took an id may commit so much later than one that took the next.
const OVERTAKEN: Duration = Duration::from_secs(60);
/// Who could not confirm for so long what is revoked no longer says that a token is good.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(5);
/// How often what has expired is looked for.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Follows what is revoked; clones share it.
#[derive(Clone)]
pub struct Revoked(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    view: ArcSwap<View>,
    permissions: PermissionChanges,
    wakeups: Wakeups,
    /// Held by whoever changes the view.
    writer: Mutex<Writer>,
    changed: watch::Sender<()>,
    started: Instant,
    /// Milliseconds from the start to the last time that the store confirmed the view.
    confirmed_ms: AtomicU64,
}

struct Writer {
    last_id: i64,
    forgot: Instant,
}

impl Revoked {
    /// Reads all that is revoked.
    pub(super) async fn open(store: &Store, cache: &Cache, clock: &Clock) -> Result<Self> {
        let started = Instant::now();
        let revoked = Self(Arc::new(Inner {
            store: store.clone(),
            clock: clock.clone(),
            view: ArcSwap::default(),
            permissions: PermissionChanges::default(),
            wakeups: Wakeups::new(cache, CHANNEL),
            writer: Mutex::new(Writer { last_id: 0, forgot: started }),
            changed: watch::channel(()).0,
            started,
            confirmed_ms: AtomicU64::new(0),
        }));
        revoked.poll().await?;
        Ok(revoked)
    }

    /// Follows the store, and tells the others what is revoked here, until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        tokio::join!(self.follow_store(&stop), self.0.wakeups.run(&stop));
    }

    async fn follow_store(&self, stop: &CancellationToken) {
        let mut ear = self.0.wakeups.listen();
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = ear.wait(POLL_EVERY) => {}
            }
            let began = Instant::now();
            match self.poll().await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "what other replicas revoke is not known here until the store answers");
                    }
                    is_away = true;
                }
            }
            ear.rest(REST.max(3 * began.elapsed()));
        }
    }

    async fn poll(&self) -> Result<()> {
        // What is confirmed is the moment of asking, not of the answer.
        let asked_ms = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let now = self.0.clock.now();
        let last_id = self.writer().last_id;
        let rows = self.0.store.list_revocations(last_id, now - OVERTAKEN).await?;
        let newest = rows.last().map_or(last_id, |(id, _)| *id);
        let mut writer = self.writer();
        writer.last_id = writer.last_id.max(newest);
        let is_new = self.change(&writer, rows.iter().map(|(_, revocation)| revocation));
        let permissions = &self.0.permissions;
        let is_new = rows.iter().fold(is_new, |is_new, (id, row)| permissions.take(row, Some(*id)) || is_new);
        if writer.forgot.elapsed() >= FORGET_EVERY {
            writer.forgot = Instant::now();
            self.0.view.store(Arc::new(self.0.view.load().without_expired(now)));
            permissions.forget(now);
        }
        drop(writer);
        self.0.confirmed_ms.fetch_max(asked_ms, Ordering::Release);
        if is_new {
            self.0.changed.send_replace(());
        }
        Ok(())
    }

    /// Takes up at once what was committed here, and has the others told.
    pub(crate) fn add(&self, revocation: &Revocation) {
        self.0.wakeups.announce();
        let is_new = self.change(&self.writer(), [revocation]);
        if self.0.permissions.take(revocation, None) || is_new {
            self.0.changed.send_replace(());
        }
    }

    /// Refuses a token that is revoked; takes no lock.
    ///
    /// # Errors
    /// `TOKEN_REVOKED`.
    pub(super) fn check_token(&self, token_id: Uuid, session: SessionId, subject: Uuid) -> Result<()> {
        if self.0.view.load().has_token(token_id, session, subject) { Err(revoked()) } else { Ok(()) }
    }

    /// Refuses a session that is revoked; takes no lock.
    ///
    /// # Errors
    /// `TOKEN_REVOKED`.
    pub(super) fn check_session(&self, session: SessionId, subject: Uuid) -> Result<()> {
        if self.0.view.load().has_session(session, subject) { Err(revoked()) } else { Ok(()) }
    }

    /// Refuses to judge by what may be out of date: for five seconds nobody could say what other replicas have revoked.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, with a hint when to come back.
    pub(super) fn check_confirmed(&self) -> Result<()> {
        if is_confirmed(self.age()) {
            return Ok(());
        }
        let text = "the store does not answer, so nobody can say whether the token was revoked; try again";
        Err(Error::new(Reason::EngineAway, text).with_retry_after(Duration::from_secs(1)))
    }

    /// Gives how long ago the store confirmed what is revoked.
    #[must_use]
    pub fn age(&self) -> Duration {
        let confirmed = Duration::from_millis(self.0.confirmed_ms.load(Ordering::Acquire));
        self.0.started.elapsed().saturating_sub(confirmed)
    }

    /// Gives a number that changes whenever a subject's permissions do, as far as it is known here.
    pub(super) fn permission_changes(&self, subject: Uuid) -> u64 {
        self.0.permissions.number(subject)
    }

    /// Gives what tells when something was revoked.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.0.changed.subscribe()
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what is news into the view; says whether anything was.
    fn change<'a>(&self, _: &Writer, revocations: impl IntoIterator<Item = &'a Revocation>) -> bool {
        let view = self.0.view.load();
        let news: Vec<_> = revocations.into_iter().filter(|revocation| !view.covers(revocation)).collect();
        if !news.is_empty() {
            self.0.view.store(Arc::new(view.with(&news)));
        }
        !news.is_empty()
    }
}

/// Tells whether what was confirmed so long ago still counts.
fn is_confirmed(age: Duration) -> bool {
    age < CONFIRMED_WITHIN
}

fn revoked() -> Error {
    Error::new(Reason::TokenRevoked, "the token was revoked, or its session has ended; log in again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_confirmed_for_five_seconds_counts_no_longer() {
        assert!(is_confirmed(Duration::ZERO) && is_confirmed(Duration::from_millis(4_999)));
        assert!(!is_confirmed(Duration::from_secs(5)));
    }
}
