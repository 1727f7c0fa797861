//! The cache: short-lived values, logs and messages, all of which may be lost at any time.
//!
//! Names are of the form `<area>:<noun>:<id>`; the configured prefix is put before them here. Nothing in it is the truth: SQL is.

mod channels;
mod config;
mod memory;
mod position;
mod subscription;

use std::{sync::Arc, time::Duration};

use cpcd_model::Result;

use self::memory::Memory;
pub use self::{
    config::Config,
    position::LogPosition,
    subscription::{Signal, Subscription},
};

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
}

impl Cache {
    /// Opens the cache that the settings name; a server that is away is connected to as soon as it is there.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    #[expect(clippy::unused_async, reason = "an engine with a server waits a moment for the first connection")]
    pub async fn open(config: &Config) -> Result<Self> {
        config.validate()?;
        let _ = (config.connect_timeout(), config.response_timeout());
        let engine = Engine::Memory(Memory::new(config.memory_bytes));
        Ok(Self { engine, prefix: config.prefix.as_str().into() })
    }

    /// Gives the engine's name.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Memory(_) => "memory",
        }
    }

    /// Tells whether other processes see the same.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match &self.engine {
            Engine::Memory(_) => false,
        }
    }

    /// Asks whether the engine answers.
    ///
    /// # Errors
    /// `ENGINE_AWAY`; here as in the other verbs, at once or within the configured time, and never in memory.
    pub async fn ping(&self) -> Result<()> {
        match &self.engine {
            Engine::Memory(_) => Ok(()),
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
        }
    }

    /// Sets a value for the time `ttl`.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<()> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => memory.set(&key, value, ttl).await,
        }
        Ok(())
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
            }
        }
        Ok(())
    }

    /// Sets a value unless there is one; says whether it did. Of any number at once at most one does.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set_if_absent(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<bool> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.set_if_absent(&key, value, ttl).await),
        }
    }

    /// Removes a value.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn delete(&self, key: &str) -> Result<()> {
        let key = self.name(key);
        match &self.engine {
            Engine::Memory(memory) => memory.delete(&key).await,
        }
        Ok(())
    }

    /// Appends to a log, of which about the last `keep` entries are kept.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    #[expect(clippy::unused_async, reason = "an engine with a server waits for it")]
    pub async fn append(&self, log: &str, entry: Vec<u8>, keep: usize) -> Result<()> {
        let log = self.name(log);
        match &self.engine {
            Engine::Memory(memory) => memory.append(&log, entry, keep),
        }
        Ok(())
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
        }
    }

    /// Gives the place of a log's newest entry; the default if it has none.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    #[expect(clippy::unused_async, reason = "an engine with a server waits for it")]
    pub async fn newest_of_log(&self, log: &str) -> Result<LogPosition> {
        let log = self.name(log);
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.newest_of_log(&log)),
        }
    }

    /// Gives a message to those who are subscribed to a channel; it may be lost.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    #[expect(clippy::unused_async, reason = "an engine with a server waits for it")]
    pub async fn publish(&self, channel: &str, message: Vec<u8>) -> Result<()> {
        let channel = self.name(channel);
        match &self.engine {
            Engine::Memory(memory) => memory.publish(&channel, message),
        }
        Ok(())
    }

    /// Subscribes to a channel.
    #[must_use]
    pub fn subscribe(&self, channel: &str) -> Subscription {
        let channel = self.name(channel);
        match &self.engine {
            Engine::Memory(memory) => memory.subscribe(&channel),
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }
}
