//! Popular searches: kept for a while, never shown past a change, and not to be forged in the shared cache.

use cpc_proto::v1;
use redis::Client;

use crate::{
    harness::{Daemon, Engine, Person, eventually},
    valkey,
};

async fn publish(daemon: &Daemon, person: &Person, id: &str, title: &str, visibility: v1::Visibility) -> String {
    let metadata =
        v1::ContentMetadata { id: id.into(), title: title.into(), visibility: visibility.into(), ..Default::default() };
    let answer = daemon.discovery(Some(&person.token)).await.publish_content(metadata).await.unwrap().into_inner();
    answer.content.unwrap().id
}

/// Searches without a token, so for what anybody may find.
async fn titles(daemon: &Daemon, q: &str) -> Vec<String> {
    let query = v1::SearchQuery { q: q.into(), ..Default::default() };
    let found = daemon.discovery(None).await.search_content(query).await.unwrap().into_inner();
    let mut titles: Vec<_> = found.hits.into_iter().map(|hit| hit.content.unwrap().metadata.unwrap().title).collect();
    titles.sort();
    titles
}

/// Gives the candidates that lie in the shared cache, with their keys.
fn kept(server: &Client, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let mut connection = server.get_connection().unwrap();
    let keys = redis::cmd("KEYS").arg(format!("{prefix}:discovery:candidates:*")).query(&mut connection).unwrap();
    Vec::into_iter(keys)
        .filter_map(|key: String| {
            // It may have had its time since.
            let value: Option<Vec<u8>> = redis::cmd("GET").arg(&key).query(&mut connection).unwrap();
            value.map(|value| (key, value))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_popular_search_shows_each_change_at_once() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &["content=write"]).await;
    let first = publish(&daemon, &alice, "", "blue whale one", v1::Visibility::Public).await;
    publish(&daemon, &alice, "", "blue whale two", v1::Visibility::Public).await;
    daemon.indexed(&alice.token).await;
    for _ in 0..5 {
        assert_eq!(titles(&daemon, "whale").await, ["blue whale one", "blue whale two"]);
    }
    // What became private is gone with its row, whatever the index knows.
    publish(&daemon, &alice, &first, "blue whale one", v1::Visibility::Private).await;
    assert_eq!(titles(&daemon, "whale").await, ["blue whale two"]);
    for number in 3..8 {
        let title = format!("blue whale {number}");
        publish(&daemon, &alice, "", &title, v1::Visibility::Public).await;
        daemon.indexed(&alice.token).await;
        for _ in 0..3 {
            assert!(titles(&daemon, "whale").await.contains(&title), "{title}");
        }
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_put_into_the_shared_cache_is_not_believed() {
    let Some(url) = valkey::shared() else { return };
    let prefix = valkey::config(&url).prefix;
    let settings = [("cache.url", url.as_str()), ("cache.prefix", prefix.as_str())];
    let folder = tempfile::tempdir().unwrap();
    let start = async || Daemon::adopt(Daemon::bind(&Engine::sqlite(), folder.path(), &settings).await.unwrap());
    let daemon = start().await;
    let alice = daemon.person("alice", &["content=write"]).await;
    publish(&daemon, &alice, "", "blue whale", v1::Visibility::Public).await;
    publish(&daemon, &alice, "", "red herring", v1::Visibility::Public).await;
    daemon.indexed(&alice.token).await;
    let server = Client::open(url.as_str()).unwrap();
    let mut honest = Vec::new();
    eventually("candidates are shared", async || {
        assert_eq!(titles(&daemon, "whale").await, ["blue whale"]);
        assert_eq!(titles(&daemon, "herring").await, ["red herring"]);
        honest = kept(&server, &prefix);
        honest.len() >= 2
    })
    .await;
    daemon.stop().await;

    // Nothing is near after a new start, so the shared ones are read: here each with another's, then with nonsense.
    let (keys, values): (Vec<_>, Vec<_>) = honest.into_iter().unzip();
    let mut exchanged = values.clone();
    exchanged.rotate_left(1);
    let mut bent = values.clone();
    bent.iter_mut().for_each(|value| *value.last_mut().unwrap() ^= 1);
    let same = |value: Vec<u8>| vec![value; keys.len()];
    for forged in [exchanged, bent, same(Vec::new()), same(vec![0; 40]), same(vec![255; 1 << 20])] {
        let mut connection = server.get_connection().unwrap();
        for (key, value) in keys.iter().zip(forged) {
            redis::cmd("SET").arg(key).arg(value).exec(&mut connection).unwrap();
        }
        let daemon = start().await;
        for _ in 0..3 {
            assert_eq!(titles(&daemon, "whale").await, ["blue whale"]);
            assert_eq!(titles(&daemon, "herring").await, ["red herring"]);
        }
        daemon.stop().await;
    }
    valkey::clear(&url, &prefix);
}
