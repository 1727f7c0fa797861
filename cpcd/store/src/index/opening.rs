//! What a title starts with, as terms of their own, so that a search for a name finds what bears it first.
//!
//! "GIMP: image editor" opens with `gimp`, `gimp imag` and `gimp imag editor`; its name is `gimp`, its whole is all three words.

use tantivy::tokenizer::TextAnalyzer;

use super::analysis;

/// Most words of an opening.
pub(super) const MAX_WORDS: usize = 8;

/// What may stand between the name of a thing and what is said of it.
const AFTER_NAME: [&str; 7] = [": ", " - ", " \u{2013} ", " \u{2014} ", " (", " [", ", "];

/// The openings of a title.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Openings {
    words: Vec<String>,
    name: usize,
}

impl Openings {
    /// Gives the openings of `title`.
    pub(super) fn of(title: &str, analyser: &TextAnalyzer) -> Self {
        let words = |text| analysis::terms(analyser, text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        let end = AFTER_NAME.iter().filter_map(|separator| title.find(separator)).min();
        let name = end.map_or(usize::MAX, |end| words(&title[..end]).len());
        let words = words(title);
        Self { name: name.min(words.len()), words }
    }

    /// Gives the terms under which the title is found.
    pub(super) fn terms(&self) -> impl Iterator<Item = String> {
        let first = |count: usize| &self.words[..count];
        let starts = (1..=self.words.len().min(MAX_WORDS)).map(move |count| start(first(count)));
        let name = (1..=MAX_WORDS).contains(&self.name).then(|| name(first(self.name)));
        let whole = (1..=MAX_WORDS).contains(&self.words.len()).then(|| whole(&self.words));
        starts.chain(name).chain(whole)
    }
}

/// Makes the term of titles that start with `words`.
pub(super) fn start(words: &[String]) -> String {
    words.join(" ")
}

/// Makes the term of titles whose name is `words`; no word ends in a full stop, so that it is no other term's.
pub(super) fn name(words: &[String]) -> String {
    words.join(" ") + "."
}

/// Makes the term of titles that are `words` and nothing else.
pub(super) fn whole(words: &[String]) -> String {
    words.join(" ") + ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(title: &str) -> Vec<String> {
        Openings::of(title, &analysis::analyser()).terms().collect()
    }

    #[test]
    fn a_title_is_found_by_its_start_its_name_and_its_whole() {
        assert_eq!(terms("GIMP: an editor"), ["gimp", "gimp an", "gimp an editor", "gimp.", "gimp an editor.."]);
        assert_eq!(terms("Maps (2024)"), ["map", "map 2024", "map.", "map 2024.."]);
        assert_eq!(terms("Maps"), ["map", "map.", "map.."]);
        assert_eq!(terms("(Maps)"), ["map", "map.", "map.."]);
        assert!(terms("?!").is_empty());
    }

    #[test]
    fn long_titles_are_found_by_their_start_only() {
        let terms = terms("a b c d e f g h i");
        assert_eq!((terms.len(), terms.last().map(String::as_str)), (MAX_WORDS, Some("a b c d e f g h")));
    }
}
