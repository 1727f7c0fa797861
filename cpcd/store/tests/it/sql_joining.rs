//! On which terms nodes are there, and how many count for what.

use std::time::Duration;

use cpcd_model::{
    id::NodeId,
    labels::Labels,
    node::{Joined, Node, NodeStatus, Scheduling},
    time::Timestamp,
};
use cpcd_store::{
    Store,
    sql::{Departure, NodeCount, NodeFilter},
};
use uuid::Uuid;

use crate::harness::{for_each_engine, insert_user, now, write};

fn later(seconds: u64) -> Timestamp {
    now() + Duration::from_secs(seconds)
}

fn node(key: u8) -> Node {
    Node::new(NodeId::generate(), [key; 32], now())
}

async fn insert(store: &Store, nodes: &[Node]) {
    let nodes = nodes.to_vec();
    write(store, move |tx| {
        Box::pin(async move {
            for node in &nodes {
                tx.insert_node(node).await?;
            }
            Ok(())
        })
    })
    .await;
}

#[tokio::test]
async fn terms_come_back_as_they_were_written() {
    for_each_engine(async |store| {
        let owner = insert_user(&store, "owner").await;
        let joined = Joined {
            ttl_seconds: Some(60),
            is_ephemeral: true,
            namespaces: vec!["it's".into()],
            network: "203.0.113.0/24".into(),
            invite_id: Some(Uuid::now_v7()),
        };
        let first = Node { joined, is_pending: true, expires_at: Some(later(60)), ..node(1) };
        let mut second = Node { id: NodeId::generate(), public_key: [2; 32], ..first.clone() };
        insert(&store, std::slice::from_ref(&first)).await;
        let many = vec![second.clone()];
        write(&store, move |tx| Box::pin(async move { tx.insert_nodes(&many).await })).await;
        assert_eq!(store.get_node(first.id).await.unwrap().unwrap(), first);
        assert_eq!(store.get_node(second.id).await.unwrap().unwrap(), second, "of many in one statement");
        assert_eq!(store.list_pending_nodes().await.unwrap(), [first.id, second.id]);

        second.owner_id = Some(owner);
        second.labels = Labels::from([("a".into(), "b".into())]);
        second.granted_labels = second.labels.clone();
        second.realm = "lab".into();
        second.expires_at = None;
        second.is_pending = false;
        second.joined = Joined::default();
        let changed = second.clone();
        write(&store, move |tx| Box::pin(async move { tx.update_node_terms(&changed).await })).await;
        assert_eq!(store.get_node(second.id).await.unwrap().unwrap(), second);
        assert_eq!(store.list_pending_nodes().await.unwrap(), [first.id]);
    })
    .await;
}

#[tokio::test]
async fn nodes_are_found_by_their_terms() {
    for_each_engine(async |store| {
        let nodes = [
            Node { is_pending: true, realm: "lab".into(), ..node(1) },
            Node { namespaces: vec!["chat".into(), "it's".into()], ..node(2) },
            Node { namespaces: vec!["chats".into()], realm: "lab".into(), ..node(3) },
        ];
        insert(&store, &nodes).await;
        let find = async |filter: NodeFilter| {
            let found = store.list_nodes(&filter, 10).await.unwrap();
            found.iter().map(|node| node.public_key[0]).collect::<Vec<_>>()
        };
        let any = NodeFilter::default();
        assert_eq!(find(any.clone()).await, [1, 2, 3]);
        assert_eq!(find(NodeFilter { is_pending: true, ..any.clone() }).await, [1]);
        assert_eq!(find(NodeFilter { realm: Some("lab".into()), ..any.clone() }).await, [1, 3]);
        assert_eq!(find(NodeFilter { namespace: Some("chat".into()), ..any.clone() }).await, [2]);
        assert_eq!(find(NodeFilter { namespace: Some("it's".into()), ..any.clone() }).await, [2]);
        assert_eq!(find(NodeFilter { scheduling: Some(Scheduling::Active), ..any.clone() }).await, [1, 2, 3]);
        assert!(find(NodeFilter { scheduling: Some(Scheduling::Drained), ..any }).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_is_to_go_is_found_and_looked_at_again_under_the_lock() {
    for_each_engine(async |store| {
        let gone = Node { is_ephemeral: true, status: NodeStatus::Offline, last_seen: Some(now()), ..node(4) };
        let nodes = [
            node(1),
            Node { expires_at: Some(later(10)), ..node(2) },
            Node { is_pending: true, ..node(3) },
            gone.clone(),
            Node { id: NodeId::generate(), public_key: [5; 32], last_seen: None, ..gone.clone() },
            Node { id: NodeId::generate(), public_key: [6; 32], status: NodeStatus::Online, ..gone },
        ];
        insert(&store, &nodes).await;
        let early = Departure { expired: later(9), pending: now(), ephemeral: now() };
        assert!(store.list_departing(early, 10).await.unwrap().is_empty());
        let due = Departure { expired: later(10), pending: later(1), ephemeral: later(1) };
        let mut found = store.list_departing(due, 10).await.unwrap();
        found.sort();
        let mut wanted = [nodes[1].id, nodes[2].id, nodes[3].id, nodes[4].id];
        wanted.sort();
        assert_eq!(found, wanted);
        assert_eq!(store.list_departing(due, 2).await.unwrap().len(), 2);

        let approved = Node { is_pending: false, ..nodes[2].clone() };
        let ids: Vec<_> = nodes.iter().map(|node| node.id).collect();
        let left = write(&store, move |tx| {
            Box::pin(async move {
                tx.update_node_terms(&approved).await?;
                let locked = tx.lock_departing(&ids, due).await?;
                let ids: Vec<_> = locked.iter().map(|node| node.id).collect();
                assert_eq!(tx.delete_nodes(&ids).await?, 3);
                assert_eq!(tx.delete_nodes(&ids).await?, 0, "they are gone");
                Ok(locked)
            })
        })
        .await;
        let mut wanted = [nodes[1].clone(), nodes[3].clone(), nodes[4].clone()];
        wanted.sort_by_key(|node| node.id);
        assert_eq!(left, wanted, "one was approved meanwhile");
        assert_eq!(store.list_nodes(&NodeFilter::default(), 10).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn counts_are_kept_by_name() {
    for_each_engine(async |store| {
        let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (net4, net6) = ("203.0.113.0/24", "2001:db8::/64");
        let names = words(&[net4, "all", net6, net4]);
        let counts = write(&store, move |tx| {
            Box::pin(async move {
                let mut counts = tx.lock_node_counts(&names, now()).await?;
                for (number, count) in counts.iter_mut().enumerate() {
                    (count.nodes, count.new_nodes) = (number as u64, 7);
                }
                tx.update_node_counts(&counts).await?;
                Ok(counts)
            })
        })
        .await;
        assert_eq!(counts.iter().map(|count| count.name.as_str()).collect::<Vec<_>>(), [net6, net4, "all"]);
        let wanted = NodeCount { name: net4.into(), nodes: 1, hour: now(), new_nodes: 7 };
        assert_eq!(store.get_node_count(net4).await.unwrap(), Some(wanted.clone()));
        assert_eq!(store.get_node_count("pending").await.unwrap(), None);
        assert_eq!(store.get_fullest_network().await.unwrap(), Some((net4.into(), 1)), "all is no network");
        // What is there is left as it is by whoever locks it later.
        let names = words(&[net4]);
        let again =
            write(&store, move |tx| Box::pin(async move { tx.lock_node_counts(&names, later(60)).await })).await;
        assert_eq!(again, [wanted]);

        let clear = |time: Timestamp| {
            write(&store, move |tx| Box::pin(async move { tx.delete_node_counts_of_none_before(time, 10).await }))
        };
        assert_eq!(clear(now()).await, 0);
        assert_eq!(clear(later(1)).await, 1);
        assert_eq!(store.get_node_count(net6).await.unwrap(), None);
        assert!(store.get_node_count(net4).await.unwrap().is_some());
    })
    .await;
}

/// Two who want the last place: one of them finds it taken.
#[tokio::test]
async fn a_count_is_one_writers_at_a_time() {
    for_each_engine(async |store| {
        let take = || {
            write(&store, move |tx| {
                Box::pin(async move {
                    let mut counts = tx.lock_node_counts(&["198.51.100.0/24".to_owned()], now()).await?;
                    let has_room = counts[0].nodes < 5;
                    counts[0].nodes += u64::from(has_room);
                    tx.update_node_counts(&counts).await?;
                    Ok(has_room)
                })
            })
        };
        let taken = futures_util::future::join_all((0..30).map(|_| take())).await;
        assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 5);
        assert_eq!(store.get_node_count("198.51.100.0/24").await.unwrap().unwrap().nodes, 5);
    })
    .await;
}
