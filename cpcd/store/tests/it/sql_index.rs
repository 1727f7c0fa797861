//! Which index follows the store, and how far.

use cpcd_model::Reason;
use cpcd_store::{
    Store,
    sql::{IndexState, NewEvent, Priority, SealedKey},
};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::harness::{content, for_each_engine, for_each_place, insert_contents, insert_user, now, write};

async fn promise(store: &Store, id: Uuid, generation: u64) -> Option<Reason> {
    let job =
        store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.promise_index(id, generation).await })).await;
    job.err().map(|error| error.reason())
}

async fn settle(store: &Store, id: Uuid, generation: u64) -> Option<Reason> {
    let job =
        store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.settle_index(id, generation).await })).await;
    job.err().map(|error| error.reason())
}

#[test]
fn an_index_fits_from_what_is_settled_to_what_is_promised() {
    let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let state = |settled| IndexState { index_id: mine, promised: 5, settled };
    let fits: Vec<_> = (0..8).filter(|generation| state(Some(3)).fits(mine, *generation)).collect();
    assert_eq!(fits, [3, 4, 5]);
    assert!(!state(Some(3)).fits(other, 4));
    assert!((0..8).all(|generation| !state(None).fits(mine, generation)), "not all content is marked");
}

#[tokio::test]
async fn an_index_follows_until_another_takes_over() {
    for_each_engine(async |store| {
        let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(store.get_index_state().await.unwrap(), None);
        assert_eq!(promise(&store, first, 1).await, Some(Reason::WriteConflict));
        store.follow_with_index(first, None, now()).await.unwrap();
        assert_eq!(promise(&store, first, 2).await, Some(Reason::WriteConflict), "one after the other");
        assert_eq!(promise(&store, first, 1).await, None);
        assert_eq!(settle(&store, first, 2).await, Some(Reason::WriteConflict));
        assert_eq!(settle(&store, first, 1).await, None);
        assert_eq!(promise(&store, first, 2).await, None);
        let expected = IndexState { index_id: first, promised: 2, settled: Some(1) };
        assert_eq!(store.get_index_state().await.unwrap(), Some(expected));

        store.follow_with_index(second, None, now()).await.unwrap();
        assert_eq!(settle(&store, first, 2).await, Some(Reason::WriteConflict), "the former one is fenced off");
        assert_eq!(promise(&store, first, 3).await, Some(Reason::WriteConflict));
        let expected = IndexState { index_id: second, promised: 0, settled: Some(0) };
        assert_eq!(store.get_index_state().await.unwrap(), Some(expected));
    })
    .await;
}

#[tokio::test]
async fn more_content_than_one_part_is_marked_whole() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        let contents: Vec<_> = (0..5_001).map(|n| content(owner, &n.to_string())).collect();
        insert_contents(&store, &contents).await;
        assert_eq!(store.follow_with_index(Uuid::now_v7(), None, now()).await.unwrap(), 5_001);
        assert_eq!(store.index_backlog().await.unwrap().0, 5_001);
    })
    .await;
}

#[tokio::test]
async fn clearing_away_takes_no_more_than_it_is_told() {
    for_each_engine(async |store| {
        let events =
            ["a", "b", "c"].map(|kind| NewEvent { kind, subject_id: Uuid::now_v7(), payload: serde_json::Value::Null });
        write(&store, move |tx| {
            Box::pin(async move {
                for id in 0..3 {
                    assert!(tx.insert_used_challenge(&[id; 16], now()).await?);
                }
                tx.insert_events(&events, now()).await
            })
        })
        .await;
        let later = now() + std::time::Duration::from_secs(1);
        for expected in [2, 1, 0] {
            let removed = write(&store, move |tx| {
                Box::pin(async move { tx.delete_used_challenges_expired_before(later, 2).await })
            })
            .await;
            assert_eq!(removed, expected);
        }
        // Other tests' transactions may hide the latest events on PostgreSQL for a while.
        let removed =
            async || write(&store, move |tx| Box::pin(async move { tx.delete_events_before(later, 2).await })).await;
        crate::harness::eventually("all events go", async || {
            let (rest, _) = store.list_events(None, 10).await.unwrap();
            rest.len() == 3
        })
        .await;
        for expected in [2, 1, 0] {
            assert_eq!(removed().await, expected);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_makes_the_first_key() {
    for_each_place(async |place| {
        let stores = [place.open().await, place.open().await];
        let makers = (0..20).map(|n: usize| {
            let store = stores[n % 2].clone();
            let key = SealedKey {
                kid: n.to_string(),
                sealed_secret: vec![1],
                created_at: now(),
                activated_at: Some(now()),
                retired_at: None,
            };
            tokio::spawn(async move {
                store
                    .write(Priority::Identity, move |tx| {
                        Box::pin(async move { tx.insert_first_signing_key(&key).await })
                    })
                    .await
                    .unwrap()
            })
        });
        let made = join_all(makers.collect::<Vec<_>>()).await;
        assert_eq!(made.into_iter().filter(|made| *made.as_ref().unwrap()).count(), 1);
        assert_eq!(stores[0].list_signing_keys().await.unwrap().len(), 1);
        for store in stores {
            store.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_leases_of_the_dead_end_where_no_other_can_live() {
    for_each_engine(async |store| {
        let ttl = std::time::Duration::from_secs(60);
        assert_eq!(store.acquire_lease("work", "dead", ttl, now()).await.unwrap(), Some(1));
        store.end_leases_of_the_dead().await.unwrap();
        let expected = (store.engine() == "sqlite").then_some(2);
        assert_eq!(store.acquire_lease("work", "new", ttl, now()).await.unwrap(), expected);
    })
    .await;
}
