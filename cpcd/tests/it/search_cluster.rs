//! Daemons that share an OpenSearch: who indexes, what an outage costs, how an index is made anew.

use std::{
    fs,
    panic::{AssertUnwindSafe, resume_unwind},
    path::Path,
};

use cpc_proto::v1;
use futures_util::FutureExt;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    harness::{Daemon, Door, Engine, Person, eventually, for_each_engine},
    toxiproxy::Proxy,
};

/// An OpenSearch with names of the test's own, beside a PostgreSQL.
struct Shared {
    engine: Engine,
    url: String,
    prefix: String,
}

impl Shared {
    /// Runs a test where both servers are there.
    async fn with(test: impl AsyncFn(&Self)) {
        let Ok(url) = std::env::var("CPC_TEST_OPENSEARCH_URL") else {
            let required = std::env::var("CPC_TEST_REQUIRE").is_ok_and(|what| what == "all");
            assert!(!required, "CPC_TEST_REQUIRE=all, but CPC_TEST_OPENSEARCH_URL is not set: run dev/test");
            eprintln!("left out: OpenSearch, since CPC_TEST_OPENSEARCH_URL is not set (dev/test sets it)");
            return;
        };
        let test = &test;
        for_each_engine(|engine| {
            let shared = Self { engine, url: url.clone(), prefix: format!("it-{}", Uuid::now_v7().simple()) };
            async move {
                if shared.engine.name != "postgres" {
                    return;
                }
                let result = AssertUnwindSafe(test(&shared)).catch_unwind().await;
                shared.clear().await;
                if let Err(panic) = result {
                    resume_unwind(panic);
                }
            }
        })
        .await;
    }

    async fn start(&self, folder: &Path, url: &str) -> Daemon {
        let settings = [("search.url", url), ("search.index_prefix", &self.prefix), ("search.timeout_ms", "4000")];
        Daemon::adopt(Daemon::bind(&self.engine, folder, &settings).await.unwrap())
    }

    fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap().trim_end_matches('/')
    }

    /// Asks OpenSearch itself.
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        crate::harness::ask(&self.url, method, path, body.map(Value::to_string).as_deref()).await.json()
    }

    /// Gives the names of the indexes of content.
    async fn indexes(&self) -> Vec<String> {
        let found = self.ask(Method::GET, &format!("/{}-content-*/_alias", self.prefix), None).await;
        found.as_object().unwrap().keys().cloned().collect()
    }

    async fn clear(&self) {
        let found = self.ask(Method::GET, &format!("/{}-*/_alias", self.prefix), None).await;
        for name in found.as_object().unwrap().keys() {
            self.ask(Method::DELETE, &format!("/{name}"), None).await;
        }
        self.ask(Method::DELETE, &format!("/_index_template/{}-content", self.prefix), None).await;
    }
}

async fn publish(daemon: &Daemon, person: &Person, title: &str) -> String {
    let metadata = v1::ContentMetadata { title: title.into(), ..Default::default() };
    let answer = daemon.discovery(Some(&person.token)).await.publish_content(metadata).await.unwrap();
    answer.into_inner().content.unwrap().id
}

async fn search(daemon: &Daemon, person: &Person, q: &str) -> v1::SearchResults {
    let query = v1::SearchQuery { q: q.into(), ..Default::default() };
    daemon.discovery(Some(&person.token)).await.search_content(query).await.unwrap().into_inner()
}

async fn status(daemon: &Daemon) -> v1::GetIndexStatusResponse {
    daemon.admin().await.get_index_status(v1::GetIndexStatusRequest {}).await.unwrap().into_inner()
}

/// Waits until the index has just what the store has, and searches use it.
async fn level(daemon: &Daemon, person: &Person) {
    eventually("rows and documents are equal", async || {
        let status = status(daemon).await;
        status.is_ok && status.pending == 0 && status.indexed == status.contents && status.failed == 0
    })
    .await;
    eventually("searches are whole", async || {
        let found = search(daemon, person, "anything").await;
        found.total_is_exact && !found.degraded
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn daemons_share_an_index_and_another_one_goes_on_with_it() {
    Shared::with(async |shared| {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = shared.start(one.path(), &shared.url).await;
        fs::copy(one.path().join("root.key"), two.path().join("root.key")).unwrap();
        let second = shared.start(two.path(), &shared.url).await;
        let alice = first.person("alice", &["content=write"]).await;
        publish(&first, &alice, "here").await;
        publish(&second, &alice, "here too").await;
        for daemon in [&first, &second] {
            level(daemon, &alice).await;
            assert_eq!(search(daemon, &alice, "here").await.total, 2);
        }
        assert_eq!(shared.indexes().await.len(), 1, "they have one");
        first.stop().await;
        publish(&second, &alice, "here at last").await;
        level(&second, &alice).await;
        assert_eq!(search(&second, &alice, "here").await.total, 3);
        second.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_degrades_searches_and_loses_nothing() {
    Shared::with(async |shared| {
        let Some(proxy) = Proxy::start(shared.host()) else { return };
        let folder = tempfile::tempdir().unwrap();
        let daemon = shared.start(folder.path(), &format!("http://{}", proxy.address)).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let gone = publish(&daemon, &alice, "map of the night").await;
        publish(&daemon, &alice, "map of the day").await;
        level(&daemon, &alice).await;

        proxy.cut();
        publish(&daemon, &alice, "map of a city").await;
        let request = v1::DeleteContentRequest { id: gone };
        daemon.discovery(Some(&alice.token)).await.delete_content(request).await.unwrap();
        let found = search(&daemon, &alice, "maps").await;
        assert!(found.degraded && !found.total_is_exact);
        let titles: Vec<_> =
            found.hits.iter().map(|hit| hit.content.clone().unwrap().metadata.unwrap().title).collect();
        assert_eq!(titles.len(), 2, "{titles:?}");
        assert!(titles.contains(&"map of a city".to_owned()) && titles.contains(&"map of the day".to_owned()));
        let answer = daemon.rest(Method::GET, "/search?q=maps", Some(&alice.token), None).await.json();
        assert_eq!(answer["degraded"], true);
        assert_eq!(daemon.get("/readyz").await.status, 200, "it can do without");
        let away = status(&daemon).await;
        assert!(!away.is_ok && away.pending == 2 && away.contents == 2, "{away:?}");

        proxy.heal();
        level(&daemon, &alice).await;
        let found = search(&daemon, &alice, "maps").await;
        assert_eq!((found.total, found.degraded), (2, false));

        // A link that only seems to be there.
        proxy.halt();
        publish(&daemon, &alice, "map of nothing").await;
        let found = search(&daemon, &alice, "maps").await;
        assert!(found.degraded && found.hits.len() == 3);
        proxy.heal();
        level(&daemon, &alice).await;
        assert_eq!(search(&daemon, &alice, "maps").await.total, 3);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_starts_without_its_index_and_catches_up() {
    Shared::with(async |shared| {
        let Some(proxy) = Proxy::start(shared.host()) else { return };
        proxy.cut();
        let folder = tempfile::tempdir().unwrap();
        let daemon = shared.start(folder.path(), &format!("http://{}", proxy.address)).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        publish(&daemon, &alice, "early").await;
        let found = search(&daemon, &alice, "early").await;
        assert!(found.degraded && found.hits.len() == 1);
        proxy.heal();
        level(&daemon, &alice).await;
        assert_eq!(search(&daemon, &alice, "early").await.total, 1);
        daemon.stop().await;
    })
    .await;
}

/// As in front of an OpenSearch in earnest: TLS by an authority of one's own, a name and a password that has characters of URLs in it.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_behind_tls_and_a_password_is_used_and_no_other_is_believed() {
    Shared::with(async |shared| {
        let made = |folder: &Path| {
            let names = vec!["localhost".to_owned()];
            cpcd::tls::init(&cpcd::tls::Wanted { names, folder: folder.join("tls"), replace: true }).unwrap()
        };
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (made, other) = (made(ours.path()), made(theirs.path()));
        let door = Door::before(shared.host(), "search:s3cret@/:x", &made.certificate, &made.key).await;
        let url = |secret: &str| format!("https://{secret}@localhost:{}", door.address.port());
        let (good, wrong) = (url("search:s3cret%40%2F%3Ax"), url("search:guessed"));
        let titles = async |url: &str, authority: &Path, title: &str| {
            let folder = tempfile::tempdir().unwrap();
            if title != "first" {
                fs::copy(ours.path().join("root.key"), folder.path().join("root.key")).unwrap();
            }
            let settings = [
                ("search.url", url),
                ("search.index_prefix", &shared.prefix),
                ("search.timeout_ms", "4000"),
                ("search.ca_file", authority.to_str().unwrap()),
            ];
            let daemon = Daemon::adopt(Daemon::bind(&shared.engine, folder.path(), &settings).await.unwrap());
            fs::copy(folder.path().join("root.key"), ours.path().join("root.key")).unwrap();
            let alice = daemon.person(title, &["content=write"]).await;
            publish(&daemon, &alice, title).await;
            if (url, authority) == (&good, &made.authority) {
                level(&daemon, &alice).await;
            }
            let found = search(&daemon, &alice, title).await;
            let failed = status(&daemon).await;
            daemon.stop().await;
            (found.hits.len(), found.degraded, failed.is_ok)
        };
        assert_eq!(titles(&good, &made.authority, "first").await, (1, false, true));
        assert_eq!(titles(&wrong, &made.authority, "second").await, (1, true, false), "the password is another");
        assert_eq!(titles(&good, &other.authority, "third").await, (1, true, false), "the authority is another");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_deleted_is_made_again() {
    Shared::with(async |shared| {
        let folder = tempfile::tempdir().unwrap();
        let daemon = shared.start(folder.path(), &shared.url).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        for n in 0..3 {
            publish(&daemon, &alice, &format!("kept {n}")).await;
        }
        level(&daemon, &alice).await;
        let before = shared.indexes().await;
        shared.ask(Method::DELETE, &format!("/{}", before[0]), None).await;
        let found = search(&daemon, &alice, "kept").await;
        assert!(found.degraded && found.hits.len() == 3, "the store searches meanwhile");
        level(&daemon, &alice).await;
        assert_eq!(search(&daemon, &alice, "kept").await.total, 3);
        assert_ne!(shared.indexes().await, before);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_misses_nothing_and_says_how_far_it_is() {
    Shared::with(async |shared| {
        let folder = tempfile::tempdir().unwrap();
        let daemon = shared.start(folder.path(), &shared.url).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        for n in 0..5 {
            publish(&daemon, &alice, &format!("map {n}")).await;
        }
        level(&daemon, &alice).await;
        let before = shared.indexes().await;
        // What is in the index and not in the store goes by the way.
        let stray = json!({ "id": Uuid::now_v7(), "title": "stray map", "visibility": "public" });
        let path = format!("/{}/_doc/stray?refresh=true", before[0]);
        shared.ask(Method::PUT, &path, Some(&stray)).await;

        let mut progress = daemon.admin().await.rebuild_index(v1::RebuildIndexRequest {}).await.unwrap().into_inner();
        let mut answers = vec![progress.message().await.unwrap().unwrap()];
        publish(&daemon, &alice, "map meanwhile").await;
        while let Some(answer) = progress.message().await.unwrap() {
            answers.push(answer);
        }
        let (first, last) = (&answers[0], answers.last().unwrap());
        assert!(first.finished_at.is_none() && last.finished_at.is_some(), "{answers:?}");
        assert!(last.done == last.total && last.total >= 5, "{last:?}");
        level(&daemon, &alice).await;
        assert_eq!(search(&daemon, &alice, "map").await.total, 6);
        let after = shared.indexes().await;
        assert!(after.len() == 1 && after != before, "{after:?}");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_index_refuses_is_told_and_everything_else_goes_on() {
    Shared::with(async |shared| {
        let folder = tempfile::tempdir().unwrap();
        let daemon = shared.start(folder.path(), &shared.url).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        level(&daemon, &alice).await;
        // From now on the index takes numbers as titles and nothing else.
        let fields = json!({ "number": { "type": "integer" } });
        let title = json!({ "type": "text", "analyzer": "cpc_text", "position_increment_gap": 1, "fields": fields });
        let mapping = json!({ "properties": { "title": title } });
        shared.ask(Method::PUT, &format!("/{}-content/_mapping", shared.prefix), Some(&mapping)).await;
        publish(&daemon, &alice, "1").await;
        let poison = publish(&daemon, &alice, "poison").await;
        publish(&daemon, &alice, "2").await;
        eventually("the others are indexed", async || status(&daemon).await.indexed == 2).await;
        eventually("nothing waits", async || status(&daemon).await.pending == 0).await;
        let told = status(&daemon).await;
        assert_eq!((told.failed, told.failures[0].content_id.as_str()), (1, poison.as_str()));
        assert!(told.failures[0].reason.contains("number"), "{told:?}");
        let whole = daemon.admin().await.get_status(v1::GetStatusRequest {}).await.unwrap().into_inner();
        assert_eq!(whole.index_failures, 1);
        assert!(!search(&daemon, &alice, "1").await.total_is_exact, "something is missing");

        // An index that takes it has it.
        let mut progress = daemon.admin().await.rebuild_index(v1::RebuildIndexRequest {}).await.unwrap().into_inner();
        while progress.message().await.unwrap().is_some() {}
        level(&daemon, &alice).await;
        assert_eq!(search(&daemon, &alice, "poison").await.total, 1);
        daemon.stop().await;
    })
    .await;
}
