//! Rows that are held until the transaction's end: nodes, allocations, and their parts as they are then.

use cpcd_model::{
    Error, Result,
    allocation::{PartState, Requester},
    labels::Labels,
    node::Resources,
    time::Timestamp,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::sql::{
    Tx,
    arg::{Arg, sql},
    row::unsigned,
};

/// Cpu, memory, bandwidth.
pub(super) type Amounts = [i64; 3];

/// A part, with what matters of its allocation.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) allocation: Uuid,
    pub(super) number: i64,
    pub(super) node: Option<Uuid>,
    pub(super) state: PartState,
    pub(super) amounts: Amounts,
    pub(super) part_epoch: i64,
    pub(super) reason: String,
    pub(super) refused: Vec<Uuid>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) epoch: i64,
    pub(super) deadline: Timestamp,
    pub(super) is_exclusive: bool,
    pub(super) owner: Option<Uuid>,
    pub(super) requester: Requester,
    pub(super) labels: Labels,
}

#[derive(FromRow)]
struct PartRow {
    allocation_id: Uuid,
    number: i64,
    node_id: Option<Uuid>,
    state: String,
    cpu: i64,
    memory: i64,
    bandwidth: i64,
    part_epoch: i64,
    reason: String,
    refused: Json<Vec<Uuid>>,
    not_before: Option<jiff_sqlx::Timestamp>,
    epoch: i64,
    deadline: jiff_sqlx::Timestamp,
    is_exclusive: bool,
    owner_id: Option<Uuid>,
    requester_id: Uuid,
    requester_kind: String,
    labels: Json<Labels>,
}

impl PartRow {
    fn read(self) -> Result<Held> {
        let state = PartState::from_word(&self.state)
            .ok_or_else(|| Error::internal(format!("a part is '{}' in the store", self.state)))?;
        let requester = Requester::read(&self.requester_kind, self.requester_id)
            .ok_or_else(|| Error::internal(format!("a '{}' asks in the store", self.requester_kind)))?;
        Ok(Held {
            allocation: self.allocation_id,
            number: self.number,
            node: self.node_id,
            state,
            amounts: [self.cpu, self.memory, self.bandwidth],
            part_epoch: self.part_epoch,
            reason: self.reason,
            refused: self.refused.0,
            not_before: self.not_before.map(jiff_sqlx::Timestamp::to_jiff),
            epoch: self.epoch,
            deadline: self.deadline.to_jiff(),
            is_exclusive: self.is_exclusive,
            owner: self.owner_id,
            requester,
            labels: self.labels.0,
        })
    }
}

macro_rules! parts {
    ($rest:literal) => {
        concat!(
            "SELECT part.allocation_id, part.number, part.node_id, part.state, part.cpu, part.memory, part.bandwidth,
                 part.epoch AS part_epoch, part.reason, part.refused, part.not_before, a.epoch, a.deadline, a.is_exclusive,
                 a.owner_id, a.requester_id, a.requester_kind, a.labels
             FROM allocation_parts AS part JOIN allocations AS a ON a.id = part.allocation_id ",
            $rest
        )
    };
}

/// A node, as far as it matters to what is placed on it.
#[derive(Clone, Debug)]
pub(super) struct HeldNode {
    pub(super) id: Uuid,
    pub(super) is_open: bool,
    pub(super) is_draining: bool,
    pub(super) granted: Amounts,
    pub(super) capacity: Amounts,
    pub(super) parts: i64,
}

impl HeldNode {
    /// Says whether it has room for amounts, and takes them if it has.
    pub(super) fn take(&mut self, amounts: Amounts) -> bool {
        let fits = self.is_open
            && self.parts < super::MOST_PARTS_OF_NODE
            && (0..3).all(|at| self.granted[at] + amounts[at] <= self.capacity[at]);
        if fits {
            self.parts += 1;
            (0..3).for_each(|at| self.granted[at] += amounts[at]);
        }
        fits
    }
}

#[derive(FromRow)]
struct NodeRow {
    id: Uuid,
    is_open: bool,
    is_draining: bool,
    granted_cpu: i64,
    granted_memory: i64,
    granted_bandwidth: i64,
    resources: Json<Resources>,
    parts: i64,
}

macro_rules! nodes {
    ($rest:literal) => {
        concat!(
            "SELECT id, (status <> 'offline' AND scheduling = 'active' AND NOT is_pending AND NOT is_overcommitted) AS is_open,
                 scheduling = 'draining' AS is_draining, granted_cpu, granted_memory, granted_bandwidth, resources,
                 (SELECT count(*) FROM allocation_parts AS part WHERE part.node_id = nodes.id) AS parts
             FROM nodes ",
            $rest
        )
    };
}

impl Tx {
    /// Holds nodes, those that the allocations on them were asked for by, and those that other allocations were asked for by.
    pub(super) async fn hold_nodes(&mut self, nodes: &[Uuid], allocations: &[Uuid]) -> Result<()> {
        if !self.is_postgres() {
            return Ok(());
        }
        let _: Vec<(i32,)> = self
            .fetch_all(
                "SELECT 1 FROM nodes WHERE id IN (
                     SELECT unnest($1)
                     UNION SELECT a.requester_id FROM allocations AS a JOIN allocation_parts AS part ON part.allocation_id = a.id
                         WHERE part.node_id = ANY($1) AND a.requester_kind = 'node'
                     UNION SELECT requester_id FROM allocations WHERE id = ANY($2) AND requester_kind = 'node'
                     UNION SELECT node_id FROM allocation_parts WHERE allocation_id = ANY($2) AND node_id IS NOT NULL
                 ) ORDER BY id FOR NO KEY UPDATE",
                &[Arg::UuidArray(nodes), Arg::UuidArray(allocations)],
            )
            .await?;
        Ok(())
    }

    /// Holds the allocations that have parts on nodes, and others.
    pub(super) async fn hold_allocations(&mut self, nodes: &[Uuid], allocations: &[Uuid]) -> Result<()> {
        if !self.is_postgres() {
            return Ok(());
        }
        let _: Vec<(i32,)> = self
            .fetch_all(
                "SELECT 1 FROM allocations WHERE id IN (
                     SELECT allocation_id FROM allocation_parts WHERE node_id = ANY($1) UNION SELECT unnest($2)
                 ) ORDER BY id FOR NO KEY UPDATE",
                &[Arg::UuidArray(nodes), Arg::UuidArray(allocations)],
            )
            .await?;
        Ok(())
    }

    /// Gives nodes that are held already.
    pub(super) async fn held_nodes(&mut self, nodes: &[Uuid]) -> Result<Vec<HeldNode>> {
        let rows: Vec<NodeRow> = self
            .fetch_all(
                sql(nodes!("WHERE id = ANY($1)"), nodes!("WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))")),
                &[Arg::UuidArray(nodes)],
            )
            .await?;
        let amount = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
        let read = |row: NodeRow| HeldNode {
            id: row.id,
            is_open: row.is_open,
            is_draining: row.is_draining,
            granted: [row.granted_cpu, row.granted_memory, row.granted_bandwidth],
            capacity: [
                amount(row.resources.0.cpu_millicores),
                amount(row.resources.0.memory_bytes),
                amount(row.resources.0.bandwidth_bits_per_second),
            ],
            parts: row.parts,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Gives the parts on nodes, in the order of their allocations and numbers.
    pub(super) async fn parts_on(&mut self, nodes: &[Uuid]) -> Result<Vec<Held>> {
        self.held_parts(
            sql(
                parts!("WHERE part.node_id = ANY($1) ORDER BY part.allocation_id, part.number"),
                parts!(
                    "WHERE part.node_id IN (SELECT unhex(value, '-') FROM json_each($1))
                     ORDER BY part.allocation_id, part.number"
                ),
            ),
            nodes,
        )
        .await
    }

    /// Gives the parts of allocations, in the order of their allocations and numbers.
    pub(super) async fn parts_of(&mut self, allocations: &[Uuid]) -> Result<Vec<Held>> {
        self.held_parts(
            sql(
                parts!("WHERE part.allocation_id = ANY($1) ORDER BY part.allocation_id, part.number"),
                parts!(
                    "WHERE part.allocation_id IN (SELECT unhex(value, '-') FROM json_each($1))
                     ORDER BY part.allocation_id, part.number"
                ),
            ),
            allocations,
        )
        .await
    }

    async fn held_parts(&mut self, statement: crate::sql::arg::Sql, ids: &[Uuid]) -> Result<Vec<Held>> {
        let rows: Vec<PartRow> = self.fetch_all(statement, &[Arg::UuidArray(ids)]).await?;
        rows.into_iter().map(PartRow::read).collect()
    }
}

/// Reads an epoch of the store.
pub(super) fn epoch(number: i64) -> Result<u64> {
    unsigned("allocations.epoch", number)
}
