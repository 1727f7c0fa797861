//! Many rows with few statements: as many as their number has ones in binary, each of a text that the engine has prepared before.
//!
//! Rows could travel as one JSON argument, too; taking it apart again costs SQLite several times what writing the rows does.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{LazyLock, Mutex, PoisonError},
};

use cpcd_model::Result;

use super::{
    Tx,
    arg::{Arg, Sql, sql},
    row::Record,
};

/// Most rows of a statement.
const MOST: usize = 256;

/// A statement that adds rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Insert {
    /// `INSERT INTO table (columns)`.
    pub(super) head: &'static str,
    /// What comes after the rows, such as `ON CONFLICT`.
    pub(super) tail: &'static str,
    /// How many columns there are.
    pub(super) columns: usize,
}

/// Texts, by where and how many rows: a few for each table, kept for good.
static TEXTS: LazyLock<Mutex<HashMap<(Insert, usize), Sql>>> = LazyLock::new(Mutex::default);

impl Insert {
    fn text(self, rows: usize) -> Sql {
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        *texts.entry((self, rows)).or_insert_with(|| {
            let numbered = self.write(rows, |text, number| {
                let _ = write!(text, "${number}");
            });
            // With numbers SQLite would look through the names of all parameters to bind each of them.
            let plain = self.write(rows, |text, _| text.push('?'));
            sql(numbered.leak(), plain.leak())
        })
    }

    fn write(self, rows: usize, parameter: impl Fn(&mut String, usize)) -> String {
        let mut text = format!("{} VALUES ", self.head);
        for number in 0..rows * self.columns {
            text.push_str(match (number, number % self.columns) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            });
            parameter(&mut text, number + 1);
        }
        text + ") " + self.tail
    }
}

/// Cuts rows into parts of 256, and the rest into powers of two.
fn parts<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = if rows.len() >= MOST { MOST } else { 1 << rows.len().checked_ilog2()? };
        let (part, rest) = rows.split_at(size);
        rows = rest;
        Some(part)
    })
}

impl Tx {
    /// Adds rows, in their order.
    pub(super) async fn insert_rows(&mut self, into: Insert, rows: &[Vec<Arg<'_>>]) -> Result<()> {
        for part in parts(rows) {
            self.execute(into.text(part.len()), &part.concat()).await?;
        }
        Ok(())
    }

    /// Adds rows, in their order; gives what the statement returns of them.
    pub(super) async fn insert_rows_returning<R: Record>(
        &mut self,
        into: Insert,
        rows: &[Vec<Arg<'_>>],
    ) -> Result<Vec<R>> {
        let mut returned = Vec::with_capacity(rows.len());
        for part in parts(rows) {
            returned.extend(self.fetch_all(into.text(part.len()), &part.concat()).await?);
        }
        Ok(returned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_through_and_texts_are_kept() {
        let into = Insert { head: "INSERT INTO t (a, b)", tail: "ON CONFLICT DO NOTHING", columns: 2 };
        let Sql { postgres, sqlite } = into.text(2);
        assert_eq!(postgres, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
        assert_eq!(sqlite, "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING");
        assert!(std::ptr::eq(into.text(2).sqlite, into.text(2).sqlite));
    }

    #[test]
    fn parts_hold_all_in_order() {
        for count in [0, 1, 2, 3, 255, 256, 257, 700] {
            let rows: Vec<_> = (0..count).collect();
            let sizes: Vec<_> = parts(&rows).map(<[_]>::len).collect();
            assert_eq!(parts(&rows).flatten().copied().collect::<Vec<_>>(), rows);
            assert!(sizes.iter().all(|size| size.is_power_of_two() && *size <= MOST), "{sizes:?}");
        }
    }
}
