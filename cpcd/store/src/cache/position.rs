//! Places in a log.

use std::fmt;

/// The place of an entry in a log; later entries have greater ones. The default is the place before all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPosition {
    pub(super) time_ms: u64,
    pub(super) number: u64,
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.time_ms, self.number)
    }
}
