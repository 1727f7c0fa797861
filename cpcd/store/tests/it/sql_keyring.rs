//! The way of a signing key: it waits for the replicas, signs, is retired.

use std::time::Duration;

use cpcd_store::{
    Store,
    sql::{Priority, SealedKey},
};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::harness::{for_each_engine, for_each_place, now, time, write};

const WITHIN: Duration = Duration::from_secs(10);

fn key(kid: &str) -> SealedKey {
    SealedKey { kid: kid.into(), sealed_secret: vec![1], created_at: now(), activated_at: None, retired_at: None }
}

async fn activate(store: &Store, kid: &'static str) -> bool {
    write(store, move |tx| Box::pin(async move { tx.activate_signing_key(kid, WITHIN, now()).await })).await
}

async fn beat(store: &Store, id: Uuid, kid: &'static str) {
    write(store, move |tx| Box::pin(async move { tx.upsert_replica(id, kid).await })).await;
}

#[tokio::test]
async fn a_key_signs_once_every_live_replica_accepts_it() {
    for_each_place(async |place| {
        let store = place.open().await;
        let first = SealedKey { activated_at: Some(now()), ..key("first") };
        write(&store, move |tx| Box::pin(async move { tx.insert_signing_key(&first).await })).await;
        let [one, two, dead] = [Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3)];
        for replica in [one, two, dead] {
            beat(&store, replica, "first").await;
        }
        assert!(!activate(&store, "second").await, "it is not there");
        assert!(write(&store, |tx| Box::pin(async move { tx.insert_waiting_signing_key(&key("second")).await })).await);
        assert!(!write(&store, |tx| Box::pin(async move { tx.insert_waiting_signing_key(&key("third")).await })).await);
        beat(&store, one, "second").await;
        assert!(!activate(&store, "second").await);
        beat(&store, two, "second").await;
        assert!(!activate(&store, "second").await, "the third was heard a moment ago");
        assert_eq!(store.list_replica_kids(WITHIN).await.unwrap(), ["second", "second", "first"]);
        crate::sql_schema::raw(
            place,
            "UPDATE replicas SET seen_at = '2020-01-01T00:00:00.000000Z' WHERE newest_kid = 'first'",
        )
        .await;
        assert_eq!(store.list_replica_kids(WITHIN).await.unwrap(), ["second", "second"]);
        beat(&store, dead, "").await;
        assert!(!activate(&store, "second").await, "one that has just come up has not read the keys yet");
        write(&store, move |tx| Box::pin(async move { tx.delete_replica(dead).await })).await;
        assert!(activate(&store, "second").await);
        assert!(!activate(&store, "second").await, "it does so once");

        let keys = store.list_signing_keys().await.unwrap();
        let states: Vec<_> = keys.iter().map(|key| (key.kid.as_str(), key.activated_at, key.retired_at)).collect();
        assert_eq!(states, [("first", Some(now()), Some(now())), ("second", Some(now()), None)]);
        let clear = |before: &str| {
            let before = time(before);
            write(&store, move |tx| Box::pin(async move { tx.delete_signing_keys_retired_before(before).await }))
        };
        assert_eq!(clear("2026-03-04T05:06:07.080910Z").await, 0);
        assert_eq!(clear("2026-03-04T05:06:08Z").await, 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_silent_replica_is_forgotten() {
    for_each_place(async |place| {
        let store = place.open().await;
        beat(&store, Uuid::from_u128(1), "a").await;
        beat(&store, Uuid::from_u128(2), "b").await;
        crate::sql_schema::raw(
            place,
            "UPDATE replicas SET seen_at = '2020-01-01T00:00:00.000000Z' WHERE newest_kid = 'b'",
        )
        .await;
        let forget = || write(&store, |tx| Box::pin(async move { tx.delete_replicas_silent_for(WITHIN).await }));
        assert_eq!(forget().await, 1);
        assert_eq!(forget().await, 0);
        assert_eq!(store.list_replica_kids(WITHIN).await.unwrap(), ["a"]);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_one_key_waits_and_an_emergency_leaves_one() {
    for_each_engine(async |store| {
        let added = join_all((0..20).map(|n: u32| {
            let key = key(&n.to_string());
            store
                .write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_waiting_signing_key(&key).await }))
        }));
        assert_eq!(added.await.into_iter().filter(|added| *added.as_ref().unwrap()).count(), 1);
        let last = SealedKey { activated_at: Some(now()), ..key("last") };
        let expected = last.clone();
        write(&store, move |tx| Box::pin(async move { tx.replace_signing_keys(&last).await })).await;
        assert_eq!(store.list_signing_keys().await.unwrap(), [expected]);
    })
    .await;
}
