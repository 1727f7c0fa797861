//! Indexes of a test's own in OpenSearch, and a look at it past cpcd.

use std::panic::{AssertUnwindSafe, resume_unwind};

use cpcd_model::{
    content::{Content, Metadata, Visibility},
    id::{ContentId, UserId},
    query::{Circle, Filter, Query, Viewer},
};
use cpcd_store::{
    Index,
    index::{Change, Config, Hits},
};
use futures_util::FutureExt;
use opensearch::http::{Method, Url, headers::HeaderMap, transport::Transport};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::now;

/// The store that the indexes belong to.
pub(crate) const STORE: Uuid = Uuid::from_u128(7);

/// Indexes under a prefix of their own.
pub(crate) struct Cluster {
    pub(crate) config: Config,
    transport: Transport,
}

impl Cluster {
    /// Runs a test on it, or prints that there is none; `CPC_TEST_REQUIRE=all` allows no such line.
    pub(crate) async fn with(test: impl AsyncFn(&Self)) {
        let Ok(url) = std::env::var("CPC_TEST_OPENSEARCH_URL") else {
            assert_ne!(std::env::var("CPC_TEST_REQUIRE").as_deref(), Ok("all"), "CPC_TEST_OPENSEARCH_URL is not set");
            eprintln!("SKIPPED: CPC_TEST_OPENSEARCH_URL is not set");
            return;
        };
        let index_prefix = format!("it-{}", Uuid::now_v7().simple());
        let transport = Transport::single_node(&url).unwrap();
        let cluster = Self { config: Config { index_prefix, timeout_ms: 60_000, ..Config::at(url) }, transport };
        let result = AssertUnwindSafe(test(&cluster)).catch_unwind().await;
        for name in cluster.indexes().await {
            cluster.ask(Method::Delete, &name, None).await;
        }
        let prefix = &cluster.config.index_prefix;
        cluster.ask(Method::Delete, &format!("_index_template/{prefix}-content"), None).await;
        if let Err(panic) = result {
            resume_unwind(panic);
        }
    }

    /// Gives where OpenSearch is, `HOST:PORT`.
    pub(crate) fn host(&self) -> String {
        let url = Url::parse(&self.config.url).unwrap();
        format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())
    }

    pub(crate) async fn open(&self) -> Index {
        self.open_at(&self.config.url).await
    }

    /// Opens the same index by another URL.
    pub(crate) async fn open_at(&self, url: &str) -> Index {
        Index::open(&Config { url: url.to_owned(), ..self.config.clone() }, STORE).await.unwrap().0
    }

    /// Opens and makes an index that searches use.
    pub(crate) async fn filled(&self, contents: &[Content]) -> (Index, Uuid) {
        let index = self.open().await;
        let id = index.clear().await.unwrap();
        put(&index, id, contents, 1).await;
        index.serve(id, None).await.unwrap();
        (index, id)
    }

    /// Asks OpenSearch itself.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(ToString::to_string);
        let answer = self.transport.send(method, path, HeaderMap::new(), None::<&()>, body, None).await.unwrap();
        answer.json().await.unwrap()
    }

    /// Gives the names of all that the test has made.
    pub(crate) async fn indexes(&self) -> Vec<String> {
        let found = self.ask(Method::Get, &format!("{}-*/_alias", self.config.index_prefix), None).await;
        found.as_object().unwrap().keys().cloned().collect()
    }

    pub(crate) fn name(&self, index: Uuid) -> String {
        format!("{}-content-{}", self.config.index_prefix, index.simple())
    }
}

pub(crate) async fn put(index: &Index, id: Uuid, contents: &[Content], generation: u64) {
    let changes = contents.iter().cloned().map(Change::Put).collect();
    assert_eq!(index.apply(id, changes, generation).await.unwrap(), []);
}

pub(crate) fn everything() -> Filter {
    Filter { tags: Vec::new(), owner: None, viewer: Viewer::Admin, circle: Circle::default() }
}

pub(crate) async fn find(index: &Index, query: &str) -> Hits {
    index.search(&Query::parse(query).unwrap(), &everything(), 0, 10).await.unwrap()
}

pub(crate) fn titled(title: &str, description: &str, tags: &[String]) -> Content {
    Content {
        id: ContentId::generate(),
        owner_id: UserId::generate(),
        request_id: None,
        metadata: Metadata {
            title: title.into(),
            description: description.into(),
            tags: tags.to_vec(),
            cid: None,
            size_bytes: 0,
            media_type: String::new(),
            visibility: Visibility::Public,
        },
        availability: 0,
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}
