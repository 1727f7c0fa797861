//! Service tokens: what a program may do with one, and until when.

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};
use http::Method;

use crate::harness::{
    ADDRESS, Daemon, Engine, Person, eventually, everywhere, for_each_engine, reason, record, rule_message, within,
};

fn request(rules: &[&str]) -> v1::CreateServiceTokenRequest {
    let permissions = rules.iter().map(|rule| rule_message(rule)).collect();
    v1::CreateServiceTokenRequest { name: "ci".into(), permissions, ..Default::default() }
}

async fn make(
    daemon: &Daemon,
    token: &str,
    request: v1::CreateServiceTokenRequest,
) -> Result<(v1::ServiceToken, String), String> {
    let made = daemon.identity(Some(token)).await.create_service_token(request).await;
    let made = made.map_err(|status| reason(&status))?.into_inner();
    Ok((made.service_token.expect("a service token"), made.token))
}

async fn caller(daemon: &Daemon, token: &str) -> Result<v1::GetCallerResponse, String> {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
    answer.map(tonic::Response::into_inner).map_err(|status| reason(&status))
}

async fn publish(daemon: &Daemon, token: &str, title: &str) -> Result<v1::Content, String> {
    let metadata = v1::ContentMetadata { title: title.into(), ..Default::default() };
    let answer = daemon.discovery(Some(token)).await.publish_content(metadata).await;
    answer.map(|answer| answer.into_inner().content.expect("content")).map_err(|status| reason(&status))
}

async fn listed(daemon: &Daemon, person: &Person) -> Vec<v1::ServiceToken> {
    let mut identity = daemon.identity(Some(&person.token)).await;
    let answer = identity.list_service_tokens(v1::ListServiceTokensRequest::default()).await.expect("a list");
    answer.into_inner().service_tokens
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_acts_for_its_owner_until_its_token_is_taken_back() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write", "nodes=read"]).await;
        let (token, text) = make(&daemon, &alice.token, request(&["content=write"])).await.unwrap();
        assert!(text.starts_with("cpc_st_") && token.owner_id == alice.id && token.last_used_at.is_none());
        let days = |token: &v1::ServiceToken| {
            (token.expires_at.as_ref().unwrap().seconds - token.created_at.as_ref().unwrap().seconds) / 86_400
        };
        assert_eq!(days(&token), 90);

        let program = caller(&daemon, &text).await.unwrap();
        assert_eq!((program.kind(), program.session_id.as_str()), (v1::CallerKind::Service, ""));
        assert_eq!((program.user, program.permissions), (None, vec![rule_message("content=write")]));
        assert_eq!(program.service_token.unwrap().id, token.id);
        // What it makes is its owner's, and its own to change.
        let content = publish(&daemon, &text, "made by a program").await.unwrap();
        assert_eq!(content.owner_id, alice.id);
        let over_rest = daemon.rest(Method::DELETE, &format!("/v1/content/{}", content.id), Some(&text), None).await;
        assert_eq!(over_rest.status, 200, "{}", over_rest.text());

        // When it was used shows, a little later.
        eventually("the use is noted", async || listed(&daemon, &alice).await[0].last_used_at.is_some()).await;

        let revoke = v1::RevokeServiceTokenRequest { id: token.id.clone() };
        for _ in 0..2 {
            let answer = daemon.identity(Some(&alice.token)).await.revoke_service_token(revoke.clone()).await.unwrap();
            assert!(answer.into_inner().service_token.unwrap().revoked_at.is_some(), "twice is as good as once");
        }
        everywhere(&engine, "the token is refused", async || {
            caller(&daemon, &text).await.err().as_deref() == Some("TOKEN_REVOKED")
        })
        .await;
        let events = "SELECT count(*) FROM events WHERE kind LIKE 'service_token.%'";
        assert_eq!(daemon.count(&engine, events).await, 2, "on {}", engine.name);
        let hashed = "SELECT count(*) FROM service_tokens WHERE length(secret_hash) = 32";
        assert_eq!(daemon.count(&engine, hashed).await, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_what_both_it_and_its_owner_may() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write", "users=read"]).await;
        assert_eq!(make(&daemon, &alice.token, request(&["nodes=read"])).await.unwrap_err(), "PERMISSION_DENIED");
        assert_eq!(make(&daemon, &alice.token, request(&["content=admin"])).await.unwrap_err(), "PERMISSION_DENIED");
        assert_eq!(make(&daemon, &alice.token, request(&[])).await.unwrap_err(), "FIELD_REQUIRED");
        let long = v1::CreateServiceTokenRequest { ttl_seconds: 31_536_001, ..request(&["content=read"]) };
        assert_eq!(make(&daemon, &alice.token, long).await.unwrap_err(), "FIELD_INVALID");

        let (_, text) = make(&daemon, &alice.token, request(&["content=read", "users=read"])).await.unwrap();
        assert_eq!(publish(&daemon, &text, "no").await.unwrap_err(), "PERMISSION_DENIED");
        let users = async || {
            let answer = daemon.identity(Some(&text)).await.list_users(v1::ListUsersRequest::default()).await;
            answer.map(drop).map_err(|status| reason(&status))
        };
        users().await.unwrap();

        // What its owner has lost it has lost, and has again when its owner has; it is the same token all the while.
        let change = async |rules: &[&str]| {
            let permissions = rules.iter().map(|rule| rule_message(rule)).collect();
            let request = v1::UpdatePermissionsRequest { id: alice.id.clone(), permissions, ..Default::default() };
            daemon.local().await.update_permissions(request).await.unwrap();
        };
        change(&["content=admin"]).await;
        everywhere(&engine, "it may no longer", async || users().await.err().as_deref() == Some("PERMISSION_DENIED"))
            .await;
        assert_eq!(caller(&daemon, &text).await.unwrap().permissions, [rule_message("content=read")]);
        change(&["content=admin", "users=admin"]).await;
        everywhere(&engine, "it may again", async || users().await.is_ok()).await;

        // Whoever ends all that a user has begun ends this too.
        let target = Some(v1::revoke_tokens_request::Target::SubjectId(alice.id.clone()));
        daemon.local().await.revoke_tokens(v1::RevokeTokensRequest { target, before: None }).await.unwrap();
        everywhere(&engine, "it is refused", async || users().await.err().as_deref() == Some("TOKEN_REVOKED")).await;
        let revoked = "SELECT count(*) FROM service_tokens WHERE revoked_at IS NOT NULL";
        assert_eq!(daemon.count(&engine, revoked).await, 1);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_never_touches_who_its_owner_is() {
    let allow = [("events.webhook_allow", r#"["localhost:9"]"#)];
    let daemon = Daemon::start_with(&Engine::sqlite(), &allow).await;
    let all = ["nodes=admin", "allocations=admin", "content=admin", "users=admin", "metrics=admin", "system=admin"];
    let root = daemon.person("root", &all).await;
    let (token, text) = make(&daemon, &root.token, request(&all)).await.unwrap();
    let refused = async |method: Method, path: &str, body: &str| {
        let answer = daemon.rest(method, path, Some(&text), Some(body)).await;
        assert_eq!(answer.reason(), "PERMISSION_DENIED", "{path}");
        assert!(answer.text().contains("service token"), "{}", answer.text());
    };
    refused(Method::POST, "/v1/auth/logout", "{}").await;
    refused(Method::POST, "/v1/auth/revoke", &format!(r#"{{"tokenId":"{}"}}"#, token.id)).await;
    refused(Method::PUT, &format!("/v1/users/{}/permissions", root.id), "{}").await;
    refused(
        Method::POST,
        "/v1/service-tokens",
        r#"{"name":"more","permissions":[{"resource":"RESOURCE_CONTENT","level":"LEVEL_READ"}]}"#,
    )
    .await;
    refused(Method::POST, "/v1/webhooks", r#"{"url":"https://localhost:9/x"}"#).await;
    // What its rules let it do with others it may.
    let users = daemon.rest(Method::GET, "/v1/users", Some(&text), None).await;
    assert_eq!(users.status, 200, "{}", users.text());
    // Taken back as any token is, it stays so for good.
    let target = Some(v1::revoke_tokens_request::Target::TokenId(token.id));
    daemon.local().await.revoke_tokens(v1::RevokeTokensRequest { target, before: None }).await.unwrap();
    assert_eq!(caller(&daemon, &text).await.unwrap_err(), "TOKEN_REVOKED");
    assert!(listed(&daemon, &root).await[0].revoked_at.is_some());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_owners_nodes_show_if_it_was_given_them() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &["nodes=write"]).await;
    let key = SecretKey::generate();
    let info = daemon.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
    let node = daemon.registry(Some(&alice.token)).await.register_node(info).await.unwrap().into_inner().node_id;
    let permit = v1::UpdatePermissionsRequest {
        id: alice.id.clone(),
        permissions: vec![rule_message("content=read")],
        ..Default::default()
    };
    daemon.local().await.update_permissions(permit).await.unwrap();
    let token = daemon.login(&alice.key).await.unwrap();
    let own = format!("nodes=read@owner:{}", alice.id);
    let (_, without) = make(&daemon, &token, request(&["content=read"])).await.unwrap();
    let (_, with) = make(&daemon, &token, request(&[own.as_str()])).await.unwrap();
    let nodes = async |token: &str| {
        let mut registry = daemon.registry(Some(token)).await;
        let listed = registry.list_nodes(v1::ListNodesRequest::default()).await.unwrap().into_inner().nodes.len();
        let got = registry.get_node(v1::GetNodeRequest { id: node.clone() }).await.map(drop);
        (listed, got.map_err(|status| reason(&status)).err())
    };
    assert_eq!(nodes(&token).await, (1, None));
    assert_eq!(nodes(&without).await, (0, Some("NODE_NOT_FOUND".into())));
    assert_eq!(nodes(&with).await, (1, None));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_session_needs_the_key_to_make_one() {
    let old_at_once = [("identity.fresh_login_seconds", "0")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &old_at_once).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let aged = alice.token.clone();
    let plain = request(&["content=read"]);
    assert_eq!(make(&daemon, &aged, plain.clone()).await.unwrap_err(), "CONFIRMATION_REQUIRED");
    let confirmed = async |key, purpose| {
        let confirmation = Some(daemon.key_proof(key, purpose).await);
        v1::CreateServiceTokenRequest { confirmation, ..plain.clone() }
    };
    let confirm = v1::ChallengePurpose::Confirm;
    let by_bob = confirmed(&bob.key, confirm).await;
    assert_eq!(make(&daemon, &aged, by_bob).await.unwrap_err(), "SIGNATURE_INVALID");
    let for_login = confirmed(&alice.key, v1::ChallengePurpose::Login).await;
    assert_eq!(make(&daemon, &aged, for_login).await.unwrap_err(), "CHALLENGE_INVALID");
    let good = confirmed(&alice.key, confirm).await;
    make(&daemon, &aged, good.clone()).await.unwrap();
    assert_eq!(make(&daemon, &aged, good).await.unwrap_err(), "CHALLENGE_USED");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_streams_end_when_it_is_taken_back() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &["nodes=read"]).await;
    let (token, text) = make(&daemon, &alice.token, request(&["nodes=read"])).await.unwrap();
    let mut registry = daemon.registry(Some(&text)).await;
    let mut told = registry.watch_nodes(v1::WatchNodesRequest::default()).await.unwrap().into_inner();
    let revoke = v1::RevokeServiceTokenRequest { id: token.id };
    daemon.identity(Some(&alice.token)).await.revoke_service_token(revoke).await.unwrap();
    let ended = within("the stream ends", async {
        loop {
            match told.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ends without a word"),
                Err(status) => break reason(&status),
            }
        }
    });
    assert_eq!(ended.await, "TOKEN_REVOKED");
    daemon.stop().await;
}

/// What is open to anybody is that, and not its owner's own.
#[tokio::test(flavor = "multi_thread")]
async fn it_reads_its_owners_private_content_only_by_its_own_rules() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write", "metrics=read"]).await;
        let metadata = |title: &str, visibility: v1::Visibility| v1::ContentMetadata {
            title: title.into(),
            visibility: visibility.into(),
            ..Default::default()
        };
        let mut ids = Vec::new();
        for visibility in [v1::Visibility::Public, v1::Visibility::Private] {
            let mut discovery = daemon.discovery(Some(&alice.token)).await;
            let made = discovery.publish_content(metadata("a diary", visibility)).await.unwrap().into_inner();
            ids.push(made.content.unwrap().id);
        }
        daemon.indexed(&alice.token).await;
        let sees = async |token: &str| {
            let mut discovery = daemon.discovery(Some(token)).await;
            let listed = discovery.list_content(v1::ListContentRequest::default()).await.unwrap().into_inner();
            let query = v1::SearchQuery { q: "diary".into(), ..Default::default() };
            let found = discovery.search_content(query).await.unwrap().into_inner();
            let got = discovery.get_content(v1::GetContentRequest { id: ids[1].clone() }).await.is_ok();
            (listed.contents.len(), found.hits.len(), got)
        };
        let (_, narrow) = make(&daemon, &alice.token, request(&["metrics=read"])).await.unwrap();
        let (_, wide) = make(&daemon, &alice.token, request(&["content=read"])).await.unwrap();
        assert_eq!(sees(&alice.token).await, (2, 2, true));
        assert_eq!(sees(&narrow).await, (1, 1, false), "on {}", engine.name);
        assert_eq!(sees(&wide).await, (2, 2, true));
        daemon.stop().await;
    })
    .await;
}

/// An account outlasts the token that it was made with: a program makes none that may more than everybody.
#[tokio::test(flavor = "multi_thread")]
async fn it_makes_no_account_that_may_more_than_everybody() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let root = daemon.person("root", &["users=admin", "content=admin", "nodes=admin"]).await;
    let (_, text) = make(&daemon, &root.token, request(&["users=write", "content=admin"])).await.unwrap();
    let mut identity = daemon.identity(Some(&text)).await;
    let user = |name: &str, permissions: Vec<v1::PermissionRule>| v1::CreateUserRequest {
        username: name.into(),
        public_key: SecretKey::generate().public().as_bytes().to_vec(),
        permissions,
    };
    let rules = |rule: &str| vec![rule_message(rule)];
    identity.create_user(user("bob", Vec::new())).await.expect("what everybody gets");
    let refused = identity.create_user(user("eve", rules("users=write"))).await.unwrap_err();
    assert_eq!(reason(&refused), "PERMISSION_DENIED");
    let invite = v1::CreateInviteRequest {
        kind: v1::SubjectKind::User.into(),
        permissions: rules("content=admin"),
        ..Default::default()
    };
    assert_eq!(reason(&identity.create_invite(invite).await.unwrap_err()), "PERMISSION_DENIED");
    daemon.stop().await;
}
