//! How far a copy is, noted in the target itself: with each chunk, in its transaction.

use std::collections::HashMap;

use cpcd_model::{Error, Reason, Result};
use sqlx::{query, query_as};

use super::{
    chunk,
    columns::{Table, Texts},
    from_sqlx,
    side::Side,
};

/// The place of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The last key that was copied.
    pub(super) key: Option<Vec<String>>,
    pub(super) rows: u64,
    pub(super) is_done: bool,
}

/// How far a copy is.
pub(super) struct Note {
    places: HashMap<String, Place>,
    pub(super) is_resumed: bool,
}

/// Under this name the source is noted, by its id.
const SOURCE: &str = "";

impl Note {
    /// Begins a copy into an empty store, or goes on with one of the same source.
    pub(super) async fn open(target: &mut Side, source: &str) -> Result<Self> {
        let is_resumed = target.prepare().await?;
        if !is_resumed {
            target
                .statement(
                    "CREATE TABLE store_copy (name TEXT PRIMARY KEY, last_key TEXT, copied BIGINT NOT NULL, is_done BIGINT NOT NULL)",
                    "CREATE TABLE store_copy (name TEXT PRIMARY KEY NOT NULL, last_key TEXT, copied INTEGER NOT NULL, is_done INTEGER NOT NULL) STRICT",
                )
                .await?;
        }
        let places = "SELECT name, last_key, copied, is_done FROM store_copy";
        let rows: Vec<(String, Option<String>, i64, i64)> = match target {
            Side::Postgres(connection) => query_as(places).fetch_all(connection).await,
            Side::Sqlite(connection) => query_as(places).fetch_all(connection).await,
        }
        .map_err(from_sqlx)?;
        let noted = rows.iter().find(|(name, ..)| name == SOURCE).and_then(|(_, key, ..)| key.as_deref());
        match noted {
            Some(noted) if noted != source => {
                let text = "the target holds part of a copy of another store; empty it, or name another target";
                return Err(Error::new(Reason::StoreInUse, text));
            }
            Some(_) => {}
            None => put(target, SOURCE, Some(source), &Place::default()).await?,
        }
        let mut places = HashMap::new();
        for (name, key, rows, is_done) in rows.into_iter().filter(|(name, ..)| name != SOURCE) {
            let key = key.map(|key| serde_json::from_str(&key)).transpose().map_err(Error::internal)?;
            let rows = u64::try_from(rows).unwrap_or_default();
            places.insert(name, Place { key, rows, is_done: is_done != 0 });
        }
        Ok(Self { places, is_resumed })
    }

    /// Gives the place of a table.
    pub(super) fn place(&self, table: &str) -> Place {
        self.places.get(table).cloned().unwrap_or_default()
    }

    /// Writes rows and how far they bring it, both or neither.
    pub(super) async fn write(
        &mut self,
        target: &mut Side,
        table: &Table,
        rows: &[Texts],
        place: &Place,
    ) -> Result<()> {
        target.statement("BEGIN", "BEGIN IMMEDIATE").await?;
        let key = place.key.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
        chunk::write(target, table, rows).await?;
        put(target, table.name, key.as_deref(), place).await?;
        target.statement("COMMIT", "COMMIT").await
    }

    /// Makes the copy a store: numbers go on behind those that were copied, old cursors have missed something, the note goes.
    pub(super) async fn close(self, target: &mut Side) -> Result<()> {
        target
            .statement(
                "BEGIN;
                 SELECT setval(pg_get_serial_sequence('revocations', 'id'), greatest((SELECT max(id) FROM revocations), 1));
                 SELECT setval(pg_get_serial_sequence('audit', 'id'), greatest((SELECT max(id) FROM audit), 1));
                 UPDATE event_horizon SET xid = pg_current_xact_id()::TEXT::BIGINT, id = 0;
                 DROP TABLE store_copy;
                 COMMIT",
                "DROP TABLE store_copy",
            )
            .await
    }
}

async fn put(target: &mut Side, name: &str, key: Option<&str>, place: &Place) -> Result<()> {
    let text = "INSERT INTO store_copy (name, last_key, copied, is_done) VALUES ($1, $2, $3, $4)
                ON CONFLICT (name) DO UPDATE SET last_key = excluded.last_key, copied = excluded.copied, is_done = excluded.is_done";
    let rows = i64::try_from(place.rows).unwrap_or(i64::MAX);
    match target {
        Side::Postgres(connection) => {
            let put = query(text).bind(name).bind(key).bind(rows).bind(i64::from(place.is_done));
            put.execute(connection).await.map(drop)
        }
        Side::Sqlite(connection) => {
            let put = query(text).bind(name).bind(key).bind(rows).bind(i64::from(place.is_done));
            put.execute(connection).await.map(drop)
        }
    }
    .map_err(from_sqlx)
}
