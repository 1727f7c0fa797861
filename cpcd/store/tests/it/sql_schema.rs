//! The tables: alike on both engines, and on PostgreSQL as the contract has them.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use cpcd_store::sql::SEALED_COLUMNS;

use crate::harness::{Place, for_each_place};

/// Runs statements on a connection of their own.
pub(crate) async fn raw(place: &Place, statements: &str) {
    let statements = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
    if place.is_postgres() {
        let mut connection = PgConnection::connect(&place.config.url).await.unwrap();
        statements.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = SqliteConnection::connect(&place.config.url).await.unwrap();
        statements.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Counts on a connection of its own.
pub(crate) async fn count(place: &Place, query: &str) -> i64 {
    let query = AssertSqlSafe(query.to_owned());
    if place.is_postgres() {
        let mut connection = PgConnection::connect(&place.config.url).await.unwrap();
        let (count,) = sqlx::query_as(query).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        count
    } else {
        let mut connection = SqliteConnection::connect(&place.config.url).await.unwrap();
        let (count,) = sqlx::query_as(query).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        count
    }
}

pub(crate) type Schema = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn schema(rows: Vec<(String, String, String, bool)>) -> Schema {
    let mut schema = Schema::new();
    for (table, column, kind, is_null) in rows {
        schema.entry(table).or_default().insert(column, (kind, is_null));
    }
    schema
}

async fn sqlite_schema(place: &Place) -> Schema {
    let mut connection = SqliteConnection::connect(&place.config.url).await.unwrap();
    let rows = sqlx::query_as(
        "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'",
    );
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    schema(rows)
}

async fn postgres_schema(place: &Place) -> Schema {
    let mut connection = PgConnection::connect(&place.config.url).await.unwrap();
    let rows = sqlx::query_as(
        "SELECT relname::TEXT, attname::TEXT, format_type(atttypid, atttypmod), NOT attnotnull
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
             AND relname NOT LIKE '\\_sqlx%'",
    );
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    schema(rows)
}

/// Gives the tables and columns of a place.
pub(crate) async fn columns(place: &Place) -> Schema {
    if place.is_postgres() { postgres_schema(place).await } else { sqlite_schema(place).await }
}

/// What SQLite has for a type of PostgreSQL.
fn counterpart(postgres: &str) -> &'static str {
    match postgres {
        "uuid" | "bytea" => "BLOB",
        "bigint" | "integer" | "smallint" | "boolean" => "INTEGER",
        _ => "TEXT",
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let Some(postgres) = Place::postgres().await else { return };
    let sqlite = Place::sqlite();
    for place in [&postgres, &sqlite] {
        place.open().await.close().await;
    }
    let mut expected = postgres_schema(&postgres).await;
    // SQLite has one writer, and needs no transaction to tell what committed when.
    assert!(expected.get_mut("events").unwrap().remove("xid").is_some());
    for columns in expected.values_mut() {
        for (kind, _) in columns.values_mut() {
            *kind = counterpart(kind).to_owned();
        }
    }
    let found = sqlite_schema(&sqlite).await;
    postgres.clear().await;
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (table, columns) in expected {
        assert_eq!(found[&table], columns, "{table}");
    }
}

#[tokio::test]
async fn the_tables_of_the_contract_are_kept_to_the_letter() {
    let Some(place) = Place::postgres().await else { return };
    place.open().await.close().await;
    let schema = postgres_schema(&place).await;
    let statuses = count(
        &place,
        "SELECT count(*) FROM (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) AS labels FROM pg_enum
         JOIN pg_type ON pg_type.oid = enumtypid WHERE typnamespace = current_schema()::regnamespace GROUP BY typname) AS types
         WHERE labels = 'online,offline,degraded'",
    )
    .await;
    place.clear().await;
    assert_eq!(statuses, 1);
    for (table, column, kind) in [
        ("nodes", "id", "uuid"),
        ("nodes", "public_key", "bytea"),
        ("nodes", "last_seen", "timestamp with time zone"),
        ("nodes", "resources", "jsonb"),
        ("nodes", "status", "node_status"),
        ("users", "id", "uuid"),
        ("users", "username", "character varying(50)"),
        ("users", "public_key", "bytea"),
        ("users", "friends", "uuid[]"),
        ("users", "permissions", "jsonb"),
        ("content", "id", "uuid"),
        ("content", "owner_id", "uuid"),
        ("content", "title", "character varying(255)"),
        ("content", "description", "text"),
        ("content", "tags", "character varying(50)[]"),
        ("content", "availability", "integer"),
    ] {
        assert_eq!(schema[table][column].0, kind, "{table}.{column}");
    }
}

#[tokio::test]
async fn both_folders_have_the_same_migrations_each_with_its_way_back() {
    let folder = |engine: &str| -> BTreeSet<String> {
        let path = format!("{}/../../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let names = folder("postgres");
    assert_eq!(names, folder("sqlite"));
    for name in &names {
        let twin = match name.strip_suffix(".up.sql") {
            Some(stem) => format!("{stem}.down.sql"),
            None => format!("{}.up.sql", name.strip_suffix(".down.sql").unwrap()),
        };
        assert!(names.contains(&twin), "{name}");
    }
}

#[tokio::test]
async fn the_way_back_leaves_nothing() {
    crate::harness::for_each_place(async |place| {
        place.open().await.close().await;
        let engine = if place.is_postgres() { "postgres" } else { "sqlite" };
        let folder = format!("{}/../../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut ways_back: Vec<_> = paths.filter(|path| path.to_string_lossy().ends_with(".down.sql")).collect();
        ways_back.sort();
        for path in ways_back.iter().rev() {
            raw(place, &std::fs::read_to_string(path).unwrap()).await;
        }
        let schema = if place.is_postgres() { postgres_schema(place).await } else { sqlite_schema(place).await };
        assert!(schema.is_empty(), "{schema:?}");
    })
    .await;
}

#[tokio::test]
async fn sqlite_checks_what_the_types_of_postgres_enforce() {
    let place = Place::sqlite();
    place.open().await.close().await;
    let mut connection = SqliteConnection::connect(&place.config.url).await.unwrap();
    let user = |id: &str, name: &str, friends: &str, permissions: &str, time: &str| {
        format!(
            "INSERT INTO users (id, username, public_key, friends, permissions, created_at)
             VALUES ({id}, '{name}', randomblob(32), '{friends}', '{permissions}', '{time}')"
        )
    };
    let node = |status: &str, resources: &str| {
        format!(
            "INSERT INTO nodes (id, public_key, resources, status, created_at)
             VALUES (randomblob(16), randomblob(32), '{resources}', '{status}', '{TIME}')"
        )
    };
    const ID: &str = "randomblob(16)";
    const TIME: &str = "2026-01-01T00:00:00.000000Z";
    let long = "x".repeat(51);
    let mut run = async |statement: String| {
        let result = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await;
        result.map(drop).map_err(|error| error.to_string())
    };
    run(user(ID, "ok", "[]", "{}", TIME)).await.unwrap();
    run(node("degraded", "{}")).await.unwrap();
    for wrong in [
        user("randomblob(15)", "a", "[]", "{}", TIME),
        user("'sixteen letters.'", "a", "[]", "{}", TIME),
        user(ID, &long, "[]", "{}", TIME),
        user(ID, "a", "{}", "{}", TIME),
        user(ID, "a", "[]", "{", TIME),
        user(ID, "a", "[]", "{}", "2026-01-01T00:00:00Z"),
        node("gone", "{}"),
        node("online", "no json"),
    ] {
        assert!(run(wrong.clone()).await.is_err(), "{wrong}");
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn whatever_is_sealed_is_written_anew_with_the_root_key() {
    for_each_place(async |place| {
        place.open().await.close().await;
        let schema = columns(place).await;
        let found: BTreeSet<_> = schema
            .iter()
            .flat_map(|(table, columns)| columns.keys().map(move |column| (table.as_str(), column.as_str())))
            .filter(|(_, column)| column.starts_with("sealed_"))
            .collect();
        let known: BTreeSet<_> = SEALED_COLUMNS.iter().copied().collect();
        assert_eq!(found, known, "a sealed column is unknown to `cpcd root-key rotate` (sql/sealed.rs)");
    })
    .await;
}
