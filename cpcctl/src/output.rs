//! Data to stdout and words to stderr: tables, JSON, names, notes, errors.
//!
//! Data is the same on a terminal and in a pipe; only colour and the fitting of columns differ.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
};

use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Row as TableRow, Table, presets};
use serde::Serialize;

use crate::{
    environment::Environment,
    escape,
    failure::{Failure, Result},
    rehearsal::Rehearsal,
    shape::{Color, Format, Shape},
};

/// Between columns.
const GAP: u16 = 2;
/// A column that is cut still shows so much.
const SHORTEST: usize = 4;

/// What a command shows as a record: each field on a line of its own.
pub(crate) trait Show: Serialize {
    /// Gives what `-o name` prints.
    fn name(&self) -> String;
    /// Gives labels and values, not escaped; a value may have several lines.
    fn fields(&self) -> Vec<(&'static str, String)>;
}

/// What a command shows in a list: a line each.
pub(crate) trait Row: Serialize {
    /// The titles of the columns.
    const COLUMNS: &'static [&'static str];
    /// The column that is never cut short: the one to copy from.
    const WHOLE: usize;
    /// Gives what `-o name` prints.
    fn name(&self) -> String;
    /// Gives a value for each column, not escaped.
    fn cells(&self) -> Vec<String>;
    /// Gives the same where nothing is to be cut short.
    fn whole_cells(&self) -> Vec<String> {
        self.cells()
    }
}

/// Writes what commands have to say.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    shape: Shape,
    /// Once it has stopped a call, nothing that the command says of it is true.
    rehearsal: Option<Rehearsal>,
    is_terminal: bool,
    color_out: bool,
    color_err: bool,
}

impl Output {
    /// Judges each stream by itself.
    pub(crate) fn new(shape: Shape, environment: &Environment) -> Self {
        let color = |is_terminal: bool| match shape.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if environment.no_color => false,
            Color::Auto => environment.force_color || (is_terminal && !environment.dumb_terminal),
        };
        let is_terminal = io::stdout().is_terminal();
        let (color_out, color_err) = (color(is_terminal), color(io::stderr().is_terminal()));
        Self { shape, rehearsal: None, is_terminal, color_out, color_err }
    }

    /// Gives the same for a rehearsal, if there is one.
    pub(crate) fn rehearsing(self, rehearsal: Option<Rehearsal>) -> Self {
        Self { rehearsal, ..self }
    }

    fn is_muted(&self) -> bool {
        self.rehearsal.as_ref().is_some_and(Rehearsal::has_stopped)
    }

    /// Gives how data is written.
    pub(crate) fn format(&self) -> Format {
        self.shape.format
    }

    /// Tells whether programs read what is written.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.shape.format, Format::Json | Format::Ndjson)
    }

    /// Tells whether notes and progress are unwanted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.shape.is_quiet
    }

    /// Writes a record.
    pub(crate) fn record<T: Show>(&self, item: &T) -> Result<()> {
        if self.is_muted() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match self.shape.format {
            Format::Json => writeln!(out, "{}", pretty(item)?)?,
            Format::Ndjson => writeln!(out, "{}", compact(item)?)?,
            Format::Name => writeln!(out, "{}", escape::line(&item.name()))?,
            Format::Table => {
                let mut table = self.table();
                for (label, value) in item.fields() {
                    table.add_row(vec![self.header(label), Cell::new(escape::lines(&value))]);
                }
                self.pad(&mut table);
                // Long values run over the margin: cutting or folding them would spoil copying.
                table.set_content_arrangement(ContentArrangement::Disabled);
                writeln!(out, "{}", table.trim_fmt())?;
            }
        }
        Ok(out.flush()?)
    }

    /// Begins a list.
    pub(crate) fn list<T: Row>(&self) -> List<'_, T> {
        List { output: self, count: 0, rows: Vec::new() }
    }

    /// Writes data that has no other form than its own: a completion script.
    pub(crate) fn raw(bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Tells people something that is not data.
    pub(crate) fn note(&self, text: impl fmt::Display) {
        if !self.shape.is_quiet && !self.is_json() && !self.is_muted() {
            self.say(&escape::lines(&text.to_string()));
        }
    }

    /// Warns people, unless programs read stderr.
    pub(crate) fn warning(&self, text: impl fmt::Display) {
        if !self.is_json() {
            self.say(&format!("{} {}", self.paint("33;1", "warning:"), escape::lines(&text.to_string())));
        }
    }

    /// Writes what goes on to stderr: a line for people, an object for programs.
    pub(crate) fn event<T: Serialize>(&self, words: impl fmt::Display, event: &T) {
        if self.is_json() {
            self.say(&compact(event).unwrap_or_else(|failure| failure.message.clone()));
        } else if !self.shape.is_quiet {
            self.say(&escape::line(&words.to_string()));
        }
    }

    /// Says where a list goes on: to people in words, to programs as an object on stderr.
    pub(crate) fn more(&self, next_page_token: &str, shown: usize, total: Option<u64>) {
        if self.shape.is_quiet {
            return;
        }
        if self.is_json() {
            let total = total.map(|total| total.to_string());
            self.say(&serde_json::json!({"nextPageToken": next_page_token, "total": total}).to_string());
        } else {
            let of = total.map(|total| format!(" of {total}")).unwrap_or_default();
            self.note(format_args!("{shown}{of} shown; more with --limit, or --page-token {next_page_token}"));
        }
    }

    /// Writes a failure: text with the way out, or one JSON object.
    pub(crate) fn failure(&self, failure: &Failure) {
        if failure.is_silent || self.is_muted() {
            return;
        }
        if self.is_json() {
            let json = compact(&**failure).unwrap_or_else(|_| failure.message.clone());
            return self.say(&json);
        }
        self.say(&format!("{} {}", self.paint("31;1", "error:"), escape::lines(&failure.message)));
        for field in failure.fields.iter().filter(|field| !failure.message.contains(&field.description)) {
            self.say(&format!("  {}: {}", escape::line(&field.field), escape::line(&field.description)));
        }
        if let Some(wait) = failure.retry_after {
            self.say(&format!("  try again in {wait:?}"));
        }
        if let Some(id) = failure.request_id.as_ref().filter(|_| failure.code == "internal") {
            self.say(&format!("  request id {}", escape::line(id)));
        }
        if let Some(hint) = &failure.hint {
            self.say(&format!("{} {}", self.paint("36", "hint:"), escape::lines(hint)));
        }
    }

    /// Writes a line to stderr. A reader who has gone is no reason to stop.
    fn say(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.color_err { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn header(&self, title: &str) -> Cell {
        let cell = Cell::new(title);
        if self.color_out { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    /// A table that fits where it is shown: to a terminal's width, or to the one that was asked for.
    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_truncation_indicator("…");
        if self.color_out {
            table.enforce_styling()
        } else {
            &mut table
        };
        if let Some(width) = self.shape.width {
            table.set_width(width);
        }
        table.set_content_arrangement(if self.is_fitted() {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        });
        table
    }

    fn is_fitted(&self) -> bool {
        !self.shape.no_trunc && (self.is_terminal || self.shape.width.is_some())
    }

    fn pad(&self, table: &mut Table) {
        table.column_iter_mut().for_each(|column| {
            column.set_padding((0, GAP));
        });
    }
}

/// A list on its way out: JSON is written item by item, a table when all rows are known.
#[derive(Debug)]
pub(crate) struct List<'a, T> {
    output: &'a Output,
    count: usize,
    rows: Vec<T>,
}

impl<T: Row> List<'_, T> {
    /// Adds an item.
    pub(crate) fn push(&mut self, item: T) -> Result<()> {
        if self.output.is_muted() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match self.output.shape.format {
            Format::Table => self.rows.push(item),
            Format::Name => writeln!(out, "{}", escape::line(&item.name()))?,
            Format::Ndjson => writeln!(out, "{}", compact(&item)?)?,
            Format::Json => {
                let before = if self.count == 0 { "[\n  " } else { ",\n  " };
                write!(out, "{before}{}", pretty(&item)?.replace('\n', "\n  "))?;
            }
        }
        self.count += 1;
        Ok(())
    }

    /// Adds an item that is shown at once, as it happens; columns are then as wide as they usually need.
    pub(crate) fn push_now(&mut self, item: T, widths: &[usize]) -> Result<()> {
        if self.output.shape.format != Format::Table {
            self.push(item)?;
            return Ok(io::stdout().lock().flush()?);
        }
        let mut line = String::new();
        for (index, cell) in item.cells().iter().enumerate() {
            let width = widths.get(index).copied().unwrap_or_default();
            line += &format!("{:width$}  ", escape::line(cell));
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{}", line.trim_end())?;
        self.count += 1;
        Ok(out.flush()?)
    }

    /// Ends the list and says, for people, if it is empty; gives the number of items.
    pub(crate) fn finish(self, nothing: &str) -> Result<usize> {
        if self.output.is_muted() {
            return Ok(self.count);
        }
        let mut out = io::stdout().lock();
        match self.output.shape.format {
            Format::Json => writeln!(out, "{}", if self.count == 0 { "[]" } else { "\n]" })?,
            Format::Table if !self.rows.is_empty() => writeln!(out, "{}", self.as_table().trim_fmt())?,
            Format::Table | Format::Ndjson | Format::Name => {}
        }
        out.flush()?;
        if self.count == 0 && !nothing.is_empty() {
            self.output.note(nothing);
        }
        Ok(self.count)
    }

    /// A row; of one line where columns are cut to fit.
    fn fitted(&self, cells: Vec<Cell>) -> TableRow {
        let mut row = TableRow::from(cells);
        if self.output.is_fitted() {
            row.max_height(1);
        }
        row
    }

    fn as_table(&self) -> Table {
        let mut table = self.output.table();
        if !self.output.shape.no_headers {
            table.set_header(self.fitted(T::COLUMNS.iter().map(|title| self.output.header(title)).collect()));
        }
        for item in &self.rows {
            let cells = if self.output.shape.no_trunc { item.whole_cells() } else { item.cells() };
            table.add_row(self.fitted(cells.iter().map(|cell| Cell::new(escape::line(cell))).collect()));
        }
        self.output.pad(&mut table);
        let widths: Vec<_> = table.column_max_content_widths().into_iter().map(usize::from).collect();
        let whole = match table.width() {
            Some(width) => whole_columns(&widths, T::WHOLE, width.into()),
            None => vec![T::WHOLE],
        };
        for index in whole {
            if let Some(column) = table.column_mut(index) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        table
    }
}

/// Chooses the columns that are shown whole where not all of them fit: the one to copy from, and then the narrowest, since a time or a
/// state says nothing when it is cut, and a title still does.
fn whole_columns(widths: &[usize], first: usize, width: usize) -> Vec<usize> {
    let gap = usize::from(GAP);
    let mut order: Vec<_> = (0..widths.len()).filter(|index| *index != first).collect();
    order.sort_by_key(|index| widths[*index]);
    let mut whole = vec![first];
    // What is left for each of the others, with the gap between columns.
    let mut left = width.saturating_sub(widths.get(first).copied().unwrap_or_default() + gap);
    for (taken, index) in order.iter().enumerate() {
        let others = (order.len() - taken - 1) * (SHORTEST + gap);
        if widths[*index] + gap + others > left {
            break;
        }
        left -= widths[*index] + gap;
        whole.push(*index);
    }
    whole
}

fn pretty(value: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map(|text| escape::json(&text)).map_err(unwritable)
}

fn compact(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map(|text| escape::json(&text)).map_err(unwritable)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn unwritable(error: serde_json::Error) -> Failure {
    Failure::new(crate::exit::Exit::Failure, "ANSWER_INVALID", format_args!("the answer has no JSON form: {error}"))
}
