//! Many registrations in one transaction, on each engine.

use std::time::Duration;

use cpcd_model::{
    id::{NodeId, SessionId},
    labels::Labels,
    node::{Node, NodeStatus, Resources},
};
use cpcd_store::sql::{Session, SubjectKind};

use crate::harness::{for_each_engine, insert_user, now, time, write};

#[tokio::test]
async fn many_nodes_are_added_and_those_known_are_left_alone() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "owner").await;
        let made: Vec<Node> = (0..50)
            .map(|key| Node {
                owner_id: (key % 2 == 0).then_some(owner),
                status: NodeStatus::Online,
                last_seen: (key % 3 == 0).then(|| time("2026-01-01T00:00:00Z")),
                capacity: Resources {
                    cpu_millicores: 4000,
                    memory_bytes: u64::from(key) << 40,
                    bandwidth_bits_per_second: 0,
                },
                record: vec![key; usize::from(key)],
                record_seq: (key % 5 != 0).then_some(u64::from(key)),
                addresses: vec!["/ip4/8.8.8.8/tcp/4001".into(); usize::from(key % 3)],
                labels: Labels::from([("it's".into(), "\"odd\"".into())]),
                granted_labels: Labels::new(),
                realm: "home".into(),
                agent_version: "test/1".into(),
                is_ephemeral: key % 4 == 0,
                is_pending: key % 7 == 0,
                expires_at: (key % 6 == 0).then(|| time("2027-01-01T00:00:00Z")),
                namespaces: vec!["chat".into(); usize::from(key % 2)],
                ..Node::new(NodeId::generate(), [key; 32], now())
            })
            .collect();
        let nodes = made.clone();
        let added = write(&store, move |tx| Box::pin(async move { tx.insert_nodes(&nodes).await })).await;
        assert_eq!(added.len(), 50);
        for node in &made {
            assert_eq!(store.get_node(node.id).await.unwrap().as_ref(), Some(node));
        }
        let fresh = Node { id: NodeId::generate(), public_key: [99; 32], ..made[1].clone() };
        let twin = Node { id: NodeId::generate(), realm: "elsewhere".into(), ..made[1].clone() };
        let (both, id) = (vec![twin, fresh.clone()], fresh.id);
        let added = write(&store, move |tx| Box::pin(async move { tx.insert_nodes(&both).await })).await;
        assert_eq!(added, [id]);
        assert_eq!(store.get_node_by_key(&[1; 32]).await.unwrap().as_ref(), Some(&made[1]));
    })
    .await;
}

#[tokio::test]
async fn many_challenges_are_used_up_once_each() {
    for_each_engine(async |store| {
        let ids: Vec<_> = (0..20u8).map(|id| ([id; 16], now())).collect();
        let some = ids[..5].to_vec();
        let fresh = write(&store, move |tx| Box::pin(async move { tx.insert_used_challenges(&some).await })).await;
        assert_eq!(fresh.len(), 5);
        let all = ids.clone();
        let mut fresh = write(&store, move |tx| Box::pin(async move { tx.insert_used_challenges(&all).await })).await;
        fresh.sort_unstable();
        assert_eq!(fresh, (5..20u8).map(|id| [id; 16]).collect::<Vec<_>>());
        write(&store, |tx| Box::pin(async move { tx.give_challenges_back(&[[3; 16], [77; 16]]).await })).await;
        let again = write(&store, move |tx| Box::pin(async move { tx.insert_used_challenges(&ids).await })).await;
        assert_eq!(again, [[3; 16]]);
    })
    .await;
}

#[tokio::test]
async fn many_sessions_are_opened() {
    for_each_engine(async |store| {
        let subject = NodeId::generate().uuid();
        let opened: Vec<_> = (0..10u8)
            .map(|number| Session {
                id: SessionId::generate(),
                subject_id: subject,
                subject_kind: SubjectKind::Node,
                created_at: now(),
                expires_at: now() + Duration::from_secs(600),
                refresh_hash: (number % 2 == 0).then_some([number; 32]),
                bound_key: (number % 3 == 0).then_some([number; 32]),
                opened_with: None,
            })
            .collect();
        let sessions = opened.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_sessions(&sessions).await })).await;
        for session in opened {
            assert_eq!(store.get_session(session.id).await.unwrap().as_ref(), Some(&session));
        }
    })
    .await;
}
