//! The cache.

use std::time::Duration;

use cpcd_model::Reason;
use cpcd_store::{
    Cache,
    cache::{Config, LogPosition, Signal},
};
use futures_util::future::join_all;

use crate::harness::eventually;

const LONG: Duration = Duration::from_secs(600);

async fn cache(memory_bytes: u64) -> Cache {
    Cache::open(&Config { memory_bytes, ..Config::default() }).await.unwrap()
}

#[tokio::test]
async fn a_value_is_there_until_it_goes() {
    let cache = cache(1 << 20).await;
    let key = "cpc:test:value:1";
    assert_eq!(cache.get(key).await.unwrap(), None);
    cache.set(key, vec![1], LONG).await.unwrap();
    cache.set(key, vec![2, 3], LONG).await.unwrap();
    assert_eq!(cache.get(key).await.unwrap(), Some(vec![2, 3]));
    assert_eq!(cache.clone().get(key).await.unwrap(), Some(vec![2, 3]));
    cache.delete(key).await.unwrap();
    assert_eq!(cache.get(key).await.unwrap(), None);
}

#[tokio::test]
async fn each_entry_has_its_own_time() {
    let cache = cache(1 << 20).await;
    cache.set("short", vec![1], Duration::from_millis(20)).await.unwrap();
    cache.set("long", vec![2], LONG).await.unwrap();
    eventually("the short one goes", async || cache.get("short").await.unwrap().is_none()).await;
    assert_eq!(cache.get("long").await.unwrap(), Some(vec![2]));
    assert!(cache.set_if_absent("short", vec![3], LONG).await.unwrap(), "what has expired is absent");
    assert_eq!(cache.get("short").await.unwrap(), Some(vec![3]));
    cache.set("short", vec![4], Duration::from_millis(20)).await.unwrap();
    eventually("a new value has a new time", async || cache.get("short").await.unwrap().is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_one_sets_what_is_absent() {
    let cache = cache(1 << 20).await;
    let sets = (0..1_000_u16).map(|n| {
        let cache = cache.clone();
        tokio::spawn(
            async move { cache.set_if_absent("key", n.to_le_bytes().to_vec(), LONG).await.unwrap().then_some(n) },
        )
    });
    let winners: Vec<_> = join_all(sets.collect::<Vec<_>>()).await.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(cache.get("key").await.unwrap(), Some(winners[0].to_le_bytes().to_vec()));
}

#[tokio::test]
async fn the_oldest_go_when_there_are_too_many() {
    let cache = cache(1 << 20).await;
    for n in 0..200 {
        cache.set(&format!("key:{n}"), vec![0; 10_000], LONG).await.unwrap();
    }
    eventually("the first one goes", async || cache.get("key:0").await.unwrap().is_none()).await;
    assert!(cache.get("key:199").await.unwrap().is_some());
}

#[tokio::test]
async fn other_engines_are_refused_by_name() {
    for url in ["valkey://:hidden@h:6379", "redis://h", "disk:/x"] {
        let error = Cache::open(&Config { url: url.into(), ..Config::default() }).await.err().unwrap();
        assert_eq!((error.reason(), error.fields()[0].field.as_str()), (Reason::FieldInvalid, "cache.url"));
        assert!(!error.message().contains("hidden"), "{error}");
    }
    for url in ["", "memory:"] {
        assert_eq!(Cache::open(&Config { url: url.into(), ..Config::default() }).await.unwrap().engine(), "memory");
    }
}

#[tokio::test]
async fn a_log_keeps_the_last_and_is_read_from_any_place() {
    let cache = cache(1 << 20).await;
    assert_eq!(cache.newest_of_log("log").await.unwrap(), LogPosition::default());
    assert!(cache.read_log("log", None, 10).await.unwrap().is_empty());
    for n in 0..5 {
        cache.append("log", vec![n], 3).await.unwrap();
    }
    let all = cache.read_log("log", Some(&LogPosition::default()), 10).await.unwrap();
    assert_eq!(all.iter().map(|(_, entry)| entry[0]).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(cache.newest_of_log("log").await.unwrap(), all[2].0);
    assert_eq!(cache.read_log("log", None, 10).await.unwrap(), [(all[2].0, vec![])]);
    assert_eq!(cache.read_log("log", Some(&all[0].0), 1).await.unwrap(), all[1..2]);
    assert!(cache.read_log("log", Some(&all[2].0), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn subscribers_hear_their_channel() {
    let cache = cache(1 << 20).await;
    let (mut one, mut other) = (cache.subscribe("one"), cache.subscribe("other"));
    cache.publish("one", vec![1]).await.unwrap();
    cache.publish("other", vec![2]).await.unwrap();
    cache.publish("nobody", vec![3]).await.unwrap();
    assert_eq!(one.next().await, Signal::Message(vec![1]));
    assert_eq!(other.next().await, Signal::Message(vec![2]));
    for n in 0..10_000_u16 {
        cache.publish("one", n.to_le_bytes().to_vec()).await.unwrap();
    }
    assert_eq!(one.next().await, Signal::Reconnected, "who is too slow learns it");
}
