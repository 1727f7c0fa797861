//! The cache: every verb, on each engine.

use std::time::Duration;

use cpcd_model::Reason;
use cpcd_store::{
    Cache,
    cache::{Config, LogPosition, Signal},
};
use futures_util::future::join_all;

use crate::{
    harness::eventually,
    valkey::{self, for_each_cache},
};

const LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_value_is_there_until_it_goes() {
    for_each_cache(async |cache| {
        let key = "test:value:1";
        cache.ping().await.unwrap();
        assert_eq!(cache.get(key).await.unwrap(), None);
        cache.set(key, vec![1], LONG).await.unwrap();
        cache.set(key, vec![2, 3, 0, 255], LONG).await.unwrap();
        assert_eq!(cache.get(key).await.unwrap(), Some(vec![2, 3, 0, 255]));
        assert_eq!(cache.clone().get(key).await.unwrap(), Some(vec![2, 3, 0, 255]));
        cache.delete(key).await.unwrap();
        assert_eq!(cache.get(key).await.unwrap(), None);
        assert!(cache.state().is_connected);
        assert_eq!(cache.state().failures, 0);
    })
    .await;
}

#[tokio::test]
async fn each_entry_has_its_own_time() {
    for_each_cache(async |cache| {
        cache.set("short", vec![1], Duration::from_millis(20)).await.unwrap();
        cache.set("long", vec![2], LONG).await.unwrap();
        cache.set_many(vec![("many".into(), vec![3])], Duration::from_millis(20)).await.unwrap();
        eventually("the short one goes", async || cache.get("short").await.unwrap().is_none()).await;
        eventually("that of a batch goes", async || cache.get("many").await.unwrap().is_none()).await;
        assert_eq!(cache.get("long").await.unwrap(), Some(vec![2]));
        assert!(cache.set_if_absent("short", vec![3], LONG).await.unwrap(), "what has expired is absent");
        assert_eq!(cache.get("short").await.unwrap(), Some(vec![3]));
        cache.set("short", vec![4], Duration::from_millis(20)).await.unwrap();
        eventually("a new value has a new time", async || cache.get("short").await.unwrap().is_none()).await;
        assert!(cache.set_if_absent("short", vec![5], Duration::from_millis(20)).await.unwrap());
        eventually("what was absent has a time", async || cache.get("short").await.unwrap().is_none()).await;
        cache.set("eternal", vec![6], Duration::MAX).await.unwrap();
        cache.set("none", vec![7], Duration::ZERO).await.unwrap();
        assert_eq!(cache.get("eternal").await.unwrap(), Some(vec![6]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_one_sets_what_is_absent() {
    for_each_cache(async |cache| {
        let sets = (0..1_000_u16).map(|n| {
            let cache = cache.clone();
            let value = n.to_le_bytes().to_vec();
            tokio::spawn(async move { cache.set_if_absent("key", value, LONG).await.unwrap().then_some(n) })
        });
        let winners: Vec<_> = join_all(sets.collect::<Vec<_>>()).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(cache.get("key").await.unwrap(), Some(winners[0].to_le_bytes().to_vec()));
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_go_in_one_batch() {
    for_each_cache(async |cache| {
        let keys: Vec<_> = (0..10_000_u16).map(|n| format!("many:{n}")).collect();
        let values = keys.iter().zip(0_u16..).map(|(key, n)| (key.clone(), n.to_le_bytes().to_vec()));
        cache.set_many(values.collect(), LONG).await.unwrap();
        cache.delete("many:77").await.unwrap();
        let found = cache.get_many(&keys).await.unwrap();
        assert_eq!(found.len(), keys.len());
        for (n, value) in (0_u16..).zip(found) {
            assert_eq!(value, (n != 77).then(|| n.to_le_bytes().to_vec()), "{n}");
        }
        cache.set_many(Vec::new(), LONG).await.unwrap();
        assert!(cache.get_many(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_log_keeps_the_last_and_is_read_from_any_place() {
    for_each_cache(async |cache| {
        assert_eq!(cache.newest_of_log("log").await.unwrap(), LogPosition::default());
        assert!(cache.read_log("log", None, 10).await.unwrap().is_empty());
        assert!(cache.read_log("log", Some(&LogPosition::default()), 10).await.unwrap().is_empty());
        for n in 0..1_000_u16 {
            cache.append("log", n.to_le_bytes().to_vec(), 300).await.unwrap();
        }
        let all = cache.read_log("log", Some(&LogPosition::default()), 10_000).await.unwrap();
        // A server keeps somewhat more, since it cuts whole blocks.
        assert!((300..=500).contains(&all.len()), "{}", all.len());
        assert!(all.is_sorted_by(|one, next| one.0 < next.0));
        let entries: Vec<_> = all.iter().map(|(_, entry)| u16::from_le_bytes([entry[0], entry[1]])).collect();
        assert!(entries.iter().rev().copied().eq((0..1_000).rev().take(entries.len())));
        let (first, last) = (&all[0].0, &all[all.len() - 1].0);
        assert_eq!(cache.newest_of_log("log").await.unwrap(), *last);
        assert_eq!(cache.read_log("log", None, 10).await.unwrap(), [(*last, vec![])]);
        assert_eq!(cache.read_log("log", Some(first), 2).await.unwrap(), all[1..3]);
        assert!(cache.read_log("log", Some(last), 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn subscribers_hear_their_channel() {
    for_each_cache(async |cache| {
        let (mut one, mut other) = (cache.subscribe("one"), cache.subscribe("other"));
        if cache.is_shared() {
            // From here on nothing is lost.
            assert_eq!((one.next().await, other.next().await), (Signal::Reconnected, Signal::Reconnected));
            assert!(cache.state().hears);
        }
        cache.publish("one", vec![1, 0, 255]).await.unwrap();
        cache.publish("other", vec![2]).await.unwrap();
        cache.publish("nobody", vec![3]).await.unwrap();
        assert_eq!(one.next().await, Signal::Message(vec![1, 0, 255]));
        assert_eq!(other.next().await, Signal::Message(vec![2]));
        let mut late = cache.subscribe("one");
        if cache.is_shared() {
            assert_eq!(late.next().await, Signal::Reconnected, "a second subscriber too reads once");
        }
        cache.publish("one", vec![4]).await.unwrap();
        assert_eq!((one.next().await, late.next().await), (Signal::Message(vec![4]), Signal::Message(vec![4])));
    })
    .await;
}

#[tokio::test]
async fn who_is_too_slow_learns_it() {
    let cache = Cache::open(&Config::default()).await.unwrap();
    let mut slow = cache.subscribe("channel");
    for n in 0..10_000_u16 {
        cache.publish("channel", n.to_le_bytes().to_vec()).await.unwrap();
    }
    assert_eq!(slow.next().await, Signal::Reconnected);
    cache.publish("channel", vec![1]).await.unwrap();
    assert_eq!(slow.next().await, Signal::Message(vec![1]));
}

#[tokio::test]
async fn two_share_a_server_and_other_prefixes_do_not() {
    let Some(url) = valkey::shared() else { return };
    let (config, other) = (valkey::config(&url), valkey::config(&url));
    let (one, two) = (Cache::open(&config).await.unwrap(), Cache::open(&config).await.unwrap());
    let stranger = Cache::open(&other).await.unwrap();
    let (mut heard, mut unheard) = (two.subscribe("channel"), stranger.subscribe("channel"));
    assert_eq!((heard.next().await, unheard.next().await), (Signal::Reconnected, Signal::Reconnected));
    one.set("key", vec![1], LONG).await.unwrap();
    one.append("log", vec![2], 10).await.unwrap();
    one.publish("channel", vec![3]).await.unwrap();
    assert_eq!(two.get("key").await.unwrap(), Some(vec![1]));
    assert!(!two.set_if_absent("key", vec![4], LONG).await.unwrap());
    assert_eq!(two.read_log("log", Some(&LogPosition::default()), 9).await.unwrap()[0].1, [2]);
    assert_eq!(heard.next().await, Signal::Message(vec![3]));
    assert_eq!(stranger.get("key").await.unwrap(), None);
    assert_eq!(stranger.newest_of_log("log").await.unwrap(), LogPosition::default());
    stranger.publish("channel", vec![5]).await.unwrap();
    assert_eq!(unheard.next().await, Signal::Message(vec![5]), "and nothing before it");
    valkey::clear(&url, &config.prefix);
}

#[tokio::test]
async fn the_oldest_go_when_there_are_too_many() {
    let cache = Cache::open(&Config { memory_bytes: 1 << 20, ..Config::default() }).await.unwrap();
    for n in 0..200 {
        cache.set(&format!("key:{n}"), vec![0; 10_000], LONG).await.unwrap();
    }
    eventually("the first one goes", async || cache.get("key:0").await.unwrap().is_none()).await;
    assert!(cache.get("key:199").await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_set_wrong_is_refused_by_name() {
    let invalid = [
        ("cache.url", Config { url: "disk:/hidden".into(), ..Config::default() }),
        ("cache.url", Config { url: "valkey://u:hidden@h:x".into(), ..Config::default() }),
        ("cache.prefix", Config { prefix: String::new(), ..Config::default() }),
        ("cache.prefix", Config { prefix: "a{b}".into(), ..Config::default() }),
        ("cache.connect_timeout_ms", Config { connect_timeout_ms: 0, ..Config::default() }),
        ("cache.response_timeout_ms", Config { response_timeout_ms: 60_000, ..Config::default() }),
        ("cache.memory_bytes", Config { memory_bytes: 1, ..Config::default() }),
    ];
    for (field, config) in invalid {
        let error = Cache::open(&config).await.err().unwrap();
        assert_eq!((error.reason(), error.fields()[0].field.as_str()), (Reason::FieldInvalid, field));
        assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
    }
    for url in ["", "memory:"] {
        let cache = Cache::open(&Config { url: url.into(), ..Config::default() }).await.unwrap();
        assert_eq!((cache.engine(), cache.is_shared()), ("memory", false));
    }
    let config = Config { url: "valkey://u:hidden@h".into(), ..Config::default() };
    assert!(!format!("{config:?}").contains("hidden"), "{config:?}");
}
