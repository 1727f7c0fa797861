//! The flags that shape the output.
#![allow(clippy::doc_markdown, reason = "shown as help, where backticks would only be letters")]

use clap::ValueEnum;

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON value; a list is one array
    Json,
    /// One JSON value a line
    Ndjson,
    /// Names or ids alone, one a line
    Name,
}

/// Whether there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR or TERM=dumb says otherwise
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// Flags that shape the output.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    pub(crate) format: Format,
    pub(crate) color: Color,
    pub(crate) is_quiet: bool,
    pub(crate) no_headers: bool,
    pub(crate) no_trunc: bool,
    pub(crate) width: Option<u16>,
}
