//! What may be placed on a node, and what is on those that are being drained.

use cpcd_model::{Result, id::NodeId, node::Scheduling, time::Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::rows::epoch;
use crate::sql::{
    NewEvent, Store, Tx,
    arg::{Arg, sql},
};

/// A change of what may be placed on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetScheduling {
    /// The node.
    pub node: NodeId,
    /// What it was.
    pub from: Scheduling,
    /// What it is.
    pub to: Scheduling,
    /// Version of what the node is to do.
    pub directives: u64,
}

impl Tx {
    /// Changes what may be placed on a node that is held, with its event; nothing if it is so already.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn set_scheduling(
        &mut self,
        node: NodeId,
        from: Scheduling,
        to: Scheduling,
        now: Timestamp,
    ) -> Result<Option<SetScheduling>> {
        let changed: Option<(i64,)> = self
            .fetch_optional(
                "UPDATE nodes SET scheduling = $2, directives = directives + 1 WHERE id = $1 AND scheduling = $3 AND scheduling <> $2
                 RETURNING directives",
                &[node.uuid().into(), to.as_str().into(), from.as_str().into()],
            )
            .await?;
        let Some((version,)) = changed else { return Ok(None) };
        let changed = SetScheduling { node, from, to, directives: epoch(version)? };
        self.insert_events(&[changed.event()], now).await?;
        Ok(Some(changed))
    }

    /// Marks those of the nodes as drained that are being drained and have nothing left, with their events.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn mark_drained(&mut self, nodes: &[NodeId], now: Timestamp) -> Result<Vec<SetScheduling>> {
        let mut ids: Vec<_> = nodes.iter().map(|id| id.uuid()).collect();
        ids.sort_unstable();
        self.hold_nodes(&ids, &[]).await?;
        let rows: Vec<(Uuid, i64)> = self
            .fetch_all(
                sql(
                    "UPDATE nodes SET scheduling = 'drained', directives = directives + 1
                     WHERE id = ANY($1) AND scheduling = 'draining'
                         AND NOT EXISTS (SELECT 1 FROM allocation_parts AS part WHERE part.node_id = nodes.id)
                     RETURNING id, directives",
                    "UPDATE nodes SET scheduling = 'drained', directives = directives + 1
                     WHERE id IN (SELECT unhex(value, '-') FROM json_each($1)) AND scheduling = 'draining'
                         AND NOT EXISTS (SELECT 1 FROM allocation_parts AS part WHERE part.node_id = nodes.id)
                     RETURNING id, directives",
                ),
                &[Arg::UuidArray(&ids)],
            )
            .await?;
        let mut drained = Vec::with_capacity(rows.len());
        for (id, version) in rows {
            let (from, to) = (Scheduling::Draining, Scheduling::Drained);
            drained.push(SetScheduling { node: id.into(), from, to, directives: epoch(version)? });
        }
        let events: Vec<_> = drained.iter().map(SetScheduling::event).collect();
        if !events.is_empty() {
            self.insert_events(&events, now).await?;
        }
        Ok(drained)
    }
}

impl SetScheduling {
    fn event(&self) -> NewEvent {
        NewEvent {
            kind: "node.scheduling",
            subject_id: self.node.uuid(),
            payload: json!({ "from": self.from.as_str(), "scheduling": self.to.as_str(), "directives": self.directives }),
        }
    }
}

impl Store {
    /// Gives at most `limit` nodes after one that are being drained, with whether something is left on them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_draining(&self, after: Option<NodeId>, limit: u32) -> Result<Vec<(NodeId, bool)>> {
        let rows: Vec<(Uuid, bool)> = self
            .db
            .fetch_all(
                "SELECT id, EXISTS (SELECT 1 FROM allocation_parts AS part WHERE part.node_id = nodes.id) AS has_parts FROM nodes
                 WHERE scheduling = 'draining' AND id > $1 ORDER BY id LIMIT $2",
                &[after.map_or(Uuid::nil(), NodeId::uuid).into(), i64::from(limit).into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id, has_parts)| (id.into(), has_parts)).collect())
    }
}
