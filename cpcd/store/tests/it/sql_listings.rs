//! Where nodes are to be found, on each engine.

use cpcd_model::{id::NodeId, labels::Labels, node::Node};
use cpcd_store::sql::Listing;

use crate::harness::{for_each_engine, now, write};

fn node(key: u8, realm: &str) -> Node {
    Node {
        addresses: vec!["/ip4/8.8.8.8/tcp/4001".into()],
        labels: Labels::from([("region".into(), "eu-west".into())]),
        namespaces: vec!["chat".into(), "it's".into()],
        realm: realm.into(),
        is_pending: realm.is_empty(),
        ..Node::new(NodeId::generate(), [key; 32], now())
    }
}

fn listing(node: &Node) -> Listing {
    Listing {
        id: node.id,
        public_key: node.public_key,
        realm: node.realm.clone(),
        labels: node.labels.clone(),
        namespaces: node.namespaces.clone(),
        addresses: node.addresses.clone(),
        is_pending: node.is_pending,
    }
}

#[tokio::test]
async fn nodes_are_listed_by_id_in_pages_and_by_key() {
    for_each_engine(async |store| {
        let nodes = [node(1, "home"), node(2, ""), node(3, "home")];
        let stored = nodes.clone();
        write(&store, move |tx| {
            Box::pin(async move {
                for node in &stored {
                    tx.insert_node(node).await?;
                }
                Ok(())
            })
        })
        .await;
        let all: Vec<_> = nodes.iter().map(listing).collect();
        assert_eq!(store.list_listings(None, 2).await.unwrap(), all[..2]);
        assert_eq!(store.list_listings(Some(nodes[1].id), 2).await.unwrap(), all[2..]);
        assert_eq!(store.get_listings(&[nodes[1].id, NodeId::generate()]).await.unwrap(), all[1..2]);
        let mut found = store.get_nodes_by_keys(&[[3; 32], [1; 32], [9; 32]]).await.unwrap();
        found.sort_by_key(|node| node.public_key);
        assert_eq!(found, [nodes[0].clone(), nodes[2].clone()]);
        assert_eq!(store.get_nodes_by_keys(&[]).await.unwrap(), []);
    })
    .await;
}
