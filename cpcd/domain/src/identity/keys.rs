//! Token keys: which one signs, which are accepted, and how all replicas go over from one to the next.
//!
//! A new key waits in the store until every live replica has acknowledged that it accepts it; then it signs, and the one before is
//! accepted until its last token has ended. So at no moment is there a token that some replica does not know the key of. A replica
//! that comes up says so before it reads the keys: whoever activates a key either waits for it, or was seen by it.

use std::{sync::Arc, time::Duration};

use arc_swap::{ArcSwap, Guard};
use cpcd_model::{
    Error, Result,
    permission::{Level, Resource},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Cache, Store,
    sql::{NewEvent, Priority, SealedKey},
};
use serde_json::json;
use tokio::{sync::Mutex, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Revoked, RootKey,
    keyring::{self, Keyring},
    sessions,
};
use crate::{Caller, wakeups::Wakeups};

/// How often the keys are read again and, where there are others, this replica says that it lives.
const BEAT: Duration = Duration::from_secs(1);
/// Whoever is told of other keys rests so long before he is told again: each time costs a write.
const REST: Duration = Duration::from_millis(250);
const CHANNEL: &str = "identity:keys";
/// A replica that was not heard for so long is gone.
const SILENCE: Duration = Duration::from_secs(10);
/// A kid that nobody knows has the keys read again no more often, whoever sends how many.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The keys that sign tokens; clones share them.
#[derive(Clone)]
pub struct TokenKeys(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    root: RootKey,
    revoked: Revoked,
    wakeups: Wakeups,
    replica: Uuid,
    ring: ArcSwap<Keyring>,
    /// When an unknown kid had the keys read last.
    looked: Mutex<Option<Instant>>,
    /// Held while the keys are read and taken, so that what was read earlier is never taken later.
    loading: Mutex<()>,
}

/// What a key is to tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Accepted, and signing once every replica accepts it.
    Waiting,
    /// Signing.
    Signing,
    /// Accepted until the last token that it signed has ended.
    Retired,
}

/// A key that signs tokens, without its secret.
#[derive(Clone, Debug)]
pub struct TokenKey {
    /// Names it, also in tokens.
    pub kid: String,
    /// What it is to tokens.
    pub state: KeyState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it stopped.
    pub retired_at: Option<Timestamp>,
    /// How many live replicas know it as the newest.
    pub acknowledged_by: usize,
}

impl TokenKeys {
    /// Reads the keys, or makes the first one.
    pub(super) async fn open(
        store: &Store,
        cache: &Cache,
        clock: &Clock,
        root: &RootKey,
        revoked: Revoked,
    ) -> Result<Self> {
        let replica = Uuid::now_v7();
        if has_replicas(store) {
            beat(store, replica, String::new()).await?;
        }
        let mut keys = store.list_signing_keys().await?;
        if keys.is_empty() {
            let now = clock.now();
            let key = keyring::make(root, now, Some(now))?;
            // Replicas that start together make one key in all, and each reads it.
            store
                .write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_first_signing_key(&key).await }))
                .await?;
            keys = store.list_signing_keys().await?;
        }
        let ring = ArcSwap::from_pointee(Keyring::open(root, &keys)?);
        let wakeups = Wakeups::new(cache, CHANNEL);
        let (store, clock, root) = (store.clone(), clock.clone(), root.clone());
        let opened = Self(Arc::new(Inner {
            store,
            clock,
            root,
            revoked,
            wakeups,
            replica,
            ring,
            looked: Mutex::new(None),
            loading: Mutex::default(),
        }));
        opened.acknowledge().await?;
        Ok(opened)
    }

    /// Gives the keys; takes no lock.
    pub(super) fn ring(&self) -> Guard<Arc<Keyring>> {
        self.0.ring.load()
    }

    /// Reads the keys again for a kid that is not among them, unless that was done a moment ago for whomever.
    ///
    /// Those who come while the keys are read wait for that, so that none of them is refused for coming second.
    pub(super) async fn look_again(&self, kid: &str) -> Result<()> {
        let mut looked = self.0.looked.lock().await;
        let now = Instant::now();
        if self.ring().accepted.contains_key(kid) || !may_look(*looked, now) {
            return Ok(());
        }
        *looked = Some(now);
        self.load().await
    }

    /// Follows the store, and acknowledges what it brings, until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        tokio::join!(self.follow_store(&stop), self.0.wakeups.run(&stop));
        if has_replicas(&self.0.store) {
            let replica = self.0.replica;
            let gone = self.0.store.write(Priority::Identity, move |tx| Box::pin(tx.delete_replica(replica)));
            if let Err(error) = gone.await {
                tracing::debug!(%error, "the others notice only after a while that this replica is gone");
            }
        }
    }

    async fn follow_store(&self, stop: &CancellationToken) {
        let mut ear = self.0.wakeups.listen();
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = ear.wait(BEAT) => {}
            }
            match self.step().await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "the token keys cannot be followed until the store answers");
                    }
                    is_away = true;
                }
            }
            ear.rest(REST);
        }
    }

    /// Lists the keys, oldest first, with the number of live replicas. Needs admin on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn list(&self, caller: &Caller) -> Result<(Vec<TokenKey>, usize)> {
        caller.require(Resource::System, Level::Admin)?;
        let keys = self.0.store.list_signing_keys().await?;
        let kids = match has_replicas(&self.0.store) {
            true => self.0.store.list_replica_kids(SILENCE).await?,
            false => vec![self.ring().newest().to_owned()],
        };
        let read = |key: SealedKey| TokenKey {
            state: match (key.activated_at, key.retired_at) {
                (None, _) => KeyState::Waiting,
                (Some(_), None) => KeyState::Signing,
                (Some(_), Some(_)) => KeyState::Retired,
            },
            acknowledged_by: kids.iter().filter(|kid| **kid == key.kid).count(),
            kid: key.kid,
            created_at: key.created_at,
            activated_at: key.activated_at,
            retired_at: key.retired_at,
        };
        Ok((keys.into_iter().map(read).collect(), kids.len()))
    }

    /// Adds a key that signs once every live replica accepts it; while one waits already, gives that. Needs admin on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn rotate(&self, caller: &Caller) -> Result<TokenKey> {
        caller.require(Resource::System, Level::Admin)?;
        let now = self.0.clock.now();
        let key = keyring::make(&self.0.root, now, None)?;
        let write = self.0.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                if tx.insert_waiting_signing_key(&key).await? {
                    tx.insert_events(&[event("token_key.added", &key.kid)], now).await?;
                }
                Ok(())
            })
        });
        write.await?;
        self.0.wakeups.announce();
        // On an embedded store, where nobody else is to be waited for, it signs at once.
        self.step().await?;
        self.newest(caller).await
    }

    /// Puts a new key in the place of all others, and ends all sessions: for keys that somebody else may have. Needs admin on system.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn replace(&self, caller: &Caller) -> Result<TokenKey> {
        caller.require(Resource::System, Level::Admin)?;
        let now = self.0.clock.now();
        let key = keyring::make(&self.0.root, now, Some(now))?;
        let revocation = sessions::of_everybody(now)?;
        let write = self.0.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.replace_signing_keys(&key).await?;
                tx.insert_events(&[event("token_key.replaced", &key.kid)], now).await?;
                sessions::end_begun(tx, None, revocation.before, now).await?;
                tx.insert_revocation(&revocation, now).await
            })
        });
        write.await?;
        self.0.revoked.add(&revocation);
        self.0.wakeups.announce();
        self.load().await?;
        self.acknowledge().await?;
        self.newest(caller).await
    }

    async fn newest(&self, caller: &Caller) -> Result<TokenKey> {
        let (keys, _) = self.list(caller).await?;
        let newest = keys.into_iter().max_by_key(|key| match key.state {
            KeyState::Retired => (0, key.activated_at),
            KeyState::Signing => (1, key.activated_at),
            KeyState::Waiting => (2, Some(key.created_at)),
        });
        newest.ok_or_else(|| Error::internal("there is no signing key"))
    }

    /// Reads the keys, acknowledges them, and activates the one that waits if all have.
    async fn step(&self) -> Result<()> {
        self.load().await?;
        self.acknowledge().await?;
        let Some(kid) = self.ring().waiting.clone() else { return Ok(()) };
        let now = self.0.clock.now();
        let write = self.0.store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                let is_active = tx.activate_signing_key(&kid, SILENCE, now).await?;
                if is_active {
                    tx.insert_events(&[event("token_key.activated", &kid)], now).await?;
                }
                Ok(is_active)
            })
        });
        if write.await? {
            self.0.wakeups.announce();
            self.load().await
        } else {
            Ok(())
        }
    }

    async fn load(&self) -> Result<()> {
        let _one = self.0.loading.lock().await;
        let keys = self.0.store.list_signing_keys().await?;
        self.0.ring.store(Arc::new(Keyring::open(&self.0.root, &keys)?));
        Ok(())
    }

    /// Says to the others that this replica lives, and what it accepts.
    async fn acknowledge(&self) -> Result<()> {
        if !has_replicas(&self.0.store) {
            return Ok(());
        }
        let newest = self.ring().newest().to_owned();
        beat(&self.0.store, self.0.replica, newest).await
    }
}

/// Tells whether other daemons can live on a store; an embedded one has one daemon.
fn has_replicas(store: &Store) -> bool {
    store.engine() != "sqlite"
}

async fn beat(store: &Store, replica: Uuid, newest: String) -> Result<()> {
    store.write(Priority::Identity, move |tx| Box::pin(async move { tx.upsert_replica(replica, &newest).await })).await
}

fn event(kind: &'static str, kid: &str) -> NewEvent {
    let subject_id = Uuid::parse_str(kid).unwrap_or_default();
    NewEvent { kind, subject_id, payload: json!({ "kid": kid }) }
}

/// Tells whether it is long enough ago that an unknown kid had the keys read.
fn may_look(last: Option<Instant>, now: Instant) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= LOOK_AGAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_kids_are_no_lever() {
        let start = Instant::now();
        let looks = |every: Duration, count: u32| {
            let (mut last, mut looks) = (None, 0);
            for number in 0..count {
                let now = start + every * number;
                if may_look(last, now) {
                    (last, looks) = (Some(now), looks + 1);
                }
            }
            looks
        };
        assert_eq!(looks(Duration::from_micros(10), 100_000), 1);
        assert_eq!(looks(Duration::from_millis(1), 10_000), 10);
        assert_eq!(looks(LOOK_AGAIN, 10), 10);
    }

    #[tokio::test]
    async fn a_key_that_came_in_between_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = RootKey::create(&folder.path().join("root.key")).unwrap();
        let config = cpcd_store::sql::Config { url: "sqlite::memory:".into(), ..Default::default() };
        let (store, clock) = (Store::open(&config).await.unwrap(), Clock::default());
        let cache = Cache::open(&cpcd_store::cache::Config::default()).await.unwrap();
        let revoked = Revoked::open(&store, &cache, &clock).await.unwrap();
        let keys = TokenKeys::open(&store, &cache, &clock, &root, revoked).await.unwrap();
        let new = keyring::make(&root, clock.now(), None).unwrap();
        let kid = new.kid.clone();
        assert!(!keys.ring().accepted.contains_key(kid.as_str()));
        store
            .write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_signing_key(&new).await }))
            .await
            .unwrap();
        keys.look_again(&kid).await.unwrap();
        assert!(keys.ring().accepted.contains_key(kid.as_str()));
        assert_ne!(keys.ring().signing.0, kid, "it is accepted, and waits");
        store.close().await;
    }
}
