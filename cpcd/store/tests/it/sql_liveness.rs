//! Who hears nodes, and whom they heard.

use std::time::Duration;

use cpcd_model::time::Timestamp;
use cpcd_store::{Store, sql::LivenessReplica};
use uuid::Uuid;

use crate::harness::{for_each_engine, now, write};

fn replica(seen_at: Timestamp) -> LivenessReplica {
    LivenessReplica { id: Uuid::now_v7(), started_at: now(), seen_at, is_warm: false, is_deaf: true }
}

fn after(seconds: u64) -> Timestamp {
    now() + Duration::from_secs(seconds)
}

async fn say(store: &Store, replica: LivenessReplica) {
    write(store, move |tx| Box::pin(async move { tx.upsert_liveness_replica(&replica).await })).await;
}

async fn hear(store: &Store, replica: LivenessReplica, seq: u64, keep_from: Timestamp) {
    let batch = [u8::try_from(seq).unwrap(), 0, 255];
    write(store, move |tx| Box::pin(async move { tx.insert_liveness_batch(&replica, seq, &batch, keep_from).await }))
        .await;
}

async fn read(store: &Store, reader: Uuid, known: &[(Uuid, u64)]) -> Vec<(Uuid, u64)> {
    let batches = store.list_liveness_batches(reader, known, now() - Duration::from_secs(1), 100).await.unwrap();
    batches.into_iter().map(|batch| (batch.replica_id, batch.seq)).collect()
}

#[tokio::test]
async fn a_replica_lives_says_goodbye_or_is_cleared_away() {
    for_each_engine(async |store| {
        let (one, other) = (replica(now()), replica(after(1)));
        say(&store, one).await;
        say(&store, other).await;
        assert_eq!(store.list_liveness_replicas().await.unwrap(), [one, other]);
        let later = LivenessReplica { seen_at: after(2), is_warm: true, is_deaf: false, ..one };
        say(&store, LivenessReplica { started_at: after(2), ..later }).await;
        assert_eq!(store.list_liveness_replicas().await.unwrap(), [later, other], "it began when it began");

        let id = later.id;
        write(&store, move |tx| Box::pin(async move { tx.delete_liveness_replica(id, 7, b"last", after(3)).await }))
            .await;
        assert_eq!(store.list_liveness_replicas().await.unwrap(), [other]);
        let batches = store.list_liveness_batches(other.id, &[], now(), 10).await.unwrap();
        assert_eq!((batches[0].replica_id, batches[0].seq, batches[0].batch.as_slice()), (id, 7, &b"last"[..]));

        write(&store, move |tx| Box::pin(async move { tx.delete_liveness_before(after(2)).await })).await;
        assert_eq!(store.list_liveness_replicas().await.unwrap(), []);
        assert_eq!(read(&store, other.id, &[]).await, [(id, 7)]);
        write(&store, move |tx| Box::pin(async move { tx.delete_liveness_before(after(9)).await })).await;
        assert_eq!(read(&store, other.id, &[]).await, []);
    })
    .await;
}

#[tokio::test]
async fn batches_are_read_behind_what_is_known_however_late_they_come() {
    for_each_engine(async |store| {
        let (one, other, reader) = (replica(now()), replica(after(1)), Uuid::now_v7());
        let at = |replica: LivenessReplica, seconds| LivenessReplica { seen_at: after(seconds), ..replica };
        hear(&store, one, 1, now()).await;
        hear(&store, at(one, 1), 3, now()).await;
        hear(&store, other, 30, now()).await;
        let replicas = store.list_liveness_replicas().await.unwrap();
        assert_eq!(replicas, [at(one, 1), other], "who is heard lives");
        assert_eq!(read(&store, reader, &[]).await, [(one.id, 1), (one.id, 3), (other.id, 30)]);
        assert_eq!(read(&store, reader, &[(one.id, 1), (other.id, 30)]).await, [(one.id, 3)]);
        assert_eq!(read(&store, one.id, &[]).await, [(other.id, 30)], "nobody needs their own");
        hear(&store, one, 2, now()).await;
        assert_eq!(read(&store, reader, &[(one.id, 1), (other.id, 30)]).await, [(one.id, 2), (one.id, 3)]);
        let batches = store.list_liveness_batches(reader, &[], after(0), 1).await.unwrap();
        assert_eq!((batches.len(), batches[0].seq, batches[0].batch.as_slice()), (1, 3, &[3, 0, 255][..]));

        hear(&store, at(one, 60), 4, after(1)).await;
        assert_eq!(read(&store, other.id, &[]).await, [(one.id, 3), (one.id, 4)], "a writer clears away its own");
    })
    .await;
}

#[tokio::test]
async fn the_clock_is_the_servers_where_there_is_one() {
    for_each_engine(async |store| {
        let time = store.read_clock().await.unwrap();
        assert_eq!(time.is_some(), store.engine() == "postgres");
        if let Some(time) = time {
            assert!(store.read_clock().await.unwrap().unwrap() > time, "it goes on");
        }
    })
    .await;
}
