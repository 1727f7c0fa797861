//! How a node goes, whoever wants it to.

use std::time::Duration;

use cpcd_model::{Result, node::Node, permission::Resource, time::Timestamp};
use cpcd_store::{
    Tx,
    sql::{Moved, NewEvent, Revocation},
};
use serde_json::json;

use super::quota;
use crate::identity::of_subject;

/// What comes of a removal, to be noted once it is committed.
#[derive(Default)]
pub(in crate::registry) struct Removed {
    pub(in crate::registry) revocations: Vec<Revocation>,
    pub(in crate::registry) moved: Vec<Moved>,
}

/// Removes nodes that the transaction at hand has locked with all that is to be un-placed: what they provide for waits for another node,
/// their tokens end, and an event says why.
///
/// # Errors
/// What the store says.
pub(in crate::registry) async fn remove(tx: &mut Tx, nodes: &[Node], reason: &str, now: Timestamp) -> Result<Removed> {
    let ids: Vec<_> = nodes.iter().map(|node| node.id).collect();
    let moved = tx.unplace_nodes(&ids, &format!("its node is gone: {reason}"), now).await?;
    tx.delete_nodes(&ids).await?;
    tx.delete_grants_on(Resource::Nodes, &ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    let mut revocations = Vec::with_capacity(nodes.len());
    for node in nodes {
        let id = node.id.uuid();
        tx.end_sessions_begun_before(Some(id), now + Duration::from_millis(1), now).await?;
        let revocation = of_subject(id, now);
        tx.insert_revocation(&revocation, now).await?;
        revocations.push(revocation);
    }
    let events: Vec<_> = nodes
        .iter()
        .map(|node| NewEvent {
            kind: "node.deleted",
            subject_id: node.id.uuid(),
            payload: json!({
                "owner_id": node.owner_id.map(|owner| owner.to_string()),
                "labels": node.labels,
                "reason": reason,
            }),
        })
        .collect();
    tx.insert_events(&events, now).await?;
    let names: Vec<_> = nodes.iter().flat_map(quota::names).collect();
    quota::give_back(tx, &names, now).await?;
    Ok(Removed { revocations, moved })
}
