//! The SQL engines to test on.

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use uuid::Uuid;

/// A store of its own for one test.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// The store's URL; empty means SQLite in the data directory.
    pub(crate) url: String,
}

impl Engine {
    /// SQLite in the daemon's data directory.
    pub(crate) fn sqlite() -> Self {
        Self { name: "sqlite", url: String::new() }
    }

    /// Counts on a connection of its own.
    pub(crate) async fn count(&self, data_dir: &std::path::Path, query: &str) -> i64 {
        let query = AssertSqlSafe(query.to_owned());
        let (count,): (i64,) = if self.url.is_empty() {
            let url = format!("sqlite:{}", data_dir.join("cpcd.sqlite").display());
            let mut connection = SqliteConnection::connect(&url).await.expect("the file opens");
            sqlx::query_as(query).fetch_one(&mut connection).await.expect("a count")
        } else {
            let mut connection = PgConnection::connect(&self.url).await.expect("PostgreSQL answers");
            sqlx::query_as(query).fetch_one(&mut connection).await.expect("a count")
        };
        count
    }

    /// Runs a statement on a connection of its own.
    pub(crate) async fn execute(&self, data_dir: &std::path::Path, statement: &str) {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        if self.url.is_empty() {
            let url = format!("sqlite:{}", data_dir.join("cpcd.sqlite").display());
            let mut connection = SqliteConnection::connect(&url).await.expect("the file opens");
            statement.execute(&mut connection).await.expect("the statement runs");
        } else {
            let mut connection = PgConnection::connect(&self.url).await.expect("PostgreSQL answers");
            statement.execute(&mut connection).await.expect("the statement runs");
        }
    }
}

/// Runs a test on each engine that is there; each time on a new store.
pub(crate) async fn for_each_engine<F>(test: impl Fn(Engine) -> F)
where
    F: Future<Output = ()>,
{
    test(Engine::sqlite()).await;
    let Ok(server) = std::env::var("CPC_TEST_POSTGRES_URL") else {
        let required = std::env::var("CPC_TEST_REQUIRE").is_ok_and(|what| what == "all");
        assert!(!required, "CPC_TEST_REQUIRE=all, but CPC_TEST_POSTGRES_URL is not set: run dev/test");
        eprintln!("left out: PostgreSQL, since CPC_TEST_POSTGRES_URL is not set (dev/test sets it)");
        return;
    };
    let name = format!("cpcd_it_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&server).await.expect("PostgreSQL answers");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("a database");
    let base = server.rsplit_once('/').expect("the URL names a database").0.to_owned();
    test(Engine { name: "postgres", url: format!("{base}/{name}") }).await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await.expect("the database goes");
}
