//! Settings of the cache.

use std::{fmt, time::Duration};

use cpcd_model::{Error, Reason, Result};
use serde::{Deserialize, Serialize};

use super::valkey::{Address, without_secrets};

/// Settings of the cache.
#[derive(Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it is: `memory:`, or empty for the same; `valkey://[USER:PASSWORD@]HOST[:PORT][/DB]`, or several hosts and
    /// `valkey+cluster` or `valkey+sentinel`.
    pub url: String,
    /// Authorities in PEM that are trusted for TLS in place of the system's; empty for the system's.
    pub ca_file: String,
    /// What every key, log and channel begins with, so that others can use the same server.
    pub prefix: String,
    /// Longest that connecting may take.
    pub connect_timeout_ms: u64,
    /// Longest that an answer may take.
    pub response_timeout_ms: u64,
    /// Most bytes of keys and values in memory.
    pub memory_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            url: String::new(),
            ca_file: String::new(),
            prefix: "cpc".into(),
            connect_timeout_ms: 500,
            response_timeout_ms: 500,
            memory_bytes: 64 << 20,
        }
    }
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub fn validate(&self) -> Result<()> {
        let invalid = |key: &str, text: String| Err(Error::field(Reason::FieldInvalid, format!("cache.{key}"), text));
        self.address()?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        if self.prefix.is_empty() || self.prefix.len() > 64 || !self.prefix.chars().all(is_plain) {
            return invalid("prefix", "must be 1 to 64 letters, digits or any of - _ . :".into());
        }
        for (key, ms) in
            [("connect_timeout_ms", self.connect_timeout_ms), ("response_timeout_ms", self.response_timeout_ms)]
        {
            if !(10..=10_000).contains(&ms) {
                return invalid(key, "must be 10 to 10000".into());
            }
        }
        if self.memory_bytes < 1 << 20 {
            return invalid("memory_bytes", "must be at least 1048576 (1 MiB)".into());
        }
        Ok(())
    }

    /// Gives who is asked; nobody if it is the cache of this process.
    pub(super) fn address(&self) -> Result<Option<Address>> {
        match self.url.as_str() {
            "" | "memory:" => Ok(None),
            url => Address::parse(url).map(Some),
        }
    }

    /// Gives the longest that connecting may take.
    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// Gives the longest that an answer may take.
    pub(super) fn response_timeout(&self) -> Duration {
        Duration::from_millis(self.response_timeout_ms)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &without_secrets(&self.url))
            .field("ca_file", &self.ca_file)
            .field("prefix", &self.prefix)
            .field("connect_timeout_ms", &self.connect_timeout_ms)
            .field("response_timeout_ms", &self.response_timeout_ms)
            .field("memory_bytes", &self.memory_bytes)
            .finish()
    }
}
