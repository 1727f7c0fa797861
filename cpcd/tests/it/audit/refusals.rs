//! Refusals are counted, by whom, what and why.

use cpc_proto::v1;
use cpc_signing::SecretKey;

use crate::harness::{Daemon, eventually, for_each_engine, reason};

/// How often each is tried: some come while the first of them is written.
const TRIES: i64 = 25;

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_counted_and_none_is_lost_at_the_end() {
    for_each_engine(async |engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let stranger = SecretKey::generate();
        for _ in 0..TRIES {
            let listed = daemon.identity(Some(&alice.token)).await.list_users(v1::ListUsersRequest::default()).await;
            assert_eq!(reason(&listed.unwrap_err()), "PERMISSION_DENIED");
            let listed = daemon.identity(Some("nonsense")).await.list_users(v1::ListUsersRequest::default()).await;
            assert_eq!(reason(&listed.unwrap_err()), "TOKEN_INVALID");
        }
        let refused = daemon.prove(daemon.proof(&stranger).await).await.unwrap_err();
        assert_eq!(reason(&refused), "LOGIN_REFUSED");
        // What nobody is refused for is none.
        let missing = v1::GetUserRequest { by: Some(v1::get_user_request::By::Username("nobody".into())) };
        assert_eq!(reason(&daemon.local().await.get_user(missing).await.unwrap_err()), "USER_NOT_FOUND");
        let list = async |actor: &str| {
            let request = v1::ListAuditEntriesRequest {
                actor: actor.into(),
                outcome: v1::AuditOutcome::Refused.into(),
                ..Default::default()
            };
            daemon.local_audit().await.list_audit_entries(request).await.unwrap().into_inner().entries
        };
        let reasons = ["PERMISSION_DENIED", "TOKEN_INVALID", "LOGIN_REFUSED"];
        eventually("the first of each shows, from whichever replica", async || {
            let shown = list("").await;
            reasons.iter().all(|reason| shown.iter().any(|entry| entry.reason == *reason))
        })
        .await;
        let login = list("anonymous").await.into_iter().find(|entry| entry.reason == "LOGIN_REFUSED").unwrap();
        assert_eq!((login.target_kind.as_str(), login.target_id), ("key", stranger.public().peer_id().to_string()));
        assert_eq!((login.action.as_str(), login.network.as_str()), ("IdentityService/Authenticate", "127.0.0.0/24"));
        let denied = &list(&alice.id).await[0];
        assert_eq!(
            (denied.reason.as_str(), denied.action.as_str()),
            ("PERMISSION_DENIED", "IdentityService/ListUsers")
        );
        assert!(!denied.request_id.is_empty());
        // The end of a daemon writes what is left, while nobody waits for the minute.
        let daemon = daemon.restart(&engine).await;
        let count = async |reason: &str| {
            let query = format!("SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM audit WHERE reason = '{reason}'");
            daemon.count(&engine, &query).await
        };
        assert_eq!(count("PERMISSION_DENIED").await, TRIES);
        assert_eq!(count("TOKEN_INVALID").await, TRIES);
        let rows = daemon.count(&engine, "SELECT count(*) FROM audit WHERE outcome = 'refused'").await;
        let most = 3 * 2 * i64::try_from(engine.replicas).unwrap() * 2;
        assert!(rows <= most, "{rows} rows: they are counted together");
        daemon.stop().await;
    })
    .await;
}
