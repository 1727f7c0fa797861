//! Table `nodes`, on each engine.

use std::time::Duration;

use cpcd_model::{
    Reason,
    id::{NodeId, UserId},
    labels::Labels,
    node::{Node, NodeStatus, Resources},
    permission::Scope,
};
use cpcd_store::sql::{Followed, NodeFilter, Priority, Seen, Transition};

use crate::harness::{for_each_engine, insert_user, now, time, write};

fn node(key: u8, owner_id: Option<UserId>) -> Node {
    Node {
        owner_id,
        last_seen: Some(time("2026-01-01T00:00:00Z")),
        capacity: Resources { cpu_millicores: 4000, memory_bytes: 1 << 40, bandwidth_bits_per_second: 0 },
        record: vec![1, 2, 3],
        record_seq: Some(7),
        addresses: vec!["/ip4/8.8.8.8/tcp/4001".into()],
        labels: Labels::from([("region".into(), "eu-west".into()), ("it's".into(), "\"odd\"".into())]),
        granted_labels: Labels::from([("region".into(), "eu-west".into())]),
        realm: "home".into(),
        agent_version: "test/1".into(),
        ..Node::new(NodeId::generate(), [key; 32], now())
    }
}

#[tokio::test]
async fn a_node_is_kept_found_changed_and_removed() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "owner").await;
        let first = node(1, Some(owner));
        let stored = first.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_node(&stored).await })).await;
        assert_eq!(store.get_node(first.id).await.unwrap().unwrap(), first);
        assert_eq!(store.get_node_by_key(&[1; 32]).await.unwrap().unwrap(), first);
        assert_eq!(store.get_node_by_key(&[9; 32]).await.unwrap(), None);
        assert_eq!(store.get_nodes(&[first.id, NodeId::generate()]).await.unwrap(), std::slice::from_ref(&first));

        let twin = Node { id: NodeId::generate(), ..first.clone() };
        let added =
            store.write(Priority::Registry, move |tx| Box::pin(async move { tx.insert_node(&twin).await })).await;
        assert_eq!(added.unwrap_err().reason(), Reason::WriteConflict, "a key belongs to one node");

        let changed = Node { record: vec![9], record_seq: None, labels: Labels::new(), ..first.clone() };
        let stored = changed.clone();
        let locked = write(&store, move |tx| {
            Box::pin(async move {
                tx.update_node(&stored).await?;
                assert_eq!(tx.lock_node_by_key(&[1; 32]).await?.as_ref(), Some(&stored));
                tx.lock_node(stored.id).await
            })
        })
        .await;
        assert_eq!(locked.unwrap(), changed);
        let id = first.id;
        let remove = async || write(&store, move |tx| Box::pin(async move { tx.delete_node(id).await })).await;
        assert!(remove().await);
        assert!(!remove().await);
        assert_eq!(store.get_node(id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_and_ordered() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "owner").await;
        let mut nodes = vec![node(1, Some(owner)), node(2, None), node(3, Some(owner))];
        nodes[1].status = NodeStatus::Offline;
        nodes[2].labels = Labels::new();
        for one in nodes.clone() {
            write(&store, move |tx| Box::pin(async move { tx.insert_node(&one).await })).await;
        }
        let ids: Vec<_> = nodes.iter().map(|node| node.id).collect();
        let list = async |filter: NodeFilter, limit| {
            store.list_nodes(&filter, limit).await.unwrap().into_iter().map(|node| node.id).collect::<Vec<_>>()
        };
        let any = NodeFilter::default();
        assert_eq!(list(any.clone(), 10).await, ids);
        assert_eq!(list(any.clone(), 2).await, ids[..2]);
        assert_eq!(list(NodeFilter { after: Some(ids[1]), ..any.clone() }, 10).await, ids[2..]);
        assert_eq!(list(NodeFilter { owner: Some(owner), ..any.clone() }, 10).await, [ids[0], ids[2]]);
        assert_eq!(list(NodeFilter { status: Some(NodeStatus::Offline), ..any.clone() }, 10).await, [ids[1]]);
        let label =
            |name: &str, value: &str| NodeFilter { label: Some((name.into(), value.into())), ..NodeFilter::default() };
        assert_eq!(list(label("region", "eu-west"), 10).await, ids[..2]);
        assert_eq!(list(label("it's", "\"odd\""), 10).await, ids[..2]);
        assert_eq!(list(label("region", "moon"), 10).await, []);
        let within = |scope: Scope, beside| NodeFilter { within: Some((vec![scope], beside)), ..NodeFilter::default() };
        let none = Scope::default();
        let labels = |pairs: &[(&str, &str)]| Scope {
            labels: pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..none.clone()
        };
        assert_eq!(list(within(labels(&[("region", "eu-west")]), None), 10).await, ids[..2]);
        assert_eq!(list(within(labels(&[("region", "eu-west"), ("it's", "\"odd\"")]), None), 10).await, ids[..2]);
        assert_eq!(list(within(labels(&[("region", "eu-west"), ("rack", "7")]), None), 10).await, []);
        let of_owner = Scope { owner: Some(owner), ..labels(&[("region", "eu-west")]) };
        assert_eq!(list(within(of_owner.clone(), None), 10).await, ids[..1]);
        assert_eq!(list(within(of_owner, Some(owner)), 10).await, [ids[0], ids[2]], "and what is one's own");
        let object = Scope { object: Some(ids[1].uuid()), ..none.clone() };
        assert_eq!(list(within(object, None), 10).await, [ids[1]]);
        assert_eq!(list(NodeFilter { within: Some((Vec::new(), None)), ..any.clone() }, 10).await, []);
        let liveness = store.list_liveness(Some(ids[0]), 1).await.unwrap();
        let followed = |id, status| Followed { id, status, realm: "home".into(), directives: 0 };
        assert_eq!(liveness, [followed(ids[1], NodeStatus::Offline)]);
        let mut statuses = store.list_statuses(&[ids[1], NodeId::generate(), ids[0]]).await.unwrap();
        statuses.sort_by_key(|followed| followed.id);
        assert_eq!(statuses, [followed(ids[0], NodeStatus::Online), followed(ids[1], NodeStatus::Offline)]);
    })
    .await;
}

#[tokio::test]
async fn what_was_heard_only_moves_forward() {
    for_each_engine(async |store| {
        let (one, two) = (node(1, None), node(2, None));
        let (a, b) = (one.id, two.id);
        write(&store, move |tx| {
            Box::pin(async move {
                tx.insert_node(&one).await?;
                tx.insert_node(&two).await
            })
        })
        .await;
        let (early, late) = (time("2025-01-01T00:00:00Z"), time("2026-02-01T00:00:00.123456Z"));
        let seen = [Seen { id: a, at: late }, Seen { id: b, at: early }, Seen { id: NodeId::generate(), at: late }];
        let changed = write(&store, move |tx| Box::pin(async move { tx.update_last_seen(&seen).await }));
        assert_eq!(changed.await, 1);
        assert_eq!(store.get_node(a).await.unwrap().unwrap().last_seen, Some(late));
        assert_eq!(store.get_node(b).await.unwrap().unwrap().last_seen, Some(time("2026-01-01T00:00:00Z")));
    })
    .await;
}

#[tokio::test]
async fn a_status_changes_unless_somebody_has_heard_of_the_node() {
    for_each_engine(async |store| {
        let (one, two, three) = (node(1, None), node(2, None), node(3, None));
        let three = Node { last_seen: None, ..three };
        let ids = [one.id, two.id, three.id];
        write(&store, move |tx| {
            Box::pin(async move {
                for node in [one, two, three] {
                    tx.insert_node(&node).await?;
                }
                Ok(())
            })
        })
        .await;
        let heard = time("2026-01-01T00:00:00Z");
        let to = |id, to, after: Option<_>| Transition {
            id,
            to,
            last_seen: None,
            unless_seen: after.map(|after| (after, heard + Duration::from_secs(9))),
        };
        let changes = [
            to(ids[0], NodeStatus::Offline, Some(heard)),
            to(ids[1], NodeStatus::Offline, Some(heard - Duration::from_secs(1))),
            to(ids[2], NodeStatus::Degraded, Some(heard)),
            to(NodeId::generate(), NodeStatus::Offline, None),
        ];
        let change = async |changes: Vec<Transition>| {
            let done = write(&store, move |tx| Box::pin(async move { tx.update_statuses(&changes).await }));
            let mut done = done.await;
            done.sort_unstable_by_key(|(id, _)| *id);
            done
        };
        let set_back = heard - Duration::from_secs(5);
        let of_another_clock =
            Transition { unless_seen: Some((set_back, set_back)), ..to(ids[1], NodeStatus::Degraded, None) };
        let made = change(changes.to_vec()).await;
        assert_eq!(made, [(ids[0], NodeStatus::Offline), (ids[2], NodeStatus::Degraded)]);
        assert_eq!(store.get_node(ids[1]).await.unwrap().unwrap().status, NodeStatus::Online);
        assert_eq!(change(changes.to_vec()).await, [], "the same again is no change");
        assert_eq!(
            change(vec![of_another_clock]).await,
            [(ids[1], NodeStatus::Degraded)],
            "what is to come says nothing"
        );
        let back = Transition { id: ids[2], to: NodeStatus::Online, last_seen: Some(heard), unless_seen: None };
        assert_eq!(change(vec![back]).await, [(ids[2], NodeStatus::Online)]);
        assert_eq!(store.get_node(ids[2]).await.unwrap().unwrap().last_seen, Some(heard));
        assert_eq!(
            store.get_node(ids[0]).await.unwrap().unwrap().last_seen,
            Some(heard),
            "kept where nothing new is said"
        );
    })
    .await;
}

#[tokio::test]
async fn statements_are_counted_by_their_cause() {
    for_each_engine(async |store| {
        let id = NodeId::generate();
        store.caused_by("reading", store.get_node(id)).await.unwrap();
        store.get_node(id).await.unwrap();
        let added = node(1, None);
        let writing = store.write(Priority::Registry, move |tx| {
            Box::pin(async move {
                tx.insert_node(&added).await?;
                tx.delete_node(added.id).await
            })
        });
        store.caused_by("writing", writing).await.unwrap();
        assert_eq!(store.statement_counts(), [("reading", 1), ("writing", 2)]);
    })
    .await;
}
