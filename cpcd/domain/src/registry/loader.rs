//! Nodes that never registered, for trials of large fleets: their rows and their tokens.

use std::time::Duration;

use cpcd_model::{Result, id::NodeId, node::Node, time::Clock};
use cpcd_store::{Store, sql::Priority};

use crate::identity::Identity;

/// Rows of a transaction.
const BATCH: usize = 2_000;

/// Nodes that are alike.
#[derive(Clone, Debug)]
pub struct Group {
    /// Their realm.
    pub realm: String,
    /// So long ago they are said to have registered.
    pub age: Duration,
    /// How many.
    pub count: usize,
}

/// Adds nodes to a store that no daemon uses; gives the access token of each to `each`.
///
/// # Errors
/// What the store says.
pub async fn load(
    store: &Store,
    identity: &Identity,
    clock: &Clock,
    group: &Group,
    mut each: impl FnMut(&str),
) -> Result<()> {
    let mut left = group.count;
    while left > 0 {
        let (now, count) = (clock.now(), left.min(BATCH));
        let born = now - group.age;
        let mut nodes = Vec::with_capacity(count);
        for _ in 0..count {
            let id = NodeId::generate_at(born);
            let mut public_key = [0; 32];
            // Nobody signs with it; it only has to be another for each.
            public_key[..16].copy_from_slice(id.uuid().as_bytes());
            nodes.push(Node { realm: group.realm.clone(), ..Node::new(id, public_key, born) });
            each(&identity.opener.open_node(id, now)?.tokens.access_token);
        }
        store.write(Priority::Bulk, move |tx| Box::pin(async move { tx.insert_nodes(&nodes).await })).await?;
        left -= count;
    }
    Ok(())
}
