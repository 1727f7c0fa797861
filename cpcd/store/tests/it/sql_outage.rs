//! A PostgreSQL that goes away, in all ways that a network has.

use std::{sync::Arc, time::Duration};

use cpcd_model::{Error, Reason, Result};
use cpcd_store::{
    Store,
    sql::{Config, Priority},
};
use futures_util::future::join_all;
use tokio::{
    sync::{Barrier, Notify},
    time::timeout,
};
use uuid::Uuid;

use crate::{
    harness::{Place, eventually, insert_user, now, user, write},
    toxiproxy::Proxy,
};

/// A store behind a proxy. Everything that the driver itself would wait for takes an hour: what ends sooner was ended by the watch.
async fn behind_proxy(place: &Place, away_after_ms: u64) -> Option<(Proxy, Store)> {
    let (head, rest) = place.config.url.split_once('@').unwrap();
    let (target, path) = rest.split_once('/').unwrap();
    let proxy = Proxy::start(target)?;
    let config = Config {
        url: format!("{head}@{}/{path}", proxy.address),
        acquire_timeout_ms: 3_600_000,
        statement_timeout_ms: 3_600_000,
        away_after_ms,
        ..place.config.clone()
    };
    Some((proxy, Store::open(&config).await.unwrap()))
}

/// Fails what waits for an hour.
async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), work).await.unwrap_or_else(|_| panic!("not soon: {what}"))
}

fn reason<T>(result: Result<T>) -> Option<Reason> {
    result.err().map(|error| error.reason())
}

/// Holds as many connections as there are, all at the same time: none is lost.
async fn is_whole(store: &Store, connections: usize) {
    let barrier = Arc::new(Barrier::new(connections));
    let held = (0..connections).map(|_| {
        let (store, barrier) = (store.clone(), barrier.clone());
        tokio::spawn(async move {
            store
                .write(Priority::Identity, move |_| {
                    Box::pin(async move {
                        barrier.wait().await;
                        Ok(())
                    })
                })
                .await
        })
    });
    for done in soon("every connection works", join_all(held.collect::<Vec<_>>())).await {
        done.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_is_noticed_and_found_again() {
    let Some(place) = Place::postgres().await else { return };
    let Some((proxy, store)) = behind_proxy(&place, 600).await else { return place.clear().await };
    insert_user(&store, "before").await;
    for round in 0..3 {
        proxy.halt();
        // Calls under way are ended, later ones refused at once.
        assert_eq!(reason(soon("a read ends", store.count_users()).await), Some(Reason::EngineAway), "{round}");
        let refused = soon("a write ends", store.write(Priority::Registry, |_| Box::pin(async { Ok(()) }))).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.reason(), Reason::EngineAway);
        assert!(refused.retry_after().is_some());
        assert!(soon("a ping ends", store.ping()).await.is_err());
        proxy.heal();
        eventually("it is found again", async || store.count_users().await.is_ok()).await;
        is_whole(&store, 8).await;
    }
    assert_eq!(store.count_users().await.unwrap(), 1);
    store.close().await;
    place.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_cut_is_no_outage_of_the_pool() {
    let Some(place) = Place::postgres().await else { return };
    let Some((proxy, store)) = behind_proxy(&place, 600).await else { return place.clear().await };
    for name in ["one", "two", "three"] {
        proxy.cut();
        assert_eq!(reason(soon("a read ends", store.count_users()).await), Some(Reason::EngineAway));
        proxy.heal();
        eventually("it is found again", async || store.count_users().await.is_ok()).await;
        insert_user(&store, name).await;
    }
    is_whole(&store, 8).await;
    store.close().await;
    place.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_an_answer_is_neither_done_nor_failed() {
    let Some(place) = Place::postgres().await else { return };
    let Some((proxy, store)) = behind_proxy(&place, 600).await else { return place.clear().await };
    let proxy = Arc::new(proxy);
    // Once nothing arrives at the server, once only its answer is lost.
    for (name, arrives) in [("lost", false), ("done", true)] {
        let breaking = proxy.clone();
        let outcome = store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.insert_user(&user(name)).await?;
                if arrives {
                    breaking.halt_answers()
                } else {
                    breaking.halt()
                }
                Ok(())
            })
        });
        let error = soon("the commit ends", outcome).await.unwrap_err();
        assert_eq!(error.reason(), Reason::OutcomeUnknown, "{name}");
        assert!(error.retry_after().is_some());
        proxy.heal();
        eventually("it is found again", async || store.count_users().await.is_ok()).await;
        if arrives {
            eventually("it was done", async || matches!(store.get_user_by_name(name).await, Ok(Some(_)))).await;
        } else {
            assert!(store.get_user_by_name(name).await.unwrap().is_none());
        }
    }
    // A job that fails by itself is as it always was, and what failed before the commit is not in doubt.
    let own = store.write(Priority::Identity, |_| Box::pin(async { Err::<(), _>(Error::required("a field")) })).await;
    assert_eq!(reason(own), Some(Reason::FieldRequired));
    let (began, breaking) = (Arc::new(Notify::new()), proxy.clone());
    let told = began.clone();
    let before = store.write(Priority::Identity, move |tx| {
        Box::pin(async move {
            breaking.halt();
            told.notify_one();
            tx.insert_user(&user("never")).await
        })
    });
    assert_eq!(reason(soon("the statement ends", before).await), Some(Reason::EngineAway));
    proxy.heal();
    eventually("it is found again", async || store.count_users().await.is_ok()).await;
    store.close().await;
    place.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_callers_that_go_away_leave_the_pool_whole() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let pairs = (0..1_000_u32).map(|number| {
        let store = store.clone();
        let task = tokio::spawn(async move {
            store
                .write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        let challenge = |half: u8| {
                            let mut id = [half; 16];
                            id[..4].copy_from_slice(&number.to_be_bytes());
                            id
                        };
                        tx.insert_used_challenge(&challenge(1), now()).await?;
                        tokio::task::yield_now().await;
                        tx.insert_used_challenge(&challenge(2), now()).await
                    })
                })
                .await
        });
        (number, task)
    });
    let pairs: Vec<_> = pairs.collect();
    for (number, task) in &pairs {
        // Each is cut at another moment: before it begins, in its midst, in its commit, afterwards.
        if number % 3 == 0 {
            tokio::task::yield_now().await;
        }
        task.abort();
    }
    for (_, task) in pairs {
        if let Ok(done) = task.await {
            done.unwrap();
        }
    }
    is_whole(&store, 8).await;
    let halves =
        "SELECT count(*) FROM (SELECT substr(id, 1, 4) FROM used_challenges GROUP BY 1 HAVING count(*) <> 2) AS halves";
    assert_eq!(crate::sql_schema::count(&place, halves).await, 0, "nothing is there by half");
    let id = Uuid::now_v7();
    write(&store, move |tx| Box::pin(async move { tx.upsert_replica(id, "kid").await })).await;
    store.close().await;
    place.clear().await;
}
