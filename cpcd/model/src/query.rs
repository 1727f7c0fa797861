//! The search query language: words, "phrases" and -exclusions, parsed into a typed tree of capped cost.
//!
//! Every word and phrase must match; none of the exclusions may. What stands for an operator elsewhere (`*`, `:`, `(`, `~`) is
//! plain text here, so nothing of an engine's own syntax passes through.

use uuid::Uuid;

use crate::{Error, Reason, Result, id::UserId};

/// Most bytes of a query.
pub const MAX_BYTES: usize = 512;
/// Most words in a query, those inside phrases counted.
pub const MAX_WORDS: usize = 32;
/// Most characters of a word.
pub const MAX_WORD_CHARS: usize = 64;

/// A word, or words in a row; the index analyses it as it analyses content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// One word.
    Word(String),
    /// Words in a row.
    Phrase(String),
}

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of these must match.
    pub required: Vec<Term>,
    /// None of these may match.
    pub excluded: Vec<Term>,
}

/// Whose content a search may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Public content only.
    Public,
    /// Public content, this user's own, and what their circle adds.
    User(UserId),
    /// All content.
    Admin,
}

/// What narrows a search besides its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// All of these tags.
    pub tags: Vec<String>,
    /// Content of this user.
    pub owner: Option<UserId>,
    /// For whom.
    pub viewer: Viewer,
    /// What a user finds besides.
    pub circle: Circle,
}

/// What a user may find beside what is public or their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circle {
    /// Owners who show them what is for friends; at most as many as one has friends.
    pub friends: Vec<Uuid>,
    /// Content that is granted to them.
    pub granted: Vec<Uuid>,
}

impl Query {
    /// Parses `text`; may be empty.
    ///
    /// # Errors
    /// `FIELD_TOO_LONG` if it is too long, `QUERY_INVALID` for too many words or a quotation mark without its twin.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_BYTES {
            let description = format!("has {} bytes, at most {MAX_BYTES} are allowed", text.len());
            return Err(Error::field(Reason::FieldTooLong, "q", description));
        }
        let mut query = Self::default();
        let mut words = 0;
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let excluded = first == '-';
            let start = if excluded { &rest[1..] } else { rest };
            let (term, after) = match start.strip_prefix('"') {
                Some(inner) => {
                    let Some(end) = inner.find('"') else {
                        let position = text.len() - start.len() + 1;
                        return Err(invalid(format!("the quotation mark at byte {position} has no twin")));
                    };
                    (Term::Phrase(inner[..end].to_owned()), &inner[end + 1..])
                }
                None => {
                    let end = start.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(start.len());
                    (Term::Word(start[..end].to_owned()), &start[end..])
                }
            };
            rest = after.trim_start();
            let (Term::Word(content) | Term::Phrase(content)) = &term;
            if !content.chars().any(char::is_alphanumeric) {
                continue;
            }
            for word in content.split_whitespace() {
                words += 1;
                if word.chars().count() > MAX_WORD_CHARS {
                    return Err(invalid(format!("a word has more than {MAX_WORD_CHARS} characters")));
                }
            }
            if excluded { query.excluded.push(term) } else { query.required.push(term) }
        }
        if words > MAX_WORDS {
            return Err(invalid(format!("has {words} words, at most {MAX_WORDS} are allowed")));
        }
        Ok(query)
    }

    /// Says whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.required.is_empty() && self.excluded.is_empty()
    }
}

fn invalid(description: String) -> Error {
    Error::field(Reason::QueryInvalid, "q", description)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(text: &str) -> Term {
        Term::Word(text.into())
    }

    #[test]
    fn words_phrases_and_exclusions() {
        let query = Query::parse(r#"pdf "to text" -viewer -"image magic" c++"#).unwrap();
        assert_eq!(query.required, [word("pdf"), Term::Phrase("to text".into()), word("c++")]);
        assert_eq!(query.excluded, [word("viewer"), Term::Phrase("image magic".into())]);
    }

    #[test]
    fn operators_of_engines_are_plain_text() {
        let query = Query::parse("title:* (a OR b)~2 foo*").unwrap();
        assert_eq!(query.required, ["title:*", "(a", "OR", "b)~2", "foo*"].map(word));
        assert!(Query::parse(r#" - -- * "" -"" "#).unwrap().is_empty());
    }

    #[test]
    fn limits() {
        assert_eq!(Query::parse(&"a".repeat(513)).unwrap_err().reason(), Reason::FieldTooLong);
        assert_eq!(Query::parse(&"a ".repeat(33)).unwrap_err().reason(), Reason::QueryInvalid);
        assert_eq!(Query::parse(&"a".repeat(65)).unwrap_err().reason(), Reason::QueryInvalid);
        let error = Query::parse(r#"one "two"#).unwrap_err();
        assert_eq!(error.message(), "q: the quotation mark at byte 5 has no twin");
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_within_its_limits(text in "\\PC{0,200}") {
            if let Ok(query) = Query::parse(&text) {
                prop_assert!(query.required.len() + query.excluded.len() <= MAX_WORDS);
            }
        }
    }
}
