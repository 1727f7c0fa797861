//! Accounts: who waits for approval, who is suspended, and who goes with an invite.

use cpc_proto::v1;
use cpc_signing::SecretKey;
use http::Method;
use tonic::Status;

use crate::harness::{Daemon, Engine, Person, eventually, everywhere, for_each_engine, reason, rule_message};

const APPROVAL: (&str, &str) = ("identity.join", "approval");

async fn join(daemon: &Daemon, key: &SecretKey, invite: &str, username: &str) -> Result<String, Status> {
    let proof = v1::ChallengeProof { invite: invite.into(), username: username.into(), ..daemon.proof(key).await };
    daemon.prove(proof).await
}

async fn login(daemon: &Daemon, key: &SecretKey) -> Result<String, String> {
    daemon.login(key).await.map_err(|status| reason(&status))
}

async fn users(daemon: &Daemon, state: v1::UserState) -> Vec<v1::User> {
    let request = v1::ListUsersRequest { state: state.into(), ..Default::default() };
    daemon.local().await.list_users(request).await.unwrap().into_inner().users
}

async fn works(daemon: &Daemon, token: &str) -> Result<(), String> {
    let answer = daemon.identity(Some(token)).await.list_sessions(v1::ListSessionsRequest::default()).await;
    answer.map(drop).map_err(|status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_an_invite_waits_for_approval() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &[APPROVAL, ("identity.pending_users", "2")]).await;
        let keys: Vec<_> = (0..3).map(|_| SecretKey::generate()).collect();
        assert_eq!(login(&daemon, &keys[0]).await.unwrap_err(), "LOGIN_REFUSED", "a login asks for no account");
        let first = join(&daemon, &keys[0], "", "bob").await.unwrap_err();
        assert_eq!(reason(&first), "APPROVAL_PENDING");
        assert!(first.message().contains("bob"), "{}", first.message());
        assert_eq!(login(&daemon, &keys[0]).await.unwrap_err(), "APPROVAL_PENDING");
        assert_eq!(
            reason(&join(&daemon, &keys[0], "", "bob").await.unwrap_err()),
            "APPROVAL_PENDING",
            "again is the same"
        );
        assert_eq!(reason(&join(&daemon, &keys[1], "", "bob").await.unwrap_err()), "USERNAME_TAKEN");
        assert_eq!(reason(&join(&daemon, &keys[1], "", "carol").await.unwrap_err()), "APPROVAL_PENDING");
        assert_eq!(reason(&join(&daemon, &keys[2], "", "dave").await.unwrap_err()), "QUOTA_EXCEEDED");

        let waiting = users(&daemon, v1::UserState::Pending).await;
        assert_eq!(waiting.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["bob", "carol"]);
        assert!(users(&daemon, v1::UserState::Active).await.is_empty());
        let clerk = daemon.person("clerk", &["users=write"]).await;
        let approve = v1::ApproveUserRequest { id: waiting[0].id.clone() };
        let refused = daemon.identity(Some(&clerk.token)).await.approve_user(approve.clone()).await.unwrap_err();
        assert_eq!(reason(&refused), "PERMISSION_DENIED");
        for _ in 0..2 {
            let user = daemon.local().await.approve_user(approve.clone()).await.unwrap().into_inner().user.unwrap();
            assert_eq!(user.state(), v1::UserState::Active, "twice is as good as once");
        }
        let token = login(&daemon, &keys[0]).await.unwrap();
        works(&daemon, &token).await.unwrap();
        assert_eq!(
            reason(&join(&daemon, &keys[2], "", "dave").await.unwrap_err()),
            "APPROVAL_PENDING",
            "there is room"
        );
        // An invite lets in at once.
        let request = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
        let invite = daemon.local().await.create_invite(request).await.unwrap().into_inner().code;
        join(&daemon, &SecretKey::generate(), &invite, "erin").await.unwrap();
        let events = "SELECT count(*) FROM events WHERE kind = 'user.approved'";
        assert_eq!(daemon.count(&engine, events).await, 1, "on {}", engine.name);
        let sessions = "SELECT count(*) FROM sessions JOIN users ON users.id = subject_id WHERE is_pending";
        assert_eq!(daemon.count(&engine, sessions).await, 0);
        daemon.stop().await;
    })
    .await;
}

async fn suspend(daemon: &Daemon, by: Option<&Person>, id: &str) -> Result<v1::User, String> {
    let mut client = match by {
        Some(person) => daemon.identity(Some(&person.token)).await,
        None => daemon.local().await,
    };
    let answer = client.suspend_user(v1::SuspendUserRequest { id: id.into() }).await;
    answer.map(|answer| answer.into_inner().user.unwrap()).map_err(|status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_is_out_at_once_and_back_with_everything() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let session = daemon.session(&alice.key).await;
        let request = v1::CreateServiceTokenRequest {
            name: "ci".into(),
            permissions: vec![rule_message("content=read")],
            ..Default::default()
        };
        let service = daemon.identity(Some(&alice.token)).await.create_service_token(request).await.unwrap();
        let service = service.into_inner().token;
        let request = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
        assert!(daemon.identity(Some(&alice.token)).await.create_invite(request).await.is_err());

        for _ in 0..2 {
            assert_eq!(suspend(&daemon, None, &alice.id).await.unwrap().state(), v1::UserState::Suspended);
        }
        for token in [&alice.token, &session.access_token] {
            everywhere(&engine, "the token is refused", async || {
                works(&daemon, token).await.err().as_deref() == Some("TOKEN_REVOKED")
            })
            .await;
        }
        everywhere(&engine, "the service token is refused", async || {
            let answer = daemon.rest(Method::GET, "/v1/caller", Some(&service), None).await;
            answer.status == 401 && answer.reason() == "TOKEN_REVOKED"
        })
        .await;
        assert_eq!(login(&daemon, &alice.key).await.unwrap_err(), "USER_SUSPENDED");
        let renewed = daemon.refresh(&session.refresh_token).await.unwrap_err();
        assert_eq!(reason(&renewed), "TOKEN_REVOKED");
        assert_eq!(users(&daemon, v1::UserState::Suspended).await.len(), 1);

        let resumed = daemon.local().await.resume_user(v1::ResumeUserRequest { id: alice.id.clone() }).await.unwrap();
        assert_eq!(resumed.into_inner().user.unwrap().state(), v1::UserState::Active);
        eventually("a login works again", async || login(&daemon, &alice.key).await.is_ok()).await;
        let token = login(&daemon, &alice.key).await.unwrap();
        works(&daemon, &token).await.unwrap();
        assert_eq!(works(&daemon, &alice.token).await.unwrap_err(), "TOKEN_REVOKED", "what ended has ended");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_suspends_whom_they_may_not() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let root = daemon.person("root", &["users=admin", "system=admin", "content=admin"]).await;
    let clerk = daemon.person("clerk", &["users=admin"]).await;
    let writer = daemon.person("writer", &["users=write"]).await;
    assert_eq!(suspend(&daemon, Some(&root), &root.id).await.unwrap_err(), "FIELD_INVALID");
    assert_eq!(suspend(&daemon, Some(&clerk), &root.id).await.unwrap_err(), "PERMISSION_DENIED", "who holds more");
    assert_eq!(suspend(&daemon, Some(&writer), &clerk.id).await.unwrap_err(), "PERMISSION_DENIED");
    let unknown = uuid::Uuid::now_v7().to_string();
    assert_eq!(suspend(&daemon, Some(&root), &unknown).await.unwrap_err(), "USER_NOT_FOUND");
    suspend(&daemon, Some(&root), &clerk.id).await.unwrap();
    suspend(&daemon, None, &root.id).await.expect("the local administrator may suspend even the last");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_takes_along_who_came_by_it() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let root = daemon.person("root", &["users=admin", "nodes=admin", "content=admin"]).await;
        let invite = async |kind: v1::SubjectKind| {
            let request = v1::CreateInviteRequest { kind: kind.into(), uses: 9, ..Default::default() };
            let made = daemon.identity(Some(&root.token)).await.create_invite(request).await.unwrap().into_inner();
            (made.invite.unwrap().id, made.code)
        };
        let (for_users, code) = invite(v1::SubjectKind::User).await;
        let (for_nodes, node_code) = invite(v1::SubjectKind::Node).await;
        let (bob, carol) = (SecretKey::generate(), SecretKey::generate());
        let token = join(&daemon, &bob, &code, "bob").await.unwrap();
        join(&daemon, &carol, &code, "carol").await.unwrap();
        let (node, _) = daemon.join(&node_code, v1::NodeInfo::default()).await.unwrap();
        let (kept, other) = (daemon.node().await, daemon.person("dave", &[]).await);

        let uses = async |id: &str| {
            let request = v1::ListInviteUsesRequest { id: id.into(), page_size: 1, ..Default::default() };
            let mut client = daemon.identity(Some(&root.token)).await;
            let first = client.list_invite_uses(request.clone()).await.unwrap().into_inner();
            let mut uses = first.uses;
            let mut page_token = first.next_page_token;
            while !page_token.is_empty() {
                let request = v1::ListInviteUsesRequest { page_token, ..request.clone() };
                let page = client.list_invite_uses(request).await.unwrap().into_inner();
                uses.extend(page.uses);
                page_token = page.next_page_token;
            }
            uses
        };
        let came = uses(&for_users).await;
        assert_eq!(came.iter().map(|used| used.username.as_str()).collect::<Vec<_>>(), ["bob", "carol"]);
        assert_eq!(came[0].peer_id, bob.public().peer_id().to_string());
        let came = uses(&for_nodes).await;
        assert_eq!(
            (came.len(), came[0].subject_id.as_str(), came[0].kind()),
            (1, node.id.as_str(), v1::SubjectKind::Node)
        );

        let revoke = async |id: &str, dry_run: bool| {
            let request = v1::RevokeInviteRequest { id: id.into(), end_what_it_let_in: true, dry_run };
            let answer = daemon.identity(Some(&root.token)).await.revoke_invite(request).await.unwrap().into_inner();
            let is_revoked = answer.invite.unwrap().revoked_at.is_some();
            (is_revoked, answer.users_suspended, answer.nodes_removed)
        };
        // One who was deleted is nobody's concern any more, though their content keeps their row.
        let gone = SecretKey::generate();
        let their_token = join(&daemon, &gone, &code, "aaron").await.unwrap();
        let metadata = v1::ContentMetadata { title: "left behind".into(), ..Default::default() };
        daemon.discovery(Some(&their_token)).await.publish_content(metadata).await.unwrap();
        let their = daemon.identity(Some(&their_token)).await.get_caller(v1::GetCallerRequest {}).await.unwrap();
        let id = their.into_inner().user.unwrap().id;
        daemon.local().await.delete_user(v1::DeleteUserRequest { id }).await.unwrap();
        assert_eq!(revoke(&for_users, true).await, (false, 2, 0));
        works(&daemon, &token).await.unwrap();
        assert_eq!(revoke(&for_users, false).await, (true, 2, 0));
        assert_eq!(revoke(&for_users, false).await, (true, 0, 0), "again ends nothing more");
        assert_eq!(login(&daemon, &bob).await.unwrap_err(), "USER_SUSPENDED");
        everywhere(&engine, "their tokens are refused", async || {
            works(&daemon, &token).await.err().as_deref() == Some("TOKEN_REVOKED")
        })
        .await;
        assert!(uses(&for_users).await.iter().all(|used| used.is_suspended));

        assert_eq!(revoke(&for_nodes, true).await, (false, 0, 1));
        assert_eq!(revoke(&for_nodes, false).await, (true, 0, 1));
        assert!(daemon.look(&node.id).await.is_err(), "it is gone");
        daemon.look(&kept.id).await.expect("another stays");
        works(&daemon, &other.token).await.unwrap();
        let got = daemon.rest(Method::GET, &format!("/v1/invites/{for_nodes}"), Some(&root.token), None).await;
        assert!(got.json()["invite"]["revokedAt"].is_string(), "{}", got.text());

        // Whoever made it may take it back, and needs more to take others along.
        let clerk = daemon.person("clerk", &["users=write"]).await;
        let request = v1::CreateInviteRequest { kind: v1::SubjectKind::User.into(), ..Default::default() };
        let mut client = daemon.identity(Some(&clerk.token)).await;
        let own = client.create_invite(request).await.unwrap().into_inner().invite.unwrap().id;
        let ends = v1::RevokeInviteRequest { id: own.clone(), end_what_it_let_in: true, dry_run: true };
        assert_eq!(reason(&client.revoke_invite(ends).await.unwrap_err()), "PERMISSION_DENIED");
        client.revoke_invite(v1::RevokeInviteRequest { id: own, ..Default::default() }).await.unwrap();
        daemon.stop().await;
    })
    .await;
}
