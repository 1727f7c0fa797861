//! The chain: whatever is changed in the store behind the daemon's back, verification names the entry.

use crate::harness::{Daemon, Engine, eventually, for_each_engine};

use super::*;

/// A change of each column of an entry, as it is spelled on both engines.
const CHANGES: [(&str, &str); 16] = [
    ("id", "id + 1000000"),
    ("time", "'2020-01-01T00:00:00.000000Z'"),
    ("actor_kind", "'user'"),
    ("actor_id", "{uuid}"),
    ("session_id", "{uuid}"),
    ("token_id", "{uuid}"),
    ("action", "'IdentityService/ListUsers'"),
    ("target_kind", "'node'"),
    ("target_id", "'x'"),
    ("outcome", "'refused'"),
    ("reason", "'WHY'"),
    ("request_id", "{uuid}"),
    ("network", "'203.0.113.7'"),
    ("details", "details || ' '"),
    ("count", "2"),
    ("hash", "{hash}"),
];

/// The entry that is tampered with.
const VICTIM: u64 = 3;

async fn stage(engine: &Engine) -> (Daemon, String) {
    let daemon = Daemon::start(engine).await;
    for name in ["alice", "bob", "carol"] {
        daemon.person(name, &["content=write"]).await;
    }
    let sealed = daemon.sealed().await;
    assert_eq!((sealed.fault.clone(), sealed.verified_through), (None, 6), "{sealed:?}");
    let server_id = sealed.head.expect("a head").server_id;
    // Somebody who can write to the store takes away what hinders them, and we keep what was there.
    let hindrance =
        if engine.url.is_empty() { "DROP TRIGGER audit_sealed" } else { "DROP TRIGGER audit_sealed ON audit" };
    daemon.execute(engine, hindrance).await;
    daemon.execute(engine, "CREATE TABLE kept AS SELECT * FROM audit").await;
    daemon.execute(engine, "CREATE TABLE kept_seals AS SELECT * FROM audit_seals").await;
    (daemon, server_id)
}

async fn restore(daemon: &Daemon, engine: &Engine) {
    for (table, kept) in [("audit", "kept"), ("audit_seals", "kept_seals")] {
        daemon.execute(engine, &format!("DELETE FROM {table}")).await;
        daemon.execute(engine, &format!("INSERT INTO {table} SELECT * FROM {kept}")).await;
    }
}

/// Verifies here and, as somebody else, what is exported: both find the same.
async fn fault(daemon: &Daemon, server_id: &str) -> Option<(u64, String)> {
    let verified = daemon.verify().await;
    let followed = follow(&daemon.export(0).await, server_id);
    assert_eq!(verified.fault.is_some(), followed.is_err(), "{verified:?} {followed:?}");
    verified.fault.map(|fault| (fault.number, fault.description))
}

#[tokio::test(flavor = "multi_thread")]
async fn any_change_of_a_sealed_entry_is_found() {
    for_each_engine(async |engine| {
        let is_sqlite = engine.url.is_empty();
        let (daemon, server_id) = stage(&engine).await;
        assert_eq!(fault(&daemon, &server_id).await, None);
        let (uuid, hash) = if is_sqlite {
            ("x'01234567890123456789012345678901'", format!("x'{}'", "5a".repeat(32)))
        } else {
            ("'01234567-8901-2345-6789-012345678901'", format!("'\\x{}'", "5a".repeat(32)))
        };
        for (column, change) in CHANGES {
            let change = change.replace("{uuid}", uuid).replace("{hash}", &hash);
            daemon.execute(&engine, &format!("UPDATE audit SET {column} = {change} WHERE number = {VICTIM}")).await;
            let found = fault(&daemon, &server_id).await;
            assert_eq!(found.map(|(number, _)| number), Some(VICTIM), "{column} on {}", engine.name);
            restore(&daemon, &engine).await;
        }
        for (what, statements, number) in [
            ("an entry is gone", vec!["DELETE FROM audit WHERE number = 3"], 3),
            ("the first is gone", vec!["DELETE FROM audit WHERE number = 1"], 1),
            ("the last is gone", vec!["DELETE FROM audit WHERE number = 6"], 6),
            (
                "two have changed places",
                vec![
                    "UPDATE audit SET number = 1000 WHERE number = 4",
                    "UPDATE audit SET number = 4 WHERE number = 5",
                    "UPDATE audit SET number = 5 WHERE number = 1000",
                ],
                4,
            ),
            ("one is there that was never sealed", vec!["UPDATE audit SET number = 7 WHERE number = 3"], 6),
            ("the seal is of another number", vec!["UPDATE audit_seals SET number = 5"], 5),
            (
                "the end is gone, and the seal is set back",
                vec!["DELETE FROM audit WHERE number > 4", "UPDATE audit_seals SET number = 4"],
                4,
            ),
        ] {
            for statement in statements {
                daemon.execute(&engine, statement).await;
            }
            let found = fault(&daemon, &server_id).await;
            assert_eq!(found.as_ref().map(|(found, _)| *found), Some(number), "{what} on {}: {found:?}", engine.name);
            restore(&daemon, &engine).await;
        }
        assert_eq!(fault(&daemon, &server_id).await, None, "as it was, it holds");
        daemon.stop().await;
    })
    .await;
}

/// An export that was kept shows what a server that starts anew cannot: that the end was cut off and the seal is an older one.
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_set_back_is_not_the_one_that_was_kept() {
    let engine = Engine::sqlite();
    let (daemon, server_id) = stage(&engine).await;
    daemon.person("dave", &["content=write"]).await;
    assert_eq!(daemon.sealed().await.verified_through, 8);
    let kept = follow(&daemon.export(0).await, &server_id).unwrap();
    let rest = daemon.export(6).await;
    assert!(matches!(&rest[..], [Part::Entry(entry), Part::Entry(_), Part::Seal(_)] if entry.number == 7), "{rest:?}");
    restore(&daemon, &engine).await;
    assert_eq!(daemon.verify().await.fault.map(|fault| fault.number), Some(8), "a daemon that runs has seen further");
    let now = follow(&daemon.export(0).await, &server_id).unwrap();
    assert!(now.number < kept.number, "whoever noted {} sees that something is gone", kept.number);
    daemon.stop().await;
}

/// Whoever takes the seals away as well has not begun a chain of their own: one that has none is none, and nobody signs it for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_history_without_a_seal_is_not_sealed() {
    for_each_engine(async |engine| {
        let (daemon, server_id) = stage(&engine).await;
        for statement in ["DELETE FROM audit", "DELETE FROM audit_seals"] {
            daemon.execute(&engine, statement).await;
        }
        daemon.person("dave", &["content=write"]).await;
        eventually("sealing is refused", async || {
            let metrics = daemon.get("/metrics").await.text();
            metrics.lines().any(|line| line.starts_with("cpcd_audit_seal_failures_total") && !line.ends_with(" 0"))
        })
        .await;
        let verified = daemon.verify().await;
        assert_eq!((verified.fault.map(|fault| fault.number), verified.unsealed > 0), (Some(0), true));
        restore(&daemon, &engine).await;
        assert_eq!(fault(&daemon, &server_id).await, None, "as it was, it holds");
        daemon.stop().await;
    })
    .await;
}
