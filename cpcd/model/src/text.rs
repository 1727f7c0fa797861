//! Rules for text that people give, and bytes as text.

use std::fmt::Write;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::{Error, Reason, Result};

const SOFT_HYPHEN: char = '\u{00AD}';

/// Checks the text in `field`: at most `max` characters, NFC-normalised, no control or bidirectional characters.
///
/// Line breaks and tabs pass if `multiline`.
///
/// # Errors
/// `FIELD_TOO_LONG`, `FIELD_INVALID`.
pub fn clean(field: &str, text: &str, max: usize, multiline: bool) -> Result<String> {
    let text: String = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    // A soft hyphen is a wish of typesetting that real texts carry along; it says nothing here.
    let text = if text.contains(SOFT_HYPHEN) { text.replace(SOFT_HYPHEN, "") } else { text };
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

/// Writes bytes as hexadecimal digits in lower case.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Says whether a character neither controls a terminal nor changes the direction or visibility of what surrounds it.
fn is_plain(c: char) -> bool {
    let bidi = matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    // Default-ignorable code points (Unicode 16, DerivedCoreProperties), but for the joiners and variation selectors that scripts and
    // emoji need; line separators; noncharacters.
    let invisible = matches!(
        c,
        SOFT_HYPHEN | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{FDD0}'..='\u{FDEF}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    );
    let is_noncharacter = u32::from(c) & 0xfffe == 0xfffe;
    !(c.is_control() || bidi || invisible || is_noncharacter)
}

/// Says whether a character shows: a title of others alone could not be seen.
#[must_use]
pub fn is_visible(c: char) -> bool {
    is_plain(c) && !c.is_whitespace() && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{2800}' | '\u{FE00}'..='\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_after_normalising() {
        assert_eq!(clean("t", "e\u{301}", 1, false).unwrap(), "é");
        assert_eq!(clean("t", "a\u{AD}b", 2, false).unwrap(), "ab");
        assert_eq!(clean("t", "ab", 1, false).unwrap_err().reason(), Reason::FieldTooLong);
    }

    #[test]
    fn some_characters_do_not_show() {
        assert!("a".chars().any(is_visible) && "👩\u{200D}🚀".chars().any(is_visible));
        assert!(!" \u{2800}\u{200D}\u{3164}\u{A0}".chars().any(is_visible));
    }

    #[test]
    fn refuses_what_moves_the_cursor_or_the_direction() {
        for bad in ["a\u{1b}[2J", "a\u{202E}b", "\0", "a\u{200B}b", "a\nb", "a\u{E0041}b", "a\u{FFFE}"] {
            assert_eq!(clean("t", bad, 50, false).unwrap_err().reason(), Reason::FieldInvalid, "{bad:?}");
        }
        assert_eq!(clean("t", "a\nb\tc", 50, true).unwrap(), "a\nb\tc");
    }
}
