//! Events.

use cpcd_store::sql::{EventCursor, NewEvent};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{eventually, for_each_engine, now, write};

#[tokio::test]
async fn events_are_found_by_kind_and_subject() {
    for_each_engine(async |store| {
        let start = store.newest_event().await.unwrap();
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let event = |kind, subject_id| NewEvent { kind, subject_id, payload: json!({}) };
        let events = [
            event("node.registered", one),
            event("node.status", other),
            event("allocation.granted", one),
            event("nodes.other", one),
        ];
        write(&store, move |tx| Box::pin(async move { tx.insert_events(&events, now()).await })).await;
        // They show once all earlier transactions of the server have ended.
        eventually("the events show", async || store.newest_event().await.unwrap() != start).await;
        let until = store.newest_event().await.unwrap();
        let find = async |kinds: &[&str], subjects: &[Uuid], after: EventCursor, limit: u32| {
            let kinds: Vec<_> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
            let found = store.list_events_about(&kinds, subjects, &after, &until, limit).await.unwrap();
            found.into_iter().map(|event| event.kind).collect::<Vec<_>>()
        };
        let all = ["node.", "allocation."];
        assert_eq!(find(&all, &[], start, 9).await, ["node.registered", "node.status", "allocation.granted"]);
        assert_eq!(find(&all, &[one], start, 9).await, ["node.registered", "allocation.granted"]);
        assert_eq!(find(&["node."], &[one, Uuid::now_v7()], start, 9).await, ["node.registered"]);
        assert_eq!(find(&["node.status"], &[one], start, 9).await, Vec::<String>::new());
        assert_eq!(find(&all, &[one, other], start, 2).await, ["node.registered", "node.status"]);
        assert_eq!(find(&all, &[], until, 9).await, Vec::<String>::new());
    })
    .await;
}
