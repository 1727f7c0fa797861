//! Transactions: whole or not at all, whatever callers do.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use cpcd_model::{Error, Reason, Result};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority},
};
use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    harness::{events, eventually, for_each_engine, for_each_place, insert_user, now, user, write},
    sql_schema::count,
};

fn event(kind: &'static str) -> NewEvent {
    NewEvent { kind, subject_id: Uuid::now_v7(), payload: json!({}) }
}

async fn kinds(store: &Store) -> Vec<String> {
    events(store).await.0
}

/// Occupies the writer, so that what comes next waits and shares a group; ends when the sender is used or dropped.
async fn occupy(store: &Store) -> (oneshot::Sender<()>, tokio::task::JoinHandle<Result<()>>) {
    let (began, has_begun) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let store = store.clone();
    let job = tokio::spawn(async move {
        store
            .write(Priority::Identity, move |_| {
                Box::pin(async move {
                    began.send(()).unwrap();
                    gone.await.ok();
                    Ok(())
                })
            })
            .await
    });
    has_begun.await.unwrap();
    (go, job)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_tear_nothing() {
    for_each_engine(async |store| {
        let started = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                let (store, started) = (store.clone(), started.clone());
                tokio::spawn(async move {
                    store
                        .write(Priority::Registry, move |tx| {
                            Box::pin(async move {
                                started.fetch_add(1, Ordering::Relaxed);
                                tx.insert_events(&[event("first")], now()).await?;
                                tokio::task::yield_now().await;
                                tx.insert_events(&[event("second")], now()).await
                            })
                        })
                        .await
                })
            })
            .collect();
        // Some are waiting, some in the midst of it, some done.
        eventually("some have started", async || started.load(Ordering::Relaxed) >= 20).await;
        for task in &tasks {
            task.abort();
        }
        join_all(tasks).await;
        insert_user(&store, "alice").await;
        assert_eq!(store.count_users().await.unwrap(), 1);
        // What had begun goes on to its end without its caller.
        eventually("every transaction ends", async || {
            let kinds = kinds(&store).await;
            let first = kinds.iter().filter(|kind| *kind == "first").count();
            assert_eq!(first * 2, kinds.len(), "a transaction is there by half");
            first >= 20
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_or_panics_hurts_no_other() {
    for_each_engine(async |store| {
        insert_user(&store, "taken").await;
        let (go, occupied) = occupy(&store).await;
        let jobs = (0..40).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write(Priority::Registry, move |tx| {
                        Box::pin(async move {
                            tx.insert_events(&[event(if n % 4 == 0 { "good" } else { "bad" })], now()).await?;
                            match n % 4 {
                                0 => Ok(()),
                                1 => Err(Error::new(Reason::FieldInvalid, "the job's own")),
                                2 => tx.insert_user(&user("taken")).await,
                                _ => panic!("on purpose"),
                            }
                        })
                    })
                    .await
            })
        });
        let jobs: Vec<_> = jobs.collect();
        drop(go);
        for (n, result) in join_all(jobs).await.into_iter().enumerate() {
            let reason = result.unwrap().err().map(|error| error.reason());
            let expected = [None, Some(Reason::FieldInvalid), Some(Reason::UsernameTaken), Some(Reason::Internal)];
            assert_eq!(reason, expected[n % 4], "{n}");
        }
        occupied.await.unwrap().unwrap();
        assert_eq!(kinds(&store).await, vec!["good"; 10]);
        insert_user(&store, "after").await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_cannot_be_committed_over() {
    for_each_engine(async |store| {
        insert_user(&store, "taken").await;
        let ignored = store.write(Priority::Identity, |tx| {
            Box::pin(async move {
                tx.insert_events(&[event("half")], now()).await?;
                assert!(tx.insert_user(&user("taken")).await.is_err());
                Ok(())
            })
        });
        assert_eq!(ignored.await.unwrap_err().reason(), Reason::Internal);
        assert!(kinds(&store).await.is_empty());

        // Neither can one that was given up halfway.
        let given_up = store.write(Priority::Identity, |tx| {
            Box::pin(async move {
                tx.insert_events(&[event("half")], now()).await?;
                {
                    let mut statement = Box::pin(tx.insert_events(&[], now()));
                    assert!(futures_util::poll!(&mut statement).is_pending());
                }
                Ok(())
            })
        });
        assert_eq!(given_up.await.unwrap_err().reason(), Reason::Internal);
        assert!(kinds(&store).await.is_empty());
        insert_user(&store, "after").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_comes_after_the_commit() {
    for_each_place(async |place| {
        let store = place.open().await;
        let writes = (0..100).map(|n| {
            let store = store.clone();
            async move {
                let name = format!("user{n}");
                insert_user(&store, &name).await;
                // Another connection sees it at once.
                let seen = count(place, &format!("SELECT count(*) FROM users WHERE username = '{name}'")).await;
                assert_eq!(seen, 1, "{name}");
            }
        });
        join_all(writes).await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn logins_go_before_nodes_and_nodes_before_content() {
    let place = crate::harness::Place::sqlite();
    let store = place.open().await;
    let (go, occupied) = occupy(&store).await;
    let record = async |priority, kind| {
        let write =
            store.write(priority, move |tx| Box::pin(async move { tx.insert_events(&[event(kind)], now()).await }));
        write.await.unwrap();
    };
    let jobs = async {
        tokio::join!(
            record(Priority::Bulk, "bulk"),
            record(Priority::Registry, "registry"),
            record(Priority::Identity, "identity"),
            async { drop(go) }
        );
    };
    jobs.await;
    occupied.await.unwrap().unwrap();
    assert_eq!(kinds(&store).await, ["identity", "registry", "bulk"]);
    store.close().await;
}

#[tokio::test]
async fn what_waits_is_done_before_the_store_closes_and_nothing_after() {
    for_each_place(async |place| {
        let store = place.open().await;
        let (go, occupied) = occupy(&store).await;
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { insert_user(&store, "waiting").await }
        });
        if place.is_postgres() {
            waiting.await.unwrap();
            drop(go);
        } else {
            tokio::task::yield_now().await;
            drop(go);
            waiting.await.unwrap();
        }
        occupied.await.unwrap().unwrap();
        store.close().await;
        let refused = store.write(Priority::Bulk, |_| Box::pin(async { Ok(()) })).await;
        assert_eq!(refused.unwrap_err().reason(), Reason::ShuttingDown);
        assert!(store.ping().await.is_err());
        store.close().await;
        let store = place.open().await;
        assert!(store.get_user_by_name("waiting").await.unwrap().is_some());
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_store_is_used_from_other_runtimes() {
    for_each_engine(async |store| {
        for n in 0..3 {
            let store = store.clone();
            // Each runtime goes when its work is done, and takes no connection with it.
            let thread = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    insert_user(&store, &format!("user{n}")).await;
                    store.count_users().await.unwrap()
                })
            });
            let seen = tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
            assert_eq!(seen, n + 1);
        }
        write(&store, |tx| Box::pin(async move { tx.insert_used_challenge(&[1; 16], now()).await })).await;
        assert_eq!(store.count_users().await.unwrap(), 3);
    })
    .await;
}
