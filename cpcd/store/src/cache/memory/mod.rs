//! The cache of this process.

mod logs;

use std::{
    future::ready,
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, future, policy::EvictionPolicy};

use self::logs::Logs;
use super::{LogPosition, Signal, Subscription, channels::Channels};

/// What an entry takes besides its key and value, about.
const ENTRY_BYTES: usize = 128;

#[derive(Clone)]
struct Value {
    bytes: Arc<[u8]>,
    ttl: Duration,
}

/// Gives each entry its own time to live.
struct Ttl;

impl Expiry<String, Value> for Ttl {
    fn expire_after_create(&self, _key: &String, value: &Value, _now: Instant) -> Option<Duration> {
        Some(value.ttl)
    }

    fn expire_after_update(
        &self,
        _key: &String,
        value: &Value,
        _now: Instant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        Some(value.ttl)
    }
}

/// Values in this process; the least recently used go when there are too many.
#[derive(Clone)]
pub(super) struct Memory {
    values: future::Cache<String, Value>,
    logs: Arc<Logs>,
    channels: Arc<Channels>,
}

impl Memory {
    pub(super) fn new(max_bytes: u64) -> Self {
        let weigh = |key: &String, value: &Value| {
            u32::try_from(key.len() + value.bytes.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        let values = future::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(weigh)
            // The default policy may turn a new entry away at once; what was set must be there to be found.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(Ttl)
            .build();
        Self { values, logs: Arc::default(), channels: Arc::default() }
    }

    pub(super) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.values.get(key).await.map(|value| value.bytes.to_vec())
    }

    pub(super) async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) {
        self.values.insert(key.to_owned(), Value { bytes: value.into(), ttl }).await;
    }

    pub(super) async fn set_if_absent(&self, key: &str, value: Vec<u8>, ttl: Duration) -> bool {
        // Not `or_insert`: that one looks and then inserts, and two may find nothing.
        self.values.entry_by_ref(key).or_insert_with(ready(Value { bytes: value.into(), ttl })).await.is_fresh()
    }

    pub(super) async fn delete(&self, key: &str) {
        self.values.invalidate(key).await;
    }

    pub(super) fn append(&self, log: &str, entry: Vec<u8>, keep: usize) {
        self.logs.append(log, entry, keep);
    }

    pub(super) fn read_log(&self, log: &str, after: LogPosition, limit: usize) -> Vec<(LogPosition, Vec<u8>)> {
        self.logs.read(log, after, limit)
    }

    pub(super) fn newest_of_log(&self, log: &str) -> LogPosition {
        self.logs.newest(log)
    }

    pub(super) fn publish(&self, channel: &str, message: Vec<u8>) {
        self.channels.send(channel, Signal::Message(message));
    }

    pub(super) fn subscribe(&self, channel: &str) -> Subscription {
        self.channels.subscribe(channel).0
    }
}
