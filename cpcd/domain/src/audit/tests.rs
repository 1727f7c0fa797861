//! The sealer and what it seals, on a store in memory.

use cpcd_model::audit::{NewAuditEntry, StoredSeal};
use cpcd_store::sql;

use super::*;
use crate::identity::{RootKey, open_server_identity};

const DAY: Duration = Duration::from_secs(86_400);

async fn audit(clock: &Clock) -> (Audit, Sealer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let root = RootKey::create(&folder.path().join("root.key")).unwrap();
    let store = Store::open(&sql::Config { url: "sqlite::memory:".into(), ..sql::Config::default() }).await.unwrap();
    let (server, _) = open_server_identity(&store, clock, &root).await.unwrap();
    let (audit, sealer) = Audit::open(&store, clock, &server, &Config { keep_days: 400 }).await.unwrap();
    (audit, sealer, folder)
}

async fn write(audit: &Audit, count: usize) {
    let entry = NewAuditEntry {
        time: audit.clock.now(),
        actor_kind: "local_admin".into(),
        actor_id: None,
        session_id: None,
        token_id: None,
        action: "S/Call".into(),
        target_kind: "thing".into(),
        target_id: String::new(),
        outcome: Outcome::Done,
        reason: String::new(),
        request_id: None,
        network: String::new(),
        details: "{}".into(),
        count: 1,
    };
    let entries = vec![entry; count];
    let write = audit.store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.insert_audit(&entries).await }));
    write.await.unwrap();
}

/// Verifies to the end; gives the last number and the number of entries, or what is wrong.
async fn verify(audit: &Audit) -> std::result::Result<(u64, u64), Fault> {
    let (mut token, mut entries) = (String::new(), 0);
    loop {
        let verified = audit.verify(&Caller::system(), &token).await.unwrap();
        entries += verified.entries;
        match verified.fault {
            Some(fault) => return Err(fault),
            None if verified.next_page_token.is_empty() => return Ok((verified.through, entries)),
            None => token = verified.next_page_token,
        }
    }
}

#[tokio::test]
async fn entries_are_sealed_in_their_order_by_whoever_has_the_lease() {
    let clock = Clock::default();
    let (audit, mut sealer, _folder) = audit(&clock).await;
    let caller = Caller::system();
    assert_eq!(verify(&audit).await, Ok((0, 0)), "of nothing nothing is missing");
    write(&audit, 2_500).await;
    sealer.seal(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((2_500, 2_500)));
    // Another one waits for the lease, and goes on where the first one ended.
    let mut other = Sealer::new(audit.clone(), 400 * DAY);
    write(&audit, 4_000).await;
    other.seal(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((2_500, 2_500)));
    clock.advance(Duration::from_secs(60));
    other.seal(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((6_500, 6_500)), "in two pages");
    let lost = sealer.seal(&caller).await;
    assert!(lost.is_ok(), "there is nothing to do");
    write(&audit, 1).await;
    sealer.believe(clock.tick());
    assert!(sealer.seal(&caller).await.is_err(), "whoever lost the lease seals nothing");
    other.seal(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((6_501, 6_501)));
    assert!(audit.verify(&Caller::anonymous(Arc::default()), "").await.is_err());
}

#[tokio::test]
async fn what_is_cleared_away_leaves_an_anchor() {
    let clock = Clock::default();
    let (audit, mut sealer, _folder) = audit(&clock).await;
    let caller = Caller::system();
    write(&audit, 2_300).await;
    sealer.seal(&caller).await.unwrap();
    clock.advance(300 * DAY);
    write(&audit, 10).await;
    sealer.seal(&caller).await.unwrap();
    sealer.clear(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((2_310, 2_310)), "nothing is old enough");
    clock.advance(101 * DAY);
    sealer.clear(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((2_310, 10)));
    let mut export = audit.export(&caller, 0).await.unwrap();
    let anchor = export.next().await.unwrap().unwrap();
    assert!(matches!(anchor, Exported::Anchor(StoredSeal { number: 2_300, .. })), "{anchor:?}");
    assert!(audit.export(&caller, 7).await.is_err(), "what comes next is gone");
    let mut rest = audit.export(&caller, 2_309).await.unwrap();
    assert!(matches!(rest.next().await.unwrap(), Some(Exported::Entry(_))));
    assert!(matches!(rest.next().await.unwrap(), Some(Exported::Head(StoredSeal { number: 2_310, .. }))));
    assert!(rest.next().await.unwrap().is_none());
    clock.advance(400 * DAY);
    sealer.clear(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((2_310, 0)), "all is gone, and said to be");
    write(&audit, 1).await;
    sealer.seal(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((2_311, 1)));
}

/// Whoever has the store and not the key can write down a chain of their own; nobody signs it for them.
#[tokio::test]
async fn nothing_is_sealed_on_top_of_what_somebody_else_made() {
    let clock = Clock::default();
    let (audit, mut sealer, _folder) = audit(&clock).await;
    let caller = Caller::system();
    write(&audit, 5).await;
    sealer.seal(&caller).await.unwrap();
    let good = audit.store.audit_bounds().await.unwrap().head.unwrap();
    write(&audit, 1).await;
    for forged in [
        StoredSeal { signature: [1; 64], ..good },
        StoredSeal { hash: [1; 32], ..good },
        StoredSeal { number: 4, ..good },
    ] {
        put_head(&audit, forged).await;
        assert!(sealer.seal(&caller).await.is_err(), "{forged:?}");
        assert!(verify(&audit).await.is_err());
    }
    put_head(&audit, good).await;
    sealer.seal(&caller).await.unwrap();
    assert_eq!(verify(&audit).await, Ok((6, 6)));
}

/// Puts a head there, as somebody would who writes to the store.
async fn put_head(audit: &Audit, head: StoredSeal) {
    let behind = audit.store.audit_bounds().await.unwrap().head.unwrap().number;
    let write =
        audit.store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.seal_audit(behind, &[], &head).await }));
    write.await.unwrap();
}
