//! The cache: short-lived values, logs and messages, all of which may be lost at any time.
//!
//! Names are of the form `<area>:<noun>:<id>`; the configured prefix is put before them here. Nothing in it is the truth: SQL is.

mod channels;
mod config;
mod memory;
mod position;
mod subscription;
mod valkey;

use std::{sync::Arc, time::Duration};

use cpcd_model::Result;

pub use self::{
    config::Config,
    position::LogPosition,
    subscription::{Signal, Subscription},
};
use self::{memory::Memory, valkey::Valkey};

/// A cache; clones share it.
#[derive(Clone)]
pub struct Cache {
    engine: Engine,
    prefix: Arc<str>,
}

#[derive(Clone)]
enum Engine {
    /// In this process.
    Memory(Memory),
    /// On a server that others share.
    Valkey(Valkey),
}

/// What a cache did so far, and whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Whether it answers, as far as it is known.
    pub is_connected: bool,
    /// Whether what is published is heard, as far as it is known; false while nobody has subscribed.
    pub hears: bool,
    /// Calls to a server, those among them that found it away.
    pub calls: u64,
    /// Calls that failed.
    pub failures: u64,
}

impl Cache {
    /// Opens the cache that the settings name; a server that is away is connected to as soon as it is there.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub async fn open(config: &Config) -> Result<Self> {
        config.validate()?;
        let engine = match config.address()? {
            None => Engine::Memory(Memory::new(config.memory_bytes)),
            Some(address) => Engine::Valkey(Valkey::open(address, config).await),
        };
        Ok(Self { engine, prefix: config.prefix.as_str().into() })
    }

    /// Gives the engine's name.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Memory(_) => "memory",
            Engine::Valkey(_) => "valkey",
        }
    }

    /// Gives what every name begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Tells whether other processes see the same.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match &self.engine {
            Engine::Memory(_) => false,
            Engine::Valkey(_) => true,
        }
    }

    /// Gives what it did so far, and whether it is there; asks nobody.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.engine {
            Engine::Memory(_) => State { is_connected: true, hears: true, calls: 0, failures: 0 },
            Engine::Valkey(valkey) => {
                let (calls, failures) = valkey.counts();
                State { is_connected: valkey.is_connected(), hears: valkey.hears(), calls, failures }
            }
        }
    }

    /// Asks whether the engine answers.
    ///
    /// # Errors
    /// `ENGINE_AWAY`; here as in the other verbs, at once or within the configured time, and never in memory.
    pub async fn ping(&self) -> Result<()> {
        match &self.engine {
            Engine::Memory(_) => Ok(()),
            Engine::Valkey(valkey) => valkey.ping().await,
        }
    }

    /// Gives a value.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.get(&key).await),
            Engine::Valkey(valkey) => valkey.get(&key).await,
        }
    }

    /// Gives the values of many keys, in their order, in one round trip.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        match &self.engine {
            Engine::Memory(memory) => {
                let mut values = Vec::with_capacity(keys.len());
                for key in keys {
                    values.push(memory.get(&self.name(key)).await);
                }
                Ok(values)
            }
            Engine::Valkey(valkey) => valkey.get_many(keys.iter().map(|key| self.name(key))).await,
        }
    }

    /// Sets a value for the time `ttl`.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<()> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => {
                memory.set(&key, value, ttl).await;
                Ok(())
            }
            Engine::Valkey(valkey) => valkey.set(&key, value, ttl).await,
        }
    }

    /// Sets many values for the time `ttl`, in one round trip. Where it fails, some may be set.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set_many(&self, values: Vec<(String, Vec<u8>)>, ttl: Duration) -> Result<()> {
        match &self.engine {
            Engine::Memory(memory) => {
                for (key, value) in values {
                    memory.set(&self.name(&key), value, ttl).await;
                }
                Ok(())
            }
            Engine::Valkey(valkey) => {
                valkey.set_many(values.into_iter().map(|(key, value)| (self.name(&key), value)), ttl).await
            }
        }
    }

    /// Sets a value unless there is one; says whether it did. Of any number at once at most one does.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set_if_absent(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<bool> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.set_if_absent(&key, value, ttl).await),
            Engine::Valkey(valkey) => valkey.set_if_absent(&key, value, ttl).await,
        }
    }

    /// Removes a value.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn delete(&self, key: &str) -> Result<()> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => {
                memory.delete(&key).await;
                Ok(())
            }
            Engine::Valkey(valkey) => valkey.delete(&key).await,
        }
    }

    /// Appends to a log, of which about the last `keep` entries are kept.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn append(&self, log: &str, entry: Vec<u8>, keep: usize) -> Result<()> {
        let log = self.name(log);
        match &self.engine {
            Engine::Memory(memory) => {
                memory.append(&log, entry, keep);
                Ok(())
            }
            Engine::Valkey(valkey) => valkey.append(&log, entry, keep).await,
        }
    }

    /// Gives what follows a place in a log, oldest first and at most `limit`; never waits for more.
    ///
    /// Without a place it gives where the log ends now: one entry with the newest place and no bytes, or none if the log is empty.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn read_log(
        &self,
        log: &str,
        after: Option<&LogPosition>,
        limit: usize,
    ) -> Result<Vec<(LogPosition, Vec<u8>)>> {
        let Some(after) = after else {
            let newest = self.newest_of_log(log).await?;
            return Ok(if newest == LogPosition::default() { Vec::new() } else { vec![(newest, Vec::new())] });
        };
        let log = self.name(log);
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.read_log(&log, *after, limit)),
            Engine::Valkey(valkey) => valkey.read_log(&log, *after, limit).await,
        }
    }

    /// Gives the place of a log's newest entry; the default if it has none.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn newest_of_log(&self, log: &str) -> Result<LogPosition> {
        let log = self.name(log);
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.newest_of_log(&log)),
            Engine::Valkey(valkey) => valkey.newest_of_log(&log).await,
        }
    }

    /// Gives a message to those who are subscribed to a channel; it may be lost.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn publish(&self, channel: &str, message: Vec<u8>) -> Result<()> {
        let channel = self.name(channel);
        match &self.engine {
            Engine::Memory(memory) => {
                memory.publish(&channel, message);
                Ok(())
            }
            Engine::Valkey(valkey) => valkey.publish(&channel, message).await,
        }
    }

    /// Subscribes to a channel.
    #[must_use]
    pub fn subscribe(&self, channel: &str) -> Subscription {
        let channel = self.name(channel);
        match &self.engine {
            Engine::Memory(memory) => memory.subscribe(&channel),
            Engine::Valkey(valkey) => valkey.subscribe(&channel),
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }
}
