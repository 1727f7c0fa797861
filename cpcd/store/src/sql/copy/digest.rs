//! The digest of a table: of its rows, in whatever order they come.

use std::fmt::{self, Write};

use sha2::{Digest as _, Sha256};

use super::columns::Texts;

/// A sum over the digests of rows: it does not depend on the order, which the engines see differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) rows: u64,
    sum: [u64; 4],
}

impl Digest {
    /// Adds a row.
    pub(super) fn add(&mut self, row: &Texts) {
        let mut sha = Sha256::new();
        for text in row {
            // With its length before it, no text can pass for two.
            match text {
                Some(text) => {
                    sha.update((text.len() as u64 + 1).to_be_bytes());
                    sha.update(text.as_bytes());
                }
                None => sha.update(0_u64.to_be_bytes()),
            }
        }
        let digest = sha.finalize();
        for (sum, part) in self.sum.iter_mut().zip(digest.as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
        self.rows += 1;
    }

    /// Gives it in hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        self.sum.iter().fold(String::new(), |mut text, part| {
            let _ = write!(text, "{part:016x}");
            text
        })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, {}", self.rows, self.hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[&[Option<&str>]]) -> Digest {
        let mut digest = Digest::default();
        for row in rows {
            digest.add(&row.iter().map(|text| text.map(str::to_owned)).collect());
        }
        digest
    }

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let (a, b): (&[Option<&str>], &[Option<&str>]) = (&[Some("a"), None], &[Some("b"), Some("")]);
        assert_eq!(digest(&[a, b]), digest(&[b, a]));
        for other in [digest(&[a, a]), digest(&[a]), digest(&[a, b, b]), digest(&[&[Some("a"), Some("")], b])] {
            assert_ne!(digest(&[a, b]), other);
        }
        assert_ne!(digest(&[&[Some("ab"), Some("c")]]), digest(&[&[Some("a"), Some("bc")]]));
    }
}
