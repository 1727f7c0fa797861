//! The columns of what is copied, as PostgreSQL has them: SQLite has the same ones, and fewer types.

use cpcd_model::{Error, Result};
use sqlx::{FromRow, query_as};

use super::{COPIED, LEFT, side::Side};
use crate::sql::fault::from_sqlx;

/// A row in the spelling that both sides share: texts, or nothing for NULL.
pub(super) type Texts = Vec<Option<String>>;

/// A table that is copied.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// In the order of their names.
    pub(super) columns: Vec<Column>,
    /// Which of them are the key, in its order.
    keys: Vec<usize>,
}

/// A column.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What PostgreSQL casts a text to.
    cast: String,
}

/// How a value is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Hexadecimal digits.
    Uuid,
    /// Hexadecimal digits.
    Bytes,
    /// As it is.
    Text,
    /// Decimal digits.
    Number,
    /// 0 or 1.
    Flag,
    /// RFC 3339 in microseconds.
    Time,
    /// JSON with sorted keys.
    Json,
    /// A JSON array.
    List,
}

#[derive(FromRow)]
struct Found {
    table_name: String,
    column_name: String,
    kind: String,
    key_place: i32,
}

impl Column {
    fn new(name: String, kind: &str) -> Self {
        let (kind, cast) = match kind {
            "uuid" => (Kind::Uuid, "uuid"),
            "bytea" => (Kind::Bytes, "bytea"),
            "bigint" | "integer" | "smallint" => (Kind::Number, kind),
            "boolean" => (Kind::Flag, "boolean"),
            "timestamp with time zone" => (Kind::Time, "timestamptz"),
            "jsonb" => (Kind::Json, "jsonb"),
            "uuid[]" => (Kind::List, "uuid[]"),
            list if list.ends_with("[]") => (Kind::List, "text[]"),
            // A cast to it would cut what is too long; an assignment refuses it.
            "text" | "character varying" => (Kind::Text, "text"),
            other => (Kind::Text, other),
        };
        Self { name, kind, cast: cast.to_owned() }
    }

    /// Spells the column in PostgreSQL's SQL.
    pub(super) fn postgres(&self) -> String {
        let name = &self.name;
        match self.kind {
            Kind::Uuid => format!("replace({name}::TEXT, '-', '')"),
            Kind::Bytes => format!("encode({name}, 'hex')"),
            Kind::Text | Kind::Number | Kind::Json => format!("{name}::TEXT"),
            Kind::Flag => format!("{name}::INT::TEXT"),
            Kind::Time => format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
            Kind::List => format!("to_jsonb({name})::TEXT"),
        }
    }

    /// Spells the column in SQLite's SQL.
    pub(super) fn sqlite(&self) -> String {
        let name = &self.name;
        match self.kind {
            Kind::Uuid | Kind::Bytes => format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END"),
            Kind::Number | Kind::Flag => format!("CAST({name} AS TEXT)"),
            Kind::Text | Kind::Time | Kind::Json | Kind::List => name.clone(),
        }
    }

    /// Reads a text in PostgreSQL's SQL.
    pub(super) fn read_postgres(&self, text: &str) -> String {
        let cast = &self.cast;
        match self.kind {
            Kind::Bytes => format!("decode({text}, 'hex')"),
            Kind::Flag => format!("({text}::INT <> 0)"),
            Kind::List => {
                format!(
                    "CASE WHEN {text} IS NULL THEN NULL ELSE ARRAY(SELECT jsonb_array_elements_text({text}::JSONB))::{cast} END"
                )
            }
            Kind::Uuid | Kind::Text | Kind::Number | Kind::Time | Kind::Json => format!("{text}::{cast}"),
        }
    }

    /// Reads a text in SQLite's SQL.
    pub(super) fn read_sqlite(&self, text: &str) -> String {
        match self.kind {
            Kind::Uuid | Kind::Bytes => format!("unhex({text})"),
            Kind::Number | Kind::Flag => format!("CAST({text} AS INTEGER)"),
            Kind::Text | Kind::Time | Kind::Json | Kind::List => text.to_owned(),
        }
    }
}

impl Table {
    /// Gives the columns of the key.
    pub(super) fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.keys.iter().map(|index| &self.columns[*index])
    }

    /// Gives the key of a row.
    pub(super) fn key(&self, row: &Texts) -> Vec<String> {
        self.keys.iter().map(|index| row[*index].clone().unwrap_or_default()).collect()
    }
}

/// Reads the columns of all tables that are copied; but for the numbers of transactions, which mean nothing elsewhere.
pub(super) async fn read(source: &mut Side, target: &mut Side) -> Result<Vec<Table>> {
    let side = if source.is_postgres() { source } else { target };
    let Side::Postgres(connection) = side else { return Err(Error::internal("one side is PostgreSQL")) };
    let found: Vec<Found> = query_as(
        "SELECT relname::TEXT AS table_name, attname::TEXT AS column_name, format_type(atttypid, NULL) AS kind,
             coalesce(array_position(indkey::INT2[], attnum), -1) AS key_place
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
         WHERE relnamespace = current_schema()::REGNAMESPACE AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
             AND attgenerated = '' AND attname <> 'xid' AND relname NOT LIKE '\\_sqlx%' AND relname <> 'store_copy'
         ORDER BY relname, attname",
    )
    .fetch_all(connection)
    .await
    .map_err(from_sqlx)?;
    let is_known = |name: &str| COPIED.contains(&name) || LEFT.iter().any(|(left, _)| *left == name);
    if let Some(unknown) = found.iter().find(|found| !is_known(&found.table_name)) {
        return Err(Error::internal(format!("nobody said whether table {} is to be copied", unknown.table_name)));
    }
    let table = |name: &'static str| {
        let of_table = || found.iter().filter(move |found| found.table_name == name);
        let mut keys: Vec<_> = of_table().enumerate().filter(|(_, found)| found.key_place >= 0).collect();
        keys.sort_by_key(|(_, found)| found.key_place);
        Table {
            name,
            columns: of_table().map(|found| Column::new(found.column_name.clone(), &found.kind)).collect(),
            keys: keys.into_iter().map(|(index, _)| index).collect(),
        }
    };
    Ok(COPIED.iter().copied().map(table).collect())
}
