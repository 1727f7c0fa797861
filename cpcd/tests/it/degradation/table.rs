//! The table of degradation: what each kind of call does in each kind of trouble.

use std::fmt::Write;

use crate::harness::Fault;

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// As ever.
    Ok,
    /// Answered, with less than all, and marked so.
    Stale,
    /// `UNAVAILABLE`, `ENGINE_AWAY`, with a hint when to come back; nothing is changed.
    Refused,
}

/// Which links are in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Postgres,
    Valkey,
    OpenSearch,
    /// All of the replica that is called.
    OfTheCalled,
    /// All of another replica.
    OfAnother,
}

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Heartbeat,
    Register,
    Authenticate,
    Refresh,
    Publish,
    Search,
    List,
    Watch,
    Status,
}

/// The columns.
pub(super) const CALLS: [Call; 9] = [
    Call::Heartbeat,
    Call::Register,
    Call::Authenticate,
    Call::Refresh,
    Call::Publish,
    Call::Search,
    Call::List,
    Call::Watch,
    Call::Status,
];

/// A row.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) place: Place,
    pub(super) fault: Fault,
    pub(super) cells: [Cell; CALLS.len()],
}

const ALL_OK: [Cell; 9] = [Cell::Ok; 9];
/// Without SQL nobody can say what is true: only heartbeats, kept in memory, and the status go on.
const NO_SQL: [Cell; 9] = [
    Cell::Ok,
    Cell::Refused,
    Cell::Refused,
    Cell::Refused,
    Cell::Refused,
    Cell::Refused,
    Cell::Refused,
    Cell::Refused,
    Cell::Ok,
];
/// Without OpenSearch the full text of PostgreSQL answers.
const NO_INDEX: [Cell; 9] =
    [Cell::Ok, Cell::Ok, Cell::Ok, Cell::Ok, Cell::Ok, Cell::Stale, Cell::Ok, Cell::Ok, Cell::Ok];

/// Slow, as an engine in another region or under load is.
const SLOW: Fault = Fault::Slow(100);

/// The table.
pub(super) const ROWS: [Row; 11] = [
    Row { what: "PostgreSQL down", place: Place::Postgres, fault: Fault::Down, cells: NO_SQL },
    Row { what: "PostgreSQL slow", place: Place::Postgres, fault: SLOW, cells: ALL_OK },
    Row { what: "PostgreSQL half-open", place: Place::Postgres, fault: Fault::HalfOpen, cells: NO_SQL },
    Row { what: "Valkey down", place: Place::Valkey, fault: Fault::Down, cells: ALL_OK },
    Row { what: "Valkey slow", place: Place::Valkey, fault: SLOW, cells: ALL_OK },
    Row { what: "Valkey half-open", place: Place::Valkey, fault: Fault::HalfOpen, cells: ALL_OK },
    Row { what: "OpenSearch down", place: Place::OpenSearch, fault: Fault::Down, cells: NO_INDEX },
    Row { what: "OpenSearch slow", place: Place::OpenSearch, fault: SLOW, cells: ALL_OK },
    Row { what: "OpenSearch half-open", place: Place::OpenSearch, fault: Fault::HalfOpen, cells: NO_INDEX },
    Row {
        what: "one replica cut off: its own callers",
        place: Place::OfTheCalled,
        fault: Fault::HalfOpen,
        cells: NO_SQL,
    },
    Row { what: "one replica cut off: the others'", place: Place::OfAnother, fault: Fault::HalfOpen, cells: ALL_OK },
];

/// Gives the table as Markdown.
fn markdown() -> String {
    let mut text = String::from("| trouble |");
    for call in CALLS {
        let _ = write!(text, " {} |", format!("{call:?}").to_lowercase());
    }
    text += "\n|---|";
    text += &"---|".repeat(CALLS.len());
    text.push('\n');
    for row in &ROWS {
        let _ = write!(text, "| {} |", row.what);
        for cell in row.cells {
            let _ = write!(text, " {} |", format!("{cell:?}").to_lowercase());
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_table_of_degradation_is_documented() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- degradation: ").unwrap();
    let (comment, rest) = rest.split_once("-->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let wanted = format!("{before}<!-- degradation: {comment}-->\n{}<!-- end -->{after}", markdown());
    if std::env::var_os("CPC_GENERATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    } else {
        assert!(text == wanted, "docs/operations.md is not what the table of degradation says: run dev/generate");
    }
}
