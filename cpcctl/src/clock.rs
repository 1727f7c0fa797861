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
    span(now().as_second().saturating_sub(seconds).try_into().unwrap_or_default())
}

/// Says how long is left until a time, as [`age`] does; "now" if none is.
pub(crate) fn left(seconds: i64) -> String {
    match seconds.saturating_sub(now().as_second()) {
        ..=0 => "now".to_owned(),
        left => format!("in {}", span(left.unsigned_abs())),
    }
}

/// Says how long something lasts, in its largest unit.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}
