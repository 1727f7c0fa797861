//! The engines to test on.

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use uuid::Uuid;

use super::shared::Shared;

/// Engines of its own for one test.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// The store's URL; empty means SQLite in the data directory.
    pub(crate) url: String,
    /// Settings that name the other engines.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// How many daemons share them.
    pub(crate) replicas: usize,
}

impl Engine {
    /// SQLite in the daemon's data directory.
    pub(crate) fn sqlite() -> Self {
        Self { name: "sqlite", url: String::new(), settings: Vec::new(), replicas: 1 }
    }

    /// Whether the daemon keeps its index in a folder.
    pub(crate) fn has_index_folder(&self) -> bool {
        !self.settings.iter().any(|(key, _)| *key == "search.url")
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

    /// Gives every row of every table of PostgreSQL as text.
    pub(crate) async fn dump(&self) -> String {
        let mut connection = PgConnection::connect(&self.url).await.expect("PostgreSQL answers");
        let tables = "SELECT relname::TEXT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
        let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut connection).await.expect("the tables");
        let mut dump = String::new();
        for (table,) in tables {
            let rows = format!("SELECT coalesce(string_agg(one::TEXT, E'\n'), '') FROM {table} AS one");
            let rows = sqlx::query_as::<_, (String,)>(AssertSqlSafe(rows)).fetch_one(&mut connection).await;
            dump += &format!("{table}\n{}\n", rows.expect("the rows").0);
        }
        dump
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
///
/// The first is SQLite, the second PostgreSQL under one daemon, the third PostgreSQL, Valkey and OpenSearch under three daemons, which
/// a client takes in turn.
pub(crate) async fn for_each_engine<F>(test: impl Fn(Engine) -> F)
where
    F: Future<Output = ()>,
{
    // A test's future is large, and not to lie on the stack of a thread.
    Box::pin(test(Engine::sqlite())).await;
    let Some(server) = server("PostgreSQL", "CPC_TEST_POSTGRES_URL") else { return };
    let database = Database::new(&server).await;
    Box::pin(test(Engine { name: "postgres", url: database.url.clone(), ..Engine::sqlite() })).await;
    database.remove().await;
    on_replicas(&test).await;
}

/// Runs a test on the third of them alone, if its servers are there.
pub(crate) async fn on_replicas<F>(test: impl FnOnce(Engine) -> F)
where
    F: Future<Output = ()>,
{
    let Some(server) = server("PostgreSQL", "CPC_TEST_POSTGRES_URL") else { return };
    let Some(shared) = Shared::new() else { return };
    let database = Database::new(&server).await;
    Box::pin(test(shared.engine(&database.url))).await;
    database.remove().await;
    shared.remove().await;
}

/// Gives a server's address; says so where there is none, or fails if all must be there.
pub(crate) fn server(name: &str, variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok();
    if address.is_none() {
        let required = std::env::var("CPC_TEST_REQUIRE").is_ok_and(|what| what == "all");
        assert!(!required, "CPC_TEST_REQUIRE=all, but {variable} is not set: run dev/test");
        eprintln!("left out: {name}, since {variable} is not set (dev/test sets it)");
    }
    address
}

/// A database of PostgreSQL for one test.
pub(crate) struct Database {
    pub(crate) url: String,
    name: String,
    connection: PgConnection,
}

impl Database {
    pub(crate) async fn new(server: &str) -> Self {
        let name = format!("cpcd_it_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(server).await.expect("PostgreSQL answers");
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut connection).await.expect("a database");
        let base = server.rsplit_once('/').expect("the URL names a database").0;
        Self { url: format!("{base}/{name}"), name, connection }
    }

    pub(crate) async fn remove(mut self) {
        let drop = AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name));
        sqlx::query(drop).execute(&mut self.connection).await.expect("the database goes");
    }
}
