//! What a node is to do, as it is told.

use cpcd_model::{
    Error, Result,
    allocation::Requester,
    id::{AllocationId, NodeId},
    labels::Labels,
    node::{Resources, Scheduling},
    time::Timestamp,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{MOST_PARTS_OF_NODE, rows::epoch};
use crate::sql::{
    Store,
    nodes::scheduling,
    row::{bytes, unsigned},
};

/// What a node is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Directives {
    /// Rises with each change.
    pub version: u64,
    /// What may be placed on it.
    pub scheduling: Scheduling,
    /// Parts that it is to provide for.
    pub given: Vec<Given>,
}

/// A part that a node is to provide for.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// The part.
    pub number: u32,
    /// The epoch at which it came to the node.
    pub epoch: u64,
    /// What is to be provided.
    pub resources: Resources,
    /// Until when.
    pub deadline: Timestamp,
    /// Who asked for it.
    pub requester: Requester,
    /// The public key of a node that asked for it.
    pub requester_key: Option<[u8; 32]>,
    /// The allocation's labels.
    pub labels: Labels,
    /// Whether no other node may provide for it at the same time.
    pub is_exclusive: bool,
}

#[derive(FromRow)]
struct Row {
    directives: i64,
    scheduling: String,
    allocation_id: Option<Uuid>,
    number: Option<i64>,
    epoch: Option<i64>,
    cpu: Option<i64>,
    memory: Option<i64>,
    bandwidth: Option<i64>,
    deadline: Option<jiff_sqlx::Timestamp>,
    is_exclusive: Option<bool>,
    requester_id: Option<Uuid>,
    requester_kind: Option<String>,
    labels: Option<Json<Labels>>,
    public_key: Option<Vec<u8>>,
}

impl Row {
    fn given(self) -> Result<Option<Given>> {
        // A node without parts is one row that has none.
        let (Some(allocation), Some(deadline), Some(requester)) =
            (self.allocation_id, self.deadline, self.requester_id)
        else {
            return Ok(None);
        };
        let amount = |column: &str, amount: Option<i64>| unsigned(column, amount.unwrap_or_default());
        let kind = self.requester_kind.unwrap_or_default();
        Ok(Some(Given {
            allocation_id: allocation.into(),
            number: u32::try_from(amount("allocation_parts.number", self.number)?).map_err(Error::internal)?,
            epoch: amount("allocation_parts.epoch", self.epoch)?,
            resources: Resources {
                cpu_millicores: amount("allocation_parts.cpu", self.cpu)?,
                memory_bytes: amount("allocation_parts.memory", self.memory)?,
                bandwidth_bits_per_second: amount("allocation_parts.bandwidth", self.bandwidth)?,
            },
            deadline: deadline.to_jiff(),
            requester: Requester::read(&kind, requester)
                .ok_or_else(|| Error::internal(format!("a '{kind}' asks in the store")))?,
            requester_key: self.public_key.map(|key| bytes("nodes.public_key", &key)).transpose()?,
            labels: self.labels.map(|labels| labels.0).unwrap_or_default(),
            is_exclusive: self.is_exclusive.unwrap_or_default(),
        }))
    }
}

impl Store {
    /// Gives what a node is to do, in one statement; nothing if it is not there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_directives(&self, node: NodeId) -> Result<Option<Directives>> {
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                "SELECT node.directives, node.scheduling, part.allocation_id, part.number, part.epoch, part.cpu, part.memory,
                     part.bandwidth, a.deadline, a.is_exclusive, a.requester_id, a.requester_kind, a.labels, asks.public_key
                 FROM nodes AS node
                 LEFT JOIN allocation_parts AS part ON part.node_id = node.id
                 LEFT JOIN allocations AS a ON a.id = part.allocation_id
                 LEFT JOIN nodes AS asks ON asks.id = a.requester_id AND a.requester_kind = 'node'
                 WHERE node.id = $1 ORDER BY part.allocation_id, part.number LIMIT $2",
                &[node.uuid().into(), (2 * MOST_PARTS_OF_NODE).into()],
            )
            .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let (version, scheduling) = (epoch(first.directives)?, scheduling(&first.scheduling)?);
        let given: Result<Vec<_>> = rows.into_iter().filter_map(|row| row.given().transpose()).collect();
        Ok(Some(Directives { version, scheduling, given: given? }))
    }
}
