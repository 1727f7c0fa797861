//! Makes text harmless: what a stranger wrote must not steer the terminal, nor turn lines around.

/// Characters that act instead of being shown: controls, bidirectional marks, line separators, tags.
const fn acts(letter: char) -> bool {
    matches!(letter,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Escapes text for one line.
pub(crate) fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if acts(letter) { safe.extend(letter.escape_default()) } else { safe.push(letter) }
    }
    safe
}

/// Escapes text that may have several lines.
pub(crate) fn lines(text: &str) -> String {
    text.split('\n').map(|part| line(part.strip_suffix('\r').unwrap_or(part))).collect::<Vec<_>>().join("\n")
}

/// Escapes JSON text: the same data, spelled so that no character acts. Line feeds are the layout's own.
pub(crate) fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != '\n' && acts(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(letter);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const NASTY: &str =
        "a\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{202e}gpj.exe\u{2066}\u{200f}\r\nnext\u{7f}\u{e0041}";

    #[test]
    fn nothing_that_acts_is_left() {
        for safe in [line(NASTY), lines(NASTY), json(&serde_json::to_string(NASTY).unwrap())] {
            assert!(safe.chars().all(|letter| letter == '\n' || !acts(letter)), "{safe:?}");
        }
        assert!(!line(NASTY).contains('\n'));
        assert_eq!(lines("one\r\ntwo"), "one\ntwo");
        assert_eq!(line("a\u{1b}b\tc"), "a\\u{1b}b\\tc");
    }

    #[test]
    fn json_says_the_same() {
        let text = json(&serde_json::to_string(NASTY).unwrap());
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), NASTY);
    }

    #[test]
    fn other_text_stays() {
        for text in ["Grüße", "日本語", "עברית", "👩\u{200d}💻", "back\\slash \"quote\""] {
            assert_eq!(line(text), text);
            assert_eq!(json(text), text);
        }
    }
}
