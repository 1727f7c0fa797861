//! Moving house: everything there, the same on both sides, also after a cut.

use std::panic::AssertUnwindSafe;

use cpcd_model::{
    Reason,
    content::Visibility,
    id::{NodeId, SessionId, UserId},
};
use cpcd_store::{
    Store,
    sql::{self, Config, CopyStep, ServerIdentity, Session, SubjectKind},
};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::{
    harness::{Place, content, insert_contents, insert_user, now, time, with_names, write},
    sql_schema::{count, raw},
};

/// Rows of content: more than two chunks.
const CONTENTS: usize = 2_300;

async fn fill(place: &Place) {
    let store = place.open().await;
    let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
    let identity = ServerIdentity {
        store_id: Uuid::now_v7(),
        sealed_key: vec![0, 1, 255],
        root_key_fingerprint: vec![7; 32],
        created_at: now(),
        sealed_derivation: None,
    };
    write(&store, move |tx| Box::pin(async move { tx.insert_server_identity(&identity).await })).await;
    for owner in [alice, bob] {
        let id = SessionId::begun_at(now());
        let session = Session {
            id,
            subject_id: owner.uuid(),
            subject_kind: SubjectKind::User,
            created_at: now(),
            expires_at: time("2030-01-02T03:04:05.000006Z"),
            refresh_hash: Some([9; 32]),
            bound_key: None,
            opened_with: Some([7; 32]),
        };
        write(&store, move |tx| Box::pin(async move { tx.insert_session(&session).await })).await;
    }
    write(&store, |tx| Box::pin(async move { tx.insert_used_challenge(&[1; 16], now()).await })).await;
    for part in 0..CONTENTS / 100 {
        let contents: Vec<_> = (0..100)
            .map(|n| {
                let number = part * 100 + n;
                let owner = if number % 3 == 0 { alice } else { bob };
                let mut content = content(owner, &format!("title {number} \u{1f600} '\"\\"));
                content.metadata.visibility = if number % 2 == 0 { Visibility::Public } else { Visibility::Private };
                with_names(content, Some(&format!("cid{number}")), Some(&format!("request {number}")))
            })
            .collect();
        insert_contents(&store, &contents).await;
    }
    store.close().await;
    // What has no simple way in: rows of the other tables, with everything that their columns can hold.
    let (node, grant) = (NodeId::generate(), UserId::generate());
    let blob = |id: Uuid| if place.is_postgres() { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
    let bytes = |hex: &str| if place.is_postgres() { format!("'\\x{hex}'") } else { format!("x'{hex}'") };
    let statements = format!(
        "INSERT INTO nodes (id, public_key, resources, status, owner_id, created_at, record, record_seq, labels, realm)
         VALUES ({node}, {key}, '{{\"z\": 18446744073709551615, \"a\": [1, null, \"x\"]}}', 'degraded', {alice},
                 '2026-03-04T05:06:07.000001Z', {record}, 9223372036854775807, '{{\"region\": \"eu\"}}', 'lab');
         INSERT INTO node_counts VALUES ('2001:db8:0:1::/64', 3, '2026-03-04T05:06:07.000001Z', 2);
         INSERT INTO grants VALUES ({alice}, 'content', {grant}, 'write');
         INSERT INTO friends VALUES ({alice}, {bob}, 'friend', '2026-03-04T05:06:07.000001Z'),
             ({bob}, {alice}, 'friend', '2026-03-04T05:06:07.000001Z');
         UPDATE users SET friends = {friends} WHERE id = {alice};
         INSERT INTO object_grants VALUES ({grant}, 'content', {grant}, {alice}, NULL, 'write', {bob}, '2026-03-04T05:06:07.000001Z', NULL);
         INSERT INTO invites (id, code_hash, kind, uses, uses_left, labels, realm, permissions, made_by, created_at, expires_at)
         VALUES ({grant}, {key}, 'node', 5, 3, '{{}}', NULL, 'null', {bob}, '2026-03-04T05:06:07.000001Z',
                 '2026-03-05T05:06:07.100000Z');
         INSERT INTO allocations (id, requester_id, requester_kind, owner_id, request_id, request_hash, request, labels, is_exclusive,
             state, epoch, ttl_seconds, deadline, created_at)
         VALUES ({grant}, {alice}, 'user', {alice}, 'a request', {key}, '{{\"z\": 1, \"a\": []}}', '{{\"app\": \"x\"}}', TRUE, 'active',
                 3, 60, '2026-03-05T05:06:07.100000Z', '2026-03-04T05:06:07.000001Z');
         INSERT INTO allocation_parts (allocation_id, number, node_id, state, cpu, memory, bandwidth, epoch, refused, since)
         VALUES ({grant}, 0, {node}, 'accepted', 1, 2, 3, 3, '[\"{grant_text}\"]', '2026-03-04T05:06:07.000001Z');
         INSERT INTO allocation_owners VALUES ({alice}, 1, 1, 2, 3);
         INSERT INTO webhooks (id, owner_id, url, sealed_secret, kinds, created_at, cursor_xid, cursor_id, failures, failing_since)
         VALUES ({grant}, {alice}, 'https://hooks.example.org/x', {key}, '[\"node.\"]', '2026-03-04T05:06:07.000001Z',
                 9223372036854775807, 7, 3, '2026-03-05T05:06:07.100000Z');
         INSERT INTO recovery_codes VALUES ({alice}, {key}, '2026-03-04T05:06:07.000001Z', {whole_key});
         INSERT INTO service_tokens (id, owner_id, name, secret_hash, permissions, created_at, expires_at, made_with) VALUES
             ({grant}, {alice}, 'ci', {key}, '{{\"rules\": []}}', '2026-03-04T05:06:07.000001Z', '2026-03-05T05:06:07.100000Z', {whole_key});
         INSERT INTO signing_keys VALUES ('kid', {record}, '2026-03-04T05:06:07.000001Z', '2026-03-04T05:06:07.000001Z', NULL);
         INSERT INTO revocations (id, kind, target, before_at, created_at, expires_at) VALUES
             (41, 'all', NULL, '2026-03-04T05:06:07.000001Z', '2026-03-04T05:06:07.000001Z', '2026-03-04T05:06:07.000001Z');
         INSERT INTO audit (id, time, actor_kind, actor_id, action, target_kind, target_id, outcome, reason, network, details, count,
             number, hash)
         VALUES (7, '2026-03-04T05:06:07.000001Z', 'user', {alice}, 'S/Call', 'node', 'x', 'ok', '', '', '{{\"b\": 1, \"a\":  2}}', 1, 3, {hash}),
                (9, '2026-03-04T05:06:07.000001Z', 'anonymous', NULL, 'S/Call', '', '', 'refused', 'WHY', '', '{{}}', 5, NULL, NULL);
         INSERT INTO audit_seals VALUES ('head', 3, {hash}, '2026-03-04T05:06:07.000001Z', {signature});
         INSERT INTO leases VALUES ('kept by nobody', 'a', 1, '2026-03-04T05:06:07.000001Z')",
        node = blob(node.uuid()),
        grant = blob(grant.uuid()),
        grant_text = grant,
        alice = blob(alice.uuid()),
        bob = blob(bob.uuid()),
        key = bytes("00ff80"),
        whole_key = bytes(&"00ff807f".repeat(8)),
        record = bytes(""),
        friends = if place.is_postgres() { format!("'{{{bob}}}'") } else { format!("'[\"{bob}\"]'") },
        hash = bytes(&"5a".repeat(32)),
        signature = bytes(&"a5".repeat(64)),
    );
    raw(place, &statements).await;
}

type Digests = Vec<(&'static str, u64, String)>;

async fn copy(from: &Place, to: &Place) -> cpcd_model::Result<Digests> {
    let mut verified = Vec::new();
    let mut told = |step| {
        if let CopyStep::Verified { table, rows, digest } = step {
            verified.push((table, rows, digest));
        }
    };
    sql::copy(&from.config, &to.config, &mut told).await?;
    Ok(verified)
}

/// Copies until a step, where it dies.
async fn cut_off(from: &Place, to: &Place, is_there: impl Fn(&CopyStep) -> bool + Send + Sync) {
    let mut tell = |step| assert!(!is_there(&step), "cut off here");
    let cut = AssertUnwindSafe(sql::copy(&from.config, &to.config, &mut tell)).catch_unwind().await;
    assert!(cut.is_err());
}

#[tokio::test]
async fn there_and_back_again_everything_is_the_same() {
    let Some(postgres) = Place::postgres().await else { return };
    let (first, second) = (Place::sqlite(), Place::sqlite());
    fill(&first).await;
    let there = copy(&first, &postgres).await.unwrap();
    let rows = |table: &str| there.iter().find(|(name, ..)| *name == table).unwrap().1;
    assert_eq!(rows("content"), CONTENTS as u64);
    assert!(there.iter().all(|(_, rows, _)| *rows > 0), "every table has something to lose: {there:?}");
    assert_eq!(count(&postgres, "SELECT count(*) FROM leases").await, 0, "leases stay behind");

    // It is a store: it opens, reads, takes up the numbers, and its followers have missed something.
    let store = postgres.open().await;
    let contents = store.count_contents().await.unwrap();
    assert_eq!(contents, CONTENTS as u64);
    let old = sql::EventCursor { xid: 0, id: 7 };
    assert_eq!(store.list_events(Some(&old), 10).await.unwrap_err().reason(), Reason::PageTokenInvalid);
    store.close().await;
    assert_eq!(count(&postgres, "SELECT nextval(pg_get_serial_sequence('revocations', 'id'))").await, 42);

    let refused = copy(&first, &postgres).await.unwrap_err();
    assert_eq!(refused.reason(), Reason::StoreInUse, "the target is not empty any more");
    let back = copy(&postgres, &second).await.unwrap();
    assert_eq!(there, back);
    let store = second.open().await;
    assert_eq!(store.count_contents().await.unwrap(), contents);
    assert!(store.get_user_by_name("bob").await.unwrap().is_some());
    store.close().await;
    postgres.clear().await;
}

#[tokio::test]
async fn a_copy_that_was_cut_off_goes_on_where_it_was() {
    let Some(postgres) = Place::postgres().await else { return };
    let source = Place::sqlite();
    fill(&source).await;
    cut_off(&source, &postgres, |step| matches!(step, CopyStep::Copied { table: "content", rows: 2_000.., .. })).await;
    let error = Store::open(&postgres.config).await.err().unwrap();
    assert_eq!(error.reason(), Reason::StoreForeign);
    assert!(error.message().contains("cpcd store copy"), "half a store is none: {error}");

    let other = Place::sqlite();
    fill(&other).await;
    assert_eq!(copy(&other, &postgres).await.unwrap_err().reason(), Reason::StoreInUse, "it is another's copy");

    let mut steps = Vec::new();
    sql::copy(&source.config, &postgres.config, &mut |step| steps.push(step)).await.unwrap();
    assert_eq!(steps[0], CopyStep::Resumed);
    let first = steps.iter().find(|step| matches!(step, CopyStep::Copied { table: "content", .. }));
    let total = CONTENTS as u64;
    assert_eq!(first, Some(&CopyStep::Copied { table: "content", rows: 2_000, total }), "what was copied stays");
    let store = postgres.open().await;
    assert_eq!(store.count_contents().await.unwrap(), total);
    store.close().await;
    postgres.clear().await;
}

#[tokio::test]
async fn a_store_in_use_is_not_copied() {
    let Some(postgres) = Place::postgres().await else { return };
    let source = Place::sqlite();
    fill(&source).await;
    let daemon = source.open().await;
    let refused = copy(&source, &postgres).await.unwrap_err();
    assert_eq!(refused.reason(), Reason::StoreInUse);
    assert!(refused.message().contains("stop the daemon"), "{refused}");
    daemon.close().await;
    // Nor is a database on which a daemon lives, on either side.
    let daemon = postgres.open().await;
    write(&daemon, |tx| Box::pin(async move { tx.upsert_replica(Uuid::now_v7(), "kid").await })).await;
    daemon.close().await;
    assert_eq!(copy(&source, &postgres).await.unwrap_err().reason(), Reason::StoreInUse);
    assert_eq!(copy(&postgres, &Place::sqlite()).await.unwrap_err().reason(), Reason::StoreInUse);
    raw(&postgres, "DELETE FROM replicas").await;
    copy(&source, &postgres).await.unwrap();

    let nothing = Config { url: "sqlite:/no/such/store.sqlite".into(), ..Config::default() };
    assert!(sql::copy(&nothing, &postgres.config, &mut |_| ()).await.is_err());
    assert_eq!(copy(&source, &Place::sqlite()).await.unwrap_err().reason(), Reason::FieldInvalid);
    postgres.clear().await;
}

#[tokio::test]
async fn what_differs_in_the_end_is_no_copy() {
    let Some(postgres) = Place::postgres().await else { return };
    let source = Place::sqlite();
    fill(&source).await;
    cut_off(&source, &postgres, |step| matches!(step, CopyStep::Verified { .. })).await;
    raw(&source, "UPDATE users SET username = 'changed' WHERE username = 'alice'").await;
    let refused = copy(&source, &postgres).await.unwrap_err();
    assert!(refused.message().contains("users") && refused.message().contains("changed while"), "{refused}");
    assert!(Store::open(&postgres.config).await.is_err());
    postgres.clear().await;
}
