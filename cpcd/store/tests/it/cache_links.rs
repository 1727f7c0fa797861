//! Links to Valkey that are cut, half open and slow, and servers that are away.

use std::{future::Future, time::Duration};

use cpcd_model::Reason;
use cpcd_store::{
    Cache,
    cache::{Config, Signal, Subscription},
};

use crate::{
    harness::eventually,
    toxiproxy::Proxy,
    valkey::{self, Server},
};

const LONG: Duration = Duration::from_secs(600);
/// Longer than any answer should take, so that only one that never comes fails a test.
const DEADLINE: Duration = Duration::from_secs(60);

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(done) => done,
        Err(_) => panic!("never: {what}"),
    }
}

/// A cache behind a proxy of its own, as it is shipped but for the prefix.
async fn behind(proxy: &Proxy) -> (Cache, Config) {
    let config = valkey::config(&format!("valkey://{}", proxy.address));
    let config = Config { connect_timeout_ms: 500, response_timeout_ms: 500, ..config };
    let cache = Cache::open(&config).await.unwrap();
    eventually("it connects", async || cache.ping().await.is_ok()).await;
    (cache, config)
}

async fn hears(subscription: &mut Subscription, signal: Signal) {
    assert_eq!(within("a signal", subscription.next()).await, signal);
}

async fn refuses(cache: &Cache) {
    let error = within("an answer", cache.get("key")).await.unwrap_err();
    assert_eq!(error.reason(), Reason::EngineAway);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_was_cut_is_made_again_and_subscribers_learn_it() {
    let Some(url) = valkey::shared() else { return };
    let Some(proxy) = Proxy::start(&valkey::place(&url)) else { return };
    let (cache, config) = behind(&proxy).await;
    let direct = Cache::open(&Config { url: url.clone(), ..config.clone() }).await.unwrap();
    let mut subscription = cache.subscribe("channel");
    hears(&mut subscription, Signal::Reconnected).await;
    for round in 0..3_u8 {
        cache.set("key", vec![round], LONG).await.unwrap();
        direct.publish("channel", vec![round]).await.unwrap();
        hears(&mut subscription, Signal::Message(vec![round])).await;
        proxy.cut();
        eventually("it is known to be away", async || !cache.state().is_connected && !cache.state().hears).await;
        refuses(&cache).await;
        direct.publish("channel", b"lost".to_vec()).await.unwrap();
        proxy.heal();
        hears(&mut subscription, Signal::Reconnected).await;
        eventually("it is back", async || cache.ping().await.is_ok()).await;
        assert_eq!(cache.get("key").await.unwrap(), Some(vec![round]));
    }
    assert!(cache.state().failures > 0);
    valkey::clear(&url, &config.prefix);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_half_open_is_noticed() {
    let Some(url) = valkey::shared() else { return };
    let Some(proxy) = Proxy::start(&valkey::place(&url)) else { return };
    let (cache, config) = behind(&proxy).await;
    let mut subscription = cache.subscribe("channel");
    hears(&mut subscription, Signal::Reconnected).await;
    proxy.halt();
    // Nobody calls: the link and the listener have to find out by themselves.
    eventually("it is known to be away", async || !cache.state().is_connected && !cache.state().hears).await;
    refuses(&cache).await;
    proxy.heal();
    hears(&mut subscription, Signal::Reconnected).await;
    eventually("it is back", async || cache.set("key", vec![1], LONG).await.is_ok()).await;
    cache.publish("channel", vec![2]).await.unwrap();
    hears(&mut subscription, Signal::Message(vec![2])).await;
    valkey::clear(&url, &config.prefix);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_too_slow_counts_as_away() {
    let Some(url) = valkey::shared() else { return };
    let Some(proxy) = Proxy::start(&valkey::place(&url)) else { return };
    let (cache, config) = behind(&proxy).await;
    proxy.slow(5_000);
    refuses(&cache).await;
    eventually("it is known to be away", async || !cache.state().is_connected).await;
    let calls = (0..1_000).map(|_| cache.set("key", vec![1], LONG));
    let answers = within("a thousand answers", futures_util::future::join_all(calls)).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.reason() == Reason::EngineAway)));
    proxy.heal();
    eventually("it is back", async || cache.set("key", vec![1], LONG).await.is_ok()).await;
    valkey::clear(&url, &config.prefix);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_may_come_later_and_forget_everything() {
    let config = valkey::config(&format!("valkey://127.0.0.1:{}", valkey::free_port()));
    let away = Cache::open(&Config { connect_timeout_ms: 50, ..config }).await.unwrap();
    assert_eq!((away.engine(), away.is_shared(), away.state().is_connected), ("valkey", true, false));
    refuses(&away).await;
    assert_eq!(away.ping().await.unwrap_err().reason(), Reason::EngineAway);
    let keys = [String::from("key")];
    assert_eq!(away.get_many(&keys).await.unwrap_err().reason(), Reason::EngineAway);
    assert_eq!(away.publish("channel", vec![1]).await.unwrap_err().reason(), Reason::EngineAway);

    let Some(mut server) = Server::start(&[]) else { return };
    let (cache, mut subscription) = {
        let cache = Cache::open(&valkey::config(&server.url())).await.unwrap();
        let subscription = cache.subscribe("channel");
        (cache, subscription)
    };
    hears(&mut subscription, Signal::Reconnected).await;
    cache.set("key", vec![1], LONG).await.unwrap();
    server.kill();
    eventually("it is known to be away", async || !cache.state().is_connected).await;
    server.start_again();
    hears(&mut subscription, Signal::Reconnected).await;
    eventually("it is back", async || cache.ping().await.is_ok()).await;
    assert_eq!(cache.get("key").await.unwrap(), None, "it forgot");
}

#[tokio::test]
async fn a_password_is_asked_for_and_never_told() {
    let Some(server) = Server::start(&["--requirepass", "hidden-word"]) else { return };
    let place = server.place();
    for (url, is_let_in) in [
        (format!("valkey://:hidden-word@{place}"), true),
        (format!("redis://default:hidden-word@{place}/3"), true),
        (format!("valkey://:hidden-other@{place}"), false),
        (format!("valkey://{place}"), false),
    ] {
        let cache = Cache::open(&Config { connect_timeout_ms: 1_000, ..valkey::config(&url) }).await.unwrap();
        if is_let_in {
            cache.set("key", vec![1], LONG).await.unwrap();
        } else {
            let error = cache.ping().await.unwrap_err();
            assert_eq!(error.reason(), Reason::EngineAway);
            assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_full_server_refuses_and_stays_in_service() {
    let Some(server) = Server::start(&["--maxmemory", "10mb", "--maxmemory-policy", "noeviction"]) else { return };
    let cache = Cache::open(&valkey::config(&server.url())).await.unwrap();
    cache.set("before", vec![1], LONG).await.unwrap();
    let mut refused = None;
    for n in 0..100 {
        if let Err(error) = cache.set(&format!("big:{n}"), vec![0; 1 << 20], LONG).await {
            refused = Some(error);
            break;
        }
    }
    let error = refused.expect("10 MiB do not hold 100");
    assert_eq!(error.reason(), Reason::EngineAway);
    assert!(error.message().contains("OOM"), "{error}");
    assert!(cache.state().is_connected, "it is there, only full");
    assert_eq!(cache.get("before").await.unwrap(), Some(vec![1]));
    let batch = (0..10).map(|n| (format!("more:{n}"), vec![0; 1 << 20])).collect();
    assert_eq!(cache.set_many(batch, LONG).await.unwrap_err().reason(), Reason::EngineAway);
    assert!(cache.state().is_connected);
}
