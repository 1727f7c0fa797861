//! Who is let in on which terms, who waits for approval, and who goes by itself.

use cpc_proto::v1;
use http::Method;
use serde_json::json;
use tonic_types::StatusExt;

use crate::harness::{Daemon, Engine, TestNode, eventually, everywhere, for_each_engine, reason};

const NODE: i32 = v1::SubjectKind::Node as i32;

fn plain() -> v1::NodeInfo {
    v1::NodeInfo::default()
}

/// Gives the reason of an answer that is none.
fn failed<T: std::fmt::Debug>(answer: Result<T, tonic::Status>) -> String {
    reason(&answer.unwrap_err())
}

async fn get(daemon: &Daemon, token: &str, id: &str) -> Result<v1::Node, tonic::Status> {
    let request = v1::GetNodeRequest { id: id.into() };
    daemon.registry(Some(token)).await.get_node(request).await.map(|answer| answer.into_inner().node.unwrap())
}

async fn approve(daemon: &Daemon, token: &str, request: v1::ApproveNodeRequest) -> Result<v1::Node, tonic::Status> {
    daemon.registry(Some(token)).await.approve_node(request).await.map(|answer| answer.into_inner().node.unwrap())
}

async fn invite(daemon: &Daemon, request: v1::CreateInviteRequest) -> String {
    let request = v1::CreateInviteRequest { kind: NODE, uses: 10, ..request };
    daemon.local().await.create_invite(request).await.expect("an invite").into_inner().code
}

async fn delete(daemon: &Daemon, id: &str) {
    daemon.local_registry().await.delete_node(v1::DeleteNodeRequest { id: id.into() }).await.unwrap();
}

/// Waits until a node is gone, and was removed for a reason.
async fn gone(daemon: &Daemon, engine: &Engine, node: &TestNode, why: &str) {
    eventually(&format!("it goes, {why}"), async || daemon.look(&node.id).await.is_err()).await;
    let query = format!("SELECT count(*) FROM events WHERE kind = 'node.deleted' AND payload ->> 'reason' = '{why}'");
    assert_eq!(daemon.count(engine, &query).await, 1);
    eventually("its token ends", async || daemon.beat(&node.token, 9).await.is_err()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_an_invite_waits_for_approval() {
    for_each_engine(async |engine: Engine| {
        let settings = [("identity.join", "approval"), ("registry.pending_nodes", "2")];
        let daemon = Daemon::start_with(&engine, &settings).await;
        let admin = daemon.person("admin", &["nodes=admin"]).await;
        let writer = daemon.person("writer", &["nodes=write"]).await;
        let (node, answer) = daemon.join("", plain()).await.unwrap();
        assert!(answer.is_pending);
        let (other, _) = daemon.join("", plain()).await.unwrap();
        let code = invite(&daemon, v1::CreateInviteRequest::default()).await;
        let (invited, answer) = daemon.join(&code, plain()).await.unwrap();
        assert!(!answer.is_pending, "an invite lets in at once");

        // There are places for two; whoever waits already may come again.
        let full = daemon.join("", plain()).await.map(drop).unwrap_err();
        assert_eq!(reason(&full), "QUOTA_EXCEEDED");
        let details = full.get_error_details();
        let metadata = &details.error_info().unwrap().metadata;
        assert_eq!((metadata["limit"].as_str(), metadata["used"].as_str()), ("pending_nodes", "2"));
        assert!(details.retry_info().unwrap().retry_delay.is_some());
        let (_, again) = daemon.join_again(node.key.clone(), "", plain()).await.unwrap();
        assert!(again.is_pending && again.node_id == node.id);
        let again = daemon.join("", plain()).await.map(drop);
        assert_eq!(failed(again), "QUOTA_EXCEEDED", "nor does the one before count");

        // It may heartbeat and look at itself, and no more.
        assert!(daemon.beat(&node.token, 1).await.unwrap().is_pending);
        let own = get(&daemon, &node.token, &node.id).await.unwrap();
        assert!(own.is_pending);
        assert_eq!(failed(get(&daemon, &node.token, &other.id).await), "NODE_NOT_FOUND");
        let mut registry = daemon.registry(Some(&node.token)).await;
        let seen = registry.list_nodes(v1::ListNodesRequest::default()).await.unwrap().into_inner().nodes;
        assert_eq!(seen.into_iter().map(|node| node.id).collect::<Vec<_>>(), [node.id.as_str()]);
        let set_labels = [("a".to_owned(), "b".to_owned())].into();
        let label = v1::UpdateNodeRequest { id: node.id.clone(), set_labels, ..Default::default() };
        assert_eq!(failed(registry.update_node(label).await), "NODE_PENDING");

        // Who may approve, whom, and on which terms.
        let request = v1::ListNodesRequest { pending: true, ..Default::default() };
        let waiting = daemon.local_registry().await.list_nodes(request).await.unwrap().into_inner().nodes;
        assert_eq!(waiting.iter().map(|node| &node.id).collect::<Vec<_>>(), [&node.id, &other.id]);
        let terms = v1::ApproveNodeRequest {
            id: node.id.clone(),
            labels: [("region".to_owned(), "eu".to_owned())].into(),
            realm: "lab".into(),
            owner_id: writer.id.clone(),
        };
        for (token, wanted) in [(&writer.token, "PERMISSION_DENIED"), (&node.token, "PERMISSION_DENIED")] {
            assert_eq!(failed(approve(&daemon, token, terms.clone()).await), wanted);
        }
        let nobody = v1::ApproveNodeRequest { owner_id: node.id.clone(), ..terms.clone() };
        assert_eq!(failed(approve(&daemon, &admin.token, nobody).await), "USER_NOT_FOUND");
        let approved = approve(&daemon, &admin.token, terms.clone()).await.unwrap();
        assert!(!approved.is_pending);
        assert_eq!((approved.realm.as_str(), approved.owner_id.as_str()), ("lab", writer.id.as_str()));
        assert_eq!((&approved.labels, &approved.granted_labels), (&terms.labels, &terms.labels));
        assert_eq!(approve(&daemon, &admin.token, terms.clone()).await.unwrap().id, node.id, "once more is no news");
        let others = v1::ApproveNodeRequest { realm: "office".into(), ..terms };
        assert_eq!(failed(approve(&daemon, &admin.token, others).await), "NODE_NOT_PENDING");
        everywhere(&engine, "the node is told", async || !daemon.beat(&node.token, 2).await.unwrap().is_pending).await;
        let (_, again) = daemon.join_again(node.key.clone(), "", plain()).await.unwrap();
        assert!(!again.is_pending, "what was approved stays so");

        // To refuse is to delete; both make room.
        delete(&daemon, &other.id).await;
        for _ in 0..2 {
            eventually("there is room", async || daemon.join("", plain()).await.is_ok()).await;
        }
        assert_eq!(failed(daemon.join("", plain()).await.map(drop)), "QUOTA_EXCEEDED");
        assert!(!get(&daemon, &invited.token, &invited.id).await.unwrap().is_pending);
        let counted = daemon.count(&engine, "SELECT nodes FROM node_counts WHERE name = 'pending'").await;
        let waiting = "SELECT count(*) FROM nodes WHERE is_pending";
        assert_eq!(counted, daemon.count(&engine, waiting).await);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_invite_waits_user_or_node() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.join", "approval")]).await;
    let key = cpc_signing::SecretKey::generate();
    let plain = daemon.login(&key).await.unwrap_err();
    assert!(reason(&plain) == "LOGIN_REFUSED" && plain.message().contains("an invite"), "{plain}");
    let mut proof = daemon.proof(&key).await;
    proof.username = "bob".into();
    let refused = daemon.prove(proof).await.unwrap_err();
    assert_eq!(reason(&refused), "APPROVAL_PENDING");
    // REST says the same of a node: it waits.
    let mut info = daemon.node_info(&key, crate::harness::record(&key, 1, &[], cpc_signing::Dialect::Standard)).await;
    info.labels.clear();
    let body = serde_json::to_string(&info).unwrap();
    let answer = daemon.rest(Method::POST, "/register", None, Some(&body)).await;
    assert_eq!((answer.status, &answer.json()["isPending"]), (200, &json!(true)), "{}", answer.text());
    let id = answer.json()["nodeId"].as_str().unwrap().to_owned();
    let admin = daemon.person("admin", &["nodes=admin"]).await;
    let list = daemon.rest(Method::GET, "/v1/nodes?pending=true", Some(&admin.token), None).await;
    assert_eq!(list.json()["nodes"].as_array().map(Vec::len), Some(1), "{}", list.text());
    let path = format!("/v1/nodes/{id}/approve");
    let answer = daemon.rest(Method::POST, &path, Some(&admin.token), Some(r#"{"realm":"lab"}"#)).await;
    assert_eq!((answer.status, &answer.json()["node"]["realm"]), (200, &json!("lab")), "{}", answer.text());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_approved_in_time_goes() {
    for_each_engine(async |engine: Engine| {
        let settings = [("identity.join", "approval"), ("registry.pending_seconds", "1")];
        let daemon = Daemon::start_with(&engine, &settings).await;
        let code = invite(&daemon, v1::CreateInviteRequest::default()).await;
        let (invited, _) = daemon.join(&code, plain()).await.unwrap();
        let (node, _) = daemon.join("", plain()).await.unwrap();
        gone(&daemon, &engine, &node, "not approved in time").await;
        assert!(daemon.look(&invited.id).await.is_ok());
        assert_eq!(daemon.count(&engine, "SELECT nodes FROM node_counts WHERE name = 'pending'").await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_says_how_long_and_where_its_nodes_are() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let request = v1::CreateInviteRequest {
            node_ttl_seconds: 3600,
            is_ephemeral: true,
            namespaces: vec!["files".into(), "chat".into()],
            ..Default::default()
        };
        let code = invite(&daemon, request).await;
        let under = |namespace: &str| v1::NodeInfo { namespaces: vec![namespace.into()], ..plain() };
        assert_eq!(failed(daemon.join(&code, under("games")).await.map(drop)), "FIELD_INVALID");
        let (node, _) = daemon.join(&code, under("chat")).await.unwrap();
        let first = daemon.look(&node.id).await.unwrap();
        assert!(first.is_ephemeral, "whatever it says itself");
        assert_eq!(first.namespaces, ["chat"]);
        let seconds = |node: &v1::Node| node.expires_at.unwrap().seconds - node.created_at.unwrap().seconds;
        assert!((3599..=3610).contains(&seconds(&first)), "{first:?}");

        // What holds at first holds at each registration; it puts off when the node goes.
        let again = daemon.join_again(node.key.clone(), "", under("games")).await.map(drop);
        assert_eq!(failed(again), "FIELD_INVALID");
        daemon.join_again(node.key.clone(), "", under("files")).await.unwrap();
        let second = daemon.look(&node.id).await.unwrap();
        let time = |node: &v1::Node| node.expires_at.map(|time| (time.seconds, time.nanos));
        assert!(time(&second) > time(&first) && second.is_ephemeral && second.namespaces == ["files"], "{second:?}");
        let query = v1::ListNodesRequest { namespace: "files".into(), ..Default::default() };
        let found = daemon.local_registry().await.list_nodes(query).await.unwrap().into_inner().nodes;
        assert_eq!(found.len(), 1);
        // Heartbeats change nothing of it.
        daemon.beat(&node.token, 1).await.unwrap();
        assert_eq!(daemon.look(&node.id).await.unwrap().namespaces, ["files"]);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_goes_when_its_time_is_over() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let code = invite(&daemon, v1::CreateInviteRequest { node_ttl_seconds: 1, ..Default::default() }).await;
        let (kept, _) = daemon.join(&code, plain()).await.unwrap();
        let request =
            v1::ExpireNodeRequest { id: kept.id.clone(), when: Some(v1::expire_node_request::When::Never(true)) };
        let never = daemon.local_registry().await.expire_node(request).await.unwrap().into_inner().node.unwrap();
        assert!(never.expires_at.is_none());
        let (node, _) = daemon.join(&code, plain()).await.unwrap();
        gone(&daemon, &engine, &node, "expired").await;
        daemon.join_again(kept.key.clone(), "", plain()).await.unwrap();
        let kept = daemon.look(&kept.id).await.unwrap();
        assert!(kept.expires_at.is_none(), "what an operator says holds against the invite");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ephemeral_node_goes_some_time_after_it_was_last_heard_of() {
    for_each_engine(async |engine: Engine| {
        let settings = [
            ("identity.join", "open"),
            ("registry.heartbeat_seconds", "1"),
            ("registry.degraded_seconds", "2"),
            ("registry.offline_seconds", "3"),
            ("registry.grace_seconds", "0"),
            ("registry.damping_seconds", "0"),
            ("registry.ephemeral_seconds", "1"),
        ];
        let daemon = Daemon::start_with(&engine, &settings).await;
        let (stays, _) = daemon.join("", plain()).await.unwrap();
        let (living, _) = daemon.join("", v1::NodeInfo { is_ephemeral: true, ..plain() }).await.unwrap();
        let (node, _) = daemon.join("", v1::NodeInfo { is_ephemeral: true, ..plain() }).await.unwrap();
        let mut sequence = 0;
        eventually("the silent one goes", async || {
            sequence += 1;
            daemon.beat(&living.token, sequence).await.unwrap();
            daemon.look(&node.id).await.is_err()
        })
        .await;
        gone(&daemon, &engine, &node, "ephemeral and gone").await;
        assert!(daemon.look(&living.id).await.is_ok());
        assert_eq!(daemon.look(&stays.id).await.unwrap().status(), v1::NodeStatus::Offline);
        daemon.stop().await;
    })
    .await;
}
