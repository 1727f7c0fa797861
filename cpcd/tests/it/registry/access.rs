//! Who sees which node, and how much of it.

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};

use crate::harness::{ADDRESS, Daemon, Engine, TestNode, for_each_engine, reason, record};

const PRIVATE: &str = "/ip4/192.168.1.7/tcp/4001";

/// Registers a node of a realm, for whoever makes the invite.
async fn node_of(daemon: &Daemon, maker: &str, realm: &str) -> TestNode {
    let request = v1::CreateInviteRequest {
        kind: v1::SubjectKind::Node.into(),
        uses: 1,
        realm: realm.into(),
        ..Default::default()
    };
    let code = daemon.identity(Some(maker)).await.create_invite(request).await.unwrap().into_inner().code;
    let key = SecretKey::generate();
    let mut info = daemon.node_info(&key, record(&key, 1, &[ADDRESS, PRIVATE], Dialect::Standard)).await;
    info.proof.as_mut().unwrap().invite = code;
    let answer = daemon.registry(None).await.register_node(info).await.unwrap().into_inner();
    TestNode { key, id: answer.node_id, token: answer.tokens.unwrap().access_token }
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_stay_within_their_realm() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let owner = daemon.person("owner", &["nodes=write"]).await;
        let reader = daemon.person("reader", &["nodes=read"]).await;
        let admin = daemon.person("admin", &["nodes=admin"]).await;
        let stranger = daemon.person("stranger", &["content=read"]).await;
        let node = node_of(&daemon, &owner.token, "home").await;
        let see = async |token: &str| {
            let request = v1::GetNodeRequest { id: node.id.clone() };
            let answer = daemon.registry(Some(token)).await.get_node(request).await;
            answer.map(|answer| answer.into_inner().node.unwrap()).map_err(|status| reason(&status))
        };
        for token in [&owner.token, &admin.token, &node.token] {
            let seen = see(token).await.unwrap();
            assert_eq!(seen.addresses, [ADDRESS, PRIVATE]);
            assert!(!seen.signed_peer_record.is_empty());
        }
        let seen = see(&reader.token).await.unwrap();
        assert_eq!(seen.addresses, [ADDRESS]);
        assert!(seen.signed_peer_record.is_empty(), "the record would name the private address");
        assert_eq!(see(&stranger.token).await.unwrap_err(), "NODE_NOT_FOUND");
        let other = node_of(&daemon, &owner.token, "office").await;
        assert_eq!(see(&other.token).await.unwrap_err(), "NODE_NOT_FOUND");

        let list = async |token: &str| {
            let answer = daemon.registry(Some(token)).await.list_nodes(v1::ListNodesRequest::default()).await;
            answer.unwrap().into_inner().nodes.into_iter().map(|node| node.id).collect::<Vec<_>>()
        };
        let both = vec![node.id.clone(), other.id.clone()];
        assert_eq!(list(&reader.token).await, both);
        assert_eq!(list(&owner.token).await, both, "one's own");
        assert_eq!(list(&stranger.token).await, Vec::<String>::new());
        assert_eq!(list(&other.token).await, std::slice::from_ref(&other.id));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_deletes() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let owner = daemon.person("owner", &["nodes=write"]).await;
    let other = daemon.person("other", &["nodes=write"]).await;
    let reader = daemon.person("reader", &["nodes=read"]).await;
    let delete = async |token: &str, id: &str| {
        let request = v1::DeleteNodeRequest { id: id.into() };
        daemon.registry(Some(token)).await.delete_node(request).await.map_err(|status| reason(&status))
    };
    let node = node_of(&daemon, &owner.token, "home").await;
    let stranger = daemon.person("stranger", &["content=write"]).await;
    assert_eq!(delete(&stranger.token, &node.id).await.unwrap_err(), "NODE_NOT_FOUND", "not for them to know of");
    assert_eq!(delete(&other.token, &node.id).await.unwrap_err(), "NOT_OWNER");
    assert_eq!(delete(&reader.token, &node.id).await.unwrap_err(), "PERMISSION_DENIED");
    assert_eq!(delete(&owner.token, "neither").await.unwrap_err(), "FIELD_INVALID");
    delete(&owner.token, &node.id).await.unwrap();
    let node = node_of(&daemon, &owner.token, "home").await;
    let id = node.key.public().peer_id().to_string();
    delete(&node.token, &id).await.expect("a node may leave by itself");
    daemon.stop().await;
}
