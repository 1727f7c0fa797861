//! Settings of discovery.

use cpcd_model::opening::Opening;
use serde::{Deserialize, Serialize};

/// Section `[discovery]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where callers without a token may search, list and get public content.
    pub anonymous_read: Opening,
}
