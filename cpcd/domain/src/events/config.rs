//! Settings of events.

use std::path::PathBuf;

use cpcd_model::{Error, Reason, Result};
use serde::{Deserialize, Serialize};

use super::allowed::Allowed;

/// Section `[events]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Hosts that webhooks may go to; none means that there are no webhooks.
    pub webhook_allow: Vec<String>,
    /// Whether they may lead to addresses that are not public.
    pub webhook_private: bool,
    /// Authorities (PEM) that are trusted in place of the system's; empty means the system's.
    pub webhook_ca_file: PathBuf,
    /// Most webhooks of a user.
    pub webhooks_per_user: u32,
    /// How long a receiver may take.
    pub webhook_timeout_seconds: u32,
    /// How long until the first attempt after one that failed; each further one waits twice as long.
    pub webhook_retry_seconds: u32,
    /// How long a webhook may fail before it is given up.
    pub webhook_give_up_seconds: u32,
}

impl Config {
    /// Checks the values.
    ///
    /// # Errors
    /// `FIELD_INVALID` naming the setting.
    pub fn validate(&self) -> Result<()> {
        let range = |name: &str, value: u32, min: u32, max: u32| {
            if (min..=max).contains(&value) {
                return Ok(());
            }
            let text = format!("is {value} and must be from {min} to {max}");
            Err(Error::field(Reason::FieldInvalid, format!("events.{name}"), text))
        };
        Allowed::read(&self.webhook_allow)?;
        range("webhooks_per_user", self.webhooks_per_user, 0, 1_000)?;
        range("webhook_timeout_seconds", self.webhook_timeout_seconds, 1, 60)?;
        range("webhook_retry_seconds", self.webhook_retry_seconds, 1, 3600)?;
        range("webhook_give_up_seconds", self.webhook_give_up_seconds, 1, 30 * 86_400)
    }
}
