//! What an engine's trouble becomes.

use cpcd_model::{Reason, Result, id::UserId};
use cpcd_store::{
    Store,
    sql::{Config, Priority},
};
use tokio::sync::oneshot;

use crate::harness::{Place, insert_user};

/// Opens PostgreSQL with settings of its own.
async fn open(place: &Place, change: impl Fn(&mut Config)) -> Store {
    let mut config = place.config.clone();
    change(&mut config);
    Store::open(&config).await.unwrap()
}

/// Locks an owner and holds the lock until the sender is used or dropped.
async fn hold(store: &Store, owner: UserId) -> (oneshot::Sender<()>, tokio::task::JoinHandle<Result<()>>) {
    let (locked, is_locked) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let store = store.clone();
    let held = tokio::spawn(async move {
        store
            .write(Priority::Identity, move |tx| {
                Box::pin(async move {
                    tx.lock_content_owner(owner).await?;
                    locked.send(()).unwrap();
                    gone.await.ok();
                    Ok(())
                })
            })
            .await
    });
    is_locked.await.unwrap();
    (go, held)
}

async fn lock(store: &Store, owners: [UserId; 2]) -> Option<Reason> {
    let locked = store
        .write(Priority::Identity, move |tx| {
            Box::pin(async move {
                for owner in owners {
                    tx.lock_content_owner(owner).await?;
                    tokio::task::yield_now().await;
                }
                Ok(())
            })
        })
        .await;
    locked.err().map(|error| error.reason())
}

#[tokio::test]
async fn a_lock_that_stays_and_a_statement_that_lasts() {
    let Some(place) = Place::postgres().await else { return };
    let (owner, other) = (UserId::generate(), UserId::generate());
    let store = place.open().await;
    let (go, held) = hold(&store, owner).await;
    let hasty = open(&place, |config| config.lock_timeout_ms = 50).await;
    assert_eq!(lock(&hasty, [other, owner]).await, Some(Reason::WriteConflict));
    let brief = open(&place, |config| config.statement_timeout_ms = 50).await;
    assert_eq!(lock(&brief, [other, owner]).await, Some(Reason::DeadlineExceeded));
    drop(go);
    held.await.unwrap().unwrap();
    assert_eq!(lock(&hasty, [other, owner]).await, None, "both connections are good again");
    assert_eq!(lock(&brief, [other, owner]).await, None);
    for store in [store, hasty, brief] {
        store.close().await;
    }
    place.clear().await;
}

#[tokio::test]
async fn owners_wait_for_themselves_only() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let (owner, other) = (UserId::generate(), UserId::generate());
    let (go, held) = hold(&store, owner).await;
    assert_eq!(lock(&store, [other, other]).await, None);
    drop(go);
    held.await.unwrap().unwrap();
    store.close().await;
    place.clear().await;
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_one_starts_over() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let (a, b) = (UserId::generate(), UserId::generate());
    let (first, second) = (oneshot::channel::<()>(), oneshot::channel::<()>());
    let cross = async |owners: [UserId; 2], mine: oneshot::Sender<()>, theirs: oneshot::Receiver<()>| {
        let locked = store.write(Priority::Identity, move |tx| {
            Box::pin(async move {
                tx.lock_content_owner(owners[0]).await?;
                mine.send(()).ok();
                theirs.await.ok();
                tx.lock_content_owner(owners[1]).await
            })
        });
        locked.await.err().map(|error| error.reason())
    };
    let (one, two) = tokio::join!(cross([a, b], first.0, second.1), cross([b, a], second.0, first.1));
    let mut ends = [one, two];
    ends.sort_by_key(Option::is_some);
    assert_eq!(ends, [None, Some(Reason::WriteConflict)]);
    store.close().await;
    place.clear().await;
}

#[tokio::test]
async fn who_gets_no_connection_is_told_to_come_again() {
    let Some(place) = Place::postgres().await else { return };
    let store = open(&place, |config| (config.max_connections, config.acquire_timeout_ms) = (1, 50)).await;
    let (go, held) = hold(&store, UserId::generate()).await;
    let error = store.count_users().await.unwrap_err();
    assert_eq!(error.reason(), Reason::EngineAway);
    assert!(error.retry_after().is_some());
    drop(go);
    held.await.unwrap().unwrap();
    insert_user(&store, "alice").await;
    store.close().await;
    place.clear().await;
}

#[tokio::test]
async fn a_server_that_ends_our_connections_is_away_for_a_moment() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let owner = UserId::generate();
    let (go, held) = hold(&store, owner).await;
    let (_, key) = owner.uuid().as_u64_pair();
    // The holder of this lock is ours and nobody else's.
    crate::sql_schema::raw(
        &place,
        &format!(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND (classid::BIGINT << 32 | objid::BIGINT) = {}",
            key.cast_signed()
        ),
    )
    .await;
    drop(go);
    let error = held.await.unwrap().unwrap_err();
    assert_eq!(error.reason(), Reason::OutcomeUnknown);
    insert_user(&store, "alice").await;
    store.close().await;
    place.clear().await;
}
