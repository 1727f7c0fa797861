//! What replicas share beside SQL: keys in Valkey and indexes in OpenSearch, under names of one test.

use http::Method;
use redis::AsyncCommands;
use uuid::Uuid;

use super::{
    engines::{Engine, server},
    http::ask,
};

/// How many daemons there are in the tests of replicas.
const REPLICAS: usize = 3;

/// A part of Valkey and of OpenSearch for one test.
pub(crate) struct Shared {
    pub(crate) valkey: String,
    pub(crate) opensearch: String,
    prefix: String,
}

impl Shared {
    /// Gives a new one, if both servers are there.
    pub(crate) fn new() -> Option<Self> {
        let valkey = server("Valkey", "CPC_TEST_VALKEY_URL")?;
        let opensearch = server("OpenSearch", "CPC_TEST_OPENSEARCH_URL")?;
        Some(Self { valkey, opensearch, prefix: format!("it-{}", Uuid::now_v7().simple()) })
    }

    /// Gives the engine that has them beside a database.
    pub(crate) fn engine(&self, database: &str) -> Engine {
        self.engine_at(database, &self.valkey, &self.opensearch)
    }

    /// Gives the engine that reaches all three at addresses of its own.
    pub(crate) fn engine_at(&self, database: &str, valkey: &str, opensearch: &str) -> Engine {
        let settings = vec![
            ("cache.url", valkey.to_owned()),
            ("cache.prefix", self.prefix.clone()),
            ("search.url", opensearch.to_owned()),
            ("search.index_prefix", self.prefix.clone()),
            // Three pools a test, and many tests at once.
            ("store.max_connections", "8".to_owned()),
        ];
        Engine { name: "replicas", url: database.to_owned(), settings, replicas: REPLICAS }
    }

    /// Removes what the test left behind.
    pub(crate) async fn remove(self) {
        let client = redis::Client::open(self.valkey.as_str()).expect("Valkey's address");
        let mut connection = client.get_multiplexed_async_connection().await.expect("Valkey answers");
        let mut keys = Vec::<String>::new();
        let mut found = connection.scan_match(format!("*{}*", self.prefix)).await.expect("a scan");
        while let Some(key) = found.next_item().await {
            keys.push(key.expect("a key"));
        }
        drop(found);
        if !keys.is_empty() {
            connection.unlink::<_, ()>(keys).await.expect("the keys go");
        }
        for path in [format!("/{}*", self.prefix), format!("/_index_template/{}*", self.prefix)] {
            let answer = ask(&self.opensearch, Method::DELETE, &path, None).await;
            assert!(matches!(answer.status, 200 | 404), "{path}: {}", answer.text());
        }
    }
}
