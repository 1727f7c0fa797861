//! What is done to nodes: labelled, kept for longer or not.

use cpc_proto::v1::{self, expire_node_request::When};
use http::Method;
use serde_json::json;

use crate::harness::{Daemon, Engine, eventually, for_each_engine, reason};

fn pairs(labels: &[(&str, &str)]) -> std::collections::HashMap<String, String> {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn update(daemon: &Daemon, token: &str, request: v1::UpdateNodeRequest) -> Result<v1::Node, String> {
    let answer = daemon.registry(Some(token)).await.update_node(request).await;
    answer.map(|answer| answer.into_inner().node.unwrap()).map_err(|status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_change_by_name() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let owner = daemon.person("owner", &["nodes=write"]).await;
        let other = daemon.person("other", &["nodes=write"]).await;
        let admin = daemon.person("admin", &["nodes=admin"]).await;
        let request = v1::CreateInviteRequest {
            kind: v1::SubjectKind::Node.into(),
            labels: pairs(&[("region", "eu")]),
            ..Default::default()
        };
        let code = daemon.identity(Some(&owner.token)).await.create_invite(request).await.unwrap().into_inner().code;
        let said = v1::NodeInfo { labels: pairs(&[("disk", "ssd")]), ..Default::default() };
        let (node, _) = daemon.join(&code, said.clone()).await.unwrap();
        let of = |set: &[(&str, &str)], remove: &[&str]| v1::UpdateNodeRequest {
            id: node.id.clone(),
            set_labels: pairs(set),
            remove_labels: remove.iter().map(|name| (*name).to_owned()).collect(),
            ..Default::default()
        };
        let grant = |set: &[(&str, &str)], remove: &[&str]| v1::UpdateNodeRequest {
            id: node.id.clone(),
            set_granted_labels: pairs(set),
            remove_granted_labels: remove.iter().map(|name| (*name).to_owned()).collect(),
            ..Default::default()
        };
        let changed = update(&daemon, &owner.token, of(&[("rack", "7")], &["disk"])).await.unwrap();
        assert_eq!(changed.labels, pairs(&[("rack", "7"), ("region", "eu")]));
        assert_eq!(update(&daemon, &node.token, of(&[("tier", "1")], &[])).await.unwrap().labels.len(), 3);
        assert_eq!(update(&daemon, &other.token, of(&[("a", "b")], &[])).await.unwrap_err(), "NOT_OWNER");
        assert_eq!(update(&daemon, &owner.token, of(&[("region", "us")], &[])).await.unwrap_err(), "FIELD_INVALID");
        assert_eq!(update(&daemon, &owner.token, of(&[], &["region"])).await.unwrap_err(), "FIELD_INVALID");
        let own = grant(&[("region", "us")], &[]);
        assert_eq!(update(&daemon, &owner.token, own.clone()).await.unwrap_err(), "PERMISSION_DENIED");
        assert_eq!(update(&daemon, &node.token, own.clone()).await.unwrap_err(), "PERMISSION_DENIED");
        assert_eq!(update(&daemon, &admin.token, own).await.unwrap().labels["region"], "us");
        let changed = update(&daemon, &admin.token, grant(&[("rack", "8")], &["region"])).await.unwrap();
        assert_eq!(changed.granted_labels, pairs(&[("rack", "8")]));
        assert_eq!(changed.labels, pairs(&[("rack", "8"), ("tier", "1")]));

        // What the node says it says anew when it registers; what it is granted stays.
        daemon.join_again(node.key.clone(), "", said).await.unwrap();
        assert_eq!(daemon.look(&node.id).await.unwrap().labels, pairs(&[("rack", "8"), ("disk", "ssd")]));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_when_a_node_goes() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let other = daemon.person("other", &["nodes=write"]).await;
    let node = daemon.node().await;
    let expire = async |when: Option<When>| {
        let request = v1::ExpireNodeRequest { id: node.id.clone(), when };
        let answer = daemon.local_registry().await.expire_node(request).await;
        answer.map(|answer| answer.into_inner().node.unwrap()).map_err(|status| reason(&status))
    };
    assert_eq!(expire(None).await.unwrap_err(), "FIELD_REQUIRED");
    assert_eq!(expire(Some(When::Never(false))).await.unwrap_err(), "FIELD_INVALID");
    assert_eq!(expire(Some(When::TtlSeconds(u64::MAX))).await.unwrap_err(), "FIELD_INVALID");
    let after = expire(Some(When::TtlSeconds(86_400))).await.unwrap();
    let ahead = after.expires_at.unwrap().seconds - after.created_at.unwrap().seconds;
    assert!((86_400..86_460).contains(&ahead), "{ahead}");
    let at = v1::ExpireNodeRequest { id: node.id.clone(), when: after.expires_at.map(When::ExpiresAt) };
    let same = daemon.local_registry().await.expire_node(at).await.unwrap().into_inner().node.unwrap();
    assert_eq!(same.expires_at, after.expires_at);
    assert!(expire(Some(When::Never(true))).await.unwrap().expires_at.is_none());

    // The same over REST, by who may.
    let path = format!("/v1/nodes/{}/expire", node.id);
    let post = async |token: &str, body: &str| daemon.rest(Method::POST, &path, Some(token), Some(body)).await;
    assert_eq!(post(&other.token, r#"{"ttlSeconds":"0"}"#).await.reason(), "NOT_OWNER");
    let answer = post(&node.token, r#"{"ttlSeconds":"60"}"#).await;
    assert!(answer.json()["node"]["expiresAt"].is_string(), "{}", answer.text());
    let path = format!("/v1/nodes/{}", node.id);
    let answer = daemon.rest(Method::PATCH, &path, Some(&node.token), Some(r#"{"setLabels":{"rack":"7"}}"#)).await;
    assert_eq!(answer.json()["node"]["labels"], json!({ "rack": "7" }), "{}", answer.text());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_cordoned_drained_and_taken_into_service_again() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let owner = daemon.person("owner", &["nodes=write"]).await;
        let node = daemon.node().await;
        let id = || node.id.clone();
        let mut registry = daemon.registry(Some(&node.token)).await;
        let scheduling = |node: Option<v1::Node>| node.unwrap().scheduling();
        let cordoned = registry.cordon_node(v1::CordonNodeRequest { id: id() }).await.unwrap().into_inner().node;
        assert_eq!(scheduling(cordoned), v1::NodeScheduling::Cordoned);
        let query = v1::ListNodesRequest { scheduling: v1::NodeScheduling::Cordoned.into(), ..Default::default() };
        let found = daemon.local_registry().await.list_nodes(query).await.unwrap().into_inner().nodes;
        assert_eq!(found.len(), 1);
        registry.drain_node(v1::DrainNodeRequest { id: id() }).await.unwrap();
        // It has nothing, so that there is nothing to wait for.
        eventually("it is drained", async || {
            daemon.look(&node.id).await.unwrap().scheduling() == v1::NodeScheduling::Drained
        })
        .await;
        let others =
            daemon.registry(Some(&owner.token)).await.uncordon_node(v1::UncordonNodeRequest { id: id() }).await;
        assert_eq!(reason(&others.unwrap_err()), "NOT_OWNER");
        let path = format!("/v1/nodes/{}/uncordon", node.id);
        let answer = daemon.rest(Method::POST, &path, Some(&node.token), None).await;
        assert_eq!(answer.json()["node"]["scheduling"], "NODE_SCHEDULING_ACTIVE", "{}", answer.text());
        daemon.stop().await;
    })
    .await;
}
