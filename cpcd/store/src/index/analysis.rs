//! How text becomes terms: words in lower case, without accents, by their English stem.
//!
//! Content and queries go through the same steps. A change here needs a new version of both engines' schemas; that of OpenSearch spells the
//! same steps out in its template.

use std::{iter::Peekable, str::CharIndices};

use tantivy::tokenizer::{AsciiFoldingFilter, Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Name of the analyser.
pub(super) const TEXT: &str = "text";

/// Longer words are left out; no query can name them.
const MAX_WORD_CHARS: usize = cpcd_model::query::MAX_WORD_CHARS;

/// Makes the analyser.
pub(super) fn analyser() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default()).filter(AsciiFoldingFilter).filter(Stemmer::new(Language::English)).build()
}

/// Gives the terms of `text` and their places.
pub(super) fn terms(analyser: &TextAnalyzer, text: &str) -> Vec<(usize, String)> {
    let mut terms = Vec::new();
    analyser.clone().token_stream(text).process(&mut |token| terms.push((token.position, token.text.clone())));
    terms
}

/// Splits text into runs of letters and digits of any script, in lower case.
#[derive(Clone, Default)]
struct Words {
    token: Token,
}

struct WordStream<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    token: &'a mut Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { text, chars: text.char_indices().peekable(), token: &mut self.token }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some((from, first)) = self.chars.next() {
            if !first.is_alphanumeric() {
                continue;
            }
            self.token.text.clear();
            self.token.text.extend(first.to_lowercase().filter(|c| !is_mark(*c)));
            let mut length = 1;
            while let Some((_, c)) = self.chars.next_if(|(_, c)| c.is_alphanumeric() || is_mark(*c)) {
                length += 1;
                self.token.text.extend(c.to_lowercase().filter(|c| !is_mark(*c)));
            }
            self.token.position = self.token.position.wrapping_add(1);
            if length <= MAX_WORD_CHARS {
                self.token.offset_from = from;
                self.token.offset_to = self.chars.peek().map_or(self.text.len(), |(to, _)| *to);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Says whether a character is an accent on the letter before it, as in text that is not in normal form C.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        terms(&analyser(), text).into_iter().map(|(_, term)| term).collect()
    }

    #[test]
    fn words_of_any_script_without_accents_by_their_stem() {
        assert_eq!(words("Converting PDFs, quickly!"), ["convert", "pdfs", "quick"]);
        assert_eq!(words("café CAFÉ cafe\u{301} Straße İstanbul"), ["cafe", "cafe", "cafe", "strass", "istanbul"]);
        assert_eq!(words("Ελλάδα москва 東京"), ["ελλάδα", "москва", "東京"]);
        assert_eq!(words("poppler-utils c++ a_b x86_64"), ["poppler", "util", "c", "a", "b", "x86", "64"]);
        assert!(words(" -- \u{2} \u{301} ").is_empty());
    }

    #[test]
    fn a_long_word_is_left_out_and_keeps_its_place() {
        let text = format!("one {} two {}", "x".repeat(65), "ü".repeat(64));
        let places: Vec<_> = terms(&analyser(), &text).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [0, 2, 3]);
    }
}
