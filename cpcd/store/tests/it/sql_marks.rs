//! Marks for the index, and events.

use std::time::Duration;

use cpcd_model::{Reason, id::ContentId, time::Timestamp};
use cpcd_store::{
    Store,
    sql::{EventCursor, IndexMark, NewEvent, Priority},
};
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::harness::{content, events, for_each_engine, insert_contents, insert_user, now, write};

fn at(seconds: u64) -> Timestamp {
    now() + Duration::from_secs(seconds)
}

async fn mark(store: &Store, marks: &[(ContentId, u64)], time: Timestamp) {
    let marks = marks.to_vec();
    write(store, move |tx| Box::pin(async move { tx.mark_contents(&marks, time).await })).await;
}

fn marked(content_id: ContentId, version: u64, marked_at: Timestamp) -> IndexMark {
    IndexMark { content_id, version, marked_at }
}

#[tokio::test]
async fn a_mark_keeps_the_greater_version_and_its_age() {
    for_each_engine(async |store| {
        let (a, b) = (ContentId::generate(), ContentId::generate());
        assert_eq!(store.index_backlog().await.unwrap(), (0, None));
        mark(&store, &[], at(0)).await;
        mark(&store, &[(a, 2)], at(5)).await;
        // One statement may name a content twice.
        mark(&store, &[(b, 1), (a, 1), (b, 4), (b, 3)], at(3)).await;
        mark(&store, &[(a, 7)], at(9)).await;
        let marks = store.list_index_marks(10).await.unwrap();
        assert_eq!(marks, [marked(a, 7, at(3)), marked(b, 4, at(3))]);
        assert_eq!(store.list_index_marks(1).await.unwrap(), marks[..1]);
        assert_eq!(store.index_backlog().await.unwrap(), (2, Some(at(3))));
    })
    .await;
}

#[tokio::test]
async fn a_later_change_keeps_its_mark() {
    for_each_engine(async |store| {
        let [a, b, c] = [(); 3].map(|()| ContentId::generate());
        mark(&store, &[(a, 1), (b, 2), (c, 3)], at(0)).await;
        let done = [(a, 1), (b, 1), (c, 4), (ContentId::generate(), 1)];
        write(&store, move |tx| Box::pin(async move { tx.delete_index_marks(&done).await })).await;
        assert_eq!(store.list_index_marks(10).await.unwrap(), [marked(b, 2, at(0))]);
        write(&store, |tx| Box::pin(async move { tx.delete_index_marks(&[]).await })).await;
        assert_eq!(store.index_backlog().await.unwrap().0, 1);
    })
    .await;
}

#[tokio::test]
async fn all_content_is_marked_and_tombstones_too() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "alice").await;
        let contents = ["a", "b", "c"].map(|title| content(owner, title));
        insert_contents(&store, &contents).await;
        let deleted = contents[2].id;
        write(&store, move |tx| Box::pin(async move { tx.delete_content(deleted, 2, now()).await })).await;
        mark(&store, &[(contents[0].id, 5)], at(0)).await;
        assert_eq!(store.follow_with_index(Uuid::now_v7(), None, at(1)).await.unwrap(), 3);
        let expected =
            [marked(contents[0].id, 5, at(0)), marked(contents[1].id, 1, at(1)), marked(contents[2].id, 2, at(1))];
        assert_eq!(store.list_index_marks(10).await.unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn many_marks_and_events_fit_in_one_call() {
    for_each_engine(async |store| {
        let marks: Vec<_> = (0..5_000).map(|_| (ContentId::generate(), 1)).collect();
        mark(&store, &marks, at(0)).await;
        let many: Vec<_> = (0..5_000).map(|_| event("test.many")).collect();
        write(&store, move |tx| Box::pin(async move { tx.insert_events(&many, now()).await })).await;
        assert_eq!(store.index_backlog().await.unwrap().0, 5_000);
        write(&store, move |tx| Box::pin(async move { tx.delete_index_marks(&marks).await })).await;
        assert_eq!(store.index_backlog().await.unwrap().0, 0);
        assert_eq!(events(&store).await.0.len(), 5_000);
    })
    .await;
}

fn event(kind: &'static str) -> NewEvent {
    NewEvent { kind, subject_id: Uuid::now_v7(), payload: json!({ "text": "ü\"'", "list": [1, null] }) }
}

async fn record(store: &Store, kinds: &[&'static str], time: Timestamp) {
    let events: Vec<_> = kinds.iter().map(|kind| event(kind)).collect();
    write(store, move |tx| Box::pin(async move { tx.insert_events(&events, time).await })).await;
}

async fn kinds(store: &Store, after: Option<&EventCursor>, limit: u32) -> (Vec<String>, EventCursor) {
    let (events, cursor) = store.list_events(after, limit).await.unwrap();
    (events.into_iter().map(|event| event.kind).collect(), cursor)
}

#[tokio::test]
async fn events_are_followed_by_a_cursor() {
    for_each_engine(async |store| {
        let (none, start) = kinds(&store, None, 10).await;
        assert!(none.is_empty());
        record(&store, &[], now()).await;
        record(&store, &["a", "b"], now()).await;
        record(&store, &["c"], now()).await;
        let new = event("d");
        let expected = new.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_events(&[new], now()).await })).await;
        assert_eq!(events(&store).await.0, ["a", "b", "c", "d"]);

        let (first, cursor) = kinds(&store, Some(&start), 2).await;
        assert_eq!(first, ["a", "b"]);
        let (second, cursor) = kinds(&store, Some(&cursor), 1).await;
        assert_eq!(second, ["c"]);
        let (third, last) = store.list_events(Some(&cursor), 1).await.unwrap();
        assert_eq!((third.len(), third[0].cursor), (1, last));
        assert_eq!((third[0].subject_id, &third[0].payload), (expected.subject_id, &expected.payload));
        assert_eq!((third[0].kind.as_str(), third[0].created_at), ("d", now()));

        let (rest, end) = kinds(&store, Some(&last), 10).await;
        assert_eq!(rest, ["last"]);
        assert_eq!(kinds(&store, Some(&end), 10).await, (vec![], end));
    })
    .await;
}

#[tokio::test]
async fn an_event_that_commits_late_is_not_skipped() {
    for_each_engine(async |store| {
        if store.engine() == "sqlite" {
            return; // one writer: there is no late commit
        }
        // An early transaction that takes its number and waits ...
        let (began, has_begun) = oneshot::channel();
        let (go, gone) = oneshot::channel::<()>();
        let early = tokio::spawn({
            let store = store.clone();
            async move {
                store
                    .write(Priority::Registry, move |tx| {
                        Box::pin(async move {
                            tx.insert_events(&[event("early")], now()).await?;
                            began.send(()).unwrap();
                            gone.await.unwrap();
                            Ok(())
                        })
                    })
                    .await
            }
        });
        has_begun.await.unwrap();
        // ... holds back the later one, which has committed.
        record(&store, &["late"], now()).await;
        let (none, cursor) = kinds(&store, None, 10).await;
        assert!(none.is_empty(), "{none:?}");
        go.send(()).unwrap();
        early.await.unwrap().unwrap();
        assert_eq!(events(&store).await.0, ["early", "late"]);
        assert_eq!(kinds(&store, Some(&cursor), 2).await.0, ["early", "late"]);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_that_missed_something_is_told() {
    for_each_engine(async |store| {
        let (_, start) = kinds(&store, None, 10).await;
        // "b2" is as old as "b" and stands behind a younger one.
        for (kind, seconds) in [("a", 0), ("b", 1), ("c", 5), ("b2", 1)] {
            record(&store, &[kind], at(seconds)).await;
        }
        events(&store).await; // adds one more, from second 0
        let (_, after_a) = kinds(&store, None, 1).await;
        let (_, after_b) = kinds(&store, None, 2).await;

        for (time, gone) in [(at(0), 0), (at(2), 2), (at(2), 0)] {
            let deleted = write(&store, move |tx| Box::pin(async move { tx.delete_events_before(time, 5_000).await }));
            assert_eq!(deleted.await, gone);
        }
        for missed in [start, after_a] {
            let error = store.list_events(Some(&missed), 10).await.unwrap_err();
            assert_eq!(error.reason(), Reason::PageTokenInvalid);
        }
        let (kept, _) = kinds(&store, Some(&after_b), 10).await;
        assert_eq!(kept, ["c", "b2", "last"], "it had seen all that went");
        assert_eq!(kinds(&store, None, 10).await.0, kept);

        let deleted = write(&store, |tx| Box::pin(async move { tx.delete_events_before(at(9), 5_000).await }));
        assert_eq!(deleted.await, 3);
        let (none, begin) = kinds(&store, None, 10).await;
        assert!(none.is_empty());
        record(&store, &["d"], at(3)).await;
        assert_eq!(events(&store).await.0, ["d"]);
        assert_eq!(kinds(&store, Some(&begin), 1).await.0, ["d"], "a cursor taken from an empty stream is good");
    })
    .await;
}
