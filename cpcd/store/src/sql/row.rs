//! What a statement gives back: rows that decode from either engine.

use cpcd_model::{Error, Result};
use sqlx::{
    Decode, FromRow, Postgres, Sqlite, Type,
    error::BoxDynError,
    postgres::{PgRow, PgTypeInfo, PgValueRef},
    sqlite::{SqliteRow, SqliteTypeInfo, SqliteValueRef},
    types::Json,
};

/// A row of either engine; whatever derives `FromRow` is one.
pub(super) trait Record:
    for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin + 'static
{
}

impl<R> Record for R where R: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin + 'static {}

/// Texts: an array on PostgreSQL, JSON on SQLite.
pub(super) struct TextArray(pub(super) Vec<String>);

impl Type<Postgres> for TextArray {
    fn type_info() -> PgTypeInfo {
        <Vec<String> as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        <Vec<String> as Type<Postgres>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Postgres> for TextArray {
    fn decode(value: PgValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        <Vec<String> as Decode<Postgres>>::decode(value).map(Self)
    }
}

impl Type<Sqlite> for TextArray {
    fn type_info() -> SqliteTypeInfo {
        <Json<Vec<String>> as Type<Sqlite>>::type_info()
    }

    fn compatible(ty: &SqliteTypeInfo) -> bool {
        <Json<Vec<String>> as Type<Sqlite>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Sqlite> for TextArray {
    fn decode(value: SqliteValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        <Json<Vec<String>> as Decode<Sqlite>>::decode(value).map(|Json(texts)| Self(texts))
    }
}

/// Reads a number that is never negative in a sound store.
pub(super) fn unsigned(column: &str, number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| Error::internal(format!("{column} is {number} in the store")))
}

/// Reads bytes of a fixed length.
pub(super) fn bytes<const N: usize>(column: &str, bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| Error::internal(format!("{column} has {} bytes in the store, not {N}", bytes.len())))
}
