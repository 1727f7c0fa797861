//! What a deletion shows.

use serde::Serialize;

use crate::output::Row;

/// Something that is gone, by its id.
#[derive(Debug, Serialize)]
pub(crate) struct Deleted {
    pub(crate) id: String,
}

impl Row for Deleted {
    const COLUMNS: &'static [&'static str] = &["DELETED"];
    const WHOLE: usize = 0;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}
