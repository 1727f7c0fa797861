//! Table `nodes`, by what of each is granted: one statement for all nodes of a change, which decides and keeps the constraint.

use std::collections::BTreeMap;

use cpcd_model::{
    Result,
    id::{NodeId, UserId},
    labels::Labels,
    node::{Node, Resources},
};
use serde::Serialize;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store, Tx,
    allocation_moves::MOST_PARTS_OF_NODE,
    arg::{Arg, big, json_text, sql},
    nodes::{Row as NodeRow, more_columns},
    row::unsigned,
};

/// What of a node is granted, or given back; where it is nothing, only the version of what the node is to do rises.
#[derive(Clone, Copy, Debug)]
pub struct GrantChange {
    /// The node.
    pub id: NodeId,
    /// Granted of it, if it is open and has so much left.
    pub take: Resources,
    /// Given back.
    pub give_back: Resources,
}

impl GrantChange {
    /// Grants of a node.
    #[must_use]
    pub fn take(id: NodeId, take: Resources) -> Self {
        Self { take, ..Self::touch(id) }
    }

    /// Gives back to a node.
    #[must_use]
    pub fn give_back(id: NodeId, give_back: Resources) -> Self {
        Self { give_back, ..Self::touch(id) }
    }

    /// Changes what a node is to do, and nothing of what is granted.
    #[must_use]
    pub fn touch(id: NodeId) -> Self {
        Self { id, take: Resources::default(), give_back: Resources::default() }
    }
}

#[derive(Serialize, Default)]
struct Line {
    id: Uuid,
    cpu: i64,
    memory: i64,
    bandwidth: i64,
    takes: bool,
}

/// What may be placed on a node: one that is open and has something to give.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// The node.
    pub id: NodeId,
    /// Whose it is.
    pub owner_id: Option<UserId>,
    /// What it has.
    pub capacity: Resources,
    /// What of that is granted.
    pub granted: Resources,
    /// Its labels.
    pub labels: Labels,
    /// Its realm; empty if none.
    pub realm: String,
}

impl Room {
    /// Gives the room of a node, if there is any.
    #[must_use]
    pub fn of(node: &Node) -> Option<Self> {
        (node.is_open() && node.capacity != Resources::default()).then(|| Self {
            id: node.id,
            owner_id: node.owner_id,
            capacity: node.capacity,
            granted: node.granted,
            labels: node.labels.clone(),
            realm: node.realm.clone(),
        })
    }
}

#[derive(FromRow)]
struct RoomRow {
    id: Uuid,
    owner_id: Option<Uuid>,
    resources: Json<Resources>,
    granted_cpu: i64,
    granted_memory: i64,
    granted_bandwidth: i64,
    labels: Json<Labels>,
    realm: String,
}

impl RoomRow {
    fn read(self) -> Result<Room> {
        Ok(Room {
            id: self.id.into(),
            owner_id: self.owner_id.map(Into::into),
            capacity: self.resources.0,
            granted: Resources {
                cpu_millicores: unsigned("nodes.granted_cpu", self.granted_cpu)?,
                memory_bytes: unsigned("nodes.granted_memory", self.granted_memory)?,
                bandwidth_bits_per_second: unsigned("nodes.granted_bandwidth", self.granted_bandwidth)?,
            },
            labels: self.labels.0,
            realm: self.realm,
        })
    }
}

macro_rules! select_rooms {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner_id, resources, granted_cpu, granted_memory, granted_bandwidth, labels, realm FROM nodes
             WHERE status <> 'offline' AND scheduling = 'active' AND NOT is_pending AND NOT is_overcommitted AND ",
            $rest
        )
    };
}

impl Tx {
    /// Grants of nodes and gives back to them, in one statement that locks them in the order of their ids; gives those that changed, as
    /// they are now. What is not open, has too little left, or has as many parts as a node may, is left as it is, and whoever wanted all or none fails.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn change_grants(&mut self, changes: &[GrantChange]) -> Result<Vec<Node>> {
        let mut lines: BTreeMap<Uuid, Line> = BTreeMap::new();
        for change in changes {
            let line = lines.entry(change.id.uuid()).or_default();
            let less = |take: u64, give: u64| big(take) - big(give);
            line.id = change.id.uuid();
            line.cpu += less(change.take.cpu_millicores, change.give_back.cpu_millicores);
            line.memory += less(change.take.memory_bytes, change.give_back.memory_bytes);
            line.bandwidth += less(change.take.bandwidth_bits_per_second, change.give_back.bandwidth_bits_per_second);
            line.takes |= change.take != Resources::default();
        }
        let (ids, lines): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let rows: Vec<NodeRow> = self
            .fetch_all(
                sql(
                    concat!(
                        "WITH locked AS (
                         SELECT id FROM nodes WHERE id = ANY($2) ORDER BY id FOR NO KEY UPDATE
                     )
                     UPDATE nodes SET granted_cpu = nodes.granted_cpu + line.cpu, granted_memory = nodes.granted_memory + line.memory,
                         granted_bandwidth = nodes.granted_bandwidth + line.bandwidth, directives = nodes.directives + 1,
                         is_overcommitted = nodes.is_overcommitted
                             AND (nodes.granted_cpu + line.cpu > coalesce((resources ->> 'cpu_millicores')::BIGINT, 0)
                                 OR nodes.granted_memory + line.memory > coalesce((resources ->> 'memory_bytes')::BIGINT, 0)
                                 OR nodes.granted_bandwidth + line.bandwidth
                                     > coalesce((resources ->> 'bandwidth_bits_per_second')::BIGINT, 0))
                     FROM jsonb_to_recordset($1) AS line (id UUID, cpu BIGINT, memory BIGINT, bandwidth BIGINT, takes BOOLEAN)
                     JOIN locked ON locked.id = line.id
                     WHERE nodes.id = line.id AND (NOT line.takes OR (
                         nodes.status <> 'offline' AND nodes.scheduling = 'active' AND NOT nodes.is_pending
                         AND NOT nodes.is_overcommitted
                         AND nodes.granted_cpu + line.cpu <= coalesce((resources ->> 'cpu_millicores')::BIGINT, 0)
                         AND nodes.granted_memory + line.memory <= coalesce((resources ->> 'memory_bytes')::BIGINT, 0)
                         AND nodes.granted_bandwidth + line.bandwidth
                             <= coalesce((resources ->> 'bandwidth_bits_per_second')::BIGINT, 0)
                         AND (SELECT count(*) FROM allocation_parts WHERE node_id = nodes.id) < $3
                     ))
                     RETURNING nodes.id, CAST(status AS TEXT) AS status, ",
                        more_columns!()
                    ),
                    concat!(
                        "UPDATE nodes SET granted_cpu = granted_cpu + (line.value ->> 'cpu'),
                         granted_memory = granted_memory + (line.value ->> 'memory'),
                         granted_bandwidth = granted_bandwidth + (line.value ->> 'bandwidth'), directives = directives + 1,
                         is_overcommitted = is_overcommitted
                             AND (granted_cpu + (line.value ->> 'cpu') > coalesce(resources ->> 'cpu_millicores', 0)
                                 OR granted_memory + (line.value ->> 'memory') > coalesce(resources ->> 'memory_bytes', 0)
                                 OR granted_bandwidth + (line.value ->> 'bandwidth')
                                     > coalesce(resources ->> 'bandwidth_bits_per_second', 0))
                     FROM json_each($1) AS line
                     WHERE $2 IS NOT NULL AND nodes.id = unhex(line.value ->> 'id', '-') AND (NOT (line.value ->> 'takes') OR (
                         status <> 'offline' AND scheduling = 'active' AND NOT is_pending AND NOT is_overcommitted
                         AND granted_cpu + (line.value ->> 'cpu') <= coalesce(resources ->> 'cpu_millicores', 0)
                         AND granted_memory + (line.value ->> 'memory') <= coalesce(resources ->> 'memory_bytes', 0)
                         AND granted_bandwidth + (line.value ->> 'bandwidth')
                             <= coalesce(resources ->> 'bandwidth_bits_per_second', 0)
                         AND (SELECT count(*) FROM allocation_parts WHERE node_id = nodes.id) < $3
                     ))
                     RETURNING id, status, ",
                        more_columns!()
                    ),
                ),
                &[Arg::Json(json_text(&lines)?), Arg::UuidArray(&ids), MOST_PARTS_OF_NODE.into()],
            )
            .await?;
        rows.into_iter().map(NodeRow::read).collect()
    }
}

impl Store {
    /// Gives what may be placed on at most `limit` nodes after one, in the order of their ids; of nodes that are open and have something
    /// to give only.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn list_rooms(&self, after: Option<NodeId>, limit: u32) -> Result<Vec<Room>> {
        // Most nodes of a large fleet may have nothing to give.
        let statement = sql(
            select_rooms!(
                "id > $1 AND ((resources ->> 'cpu_millicores')::BIGINT > 0 OR (resources ->> 'memory_bytes')::BIGINT > 0
                     OR (resources ->> 'bandwidth_bits_per_second')::BIGINT > 0)
                 ORDER BY id LIMIT $2"
            ),
            select_rooms!(
                "id > $1 AND (resources ->> 'cpu_millicores' > 0 OR resources ->> 'memory_bytes' > 0
                     OR resources ->> 'bandwidth_bits_per_second' > 0)
                 ORDER BY id LIMIT $2"
            ),
        );
        let args = [after.map_or(Uuid::nil(), NodeId::uuid).into(), i64::from(limit).into()];
        self.db.fetch_all::<RoomRow>(statement, &args).await?.into_iter().map(RoomRow::read).collect()
    }

    /// Gives what may be placed on nodes; those that are not open, have as many parts as a node may, or are not there, are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_rooms(&self, ids: &[NodeId]) -> Result<Vec<Room>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let statement = sql(
            select_rooms!("id = ANY($1) AND (SELECT count(*) FROM allocation_parts WHERE node_id = nodes.id) < $2"),
            select_rooms!(
                "id IN (SELECT unhex(value, '-') FROM json_each($1))
                         AND (SELECT count(*) FROM allocation_parts WHERE node_id = nodes.id) < $2"
            ),
        );
        let args = [Arg::UuidArray(&ids), MOST_PARTS_OF_NODE.into()];
        let rows = self.db.fetch_all::<RoomRow>(statement, &args).await?;
        rows.into_iter().map(RoomRow::read).collect()
    }
}
