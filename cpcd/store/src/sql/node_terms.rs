//! Table `nodes`: on which terms a node is there, and which of them are to go.

use cpcd_model::{
    Result,
    id::{NodeId, UserId},
    node::Node,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    Store, Tx,
    arg::{Arg, json_text, sql},
    nodes::{Row, select},
};

/// Which nodes are to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Those that expire no later than this.
    pub expired: Timestamp,
    /// Those that have waited for approval since before this.
    pub pending: Timestamp,
    /// Those that are ephemeral, offline, and were last heard of before this.
    pub ephemeral: Timestamp,
}

impl Tx {
    /// Writes on which terms a node is there: whose it is, its labels and realm, until when, and whether it is approved.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn update_node_terms(&mut self, node: &Node) -> Result<()> {
        self.execute(
            "UPDATE nodes SET owner_id = $2, labels = $3, granted_labels = $4, realm = $5, expires_at = $6, is_pending = $7, joined = $8
             WHERE id = $1",
            &[
                node.id.uuid().into(),
                node.owner_id.map(UserId::uuid).into(),
                Arg::Json(json_text(&node.labels)?),
                Arg::Json(json_text(&node.granted_labels)?),
                node.realm.as_str().into(),
                node.expires_at.into(),
                node.is_pending.into(),
                Arg::Json(json_text(&node.joined)?),
            ],
        )
        .await
        .map(drop)
    }

    /// Gives those of some nodes that are still to go, in the order of their ids, and keeps others from changing them until the
    /// transaction's end.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_departing(&mut self, ids: &[NodeId], departure: Departure) -> Result<Vec<Node>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let statement = sql(
            select!(
                "WHERE id = ANY($1) AND (expires_at <= $2 OR (is_pending AND created_at < $3)
                     OR (is_ephemeral AND status = 'offline' AND coalesce(last_seen, created_at) < $4))
                 ORDER BY id FOR UPDATE"
            ),
            select!(
                "WHERE id IN (SELECT unhex(value, '-') FROM json_each($1)) AND (expires_at <= $2 OR (is_pending AND created_at < $3)
                     OR (is_ephemeral AND status = 'offline' AND coalesce(last_seen, created_at) < $4))
                 ORDER BY id"
            ),
        );
        let Departure { expired, pending, ephemeral } = departure;
        let args = [Arg::UuidArray(&ids), expired.into(), pending.into(), ephemeral.into()];
        self.fetch_all::<Row>(statement, &args).await?.into_iter().map(Row::read).collect()
    }

    /// Removes nodes that provide for nothing; gives the number of those that were there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_nodes(&mut self, ids: &[NodeId]) -> Result<u64> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let statement = sql(
            "DELETE FROM nodes WHERE id = ANY($1)",
            "DELETE FROM nodes WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))",
        );
        self.execute(statement, &[Arg::UuidArray(&ids)]).await
    }
}

impl Store {
    /// Gives at most `limit` nodes that are to go, in no order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_departing(&self, departure: Departure, limit: u32) -> Result<Vec<NodeId>> {
        let Departure { expired, pending, ephemeral } = departure;
        // Each part has an index of its own.
        let rows: Vec<(Uuid,)> = self
            .db
            .fetch_all(
                "SELECT id FROM nodes WHERE expires_at <= $1
                 UNION SELECT id FROM nodes WHERE is_pending AND created_at < $2
                 UNION SELECT id FROM nodes WHERE is_ephemeral AND status = 'offline' AND coalesce(last_seen, created_at) < $3
                 LIMIT $4",
                &[expired.into(), pending.into(), ephemeral.into(), i64::from(limit).into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Gives the nodes that wait for approval, in the order of their ids.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_pending_nodes(&self) -> Result<Vec<NodeId>> {
        let rows: Vec<(Uuid,)> = self.db.fetch_all("SELECT id FROM nodes WHERE is_pending ORDER BY id", &[]).await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }
}
