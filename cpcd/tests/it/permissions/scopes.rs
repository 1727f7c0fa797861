//! What a scope opens, and what it does not.

use cpc_proto::v1;
use http::Method;

use crate::harness::{Daemon, Engine, Person, for_each_engine, reason, rule_message};

async fn publish(daemon: &Daemon, by: &Person, visibility: v1::Visibility) -> String {
    let metadata = v1::ContentMetadata { title: "a word".into(), visibility: visibility.into(), ..Default::default() };
    let published = daemon.discovery(Some(&by.token)).await.publish_content(metadata).await.unwrap();
    published.into_inner().content.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_narrowed_by_owner_and_object() {
    for_each_engine(async |engine: Engine| {
        // Without what everybody may, so that reading needs a rule.
        let daemon = Daemon::start_with(&engine, &[("discovery.anonymous_read", "never")]).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let public = publish(&daemon, &alice, v1::Visibility::Public).await;
        let private = publish(&daemon, &alice, v1::Visibility::Private).await;
        let other = publish(&daemon, &bob, v1::Visibility::Public).await;
        let get = async |who: &Person, id: &str| {
            let answer = daemon.rest(Method::GET, &format!("/v1/content/{id}"), Some(&who.token), None).await;
            if answer.status == 200 { "ok".to_owned() } else { answer.reason() }
        };
        let list = async |who: &Person, path: String| {
            let answer = daemon.rest(Method::GET, &path, Some(&who.token), None).await;
            if answer.status == 200 { Ok(answer.text().matches("\"metadata\"").count()) } else { Err(answer.reason()) }
        };

        let reader = daemon.person("reader", &[&format!("content=read@owner:{}", alice.id)]).await;
        assert_eq!(get(&reader, &public).await, "ok");
        assert_eq!(get(&reader, &private).await, "CONTENT_NOT_FOUND");
        assert_eq!(get(&reader, &other).await, "CONTENT_NOT_FOUND");
        daemon.indexed(&alice.token).await;
        for path in ["/v1/content?", "/search?q=word&"] {
            assert_eq!(list(&reader, format!("{path}owner={}", alice.id)).await, Ok(1), "{path}");
            assert_eq!(list(&reader, format!("{path}owner={}", bob.id)).await, Err("PERMISSION_DENIED".into()));
            assert_eq!(list(&reader, path.into()).await, Err("PERMISSION_DENIED".into()));
        }

        let keeper = daemon.person("keeper", &[&format!("content=admin@owner:{}", alice.id)]).await;
        assert_eq!(get(&keeper, &private).await, "ok");
        for path in ["/v1/content?", "/search?q=word&"] {
            assert_eq!(list(&keeper, format!("{path}owner={}", alice.id)).await, Ok(2), "{path}");
        }
        let mut discovery = daemon.discovery(Some(&keeper.token)).await;
        let delete = v1::DeleteContentRequest { id: private.clone() };
        assert!(discovery.delete_content(delete).await.is_ok());
        let delete = v1::DeleteContentRequest { id: other.clone() };
        assert_eq!(reason(&discovery.delete_content(delete).await.unwrap_err()), "CONTENT_NOT_FOUND");

        let one = daemon.person("one", &[&format!("content=admin@object:{public}")]).await;
        assert_eq!((get(&one, &public).await.as_str(), get(&one, &other).await.as_str()), ("ok", "CONTENT_NOT_FOUND"));
        let metadata = v1::ContentMetadata { title: "new".into(), ..Default::default() };
        let refused = daemon.discovery(Some(&one.token)).await.publish_content(metadata).await.unwrap_err();
        assert_eq!(reason(&refused), "PERMISSION_DENIED");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_narrowed_by_object() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let rule = format!("users=read@object:{}", alice.id);
    let reader = daemon.person("reader", &[&rule]).await;
    let get = async |path: String| {
        let answer = daemon.rest(Method::GET, &path, Some(&reader.token), None).await;
        if answer.status == 200 { "ok".to_owned() } else { answer.reason() }
    };
    assert_eq!(get(format!("/v1/users/{}", alice.id)).await, "ok");
    assert_eq!(get(format!("/v1/users/{}", bob.id)).await, "PERMISSION_DENIED");
    assert_eq!(get("/v1/users".into()).await, "PERMISSION_DENIED");
    assert_eq!(get(format!("/v1/sessions?subject={}", alice.id)).await, "ok");
    assert_eq!(get(format!("/v1/sessions?subject={}", bob.id)).await, "PERMISSION_DENIED");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_says_what_its_resource_has() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let id = uuid::Uuid::now_v7();
    for (rule, field) in [
        ("system=read@label:region:eu".to_owned(), "permissions[0].scope"),
        ("content=read@label:region:eu".to_owned(), "permissions[0].scope"),
        (format!("users=read@owner:{id}"), "permissions[0].scope"),
        ("nodes=read@owner:me".to_owned(), "permissions[0].scope.owner_id"),
        ("nodes=read@label::eu".to_owned(), "permissions[0].scope.labels"),
        (format!("nodes=read@label:region:{}", "x".repeat(51)), "permissions[0].scope.labels"),
    ] {
        let request = v1::CreateUserRequest {
            username: "eve".into(),
            public_key: cpc_signing::SecretKey::generate().public().as_bytes().to_vec(),
            permissions: vec![rule_message(&rule)],
        };
        let status = daemon.local().await.create_user(request).await.unwrap_err();
        let details = tonic_types::StatusExt::get_error_details(&status);
        let violations = &details.bad_request().expect("a field").field_violations;
        assert_eq!(violations[0].field, field, "{rule}: {status:?}");
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_narrowed_by_label_and_object() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (west, east) = (labelled(&daemon, "eu-west").await, labelled(&daemon, "eu-east").await);
        let reader = daemon.person("reader", &["nodes=read@label:region:eu-west"]).await;
        let keeper = daemon.person("keeper", &[&format!("nodes=admin@object:{east}")]).await;
        let get = async |who: &Person, id: &str| {
            let answer = daemon.rest(Method::GET, &format!("/v1/nodes/{id}"), Some(&who.token), None).await;
            if answer.status == 200 { "ok".to_owned() } else { answer.reason() }
        };
        let list = async |who: &Person| {
            let answer = daemon.registry(Some(&who.token)).await.list_nodes(v1::ListNodesRequest::default()).await;
            answer.unwrap().into_inner().nodes.into_iter().map(|node| node.id).collect::<Vec<_>>()
        };
        let delete = async |who: &Person, id: &str| {
            let request = v1::DeleteNodeRequest { id: id.into() };
            let answer = daemon.registry(Some(&who.token)).await.delete_node(request).await;
            answer.map_or_else(|status| reason(&status), |_| "ok".to_owned())
        };
        assert_eq!((get(&reader, &west).await.as_str(), get(&reader, &east).await.as_str()), ("ok", "NODE_NOT_FOUND"));
        assert_eq!((list(&reader).await, list(&keeper).await), (vec![west.clone()], vec![east.clone()]));

        let mut watched = daemon.registry(Some(&reader.token)).await;
        let mut changes = watched.watch_nodes(v1::WatchNodesRequest::default()).await.unwrap().into_inner();
        assert_eq!((delete(&reader, &west).await, delete(&keeper, &west).await).0, "PERMISSION_DENIED");
        assert_eq!(
            (delete(&keeper, &west).await.as_str(), delete(&keeper, &east).await.as_str()),
            ("NODE_NOT_FOUND", "ok")
        );
        daemon.local_registry().await.delete_node(v1::DeleteNodeRequest { id: west.clone() }).await.unwrap();
        // Of the two that are deleted the reader hears of one.
        let deleted = async {
            loop {
                let change = changes.message().await.unwrap().unwrap();
                if let Some(v1::watch_nodes_response::Event::DeletedId(id)) = change.event {
                    return id;
                }
            }
        };
        assert_eq!(crate::harness::within("a change", deleted).await, west);
        daemon.stop().await;
    })
    .await;
}

async fn labelled(daemon: &Daemon, region: &str) -> String {
    let key = cpc_signing::SecretKey::generate();
    let record = crate::harness::record(&key, 1, &[crate::harness::ADDRESS], cpc_signing::Dialect::Standard);
    let mut info = daemon.node_info(&key, record).await;
    info.labels.insert("region".into(), region.into());
    daemon.local_registry().await.register_node(info).await.expect("it registers").into_inner().node_id
}
