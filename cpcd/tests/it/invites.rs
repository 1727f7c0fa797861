//! Joining: by an invite, as often as it says, in its time; and who may make one.

use std::sync::Arc;

use cpc_proto::{clients::identity_service_client::IdentityServiceClient, v1};
use cpc_signing::{InviteCode, SecretKey};
use http::Method;
use tonic::Status;

use crate::harness::{Daemon, Engine, Person, eventually, for_each_engine, reason, rule_message, tokens, within};

const USER: i32 = v1::SubjectKind::User as i32;
const NODE: i32 = v1::SubjectKind::Node as i32;

/// Asks for an invite of one use for a user.
fn one() -> v1::CreateInviteRequest {
    v1::CreateInviteRequest { kind: USER, ..Default::default() }
}

/// Makes an invite as the local administrator.
async fn invite(daemon: &Daemon, request: v1::CreateInviteRequest) -> (v1::Invite, String) {
    let answer = daemon.local().await.create_invite(request).await.expect("the invite is made").into_inner();
    (answer.invite.expect("an invite"), answer.code)
}

async fn joining_proof(daemon: &Daemon, key: &SecretKey, code: &str, username: &str) -> v1::ChallengeProof {
    v1::ChallengeProof { invite: code.into(), username: username.into(), ..daemon.proof(key).await }
}

/// Joins over gRPC; gives the access token.
async fn join(daemon: &Daemon, key: &SecretKey, code: &str, username: &str) -> Result<String, Status> {
    daemon.prove(joining_proof(daemon, key, code, username).await).await
}

/// Tries to join through both edges; gives the reason, which must be the same.
async fn refusal(daemon: &Daemon, code: &str, username: &str) -> String {
    let key = SecretKey::generate();
    let over_grpc = reason(&join(daemon, &key, code, username).await.unwrap_err());
    let proof = joining_proof(daemon, &key, code, username).await;
    let message = v1::AuthRequest { step: Some(v1::auth_request::Step::Proof(proof)) };
    let body = serde_json::to_string(&message).unwrap();
    let answer = daemon.rest(Method::POST, "/auth", None, Some(&body)).await;
    assert_eq!(answer.reason(), over_grpc, "REST and gRPC: {}", answer.text());
    over_grpc
}

async fn caller(daemon: &Daemon, token: &str) -> v1::User {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await.unwrap();
    answer.into_inner().user.unwrap()
}

async fn invites(daemon: &Daemon, person: &Person) -> IdentityServiceClient<crate::harness::Client> {
    daemon.identity(Some(&person.token)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_joins_by_an_invite_and_logs_in_from_then_on() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &[("server.public_endpoint", "http://cpc.example:50051")]).await;
        let clerk = daemon.person("clerk", &["users=write", "content=read"]).await;
        let request = v1::CreateInviteRequest { permissions: vec![rule_message("users=write")], ..one() };
        let made = invites(&daemon, &clerk).await.create_invite(request).await.unwrap().into_inner();
        let (invite, code) = (made.invite.unwrap(), made.code);
        assert_eq!((invite.uses, invite.uses_left, invite.made_by.as_str()), (1, 1, clerk.id.as_str()));

        let read = InviteCode::parse(&code).unwrap();
        assert_eq!(read.endpoints, ["http://cpc.example:50051"]);
        let caller_answer = daemon.local().await.get_caller(v1::GetCallerRequest {}).await.unwrap().into_inner();
        assert_eq!(read.server_id(), caller_answer.server_id, "whoever joins knows which server to sign for");

        let key = SecretKey::generate();
        let token = join(&daemon, &key, &code, "bob").await.unwrap();
        let bob = caller(&daemon, &token).await;
        assert_eq!((bob.username.as_str(), bob.permissions), ("bob", vec![rule_message("users=write")]));
        // The same command again is a login, and takes nothing of any invite.
        let again = join(&daemon, &key, &code, "bob").await.unwrap();
        assert_eq!(caller(&daemon, &again).await.id, bob.id);
        assert!(daemon.login(&key).await.is_ok());
        assert_eq!(refusal(&daemon, &code, "carol").await, "INVITE_USED_UP", "on {}", engine.name);

        let by = "SELECT count(*) FROM users JOIN invites ON invites.id = users.invite_id WHERE username = 'bob'";
        assert_eq!(daemon.count(&engine, by).await, 1, "on {}", engine.name);
        let events = "SELECT count(*) FROM events WHERE kind = 'invite.created'";
        assert_eq!(daemon.count(&engine, events).await, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_permissions_an_invite_gives_the_default() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (_, code) = invite(&daemon, one()).await;
    let token = join(&daemon, &SecretKey::generate(), &code, "bob").await.unwrap();
    assert_eq!(caller(&daemon, &token).await.permissions, [rule_message("content=write")]);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_as_many_join_as_the_invite_is_for() {
    for_each_engine(async |engine: Engine| {
        let daemon = Arc::new(Daemon::start(&engine).await);
        let (made, code) = invite(&daemon, one()).await;
        let mut proofs = Vec::new();
        for number in 0..100 {
            let name = format!("user{number}");
            proofs.push(joining_proof(&daemon, &SecretKey::generate(), &code, &name).await);
        }
        let outcomes = prove_at_once(&daemon, proofs).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "on {}", engine.name);
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(refused.clone().all(|reason| reason == "INVITE_USED_UP"), "{:?}", refused.collect::<Vec<_>>());
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM users").await, 1, "on {}", engine.name);
        let left = format!("SELECT uses_left FROM invites WHERE uses = {}", made.uses);
        assert_eq!(daemon.count(&engine, &left).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_replays_of_a_joining_proof_one_makes_an_account() {
    for_each_engine(async |engine: Engine| {
        let daemon = Arc::new(Daemon::start(&engine).await);
        let (_, code) = invite(&daemon, v1::CreateInviteRequest { uses: 1000, ..one() }).await;
        let proof = joining_proof(&daemon, &SecretKey::generate(), &code, "bob").await;
        let outcomes = prove_at_once(&daemon, vec![proof; 1000]).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "on {}", engine.name);
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(refused.clone().all(|reason| reason == "CHALLENGE_USED"), "{:?}", refused.collect::<Vec<_>>());
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM users").await, 1, "on {}", engine.name);
        assert_eq!(daemon.count(&engine, "SELECT uses_left FROM invites").await, 999, "on {}", engine.name);
    })
    .await;
}

/// Sends proofs all at once; gives the token or the reason of each.
async fn prove_at_once(daemon: &Daemon, proofs: Vec<v1::ChallengeProof>) -> Vec<Result<String, String>> {
    let channel = daemon.channel().await;
    let running: Vec<_> = proofs
        .into_iter()
        .map(|proof| {
            let mut client = IdentityServiceClient::new(channel.clone());
            let request = v1::AuthRequest { step: Some(v1::auth_request::Step::Proof(proof)) };
            tokio::spawn(async move {
                loop {
                    match client.authenticate(request.clone()).await {
                        Ok(answer) => return Ok(tokens(answer.into_inner()).access_token),
                        // Load is shed with a hint when to come back.
                        Err(status) if matches!(reason(&status).as_str(), "OVERLOADED" | "ENGINE_AWAY") => {
                            tokio::task::yield_now().await;
                        }
                        Err(status) => return Err(reason(&status)),
                    }
                }
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for one in running {
        outcomes.push(within("a proof is answered", one).await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_that_is_not_good_says_why_on_both_edges() {
    for_each_engine(async |engine: Engine| {
        let (daemon, elsewhere) = (Daemon::start(&engine).await, Daemon::start(&Engine::sqlite()).await);
        let (first, revoked) = invite(&daemon, one()).await;
        daemon
            .local()
            .await
            .revoke_invite(v1::RevokeInviteRequest { id: first.id.clone(), ..Default::default() })
            .await
            .unwrap();
        assert_eq!(refusal(&daemon, &revoked, "bob").await, "INVITE_REVOKED", "on {}", engine.name);
        let (_, for_nodes) = invite(&daemon, v1::CreateInviteRequest { kind: NODE, ..one() }).await;
        assert_eq!(refusal(&daemon, &for_nodes, "bob").await, "INVITE_INVALID", "on {}", engine.name);
        let (_, foreign) = invite(&elsewhere, one()).await;
        assert_eq!(refusal(&daemon, &foreign, "bob").await, "INVITE_INVALID");

        let (_, good) = invite(&daemon, v1::CreateInviteRequest { uses: 2, ..one() }).await;
        let long = "x".repeat(10_000);
        for hostile in ["cpci_", "cpci_AAAA", "nonsense", " ", &good[..good.len() - 1], &format!("{good}A"), &long] {
            assert_eq!(refusal(&daemon, hostile, "bob").await, "INVITE_INVALID", "{hostile}");
        }
        for (name, expected) in [("", "FIELD_REQUIRED"), ("Bob", "FIELD_INVALID"), (&"x".repeat(51), "FIELD_TOO_LONG")]
        {
            assert_eq!(refusal(&daemon, &good, name).await, expected, "{name}");
        }
        assert_eq!(refusal(&daemon, "", "").await, "LOGIN_REFUSED", "nothing speaks of joining");
        assert_eq!(refusal(&daemon, "", "bob").await, "FIELD_REQUIRED", "an invite is needed");
        daemon.person("alice", &[]).await;
        assert_eq!(refusal(&daemon, &good, "alice").await, "USERNAME_TAKEN", "on {}", engine.name);
        let left = "SELECT uses_left FROM invites WHERE uses = 2";
        assert_eq!(daemon.count(&engine, left).await, 2, "what was refused used nothing up");
        assert!(join(&daemon, &SecretKey::generate(), &good, "bob").await.is_ok());

        let (_, brief) = invite(&daemon, v1::CreateInviteRequest { ttl_seconds: 1, ..one() }).await;
        eventually("the invite expires", async || {
            let proof = joining_proof(&daemon, &SecretKey::generate(), &brief, "alice").await;
            reason(&daemon.prove(proof).await.unwrap_err()) == "INVITE_EXPIRED"
        })
        .await;
        assert_eq!(refusal(&daemon, &brief, "late").await, "INVITE_EXPIRED", "on {}", engine.name);
        daemon.stop().await;
        elsewhere.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bit_that_is_turned_anywhere_in_a_code_makes_it_invalid() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (_, good) = invite(&daemon, one()).await;
    let key = SecretKey::generate();
    for place in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[place] ^= 1 << (place % 7);
        let Ok(hostile) = String::from_utf8(bytes) else { continue };
        assert_eq!(reason(&join(&daemon, &key, &hostile, "bob").await.unwrap_err()), "INVITE_INVALID", "{place}");
    }
    assert!(join(&daemon, &key, &good, "bob").await.is_ok());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_opens_or_closes_the_door() {
    let open = Daemon::start_with(&Engine::sqlite(), &[("identity.join", "open")]).await;
    assert_eq!(refusal(&open, "", "").await, "FIELD_REQUIRED");
    assert_eq!(refusal(&open, "cpci_AAAA", "bob").await, "INVITE_INVALID");
    let token = join(&open, &SecretKey::generate(), "", "bob").await.unwrap();
    assert_eq!(caller(&open, &token).await.permissions, [rule_message("content=write")]);
    let request = v1::CreateInviteRequest { permissions: vec![rule_message("system=read")], ..one() };
    let (_, code) = invite(&open, request).await;
    let token = join(&open, &SecretKey::generate(), &code, "carol").await.unwrap();
    assert_eq!(caller(&open, &token).await.permissions, [rule_message("system=read")]);
    open.stop().await;

    let closed = Daemon::start_with(&Engine::sqlite(), &[("identity.join", "closed")]).await;
    let (_, code) = invite(&closed, one()).await;
    assert_eq!(refusal(&closed, &code, "bob").await, "JOIN_CLOSED");
    assert_eq!(refusal(&closed, "", "bob").await, "JOIN_CLOSED");
    assert_eq!(refusal(&closed, "", "").await, "LOGIN_REFUSED");
    closed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_gives_no_more_than_its_maker_holds() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let clerk = daemon.person("clerk", &["users=write"]).await;
        let create = async |change: &dyn Fn(&mut v1::CreateInviteRequest)| {
            let mut request = one();
            change(&mut request);
            let body = serde_json::to_string(&request).unwrap();
            let over_rest = daemon.rest(Method::POST, "/v1/invites", Some(&clerk.token), Some(&body)).await;
            let over_grpc = invites(&daemon, &clerk).await.create_invite(request).await;
            match over_grpc {
                Ok(answer) => {
                    assert_eq!(over_rest.status, 200, "{}", over_rest.text());
                    Ok(answer.into_inner())
                }
                Err(status) => {
                    assert_eq!(over_rest.reason(), reason(&status));
                    Err(reason(&status))
                }
            }
        };
        let denied = Err("PERMISSION_DENIED".to_owned());
        assert_eq!(create(&|r| r.permissions = vec![rule_message("users=admin")]).await, denied);
        assert_eq!(create(&|r| r.permissions = vec![rule_message("system=read")]).await, denied);
        assert_eq!(create(&|r| r.kind = NODE).await, denied);
        assert_eq!(create(&|r| r.kind = 0).await.unwrap_err(), "FIELD_REQUIRED");
        assert_eq!(create(&|r| r.kind = 3).await.unwrap_err(), "FIELD_INVALID");
        assert_eq!(create(&|r| r.uses = 1_000_001).await.unwrap_err(), "FIELD_INVALID");
        assert_eq!(create(&|r| r.ttl_seconds = 31_536_001).await.unwrap_err(), "FIELD_INVALID");
        assert_eq!(create(&|r| r.realm = "lab".into()).await.unwrap_err(), "FIELD_INVALID");
        assert_eq!(create(&|r| drop(r.labels.insert("a".into(), "b".into()))).await.unwrap_err(), "FIELD_INVALID");
        let made = create(&|r| r.permissions = vec![rule_message("users=write")]).await.unwrap();

        // Who has lost a right since gives it no longer.
        let demote = r#"UPDATE users SET permissions = '{"rules":[]}' WHERE username = 'clerk'"#;
        daemon.execute(&engine, demote).await;
        assert_eq!(refusal(&daemon, &made.code, "bob").await, "INVITE_REVOKED", "on {}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invites_are_listed_and_taken_back_by_whom_they_belong_to() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let admin = daemon.person("admin", &["users=admin", "nodes=admin"]).await;
        let clerk = daemon.person("clerk", &["users=write"]).await;
        let keeper = daemon.person("keeper", &["nodes=write"]).await;
        let mut by_clerk = invites(&daemon, &clerk).await;
        let mine = by_clerk.create_invite(one()).await.unwrap().into_inner().invite.unwrap();
        let (others, _) = invite(&daemon, one()).await;
        let labels = [("region".to_owned(), "eu-west".to_owned())].into();
        let request = v1::CreateInviteRequest { kind: NODE, uses: 50, labels, realm: "lab".into(), ..one() };
        let made = invites(&daemon, &keeper).await.create_invite(request).await.unwrap().into_inner();
        let for_nodes = made.invite.unwrap();
        assert_eq!((for_nodes.realm.as_str(), for_nodes.labels["region"].as_str()), ("lab", "eu-west"));

        let listed = async |person: &Person, kind: &str| {
            let path = format!("/v1/invites?kind={kind}&page_size=2");
            let answer = daemon.rest(Method::GET, &path, Some(&person.token), None).await;
            if answer.status != 200 {
                return Err(answer.reason());
            }
            assert!(!answer.text().contains("cpci_") && !answer.text().contains(&made.code), "no list shows a code");
            let page: v1::ListInvitesResponse = serde_json::from_slice(&answer.body).unwrap();
            Ok((page.invites.into_iter().map(|invite| invite.id).collect::<Vec<_>>(), page.next_page_token))
        };
        assert_eq!(listed(&clerk, "").await.unwrap().0, [mine.id.clone(), others.id.clone()]);
        assert_eq!(listed(&keeper, "").await.unwrap().0, vec![for_nodes.id.clone()]);
        assert_eq!(listed(&clerk, "node").await.unwrap_err(), "PERMISSION_DENIED");
        let (page, next) = listed(&admin, "").await.unwrap();
        assert_eq!(page, [mine.id.clone(), others.id.clone()]);
        let request = v1::ListInvitesRequest { page_size: 2, page_token: next.clone(), kind: 0 };
        let rest = invites(&daemon, &admin).await.list_invites(request).await.unwrap().into_inner();
        assert_eq!((rest.invites, rest.next_page_token.as_str()), (vec![for_nodes.clone()], ""));
        let wrong = v1::ListInvitesRequest { page_size: 2, page_token: next, kind: USER };
        let refused = invites(&daemon, &admin).await.list_invites(wrong).await.unwrap_err();
        assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");

        let revoke = async |person: &Person, id: &str| {
            let request = v1::RevokeInviteRequest { id: id.into(), ..Default::default() };
            let answer = invites(&daemon, person).await.revoke_invite(request).await;
            answer.map(|answer| answer.into_inner().invite.unwrap()).map_err(|status| reason(&status))
        };
        assert_eq!(revoke(&clerk, &others.id).await.unwrap_err(), "NOT_OWNER");
        assert_eq!(revoke(&clerk, &for_nodes.id).await.unwrap_err(), "PERMISSION_DENIED");
        let unknown = uuid::Uuid::now_v7().to_string();
        assert_eq!(revoke(&clerk, &unknown).await.unwrap_err(), "INVITE_NOT_FOUND");
        assert_eq!(revoke(&clerk, "x").await.unwrap_err(), "FIELD_INVALID");
        let first = revoke(&clerk, &mine.id).await.unwrap();
        assert!(first.revoked_at.is_some());
        assert_eq!(revoke(&admin, &mine.id).await.unwrap(), first, "again changes nothing");
        let path = format!("/v1/invites/{}", for_nodes.id);
        assert_eq!(daemon.rest(Method::DELETE, &path, Some(&admin.token), None).await.status, 200);
        let events = "SELECT count(*) FROM events WHERE kind = 'invite.revoked'";
        assert_eq!(daemon.count(&engine, events).await, 2, "on {}", engine.name);
        daemon.stop().await;
    })
    .await;
}
