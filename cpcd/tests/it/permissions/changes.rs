//! Permissions change, and from then on nothing is as it was.

use cpc_proto::v1;
use http::Method;
use tonic::Status;

use crate::harness::{Daemon, Engine, Person, eventually, everywhere, for_each_engine, reason, rule_message};

const DENIED: &str = "PERMISSION_DENIED";

fn change(id: &str, rules: &[&str]) -> v1::UpdatePermissionsRequest {
    let permissions = rules.iter().map(|rule| rule_message(rule)).collect();
    v1::UpdatePermissionsRequest { id: id.into(), permissions, ..Default::default() }
}

async fn by(daemon: &Daemon, who: &Person, request: v1::UpdatePermissionsRequest) -> Result<v1::User, String> {
    // Whoever was changed needs a new token.
    let token = daemon.login(&who.key).await.expect("the login succeeds");
    let answer = daemon.identity(Some(&token)).await.update_permissions(request).await;
    answer.map(|answer| answer.into_inner().user.unwrap()).map_err(|status: Status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn old_tokens_are_refused_at_once_and_sessions_go_on() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["content=write"]).await;
        let session = daemon.session(&alice.key).await;
        let list = async |token: &str| {
            let answer = daemon.identity(Some(token)).await.list_users(v1::ListUsersRequest::default()).await;
            answer.map(drop).map_err(|status| reason(&status))
        };
        assert_eq!(list(&session.access_token).await.unwrap_err(), DENIED);

        let request = change(&alice.id, &["users=read", "nodes=write@label:region:eu-west"]);
        let user = daemon.local().await.update_permissions(request.clone()).await.unwrap().into_inner().user.unwrap();
        assert_eq!((user.permission_epoch, user.permissions.len()), (2, 2));
        let is_refused = async |token: &str| list(token).await == Err("TOKEN_REVOKED".to_owned());
        everywhere(&engine, "the old token is refused", async || is_refused(&session.access_token).await).await;
        let renewed = daemon.refresh(&session.refresh_token).await.unwrap();
        list(&renewed.access_token).await.unwrap();
        let caller = daemon.identity(Some(&renewed.access_token)).await.get_caller(v1::GetCallerRequest {}).await;
        assert_eq!(caller.unwrap().into_inner().user.unwrap().permissions, request.permissions);

        // The same once more is no change; what is dry changes nothing.
        let user = daemon.local().await.update_permissions(request).await.unwrap().into_inner().user.unwrap();
        assert_eq!(user.permission_epoch, 2);
        let dry = v1::UpdatePermissionsRequest { dry_run: true, ..change(&alice.id, &[]) };
        let would = daemon.local().await.update_permissions(dry).await.unwrap().into_inner().user.unwrap();
        assert_eq!((would.permission_epoch, would.permissions.len()), (3, 0));
        list(&renewed.access_token).await.unwrap();
        let stale = v1::UpdatePermissionsRequest { expected_epoch: 1, ..change(&alice.id, &[]) };
        let status = daemon.local().await.update_permissions(stale).await.unwrap_err();
        assert_eq!(reason(&status), "WRITE_CONFLICT");
        let count = "SELECT count(*) FROM events WHERE kind = 'user.permissions'";
        assert_eq!(daemon.count(&engine, count).await, 1);

        // Taken away, it is gone with the next call.
        daemon.local().await.update_permissions(change(&alice.id, &[])).await.unwrap();
        everywhere(&engine, "it is refused again", async || is_refused(&renewed.access_token).await).await;
        let renewed = daemon.refresh(&renewed.refresh_token).await.unwrap();
        assert_eq!(list(&renewed.access_token).await.unwrap_err(), DENIED);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_heed_a_change() {
    for_each_engine(async |engine: Engine| {
        if engine.url.is_empty() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let first = Daemon::start(&engine).await;
        std::fs::copy(first.root_key(), folder.path().join("root.key")).unwrap();
        let second = Daemon::adopt(Daemon::bind(&engine, folder.path(), &[]).await.unwrap());
        let alice = first.person("alice", &["users=read"]).await;
        let list = async || {
            let answer = second.identity(Some(&alice.token)).await.list_users(v1::ListUsersRequest::default()).await;
            answer.map(drop).map_err(|status| reason(&status))
        };
        list().await.unwrap();
        first.local().await.update_permissions(change(&alice.id, &["content=read"])).await.unwrap();
        eventually("the other replica refuses the token", async || list().await == Err("TOKEN_REVOKED".into())).await;
        second.stop().await;
        first.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_what_it_was_opened_by() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &["content=write"]).await;
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let entry = |sequence| v1::PublishContentStreamRequest {
        sequence,
        content: Some(v1::ContentMetadata { title: "t".into(), ..Default::default() }),
    };
    sender.send(entry(1)).await.unwrap();
    let entries = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut discovery = daemon.discovery(Some(&alice.token)).await;
    let mut answers = discovery.publish_content_stream(entries).await.unwrap().into_inner();
    assert_eq!(answers.message().await.unwrap().unwrap().durable_through, 1);
    daemon.local().await.update_permissions(change(&alice.id, &["content=read"])).await.unwrap();
    let status = crate::harness::within("the stream ends", answers.message()).await.unwrap_err();
    assert_eq!(reason(&status), "TOKEN_REVOKED");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_what_they_do_not_hold() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let clerk = daemon.person("clerk", &["users=admin", "nodes=write@label:region:eu"]).await;
    let root = daemon.person("root", &["users=admin", "system=admin"]).await;
    let bob = daemon.person("bob", &["content=write", "users=read"]).await;
    let writer = daemon.person("writer", &["users=write", "content=admin"]).await;

    // Oneself is nobody special.
    assert_eq!(by(&daemon, &clerk, change(&clerk.id, &["users=admin", "system=read"])).await.unwrap_err(), DENIED);
    assert_eq!(by(&daemon, &clerk, change(&clerk.id, &["users=admin", "nodes=write"])).await.unwrap_err(), DENIED);
    assert_eq!(by(&daemon, &writer, change(&writer.id, &["users=admin"])).await.unwrap_err(), DENIED);
    assert_eq!(by(&daemon, &writer, change(&bob.id, &["content=write"])).await.unwrap_err(), DENIED);
    // What stays as it is need not be held.
    assert!(by(&daemon, &clerk, change(&bob.id, &["content=write", "users=write"])).await.is_ok());
    assert_eq!(by(&daemon, &clerk, change(&bob.id, &["users=write"])).await.unwrap_err(), DENIED);
    assert_eq!(by(&daemon, &clerk, change(&bob.id, &["content=admin", "users=write"])).await.unwrap_err(), DENIED);
    // A scope that is held is given on, as it is or narrower.
    let rules = ["content=write", "users=write", "nodes=write@label:region:eu"];
    assert!(by(&daemon, &clerk, change(&bob.id, &rules)).await.is_ok());
    let wider = ["content=write", "users=write", "nodes=write@label:region:us"];
    assert_eq!(by(&daemon, &clerk, change(&bob.id, &wider)).await.unwrap_err(), DENIED);
    assert_eq!(by(&daemon, &clerk, change(&root.id, &["users=admin"])).await.unwrap_err(), DENIED);
    let unknown = change(&uuid::Uuid::now_v7().to_string(), &[]);
    assert_eq!(by(&daemon, &clerk, unknown).await.unwrap_err(), "USER_NOT_FOUND");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_left_with_admin_on_users() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (one, two) = (daemon.person("one", &["users=admin"]).await, daemon.person("two", &["users=admin"]).await);
        let (of_two, of_one) = (change(&two.id, &["users=write"]), change(&one.id, &["users=write"]));
        // Each takes it from the other at once: one of them comes second, without admin or as the last.
        let (first, second) = tokio::join!(by(&daemon, &one, of_two), by(&daemon, &two, of_one));
        let refused = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(["LAST_ADMIN", DENIED, "TOKEN_REVOKED"].contains(&refused[0].as_str()), "{refused:?}");

        let request = v1::ListUsersRequest::default();
        let users = daemon.local().await.list_users(request).await.unwrap().into_inner().users;
        let admin = users.iter().find(|user| user.permissions == [rule_message("users=admin")]).unwrap();
        let admin = if admin.id == one.id { &one } else { &two };
        for rules in [&[][..], &["users=write"], &["users=admin@object:0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21"]] {
            assert_eq!(by(&daemon, admin, change(&admin.id, rules)).await.unwrap_err(), "LAST_ADMIN", "{rules:?}");
        }
        assert!(by(&daemon, admin, change(&admin.id, &["users=admin"])).await.is_ok());
        daemon.local().await.update_permissions(change(&admin.id, &[])).await.expect("the local administrator may");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_over_rest_is_named_by_its_path() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (root, bob) = (daemon.person("root", &["users=admin"]).await, daemon.person("bob", &["users=read"]).await);
    let path = format!("/v1/users/{}/permissions", bob.id);
    let put = async |path: &str, body: &str| daemon.rest(Method::PUT, path, Some(&root.token), Some(body)).await;
    let body = r#"{"permissions":[{"resource":"RESOURCE_USERS","level":"LEVEL_WRITE"}]}"#;
    let answer = put(&path, body).await.json();
    assert_eq!(answer["user"]["id"].as_str().unwrap(), bob.id);
    assert_eq!(answer["user"]["permissions"][0]["level"], "LEVEL_WRITE");
    let answer = put(&path, &format!(r#"{{"id":"{}"}}"#, root.id)).await;
    assert_eq!(answer.json()["errors"][0]["field"], "id", "{}", answer.text());
    let answer = put("/v1/users/bob/permissions", "{}").await;
    assert_eq!((answer.reason().as_str(), answer.json()["errors"][0]["field"].as_str()), ("FIELD_INVALID", Some("id")));
    let scope = r#"{"permissions":[{"resource":"RESOURCE_USERS","level":"LEVEL_WRITE","scope":{"realm":"x"}}]}"#;
    let answer = put(&path, scope).await;
    let field = "permissions[0].scope.realm";
    assert_eq!(
        (answer.reason().as_str(), answer.json()["errors"][0]["field"].as_str()),
        ("MESSAGE_UNDECODABLE", Some(field))
    );
    let answer = daemon.rest(Method::GET, &path, Some(&root.token), None).await;
    assert_eq!((answer.status, answer.headers["allow"].to_str().unwrap()), (405, "PUT"));
    daemon.stop().await;
}
