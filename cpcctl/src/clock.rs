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

/// Says how long ago a time was, in its largest unit: 12s, 5m, 3h, 2d.
pub(crate) fn age(seconds: i64) -> String {
    let age = now().as_second().saturating_sub(seconds).max(0);
    match age {
        0..60 => format!("{age}s"),
        60..3_600 => format!("{}m", age / 60),
        3_600..86_400 => format!("{}h", age / 3_600),
        _ => format!("{}d", age / 86_400),
    }
}
