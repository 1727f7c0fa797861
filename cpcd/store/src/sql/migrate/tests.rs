//! Migrations that later versions will bring, on SQLite files that earlier ones left.

use std::{fs, path::Path};

use sqlx::{
    ConnectOptions, Connection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType},
    query_as,
    sqlite::SqliteConnectOptions,
};

use super::{sqlite::open_with as sqlite_with, state::last, *};

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).create_if_missing(true).connect().await.unwrap()
}

/// Adds the migration after the last that there is.
fn with_another(statements: &'static str) -> Migrator {
    let mut migrations = SQLITE.migrations.to_vec();
    let kind = MigrationType::ReversibleUp;
    migrations.push(Migration::new(last(&SQLITE) + 1, "another".into(), kind, statements.into_sql_str(), false));
    Migrator::with_migrations(migrations)
}

async fn tables(connection: &mut SqliteConnection, like: &str) -> i64 {
    let (count,) = query_as("SELECT count(*) FROM sqlite_schema WHERE name LIKE $1")
        .bind(like.to_owned())
        .fetch_one(connection)
        .await
        .unwrap();
    count
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_is_copied_under_its_version_before_it_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cpcd.sqlite");
    let mut connection = connect(&file).await;
    sqlite_with(&mut connection, Some(&file), &SQLITE).await.unwrap();
    assert_eq!(names(folder.path()), ["cpcd.sqlite"], "what is new needs no copy");
    sqlx::query("INSERT INTO leases VALUES ('kept', 'a', 1, '2026-01-01T00:00:00.000000Z')")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlite_with(&mut connection, Some(&file), &SQLITE).await.unwrap();
    assert_eq!(names(folder.path()), ["cpcd.sqlite"], "nor does what stays as it is");

    // What a copy that was broken off left behind is in nobody's way.
    let copy = format!("cpcd.sqlite.version-{}", last(&SQLITE));
    fs::write(folder.path().join(format!("{copy}.part")), "half").unwrap();
    sqlite_with(&mut connection, Some(&file), &with_another("CREATE TABLE second (id INTEGER) STRICT;")).await.unwrap();
    assert_eq!(names(folder.path()), ["cpcd.sqlite", copy.as_str()]);
    assert_eq!(tables(&mut connection, "second").await, 1);

    let mut copied = connect(&folder.path().join(&copy)).await;
    assert_eq!(tables(&mut copied, "second").await, 0);
    let (kept,): (i64,) =
        query_as("SELECT count(*) FROM leases WHERE name = 'kept'").fetch_one(&mut copied).await.unwrap();
    assert_eq!(kept, 1);
    // The copy is a store of its own: the version that it has opens it.
    sqlite_with(&mut copied, None, &SQLITE).await.unwrap();
    // What was added to the newer one is in nobody's way; what was taken away would be.
    sqlite_with(&mut connection, Some(&file), &SQLITE).await.unwrap();
    sqlx::query("UPDATE schema_compatibility SET least_known = $1")
        .bind(last(&SQLITE) + 1)
        .execute(&mut connection)
        .await
        .unwrap();
    let refused = sqlite_with(&mut connection, Some(&file), &SQLITE).await.unwrap_err();
    assert_eq!(refused.reason(), Reason::StoreForeign);
    assert!(refused.message().contains(&format!("knows migration {}", last(&SQLITE) + 1)), "{refused}");
}

#[tokio::test]
async fn a_migration_that_breaks_off_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cpcd.sqlite");
    let mut connection = connect(&file).await;
    sqlite_with(&mut connection, Some(&file), &SQLITE).await.unwrap();
    let broken = with_another("CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER) STRICT;");
    assert!(sqlite_with(&mut connection, Some(&file), &broken).await.is_err());
    connection.close().await.unwrap();

    let mut connection = connect(&file).await;
    assert_eq!(tables(&mut connection, "half").await, 0);
    sqlite_with(&mut connection, Some(&file), &SQLITE).await.unwrap();
    let whole = with_another("CREATE TABLE half (id INTEGER) STRICT;");
    sqlite_with(&mut connection, Some(&file), &whole).await.unwrap();
    assert_eq!(tables(&mut connection, "half").await, 1);
}
