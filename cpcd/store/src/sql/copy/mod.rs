//! Moving house: everything of one store into an empty one of the other engine, while no daemon runs.
//!
//! Table by table, in the order of keys, a chunk and the note how far it came in one transaction: a copy that was cut off goes on
//! where it was. The note is a table, and a store that has it is not opened by a daemon. At the end the rows of both sides are read
//! once more, counted and summed up in one spelling; only if they agree the note goes and the new store is whole.

mod chunk;
mod columns;
mod digest;
mod note;
mod side;
mod tables;

use cpcd_model::{Error, Reason, Result};

use self::{
    columns::Table,
    digest::Digest,
    note::Note,
    side::Side,
    tables::{COPIED, LEFT},
};
use super::{Config, fault::from_sqlx};

/// Rows that are read, written and noted together.
const CHUNK: u32 = 1_000;

/// How far a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyStep {
    /// One that was cut off goes on.
    Resumed,
    /// Rows of a table have been copied.
    Copied {
        /// Which.
        table: &'static str,
        /// So many.
        rows: u64,
        /// Of so many.
        total: u64,
    },
    /// Rows of a table have been compared.
    Verified {
        /// Which.
        table: &'static str,
        /// So many on either side.
        rows: u64,
        /// Their digest, alike on both.
        digest: String,
    },
}

/// Copies one store into an empty one of the other engine and compares the two; goes on where it was cut off.
///
/// # Errors
/// `FIELD_INVALID` if the two are not SQLite and PostgreSQL; `STORE_IN_USE` if daemons live on one of them, or the target is not
/// empty, or the source changed meanwhile; `MIGRATION_PENDING` if the source is not up to date; what the engines say.
pub async fn copy(from: &Config, to: &Config, tell: &mut (dyn FnMut(CopyStep) + Send)) -> Result<()> {
    let mut source = Side::open(from, true).await.map_err(|error| of_side(&error, "copied from"))?;
    let mut target = Side::open(to, false).await.map_err(|error| of_side(&error, "copied to"))?;
    if source.is_postgres() == target.is_postgres() {
        return Err(Error::field(Reason::FieldInvalid, "to", "must be of the other engine than the source"));
    }
    source.require_ready().await?;
    let identity = source.identity().await?.ok_or_else(|| {
        Error::new(Reason::StoreForeign, "no daemon has ever served the source: there is nothing to move")
    })?;
    let mut note = Note::open(&mut target, &identity).await?;
    if note.is_resumed {
        tell(CopyStep::Resumed);
    }
    let tables = columns::read(&mut source, &mut target).await?;
    source.begin_snapshot().await?;
    for table in &tables {
        copy_table(&mut source, &mut target, table, &mut note, tell).await?;
    }
    source.end_snapshot().await?;
    for table in &tables {
        let (theirs, ours) = (digest(&mut source, table).await?, digest(&mut target, table).await?);
        if theirs != ours {
            let text = format!(
                "table {} is not the same on both sides ({theirs}, {ours}): the source changed while it was copied; \
                 empty the target and copy again",
                table.name
            );
            return Err(Error::new(Reason::StoreInUse, text));
        }
        tell(CopyStep::Verified { table: table.name, rows: ours.rows, digest: ours.hex() });
    }
    // A daemon that was started meanwhile may have written what is not in the copy.
    source.require_alone().await?;
    note.close(&mut target).await?;
    source.close().await?;
    target.close().await
}

/// Says which of the two stores an error is about.
fn of_side(error: &Error, side: &str) -> Error {
    let named = Error::new(error.reason(), format!("the store that is {side}: {}", error.message()));
    match std::error::Error::source(error) {
        Some(source) => named.with_source(source.to_string()),
        None => named,
    }
}

async fn copy_table(
    source: &mut Side,
    target: &mut Side,
    table: &Table,
    note: &mut Note,
    tell: &mut (dyn FnMut(CopyStep) + Send),
) -> Result<()> {
    let total = chunk::count(source, table).await?;
    let mut place = note.place(table.name);
    tell(CopyStep::Copied { table: table.name, rows: place.rows, total });
    while !place.is_done {
        let rows = chunk::read(source, table, place.key.as_deref(), CHUNK).await?;
        place.is_done = rows.len() < CHUNK as usize;
        place.rows += rows.len() as u64;
        place.key = rows.last().map(|row| table.key(row)).or(place.key);
        note.write(target, table, &rows, &place).await?;
        tell(CopyStep::Copied { table: table.name, rows: place.rows, total: total.max(place.rows) });
    }
    Ok(())
}

async fn digest(side: &mut Side, table: &Table) -> Result<Digest> {
    let mut digest = Digest::default();
    let mut key = None;
    loop {
        let rows = chunk::read(side, table, key.as_deref(), CHUNK).await?;
        for row in &rows {
            digest.add(row);
        }
        match rows.last() {
            Some(last) if rows.len() == CHUNK as usize => key = Some(table.key(last)),
            Some(_) | None => return Ok(digest),
        }
    }
}
