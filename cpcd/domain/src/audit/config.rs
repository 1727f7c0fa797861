//! Section `[audit]`.

use cpcd_model::{Error, Reason, Result};
use serde::{Deserialize, Serialize};

/// Section `[audit]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// For how many days entries are kept.
    pub keep_days: u32,
}

impl Config {
    /// Checks the values.
    ///
    /// # Errors
    /// `FIELD_INVALID` naming the setting.
    pub fn validate(&self) -> Result<()> {
        if (1..=36_500).contains(&self.keep_days) {
            return Ok(());
        }
        let text = format!("is {} and must be from 1 to 36500", self.keep_days);
        Err(Error::field(Reason::FieldInvalid, "audit.keep_days", text))
    }
}
