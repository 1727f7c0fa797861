//! The audit's tables.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Reason,
    audit::{NewAuditEntry, Outcome, Sealed, StoredSeal},
    time::Clock,
};
use cpcd_store::{
    Store,
    sql::{Asked, AuditBounds, AuditFilter, Keeps, NewEvent, Priority},
};
use futures_util::FutureExt;
use serde_json::json;
use uuid::Uuid;

use crate::{
    harness::{Place, eventually, for_each_engine, for_each_place, now, write},
    sql_schema::{count, raw},
};

fn entry(action: &str) -> NewAuditEntry {
    NewAuditEntry {
        time: now(),
        actor_kind: "user".into(),
        actor_id: Some(Uuid::now_v7()),
        session_id: Some(Uuid::now_v7()),
        token_id: Some(Uuid::now_v7()),
        action: action.into(),
        target_kind: "user".into(),
        target_id: "a \"target\"".into(),
        outcome: Outcome::Done,
        reason: String::new(),
        request_id: Some(Uuid::now_v7()),
        network: "2001:db8::1".into(),
        // Neither sorted nor tight: what is kept is the text.
        details: "{\"b\": 1,  \"a\": \"\\u0000 ü \\\\ \u{1f600}\"}".into(),
        count: 1,
    }
}

fn refusal() -> NewAuditEntry {
    NewAuditEntry {
        actor_kind: "anonymous".into(),
        actor_id: None,
        session_id: None,
        token_id: None,
        target_kind: String::new(),
        target_id: String::new(),
        outcome: Outcome::Refused,
        reason: "TOKEN_INVALID".into(),
        request_id: None,
        count: 1 << 40,
        ..entry("S/Other")
    }
}

async fn insert(store: &Store, entries: &[NewAuditEntry]) {
    let entries = entries.to_vec();
    write(store, move |tx| Box::pin(async move { tx.insert_audit(&entries).await })).await;
}

/// Waits until all entries show to the sealer, as they do once every earlier transaction of the server has ended.
async fn shown(store: &Store, number: usize) -> Vec<u64> {
    eventually("all entries show", async || store.list_unsealed_audit(100).await.unwrap().len() == number).await;
    store.list_unsealed_audit(100).await.unwrap().into_iter().map(|entry| entry.id).collect()
}

fn sealed_at(number: u64) -> Sealed {
    Sealed { number, hash: [u8::try_from(number).unwrap(); 32] }
}

fn seal(number: u64) -> StoredSeal {
    StoredSeal { number, hash: sealed_at(number).hash, time: now(), signature: [7; 64] }
}

async fn seal_all(store: &Store, behind: u64, ids: &[u64]) -> cpcd_model::Result<()> {
    let places: Vec<_> = (behind + 1..).zip(ids).map(|(number, id)| (*id, sealed_at(number))).collect();
    let head = seal(behind + ids.len() as u64);
    store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.seal_audit(behind, &places, &head).await })).await
}

#[tokio::test]
async fn entries_come_back_as_they_were_written_and_are_found() {
    for_each_engine(async |store| {
        let second = Duration::from_secs(1);
        let first = entry("S/First");
        let later = NewAuditEntry { time: now() + second, target_id: "b".into(), ..entry("S/Later") };
        insert(&store, &[first.clone(), refusal(), later.clone()]).await;
        let list = async |filter: AuditFilter, before, limit| {
            let entries = store.list_audit(&filter, before, limit).await.unwrap();
            entries.into_iter().map(|row| (row.id, row.entry)).collect::<Vec<_>>()
        };
        let any = AuditFilter::default;
        let all = list(any(), None, 10).await;
        let written: Vec<_> = all.iter().map(|(_, entry)| entry.clone()).collect();
        assert_eq!(written, [later, refusal(), first.clone()], "the newest first");
        assert_eq!(list(any(), None, 1).await, all[..1]);
        assert_eq!(list(any(), Some((all[0].1.time, all[0].0)), 10).await, all[1..]);
        assert_eq!(list(AuditFilter { actor_id: first.actor_id, ..any() }, None, 9).await, all[2..]);
        let both = AuditFilter { actor_id: first.actor_id, target_id: "b".into(), ..any() };
        assert!(list(both, None, 9).await.is_empty());
        assert_eq!(list(AuditFilter { target_id: "b".into(), ..any() }, None, 9).await, all[..1]);
        assert_eq!(list(AuditFilter { actor_kind: "anonymous".into(), ..any() }, None, 9).await, all[1..2]);
        assert_eq!(list(AuditFilter { outcome: Some(Outcome::Refused), ..any() }, None, 9).await, all[1..2]);
        assert_eq!(list(AuditFilter { action: "S/L".into(), ..any() }, None, 9).await, all[..1]);
        assert_eq!(list(AuditFilter { since: Some(now() + second), ..any() }, None, 9).await, all[..1]);
        assert_eq!(list(AuditFilter { until: Some(now() + second), ..any() }, None, 9).await, all[1..]);
        assert_eq!(store.audit_backlog().await.unwrap(), (3, Some(now())));
    })
    .await;
}

#[tokio::test]
async fn what_has_a_place_keeps_it() {
    for_each_place(async |place: &Place| {
        let store = place.open().await;
        insert(&store, &[entry("S/A"), entry("S/B"), entry("S/C")]).await;
        let ids = shown(&store, 3).await;
        assert!(ids.is_sorted());
        assert_eq!(store.audit_bounds().await.unwrap(), AuditBounds::default());
        seal_all(&store, 0, &ids[..2]).await.unwrap();
        let bounds = AuditBounds { anchor: None, head: Some(seal(2)), first: Some(1), last: Some(2) };
        assert_eq!(store.audit_bounds().await.unwrap(), bounds);
        for (behind, ids) in [(0, &ids[2..]), (1, &ids[2..]), (2, &ids[1..])] {
            let refused = seal_all(&store, behind, ids).await.unwrap_err();
            assert_eq!(refused.reason(), Reason::WriteConflict, "behind {behind}");
        }
        assert_eq!(store.audit_bounds().await.unwrap(), bounds);
        seal_all(&store, 2, &ids[2..]).await.unwrap();
        assert_eq!(store.audit_backlog().await.unwrap(), (0, None));
        let sealed = store.list_sealed_audit(0, 9, 9).await.unwrap();
        assert_eq!(sealed.iter().map(|row| row.sealed.unwrap()).collect::<Vec<_>>(), [1, 2, 3].map(sealed_at));
        assert_eq!(store.list_sealed_audit(1, 2, 9).await.unwrap(), sealed[1..2]);
        assert_eq!(store.list_sealed_audit(0, 9, 1).await.unwrap(), sealed[..1]);

        let cleared = write(&store, |tx| Box::pin(async move { tx.clear_audit(&seal(2)).await })).await;
        assert_eq!(cleared, 2);
        let bounds = AuditBounds { anchor: Some(seal(2)), head: Some(seal(3)), first: Some(3), last: Some(3) };
        assert_eq!(store.audit_bounds().await.unwrap(), bounds);
        // No id is given out a second time.
        insert(&store, &[entry("S/D")]).await;
        assert!(shown(&store, 1).await[0] > ids[2]);
        store.close().await;
        let change = "UPDATE audit SET details = 'x' WHERE number = 3";
        let refused = std::panic::AssertUnwindSafe(raw(place, change)).catch_unwind().await;
        assert!(refused.is_err(), "what is sealed is not changed");
        assert_eq!(count(place, "SELECT count(*) FROM audit WHERE details = 'x'").await, 0);
    })
    .await;
}

/// What is done in somebody's name leaves an entry with it, or neither is there.
#[tokio::test]
async fn an_entry_comes_with_its_change_or_not_at_all() {
    for_each_engine(async |store| {
        let asked = |keeps| {
            Arc::new(Asked {
                actor_kind: "local_admin",
                actor_id: None,
                session_id: None,
                token_id: None,
                action: "S/Call",
                request_id: None,
                network: String::new(),
                keeps,
                clock: Clock::default(),
                written: Arc::default(),
            })
        };
        let event = || NewEvent { kind: "thing.done", subject_id: Uuid::nil(), payload: json!({ "name": "x" }) };
        let tell = async |fails: bool, marks: bool| {
            let job = store.write(Priority::Bulk, move |tx| {
                Box::pin(async move {
                    if marks {
                        tx.audit("other", "7", json!({ "more": 1 }));
                    }
                    tx.insert_events(&[event()], now()).await?;
                    if fails { Err(cpcd_model::Error::new(Reason::LastAdmin, "no")) } else { Ok(()) }
                })
            });
            job.await
        };
        let entries = async || {
            let rows = store.list_audit(&AuditFilter::default(), None, 10).await.unwrap();
            rows.into_iter().map(|row| row.entry).collect::<Vec<_>>()
        };
        tell(false, true).await.unwrap();
        let all = asked(Keeps::All);
        all.clone().during(tell(true, true)).await.unwrap_err();
        asked(Keeps::Marked).during(tell(false, false)).await.unwrap();
        assert_eq!(entries().await, [], "in nobody's name, rolled back, or not to be kept");
        all.clone().during(tell(false, false)).await.unwrap();
        asked(Keeps::Marked).during(tell(false, true)).await.unwrap();
        // A job behind them in the same group is nobody's.
        tell(false, true).await.unwrap();
        let entries = entries().await;
        let said: Vec<_> =
            entries.iter().map(|entry| (&*entry.target_kind, &*entry.target_id, &*entry.details)).collect();
        let nil = Uuid::nil();
        let events = format!("\"events\":[{{\"id\":\"{nil}\",\"kind\":\"thing.done\",\"name\":\"x\"}}]");
        let (thing, other) = (format!("{{{events}}}"), format!("{{{events},\"more\":1}}"));
        assert_eq!(said, [("other", "7", other.as_str()), ("thing", nil.to_string().as_str(), thing.as_str())]);
        assert_eq!((entries[0].actor_kind.as_str(), entries[0].action.as_str()), ("local_admin", "S/Call"));
        assert_eq!(all.written.load(std::sync::atomic::Ordering::Relaxed), 1);
    })
    .await;
}
