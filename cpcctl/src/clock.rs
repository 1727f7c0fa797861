//! The one place where the clock is read.

use jiff::Timestamp;

/// Gives the time now.
#[expect(clippy::disallowed_methods, reason = "this is cpcctl's one reading of the clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Writes a proto timestamp in RFC 3339, or nothing if it is none.
pub(crate) fn rfc3339(seconds: i64, nanos: i32) -> String {
    Timestamp::new(seconds, nanos).map(|time| time.to_string()).unwrap_or_default()
}
