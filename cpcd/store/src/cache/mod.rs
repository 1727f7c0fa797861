//! The cache: short-lived values that may be lost at any time. Keys are of the form `cpc:<area>:<noun>:<id>`.

mod memory;

use std::time::Duration;

use cpcd_model::{Error, Reason, Result};
use serde::{Deserialize, Serialize};

use self::memory::Memory;

/// Settings of the cache.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it is: `memory:`, or empty for the same.
    pub url: String,
    /// Most bytes of keys and values in memory.
    pub memory_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { url: String::new(), memory_bytes: 64 << 20 }
    }
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub fn validate(&self) -> Result<()> {
        if !matches!(self.url.as_str(), "" | "memory:") {
            // A URL may have a password in it: only its scheme is repeated.
            let scheme = self.url.split(':').next().unwrap_or_default();
            let description = format!("'{scheme}' is not known; the cache is memory: (the cache of this process)");
            return Err(Error::field(Reason::FieldInvalid, "cache.url", description));
        }
        if self.memory_bytes < 1 << 20 {
            return Err(Error::field(Reason::FieldInvalid, "cache.memory_bytes", "must be at least 1048576 (1 MiB)"));
        }
        Ok(())
    }
}

/// A cache; clones share it.
#[derive(Clone)]
pub enum Cache {
    /// In this process.
    Memory(Memory),
}

impl Cache {
    /// Opens the cache that the settings name.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub fn open(config: &Config) -> Result<Self> {
        config.validate()?;
        Ok(Self::Memory(Memory::new(config.memory_bytes)))
    }

    /// Gives the engine's name.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
        }
    }

    /// Gives a value.
    ///
    /// # Errors
    /// `ENGINE_AWAY`; here as in the other verbs, and never in memory.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Memory(memory) => Ok(memory.get(key).await),
        }
    }

    /// Sets a value for the time `ttl`.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.set(key, value, ttl).await,
        }
        Ok(())
    }

    /// Sets a value unless there is one; says whether it did. Of any number at once exactly one does.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn set_if_absent(&self, key: &str, value: Vec<u8>, ttl: Duration) -> Result<bool> {
        match self {
            Self::Memory(memory) => Ok(memory.set_if_absent(key, value, ttl).await),
        }
    }

    /// Removes a value.
    ///
    /// # Errors
    /// `ENGINE_AWAY`.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self {
            Self::Memory(memory) => memory.delete(key).await,
        }
        Ok(())
    }
}
