//! What a statement is given: its text for each engine and its arguments.

use cpcd_model::{Error, Result, time::Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::{
    Arguments as _, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo},
    sqlite::SqliteArguments,
    types::Json,
};
use uuid::Uuid;

/// A statement in the dialect of each engine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sql {
    pub(super) postgres: &'static str,
    pub(super) sqlite: &'static str,
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Self {
        Self { postgres: both, sqlite: both }
    }
}

/// Makes a statement that the engines spell differently.
pub(super) const fn sql(postgres: &'static str, sqlite: &'static str) -> Sql {
    Sql { postgres, sqlite }
}

/// An argument; each kind has a type of its own, since PostgreSQL wants to know the type of a NULL.
#[derive(Clone, Debug)]
pub(super) enum Arg<'a> {
    Bool(Option<bool>),
    Big(Option<i64>),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
    Uuid(Option<Uuid>),
    Time(Option<Timestamp>),
    /// JSON text: JSONB on PostgreSQL.
    Json(String),
    /// No JSON.
    NoJson,
    /// An array on PostgreSQL, a JSON array on SQLite.
    TextArray(&'a [String]),
    /// An array on PostgreSQL, a JSON array of hyphenated text on SQLite: `unhex(value, '-')` reads it.
    UuidArray(&'a [Uuid]),
}

macro_rules! from {
    ($($variant:ident $type:ty;)*) => {$(
        impl<'a> From<$type> for Arg<'a> {
            fn from(value: $type) -> Self { Self::$variant(Some(value)) }
        }

        impl<'a> From<Option<$type>> for Arg<'a> {
            fn from(value: Option<$type>) -> Self { Self::$variant(value) }
        }
    )*};
}

from! {
    Bool bool;
    Big i64;
    Text &'a str;
    Bytes &'a [u8];
    Uuid Uuid;
    Time Timestamp;
}

/// Fits a number of ours into the signed one of the engines.
pub(super) fn big(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Writes a time in the one form that SQLite and JSON rows have: 27 characters, so that text sorts as time does.
pub(super) fn time_text(time: Timestamp) -> String {
    format!("{time:.6}")
}

/// Writes JSON for an argument or a column.
pub(super) fn json_text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

pub(super) fn postgres(args: &[Arg<'_>]) -> Result<PgArguments> {
    let mut bound = PgArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Bool(value) => bound.add(value),
            Arg::Big(value) => bound.add(value),
            Arg::Text(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
            Arg::Uuid(value) => bound.add(value),
            Arg::Time(value) => bound.add(value.map(ToSqlx::to_sqlx)),
            Arg::Json(text) => bound.add(JsonText(text)),
            Arg::NoJson => bound.add(None::<JsonText<'_>>),
            Arg::TextArray(values) => bound.add(*values),
            Arg::UuidArray(values) => bound.add(*values),
        };
        added.map_err(Error::internal)?;
    }
    Ok(bound)
}

pub(super) fn sqlite(args: &[Arg<'_>]) -> Result<SqliteArguments> {
    let mut bound = SqliteArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Bool(value) => bound.add(value),
            Arg::Big(value) => bound.add(value),
            Arg::Text(value) => bound.add(value.map(ToOwned::to_owned)),
            Arg::Bytes(value) => bound.add(value.map(ToOwned::to_owned)),
            Arg::Uuid(value) => bound.add(value),
            Arg::Time(value) => bound.add(value.map(time_text)),
            Arg::Json(text) => bound.add(text.clone()),
            Arg::NoJson => bound.add(None::<String>),
            Arg::TextArray(values) => bound.add(Json(values)),
            Arg::UuidArray(values) => bound.add(Json(values)),
        };
        added.map_err(Error::internal)?;
    }
    Ok(bound)
}

/// JSON that is text already, as JSONB.
struct JsonText<'a>(&'a str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        <Json<()> as Type<Postgres>>::type_info()
    }
}

impl<'q> Encode<'q, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> std::result::Result<IsNull, BoxDynError> {
        buffer.push(1); // version of the binary form
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}
