//! Rows on their way: a chunk at a time, in the order of their keys.

use cpcd_model::{Error, Result};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row, query, query_scalar};

use super::{
    columns::{Kind, Table, Texts},
    from_sqlx,
    side::Side,
};

/// Counts the rows of a table.
pub(super) async fn count(side: &mut Side, table: &Table) -> Result<u64> {
    let count = AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
    let count: i64 = match side {
        Side::Postgres(connection) => query_scalar(count).fetch_one(connection).await,
        Side::Sqlite(connection) => query_scalar(count).fetch_one(connection).await,
    }
    .map_err(from_sqlx)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Reads the rows that follow a key.
pub(super) async fn read(side: &mut Side, table: &Table, after: Option<&[String]>, limit: u32) -> Result<Vec<Texts>> {
    let is_postgres = side.is_postgres();
    let spelled: Vec<_> =
        table.columns.iter().map(|column| if is_postgres { column.postgres() } else { column.sqlite() }).collect();
    let keys: Vec<_> = table.key_columns().map(|column| column.name.as_str()).collect();
    let places: Vec<_> = (1..)
        .zip(table.key_columns())
        .map(|(number, column)| match is_postgres {
            true => column.read_postgres(&format!("${number}::TEXT")),
            false => column.read_sqlite(&format!("${number}")),
        })
        .collect();
    let (keys, places) = (keys.join(", "), places.join(", "));
    let begin = if after.is_some() { format!("WHERE ({keys}) > ({places})") } else { String::new() };
    let spelled = spelled.join(", ");
    let text = format!("SELECT {spelled} FROM {} {begin} ORDER BY {keys} LIMIT {limit}", table.name);
    let count = table.columns.len();
    let mut rows: Vec<Texts> = match side {
        Side::Postgres(connection) => {
            let mut query = query(AssertSqlSafe(text));
            for key in after.unwrap_or_default() {
                query = query.bind(key);
            }
            let rows = query.fetch_all(connection).await.map_err(from_sqlx)?;
            let read = rows.iter().map(|row| (0..count).map(|index| row.try_get(index)).collect());
            read.collect::<sqlx::Result<_>>()
        }
        Side::Sqlite(connection) => {
            let mut query = query(AssertSqlSafe(text));
            for key in after.unwrap_or_default() {
                query = query.bind(key);
            }
            let rows = query.fetch_all(connection).await.map_err(from_sqlx)?;
            let read = rows.iter().map(|row| (0..count).map(|index| row.try_get(index)).collect());
            read.collect::<sqlx::Result<_>>()
        }
    }
    .map_err(from_sqlx)?;
    for row in &mut rows {
        for (column, text) in table.columns.iter().zip(row) {
            if let (Kind::Json | Kind::List, Some(json)) = (column.kind, text) {
                *json = sorted(&serde_json::from_str(json).map_err(Error::internal)?);
            }
        }
    }
    Ok(rows)
}

/// Writes JSON with the keys of its objects sorted, whatever order they are kept in.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members =
                members.into_iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), sorted(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// Writes rows; to be called in a transaction.
pub(super) async fn write(side: &mut Side, table: &Table, rows: &[Texts]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let (name, names) = (table.name, names.join(", "));
    match side {
        Side::Postgres(connection) => {
            let texts = |index: usize| rows.iter().map(|row| row[index].clone()).collect::<Vec<_>>();
            let read: Vec<_> = (0..)
                .zip(&table.columns)
                .map(|(index, column)| column.read_postgres(&format!("given.c{index}")))
                .collect();
            let (places, given): (Vec<_>, Vec<_>) =
                (0..table.columns.len()).map(|index| (format!("${}::TEXT[]", index + 1), format!("c{index}"))).unzip();
            let text = format!(
                "INSERT INTO {name} ({names}) SELECT {} FROM UNNEST({}) AS given ({})",
                read.join(", "),
                places.join(", "),
                given.join(", ")
            );
            let mut query = query(AssertSqlSafe(text));
            for index in 0..table.columns.len() {
                query = query.bind(texts(index));
            }
            query.execute(connection).await.map_err(from_sqlx)?;
        }
        Side::Sqlite(connection) => {
            let read: Vec<_> = (0..)
                .zip(&table.columns)
                .map(|(index, column)| column.read_sqlite(&format!("(value ->> '$[{index}]')")))
                .collect();
            let text = format!("INSERT INTO {name} ({names}) SELECT {} FROM json_each($1)", read.join(", "));
            let rows = serde_json::to_string(rows).map_err(Error::internal)?;
            query(AssertSqlSafe(text)).bind(rows).execute(connection).await.map_err(from_sqlx)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_one_spelling() {
        let json = serde_json::from_str(r#"{ "b": [1, {"z": null, "a": "\u00e4\n"}], "a": 18446744073709551615 }"#);
        assert_eq!(sorted(&json.unwrap()), r#"{"a":18446744073709551615,"b":[1,{"a":"ä\n","z":null}]}"#);
    }
}
