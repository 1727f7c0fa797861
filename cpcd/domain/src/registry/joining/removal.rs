//! How a node goes, whoever wants it to.

use std::time::Duration;

use cpcd_model::{Result, node::Node, time::Timestamp};
use cpcd_store::{
    Tx,
    sql::{NewEvent, Revocation},
};
use serde_json::json;

use super::quota;
use crate::identity::of_subject;

/// Removes nodes that the transaction at hand has locked: their tokens end, and an event says why. Gives what is revoked by it.
///
/// # Errors
/// What the store says.
pub(in crate::registry) async fn remove(
    tx: &mut Tx,
    nodes: &[Node],
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Revocation>> {
    let ids: Vec<_> = nodes.iter().map(|node| node.id).collect();
    tx.delete_nodes(&ids).await?;
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
    Ok(revocations)
}
