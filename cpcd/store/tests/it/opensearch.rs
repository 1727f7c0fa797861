//! OpenSearch as the index: what it refuses, what it loses, and the way to it.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use cpcd_model::{Reason, query::Query};
use cpcd_store::{
    Index, deadline,
    index::{Change, Config},
};
use opensearch::http::Method;
use serde_json::json;
use uuid::Uuid;

use crate::{
    cluster::{Cluster, STORE, everything, find, put, titled},
    harness::eventually,
    http_link::{Link, response},
    toxiproxy::Proxy,
};

#[tokio::test]
async fn one_bad_document_does_not_keep_the_others() {
    Cluster::with(async |cluster| {
        let (index, id) = cluster.filled(&[]).await;
        // From now on the index takes numbers as titles and nothing else.
        let number = json!({ "type": "integer" });
        let title = json!({ "type": "text", "analyzer": "cpc_text", "position_increment_gap": 1, "fields": { "number": number } });
        let mapping = json!({ "properties": { "title": title } });
        let changed = cluster.ask(Method::Put, &format!("{}/_mapping", cluster.name(id)), Some(&mapping)).await;
        assert_eq!(changed["acknowledged"], true, "{changed}");
        let contents = ["1", "poison", "2"].map(|title| titled(title, "", &[]));
        let changes = contents.iter().cloned().map(Change::Put).collect();
        let refused = index.apply(id, changes, 2).await.unwrap();
        assert_eq!(refused.len(), 1);
        assert_eq!((refused[0].id, refused[0].version), (contents[1].id, 1));
        assert!(refused[0].reason.contains("number"), "{}", refused[0].reason);
        assert_eq!(index.count().await.unwrap(), 2);
        assert_eq!(index.stamp(Some(id)).await.unwrap(), Some((id, 2)));
    })
    .await;
}

#[tokio::test]
async fn no_version_goes_back_and_no_deleted_content_returns() {
    Cluster::with(async |cluster| {
        let old = titled("old", "", &[]);
        let new = cpcd_model::content::Content { version: 3, ..titled("new", "", &[]) };
        let new = cpcd_model::content::Content { id: old.id, ..new };
        let (index, id) = cluster.filled(&[new]).await;
        // As a daemon does that was held up.
        put(&index, id, std::slice::from_ref(&old), 1).await;
        assert_eq!((find(&index, "new").await.total, find(&index, "old").await.total), (1, 0));
        assert_eq!(find(&index, "new").await.hits[0].version, 3);
        index.apply(id, vec![Change::Delete(old.id, 4)], 2).await.unwrap();
        put(&index, id, &[old], 2).await;
        assert_eq!(index.count().await.unwrap(), 0);
        let error = index.apply(id, Vec::new(), 1).await.unwrap_err();
        assert_eq!(error.reason(), Reason::WriteConflict, "the state goes on only");
    })
    .await;
}

#[tokio::test]
async fn an_index_that_was_deleted_is_noticed_and_not_made_by_the_way() {
    Cluster::with(async |cluster| {
        let (index, id) = cluster.filled(&[titled("here", "", &[])]).await;
        assert_eq!(index.stamp(Some(id)).await.unwrap(), Some((id, 1)));
        cluster.ask(Method::Delete, &cluster.name(id), None).await;
        assert_eq!(index.stamp(Some(id)).await.unwrap(), None);
        let changes = vec![Change::Put(titled("lost", "", &[]))];
        assert_eq!(index.apply(id, changes, 2).await.unwrap_err().reason(), Reason::EngineAway);
        assert!(!cluster.indexes().await.contains(&cluster.name(id)));
        let query = Query::parse("here").unwrap();
        let error = index.search(&query, &everything(), 0, 1).await.unwrap_err();
        assert_eq!(error.reason(), Reason::EngineAway);
        // One of the same name is another one.
        cluster.ask(Method::Put, &cluster.name(id), None).await;
        assert_eq!(index.stamp(Some(id)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_indexes_of_another_store_are_left_alone() {
    Cluster::with(async |cluster| {
        let (index, id) = cluster.filled(&[titled("mine", "", &[])]).await;
        let (other, _) = Index::open(&cluster.config, Uuid::from_u128(8)).await.unwrap();
        assert_eq!(other.stamp(Some(id)).await.unwrap(), None, "it is not that store's");
        let others = other.clear().await.unwrap();
        let error = other.serve(others, None).await.unwrap_err();
        assert_eq!(error.reason(), Reason::StoreForeign);
        assert!(error.message().contains("search.index_prefix"), "{}", error.message());
        assert_eq!(find(&index, "mine").await.total, 1);
        index.serve(id, None).await.unwrap();
        assert!(cluster.indexes().await.contains(&cluster.name(others)), "nor does the first remove the other's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_go_on_while_another_index_takes_over() {
    Cluster::with(async |cluster| {
        let contents: Vec<_> = (0..300).map(|n| titled(&format!("map {n}"), "", &[])).collect();
        let (index, old) = cluster.filled(&contents).await;
        let (stop, searching) = (std::sync::Arc::new(AtomicU32::new(0)), index.clone());
        let stopped = stop.clone();
        let searches = tokio::spawn(async move {
            let mut count = 0;
            while stopped.load(Ordering::Relaxed) == 0 {
                assert_eq!(find(&searching, "map").await.total, 300);
                count += 1;
            }
            count
        });
        for _ in 0..3 {
            let new = index.begin(1).await.unwrap().unwrap();
            index.fill(new, contents.iter().cloned().map(Change::Put).collect()).await.unwrap();
            index.apply(new, Vec::new(), 1).await.unwrap();
            index.serve(new, None).await.unwrap();
        }
        stop.store(1, Ordering::Relaxed);
        assert!(searches.await.unwrap() > 0);
        let left: Vec<_> = cluster.indexes().await.into_iter().filter(|name| name.contains("-content-")).collect();
        assert_eq!(left.len(), 1);
        assert_ne!(left[0], cluster.name(old));
    })
    .await;
}

#[tokio::test]
async fn a_node_that_is_away_is_passed_over() {
    Cluster::with(async |cluster| {
        let (_, id) = cluster.filled(&[titled("here", "", &[])]).await;
        // Nobody listens on port 1.
        let index = cluster.open_at(&format!("http://127.0.0.1:1,{}", cluster.host())).await;
        for _ in 0..6 {
            assert_eq!(find(&index, "here").await.total, 1);
        }
        put(&index, id, &[titled("here too", "", &[])], 2).await;
        assert_eq!(find(&index, "here").await.total, 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_waits_for_a_cluster_that_is_away_and_its_return_is_noticed() {
    Cluster::with(async |cluster| {
        cluster.filled(&[titled("here", "", &[])]).await;
        let Some(proxy) = Proxy::start(&cluster.host()) else { return };
        let config = Config { url: format!("http://{}", proxy.address), timeout_ms: 1_000, ..cluster.config.clone() };
        let (index, _) = Index::open(&config, STORE).await.unwrap();
        let query = Query::parse("here").unwrap();
        let search = async || index.search(&query, &everything(), 0, 1).await.map(|hits| hits.total);
        eventually("it answers", async || search().await.is_ok_and(|total| total == 1)).await;
        for break_it in [Proxy::cut, Proxy::halt] {
            break_it(&proxy);
            eventually("it is found to be away", async || {
                search().await.is_err_and(|error| error.reason() == Reason::EngineAway)
            })
            .await;
            // What is known to be away is not asked: a hundred refusals cost less than one wait.
            let all = async {
                for _ in 0..100 {
                    assert_eq!(search().await.unwrap_err().reason(), Reason::EngineAway);
                }
            };
            tokio::time::timeout(Duration::from_secs(30), all).await.expect("nobody waits");
            proxy.heal();
            eventually("it is back", async || search().await.is_ok()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_ends_with_its_caller_and_the_node_is_not_blamed() {
    Cluster::with(async |cluster| {
        cluster.filled(&[titled("here", "", &[])]).await;
        let Some(proxy) = Proxy::start(&cluster.host()) else { return };
        let index = cluster.open_at(&format!("http://{}", proxy.address)).await;
        assert_eq!(find(&index, "here").await.total, 1);
        proxy.halt();
        let end = std::time::Instant::now() + Duration::from_millis(100);
        let query = Query::parse("here").unwrap();
        let error = deadline::within(Some(end), index.search(&query, &everything(), 0, 1)).await.unwrap_err();
        assert_eq!(error.reason(), Reason::DeadlineExceeded);
        proxy.heal();
        assert_eq!(find(&index, "here").await.total, 1, "it was not marked as away");
    })
    .await;
}

#[tokio::test]
async fn name_and_password_are_sent_and_never_shown() {
    let link = Link::to("127.0.0.1:1", |_| Some(response("401 Unauthorized", "{}"))).await;
    let config = Config::at(format!("http://name:se%40cret@{}", link.address));
    assert!(!format!("{config:?}").contains("cret"), "{config:?}");
    let (index, _) = Index::open(&config, STORE).await.unwrap();
    let error = index.ping().await.unwrap_err();
    assert!(error.message().contains("name and password"), "{}", error.message());
    assert!(!format!("{error:?}").contains("cret"), "{error:?}");
    // name:se@cret
    let asked = link.asked();
    assert!(asked[0].head.contains("authorization: Basic bmFtZTpzZUBjcmV0\r\n"), "{}", asked[0].head);
}

#[tokio::test]
async fn what_there_is_no_room_for_is_written_again() {
    Cluster::with(async |cluster| {
        let (_, id) = cluster.filled(&[]).await;
        let writes = AtomicU32::new(0);
        let link = Link::to(&cluster.host(), move |asked| {
            if !asked.head.contains("/_bulk?") {
                return None;
            }
            match writes.fetch_add(1, Ordering::Relaxed) {
                0 => Some(response("429 Too Many Requests", "{}")),
                1 => {
                    let ids: Vec<_> = asked.body.lines().filter(|line| line.contains("\"index\"")).collect();
                    let full = json!({ "type": "rejected_execution_exception", "reason": "the queue is full" });
                    let items: Vec<_> =
                        ids.iter().map(|_| json!({ "index": { "status": 429, "error": full } })).collect();
                    Some(response("200 OK", &json!({ "errors": true, "items": items }).to_string()))
                }
                _ => None,
            }
        })
        .await;
        let index = cluster.open_at(&format!("http://{}", link.address)).await;
        put(&index, id, &[titled("one", "", &[]), titled("two", "", &[])], 2).await;
        assert_eq!(index.count().await.unwrap(), 2);
        let writes = link.asked().iter().filter(|asked| asked.head.contains("/_bulk?")).count();
        assert_eq!(writes, 3);
    })
    .await;
}

#[tokio::test]
async fn opening_asks_for_nothing() {
    let link = Link::to("127.0.0.1:1", |_| None).await;
    let (index, _) = Index::open(&Config::at(format!("http://{}", link.address)), STORE).await.unwrap();
    assert!(index.is_shared());
    assert_eq!(link.asked().len(), 0);
    assert_eq!(index.stamp(None).await.unwrap(), None);
    assert_eq!(index.clear().await.unwrap_err().reason(), Reason::EngineAway);
}
