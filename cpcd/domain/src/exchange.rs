//! Exchange between replicas: small messages on a channel of the cache, which may be lost, and which nobody else can make.
//!
//! Each carries who sent it, its number and its time under a MAC of a key that only replicas have. So whoever can write to the cache can
//! hold messages back, but can neither make one nor have an old one count again.

use std::{collections::HashMap, sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use cpcd_model::{Result, time::Clock};
use cpcd_store::{
    Cache,
    cache::{Signal, Subscription},
};
use uuid::Uuid;

use crate::identity::RootKey;

const VERSION: u8 = 1;
const HEAD_LEN: usize = 1 + 16 + 8 + 8;
const MAC_LEN: usize = 32;
/// Older messages count no longer.
const OLDEST: Duration = Duration::from_secs(5);
/// Senders that are kept in mind; more than any cluster has.
const MOST_SENDERS: usize = 1_024;

/// Sends messages to the other replicas; clones share it, and are one sender.
#[derive(Clone)]
pub struct Exchange {
    cache: Cache,
    clock: Clock,
    key: Arc<hmac::Key>,
    channel: &'static str,
    id: Uuid,
}

/// Hears messages, one's own among them.
pub struct Ear {
    exchange: Exchange,
    subscription: Subscription,
    /// The last number of each sender.
    last: HashMap<Uuid, u64>,
}

/// A message that one of the replicas has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Names the replica, for as long as it runs.
    pub sender: Uuid,
    /// Whether that is this one.
    pub is_own: bool,
    /// What it says.
    pub body: Vec<u8>,
}

impl Exchange {
    /// Makes it for a channel of the cache.
    #[must_use]
    pub fn new(cache: &Cache, clock: &Clock, root: &RootKey, channel: &'static str) -> Self {
        let key = root.shared_key(channel);
        let key = Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()));
        Self { cache: cache.clone(), clock: clock.clone(), key, channel, id: Uuid::now_v7() }
    }

    /// Says whether there can be others.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.cache.is_shared()
    }

    /// Sends a message. `number` rises with each.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn send(&self, number: u64, body: &[u8]) -> Result<()> {
        self.cache.publish(self.channel, self.sealed(number, body)).await
    }

    /// Begins to listen.
    #[must_use]
    pub fn listen(&self) -> Ear {
        Ear { exchange: self.clone(), subscription: self.cache.subscribe(self.channel), last: HashMap::new() }
    }

    fn sealed(&self, number: u64, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_LEN + body.len() + MAC_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(&self.clock.now().as_millisecond().to_be_bytes());
        bytes.extend_from_slice(body);
        let mac = hmac::sign(&self.key, &bytes);
        bytes.extend_from_slice(mac.as_ref());
        bytes
    }

    /// Reads a message; nothing if it is none of ours, or too old. Gives its number, too.
    fn open(&self, bytes: &[u8]) -> Option<(Message, u64)> {
        let (said, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LEN)?)?;
        hmac::verify(&self.key, said, mac).ok()?;
        let (head, body) = said.split_first_chunk::<HEAD_LEN>()?;
        let (&version, rest) = head.split_first()?;
        let (sender, rest) = rest.split_first_chunk::<16>()?;
        let (number, time) = rest.split_first_chunk::<8>()?;
        let sent_ms = i64::from_be_bytes(*time.first_chunk::<8>()?);
        let age = self.clock.now().as_millisecond().abs_diff(sent_ms);
        if version != VERSION || u128::from(age) > OLDEST.as_millis() {
            return None;
        }
        let sender = Uuid::from_bytes(*sender);
        Some((Message { sender, is_own: sender == self.id, body: body.to_vec() }, u64::from_be_bytes(*number)))
    }
}

impl Ear {
    /// Waits for the next message that counts.
    pub async fn next(&mut self) -> Message {
        loop {
            let Signal::Message(bytes) = self.subscription.next().await else { continue };
            if let Some(message) = self.take(&bytes) {
                return message;
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Option<Message> {
        let (message, number) = self.exchange.open(bytes)?;
        if self.last.len() >= MOST_SENDERS && !self.last.contains_key(&message.sender) {
            self.last.clear();
        }
        match self.last.get_mut(&message.sender) {
            Some(last) if *last >= number => return None,
            Some(last) => *last = number,
            None => drop(self.last.insert(message.sender, number)),
        }
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use cpcd_store::cache::Config;

    use super::*;

    async fn exchange(root: &RootKey, clock: &Clock) -> Exchange {
        Exchange::new(&Cache::open(&Config::default()).await.unwrap(), clock, root, "a channel")
    }

    #[tokio::test]
    async fn a_message_counts_once_and_from_a_replica_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = RootKey::create(&folder.path().join("root.key")).unwrap();
        let other_root = RootKey::create(&folder.path().join("other.key")).unwrap();
        let clock = Clock::default();
        let (here, there) = (exchange(&root, &clock).await, exchange(&root, &clock).await);
        let mut ear = here.listen();
        let message = there.sealed(1, b"two");
        let taken = ear.take(&message).unwrap();
        assert_eq!((taken.is_own, taken.sender, taken.body.as_slice()), (false, there.id, b"two".as_slice()));
        assert_eq!(ear.take(&message), None, "a second time");
        assert!(ear.take(&here.sealed(1, b"")).unwrap().is_own);
        assert_eq!(ear.take(&exchange(&other_root, &clock).await.sealed(1, b"")), None, "of another cluster");
        let fresh = there.sealed(2, b"body");
        for place in 0..fresh.len() {
            let mut changed = fresh.clone();
            changed[place] ^= 1;
            assert_eq!(ear.take(&changed), None, "byte {place}");
            assert_eq!(ear.take(&fresh[..place]), None, "cut at {place}");
        }
        clock.advance(Duration::from_secs(6));
        assert_eq!(ear.take(&fresh), None, "too old");
        assert!(ear.take(&there.sealed(3, b"")).is_some());
    }
}
