//! Where a walk goes on, as the caller keeps it: nothing of it is kept here.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cpcd_model::{Result, page};

use super::ring::{SPAN, WINDOW};

const VERSION: u8 = 1;
/// Version, seed, realm, beginning, end.
const HEAD: usize = 1 + 4 * 8;
/// Nodes of one place come together, so a window may have some more.
const MOST: usize = 2 * WINDOW / 8;

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Decides where the walk begins on each ring, and between equals.
    pub(super) seed: u64,
    /// Hash of the realm whose ring it is on.
    pub(super) realm: u64,
    /// Where the window begins, from the start on.
    pub(super) from: u64,
    /// Where it ends; nothing before it was looked at.
    pub(super) until: Option<u64>,
    /// Which nodes of the window the caller has, as bits.
    pub(super) given: Vec<u8>,
}

impl Cursor {
    /// Begins on the ring of a realm.
    pub(super) fn new(seed: u64, realm: u64) -> Self {
        Self { seed, realm, from: 0, until: None, given: Vec::new() }
    }

    /// Says whether the caller has a node of the window.
    pub(super) fn has(&self, number: usize) -> bool {
        self.given.get(number / 8).is_some_and(|byte| byte >> (number % 8) & 1 == 1)
    }

    /// Notes that the caller has a node of the window.
    pub(super) fn give(&mut self, number: usize) {
        if self.given.len() <= number / 8 {
            self.given.resize(number / 8 + 1, 0);
        }
        self.given[number / 8] |= 1 << (number % 8);
    }

    /// Makes the page token of a query.
    pub(super) fn write(&self, binding: &str) -> String {
        let mut bytes = vec![VERSION];
        for number in [self.seed, self.realm, self.from, self.until.unwrap_or(u64::MAX)] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&self.given);
        page::encode(binding, &URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads the page token of a query; an empty one is the start.
    ///
    /// # Errors
    /// `PAGE_TOKEN_INVALID`.
    pub(super) fn read(binding: &str, token: &str) -> Result<Option<Self>> {
        let Some(text) = page::decode(binding, token)? else { return Ok(None) };
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() <= HEAD + MOST)?;
            let (head, given) = bytes.split_at_checked(HEAD)?;
            let (version, numbers) = head.split_first()?;
            let mut numbers = numbers.chunks_exact(8).filter_map(|chunk| chunk.try_into().ok().map(u64::from_be_bytes));
            let (seed, realm, from, until) = (numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?);
            let until = (until != u64::MAX).then_some(until);
            let fits = *version == VERSION && from <= SPAN && until.is_none_or(|until| (from..=SPAN).contains(&until));
            fits.then(|| Self { seed, realm, from, until, given: given.to_vec() })
        };
        read().map(Some).ok_or_else(page::invalid)
    }
}

#[cfg(test)]
mod tests {
    use cpcd_model::Reason;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let mut cursor = Cursor { from: 7, until: Some(9), ..Cursor::new(u64::MAX, 1) };
        cursor.give(3);
        cursor.give(200);
        assert!(cursor.has(3) && cursor.has(200) && !cursor.has(4) && !cursor.has(4000));
        assert_eq!(Cursor::read("a", &cursor.write("a")).unwrap(), Some(cursor.clone()));
        assert_eq!(Cursor::read("a", "").unwrap(), None);
        let wrong = |cursor: &Cursor| Cursor::read("a", &cursor.write("a")).unwrap_err().reason();
        assert_eq!(Cursor::read("b", &cursor.write("a")).unwrap_err().reason(), Reason::PageTokenInvalid);
        assert_eq!(wrong(&Cursor { from: SPAN + 1, ..cursor.clone() }), Reason::PageTokenInvalid);
        assert_eq!(wrong(&Cursor { until: Some(6), ..cursor.clone() }), Reason::PageTokenInvalid);
        assert_eq!(wrong(&Cursor { given: vec![0; MOST + 1], ..cursor }), Reason::PageTokenInvalid);
    }
}
