//! Rules for text that people give.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Error, Reason, Result};

/// Checks the text in `field`: at most `max` characters, NFC-normalised, no control or bidirectional characters.
///
/// Line breaks and tabs pass if `multiline`.
///
/// # Errors
/// `FIELD_TOO_LONG`, `FIELD_INVALID`.
pub fn clean(field: &str, text: &str, max: usize, multiline: bool) -> Result<String> {
    let text: String = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    let length = text.chars().count();
    if length > max {
        return Err(Error::field(
            Reason::FieldTooLong,
            field,
            format!("has {length} characters, at most {max} are allowed"),
        ));
    }
    if let Some(bad) = text.chars().find(|c| !(is_plain(*c) || multiline && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(Error::field(
            Reason::FieldInvalid,
            field,
            format!("has the control character U+{:04X}, which is not allowed", u32::from(bad)),
        ));
    }
    Ok(text)
}

/// Says whether a character neither controls a terminal nor changes the direction or visibility of what surrounds it.
fn is_plain(c: char) -> bool {
    let bidi = matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let invisible =
        matches!(c, '\u{200B}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}');
    !(c.is_control() || bidi || invisible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_after_normalising() {
        assert_eq!(clean("t", "e\u{301}", 1, false).unwrap(), "é");
        assert_eq!(clean("t", "ab", 1, false).unwrap_err().reason(), Reason::FieldTooLong);
    }

    #[test]
    fn refuses_what_moves_the_cursor_or_the_direction() {
        for bad in ["a\u{1b}[2J", "a\u{202E}b", "\0", "a\u{200B}b", "a\nb"] {
            assert_eq!(clean("t", bad, 50, false).unwrap_err().reason(), Reason::FieldInvalid, "{bad:?}");
        }
        assert_eq!(clean("t", "a\nb\tc", 50, true).unwrap(), "a\nb\tc");
    }
}
