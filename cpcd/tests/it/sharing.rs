//! Single things that are opened to others: what that lets them do, for how long, and who is asked what decides.

use cpc_proto::v1::{self, DecidedBy, create_grant_request::Grantee};
use http::Method;

use crate::harness::{
    ADDRESS, Daemon, Engine, Person, eventually, everywhere, for_each_engine, in_turn, reason, record, rule_message,
};

async fn publish(daemon: &Daemon, by: &Person, metadata: v1::ContentMetadata) -> Result<v1::Content, String> {
    let answer = daemon.discovery(Some(&by.token)).await.publish_content(metadata).await;
    answer.map(|answer| answer.into_inner().content.unwrap()).map_err(|status| reason(&status))
}

async fn diary(daemon: &Daemon, by: &Person) -> String {
    let metadata = v1::ContentMetadata {
        title: "a diary".into(),
        visibility: v1::Visibility::Private.into(),
        ..Default::default()
    };
    publish(daemon, by, metadata).await.unwrap().id
}

fn on(resource: v1::Resource, object: &str, level: v1::Level, grantee: Grantee) -> v1::CreateGrantRequest {
    v1::CreateGrantRequest {
        resource: resource.into(),
        object_id: object.into(),
        level: level.into(),
        grantee: Some(grantee),
        expires_at: None,
    }
}

async fn grant(daemon: &Daemon, by: &Person, request: v1::CreateGrantRequest) -> Result<v1::Grant, String> {
    let answer = daemon.identity(Some(&by.token)).await.create_grant(request).await;
    answer.map(|answer| answer.into_inner().grant.unwrap()).map_err(|status| reason(&status))
}

async fn revoke(daemon: &Daemon, by: &Person, id: &str) -> Result<(), String> {
    let answer = daemon.identity(Some(&by.token)).await.revoke_grant(v1::RevokeGrantRequest { id: id.into() }).await;
    answer.map(drop).map_err(|status| reason(&status))
}

async fn get(daemon: &Daemon, who: &Person, path: String) -> String {
    let answer = daemon.rest(Method::GET, &path, Some(&who.token), None).await;
    if answer.status == 200 { "ok".to_owned() } else { answer.reason() }
}

async fn hits(daemon: &Daemon, who: &Person) -> usize {
    let query = v1::SearchQuery { q: "diary".into(), ..Default::default() };
    daemon.discovery(Some(&who.token)).await.search_content(query).await.unwrap().into_inner().hits.len()
}

async fn listed(daemon: &Daemon, who: &Person) -> usize {
    let request = v1::ListContentRequest::default();
    daemon.discovery(Some(&who.token)).await.list_content(request).await.unwrap().into_inner().contents.len()
}

fn user(person: &Person) -> Grantee {
    Grantee::UserId(person.id.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn granted_content_is_shown_and_changed_until_it_is_taken_back() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let eve = daemon.person("eve", &[]).await;
        let id = diary(&daemon, &alice).await;
        daemon.indexed(&alice.token).await;
        let path = format!("/v1/content/{id}");
        let read = on(v1::Resource::Content, &id, v1::Level::Read, user(&bob));
        assert_eq!(get(&daemon, &bob, path.clone()).await, "CONTENT_NOT_FOUND");
        assert_eq!(
            grant(&daemon, &eve, read.clone()).await.unwrap_err(),
            "CONTENT_NOT_FOUND",
            "nobody gives what is hidden"
        );
        let made = grant(&daemon, &alice, read.clone()).await.unwrap();
        assert_eq!((made.username.as_str(), made.granted_by.as_str()), ("bob", alice.id.as_str()));
        assert_eq!(grant(&daemon, &alice, read).await.unwrap(), made, "once more is no change");
        everywhere(&engine, "what is granted is seen", async || get(&daemon, &bob, path.clone()).await == "ok").await;
        everywhere(&engine, "and found and listed", async || {
            (hits(&daemon, &bob).await, listed(&daemon, &bob).await) == (1, 1)
        })
        .await;
        assert_eq!((hits(&daemon, &eve).await, listed(&daemon, &eve).await), (0, 0));
        // Who reads does not write, and does not open it to others.
        let change = v1::ContentMetadata { id: id.clone(), title: "our diary".into(), ..Default::default() };
        assert_eq!(publish(&daemon, &bob, change.clone()).await.unwrap_err(), "CONTENT_NOT_FOUND");
        let further = on(v1::Resource::Content, &id, v1::Level::Read, user(&eve));
        assert_eq!(grant(&daemon, &bob, further.clone()).await.unwrap_err(), "PERMISSION_DENIED");

        let write = on(v1::Resource::Content, &id, v1::Level::Write, user(&bob));
        assert_eq!(grant(&daemon, &alice, write).await.unwrap().id, made.id, "the same grant, with another level");
        everywhere(&engine, "what may be written is written", async || {
            publish(&daemon, &bob, change.clone()).await.is_ok_and(|content| content.owner_id == alice.id)
        })
        .await;
        for (wrong, why) in [
            (v1::ContentMetadata { visibility: v1::Visibility::Public.into(), ..change.clone() }, "NOT_OWNER"),
            (v1::ContentMetadata { request_id: "r".into(), ..change.clone() }, "FIELD_INVALID"),
        ] {
            assert_eq!(publish(&daemon, &bob, wrong).await.unwrap_err(), why);
        }
        let delete = v1::DeleteContentRequest { id: id.clone() };
        let refused = daemon.discovery(Some(&bob.token)).await.delete_content(delete.clone()).await.unwrap_err();
        assert_eq!(reason(&refused), "NOT_OWNER");
        assert_eq!(revoke(&daemon, &eve, &made.id).await.unwrap_err(), "GRANT_NOT_FOUND");
        revoke(&daemon, &alice, &made.id).await.unwrap();
        everywhere(&engine, "what was taken back is gone", async || {
            get(&daemon, &bob, path.clone()).await == "CONTENT_NOT_FOUND"
        })
        .await;
        everywhere(&engine, "and no more found", async || {
            (hits(&daemon, &bob).await, listed(&daemon, &bob).await) == (0, 0)
        })
        .await;
        assert_eq!(revoke(&daemon, &alice, &made.id).await.unwrap_err(), "GRANT_NOT_FOUND");

        // Who has admin opens it further, and the grant goes with the thing.
        let admin = on(v1::Resource::Content, &id, v1::Level::Admin, user(&bob));
        grant(&daemon, &alice, admin).await.unwrap();
        eventually("bob opens it further", async || grant(&daemon, &bob, further.clone()).await.is_ok()).await;
        everywhere(&engine, "it is open to eve", async || get(&daemon, &eve, path.clone()).await == "ok").await;
        daemon.discovery(Some(&bob.token)).await.delete_content(delete).await.unwrap();
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM object_grants").await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_to_friends_is_for_whoever_is_one() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let node = node_of(&daemon, &engine, &alice).await;
        let path = format!("/v1/nodes/{node}");
        assert_eq!(get(&daemon, &bob, path.clone()).await, "NODE_NOT_FOUND");
        let made =
            grant(&daemon, &alice, on(v1::Resource::Nodes, &node, v1::Level::Read, Grantee::Friends(true))).await;
        let made = made.unwrap();
        assert_eq!(made.grantee, Some(v1::grant::Grantee::FriendsOf(alice.id.clone())));
        assert_eq!(get(&daemon, &bob, path.clone()).await, "NODE_NOT_FOUND");
        daemon.befriend(&alice, &bob).await;
        everywhere(&engine, "a friend sees it", async || get(&daemon, &bob, path.clone()).await == "ok").await;
        assert_eq!(get(&daemon, &bob, "/v1/nodes".into()).await, "ok");
        let listed = daemon.registry(Some(&bob.token)).await.list_nodes(v1::ListNodesRequest::default()).await.unwrap();
        assert_eq!(listed.into_inner().nodes.len(), 1);
        // A block is the end of it, too.
        let block = v1::FriendAddress { by: Some(v1::friend_address::By::Id(bob.id.clone())) };
        let block = v1::FriendRequest { action: Some(v1::friend_request::Action::Block(block)) };
        daemon.identity(Some(&alice.token)).await.manage_friends(block).await.unwrap();
        everywhere(&engine, "a friend no more", async || get(&daemon, &bob, path.clone()).await == "NODE_NOT_FOUND")
            .await;
        revoke(&daemon, &alice, &made.id).await.unwrap();
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_by_itself() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let id = diary(&daemon, &alice).await;
    let path = format!("/v1/content/{id}");
    let end = |seconds: i64| {
        let expires_at = cpcd_model::time::Clock::default().now().as_second() + seconds;
        Some(pbjson_types::Timestamp { seconds: expires_at, nanos: 0 })
    };
    let read = on(v1::Resource::Content, &id, v1::Level::Read, user(&bob));
    let past = v1::CreateGrantRequest { expires_at: end(-1), ..read.clone() };
    assert_eq!(grant(&daemon, &alice, past).await.unwrap_err(), "FIELD_INVALID");
    grant(&daemon, &alice, v1::CreateGrantRequest { expires_at: end(4), ..read }).await.unwrap();
    assert_eq!(get(&daemon, &bob, path.clone()).await, "ok");
    // Nobody says anything, and no token is renewed.
    eventually("it has ended", async || get(&daemon, &bob, path.clone()).await == "CONTENT_NOT_FOUND").await;
    daemon.stop().await;
}

/// Nobody gives on what they were given for longer than they have it, to themselves least of all.
#[tokio::test(flavor = "multi_thread")]
async fn what_ends_is_given_on_until_then() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let eve = daemon.person("eve", &[]).await;
    let id = diary(&daemon, &alice).await;
    let admin = |to: &Person| on(v1::Resource::Content, &id, v1::Level::Admin, user(to));
    let at = |seconds: i64| {
        let now = cpcd_model::time::Clock::default().now().as_second();
        Some(pbjson_types::Timestamp { seconds: now + seconds, nanos: 0 })
    };
    let until = |to: &Person, seconds: i64| v1::CreateGrantRequest { expires_at: at(seconds), ..admin(to) };
    grant(&daemon, &alice, until(&bob, 3_600)).await.unwrap();
    eventually("it is held", async || get(&daemon, &bob, format!("/v1/content/{id}")).await == "ok").await;
    for (request, what) in [(admin(&bob), "for good"), (until(&bob, 7_200), "longer"), (admin(&eve), "to another")] {
        assert_eq!(grant(&daemon, &bob, request).await.unwrap_err(), "FIELD_INVALID", "{what}");
    }
    let friends = on(v1::Resource::Content, &id, v1::Level::Admin, Grantee::Friends(true));
    assert_eq!(grant(&daemon, &bob, friends).await.unwrap_err(), "FIELD_INVALID");
    grant(&daemon, &bob, until(&eve, 1_800)).await.expect("for a part of the time");
    grant(&daemon, &alice, admin(&bob)).await.expect("whose it is gives it for good");
    eventually("who has it for good gives it for good", async || grant(&daemon, &bob, admin(&eve)).await.is_ok()).await;
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_ends_with_what_was_granted_to_whoever_watches() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let node = node_of(&daemon, &engine, &alice).await;
        let made = grant(&daemon, &alice, on(v1::Resource::Nodes, &node, v1::Level::Read, user(&bob))).await.unwrap();
        eventually("each knows of it", async || {
            in_turn(&engine, async || get(&daemon, &bob, format!("/v1/nodes/{node}")).await == "ok").await
        })
        .await;
        let mut registry = daemon.registry(Some(&bob.token)).await;
        let mut watch = registry.watch_nodes(v1::WatchNodesRequest::default()).await.unwrap().into_inner();
        revoke(&daemon, &alice, &made.id).await.unwrap();
        let ended = async {
            loop {
                match watch.message().await {
                    Ok(Some(_)) => {}
                    Ok(None) => return "over".to_owned(),
                    Err(status) => return reason(&status),
                }
            }
        };
        assert_eq!(crate::harness::within("the watch ends", ended).await, "TOKEN_REVOKED");
        // The token itself is as good as before.
        assert_eq!(get(&daemon, &bob, "/v1/nodes".into()).await, "ok");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_listed_for_who_may_know_of_them() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let (eve, root) = (daemon.person("eve", &[]).await, daemon.person("root", &["users=admin"]).await);
    let id = diary(&daemon, &alice).await;
    for grantee in [user(&bob), Grantee::Username("eve".into()), Grantee::Friends(true)] {
        grant(&daemon, &alice, on(v1::Resource::Content, &id, v1::Level::Read, grantee)).await.unwrap();
    }
    let list = async |who: &Person, query: String| {
        let answer = daemon.rest(Method::GET, &format!("/v1/grants?{query}"), Some(&who.token), None).await;
        if answer.status != 200 {
            return Err(answer.reason());
        }
        Ok(answer.json()["grants"].as_array().map_or(0, Vec::len))
    };
    let on_it = format!("resource=RESOURCE_CONTENT&object={id}");
    assert_eq!(list(&alice, on_it.clone()).await, Ok(3));
    assert_eq!((list(&bob, on_it.clone()).await, list(&bob, String::new()).await), (Ok(1), Ok(1)));
    assert_eq!(list(&root, on_it.clone()).await, Err("CONTENT_NOT_FOUND".into()));
    assert_eq!(list(&eve, format!("user={}", bob.id)).await, Err("PERMISSION_DENIED".into()));
    assert_eq!(list(&root, format!("user={}", bob.id)).await, Ok(1));
    assert_eq!(list(&bob, "resource=RESOURCE_USERS&object=".to_owned() + &bob.id).await, Err("FIELD_INVALID".into()));
    let mut pages = 0;
    let mut token = String::new();
    loop {
        let path = format!("/v1/grants?{on_it}&page_size=2&page_token={token}");
        let page = daemon.rest(Method::GET, &path, Some(&alice.token), None).await.json();
        pages += 1;
        token = page["nextPageToken"].as_str().unwrap_or_default().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, 2);
    // Whoever it is opened to may do without it.
    let own = daemon.identity(Some(&bob.token)).await.list_grants(v1::ListGrantsRequest::default()).await.unwrap();
    revoke(&daemon, &bob, &own.into_inner().grants[0].id).await.unwrap();
    assert_eq!(list(&alice, on_it).await, Ok(2));
    for (grantee, why) in [
        (user(&alice), "FIELD_INVALID"),
        (Grantee::Friends(false), "FIELD_INVALID"),
        (Grantee::Username("nobody".into()), "USER_NOT_FOUND"),
    ] {
        let refused = grant(&daemon, &alice, on(v1::Resource::Content, &id, v1::Level::Read, grantee)).await;
        assert_eq!(refused.unwrap_err(), why);
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_what_decides() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &["content=read"]).await);
    let (carol, admin) =
        (daemon.person("carol", &["users=read"]).await, daemon.person("admin", &["content=admin"]).await);
    daemon.befriend(&alice, &bob).await;
    let secret = diary(&daemon, &alice).await;
    let letter = v1::ContentMetadata {
        title: "a letter".into(),
        visibility: v1::Visibility::Friends.into(),
        ..Default::default()
    };
    let letter = publish(&daemon, &alice, letter).await.unwrap().id;
    let note = publish(&daemon, &alice, v1::ContentMetadata { title: "a note".into(), ..Default::default() }).await;
    let note = note.unwrap().id;
    grant(&daemon, &alice, on(v1::Resource::Content, &secret, v1::Level::Write, user(&carol))).await.unwrap();
    grant(&daemon, &alice, on(v1::Resource::Content, &letter, v1::Level::Write, Grantee::Friends(true))).await.unwrap();
    let check = async |who: &Person, rule: String| {
        let request = v1::CheckPermissionRequest { permission: Some(rule_message(&rule)) };
        let answer = daemon.identity(Some(&who.token)).await.check_permission(request).await.unwrap().into_inner();
        assert_eq!(answer.is_allowed, answer.decided_by() != DecidedBy::Unspecified);
        answer.decided_by()
    };
    let object = |level: &str, id: &str| format!("content={level}@object:{id}");
    for (who, rule, by) in [
        (&alice, object("read", &secret), DecidedBy::Owner),
        (&alice, object("write", &secret), DecidedBy::Owner),
        (&alice, object("admin", &secret), DecidedBy::Owner),
        (&alice, "content=write".into(), DecidedBy::Rule),
        (&alice, "nodes=read".into(), DecidedBy::Unspecified),
        (&bob, object("read", &note), DecidedBy::Rule),
        (&carol, object("read", &note), DecidedBy::Floor),
        (&carol, "content=read".into(), DecidedBy::Floor),
        (&bob, object("read", &secret), DecidedBy::Unspecified),
        (&bob, object("read", &letter), DecidedBy::FriendsGrant),
        (&bob, object("write", &letter), DecidedBy::FriendsGrant),
        (&bob, object("admin", &letter), DecidedBy::Unspecified),
        (&bob, object("write", &note), DecidedBy::Unspecified),
        (&carol, object("write", &secret), DecidedBy::Grant),
        (&carol, object("read", &letter), DecidedBy::Unspecified),
        (&admin, object("admin", &secret), DecidedBy::Rule),
        (&admin, object("read", &uuid::Uuid::now_v7().to_string()), DecidedBy::Unspecified),
    ] {
        assert_eq!(check(who, rule.clone()).await, by, "{rule}");
    }
    let plain = v1::ContentMetadata {
        title: "a card".into(),
        visibility: v1::Visibility::Friends.into(),
        ..Default::default()
    };
    let card = publish(&daemon, &alice, plain).await.unwrap().id;
    assert_eq!(check(&bob, object("read", &card)).await, DecidedBy::Friend);
    let request = v1::CheckPermissionRequest { permission: Some(rule_message("system=admin")) };
    let local = daemon.local().await.check_permission(request).await.unwrap().into_inner();
    assert_eq!(local.decided_by(), DecidedBy::LocalAdmin);
    daemon.stop().await;
}

/// Makes a node that belongs to somebody.
async fn node_of(daemon: &Daemon, engine: &Engine, owner: &Person) -> String {
    let key = cpc_signing::SecretKey::generate();
    let record = record(&key, 1, &[ADDRESS], cpc_signing::Dialect::Standard);
    let info = daemon.node_info(&key, record).await;
    let id = daemon.local_registry().await.register_node(info).await.expect("it registers").into_inner().node_id;
    let statement = if engine.url.is_empty() {
        format!("UPDATE nodes SET owner_id = x'{}'", owner.id.replace('-', ""))
    } else {
        format!("UPDATE nodes SET owner_id = '{}'", owner.id)
    };
    daemon.execute(engine, &statement).await;
    id
}
