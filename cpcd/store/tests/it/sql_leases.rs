//! Leases.

use std::time::Duration;

use cpcd_model::Reason;
use cpcd_store::{Store, sql::Priority};
use futures_util::future::join_all;

use crate::harness::{for_each_engine, now};

const TTL: Duration = Duration::from_secs(10);

async fn require(store: &Store, epoch: u64) -> Option<Reason> {
    let required =
        store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.require_lease("work", epoch).await })).await;
    required.err().map(|error| error.reason())
}

#[tokio::test]
async fn an_epoch_rises_when_a_lease_changes_hands() {
    for_each_engine(async |store| {
        let take = async |holder: &str, seconds: u64| {
            store.acquire_lease("work", holder, TTL, now() + Duration::from_secs(seconds)).await.unwrap()
        };
        assert_eq!(require(&store, 1).await, Some(Reason::WriteConflict));
        assert_eq!(take("a", 0).await, Some(1));
        assert_eq!(take("b", 9).await, None);
        assert_eq!(take("a", 9).await, Some(1), "renewing keeps the epoch");
        assert_eq!(take("b", 18).await, None, "and moves the end");
        assert_eq!(require(&store, 1).await, None);

        assert_eq!(take("b", 19).await, Some(2), "an expired lease is taken over");
        assert_eq!(require(&store, 1).await, Some(Reason::WriteConflict), "the former holder is fenced off");
        assert_eq!(require(&store, 2).await, None);
        assert_eq!(take("a", 20).await, None);

        store.release_lease("work", "a").await.unwrap();
        assert_eq!(take("a", 20).await, None, "only the holder gives it back");
        store.release_lease("work", "b").await.unwrap();
        assert_eq!(require(&store, 2).await, None, "nobody has taken it yet");
        assert_eq!(take("b", 20).await, Some(3), "after giving it back, even the same holder begins anew");
        assert_eq!(require(&store, 2).await, Some(Reason::WriteConflict));
        assert_eq!(
            store.acquire_lease("other", "a", TTL, now()).await.unwrap(),
            Some(1),
            "leases know nothing of each other"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_gets_a_lease() {
    for_each_engine(async |store| {
        let takers = (0..50).map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.acquire_lease("work", &n.to_string(), TTL, now()).await.unwrap() })
        });
        let taken = join_all(takers.collect::<Vec<_>>()).await;
        assert_eq!(taken.into_iter().filter_map(Result::unwrap).collect::<Vec<_>>(), [1]);
    })
    .await;
}
