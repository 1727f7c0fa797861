//! Parts that somebody has to do something about.

use std::collections::HashMap;

use cpcd_model::{
    Error, Result,
    allocation::{AllocationRequest, Requester},
    id::{AllocationId, NodeId},
    time::Timestamp,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::sql::{
    Store, Tx,
    arg::{Arg, json_text, sql},
    row::unsigned,
};

/// Names a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartKey {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// The part.
    pub number: u32,
}

/// A part that is to be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingPart {
    /// The part.
    pub part: PartKey,
    /// The node that it is on, which is being drained; nothing if it waits.
    pub node: Option<NodeId>,
    /// Since when it may be placed.
    pub since: Timestamp,
    /// Who asked for it.
    pub requester: Requester,
    /// What was asked for.
    pub request: AllocationRequest,
    /// Nodes that refused it.
    pub refused: Vec<Uuid>,
    /// Nodes that other parts of the allocation are on.
    pub siblings: Vec<Uuid>,
    /// Why it waits, as it was last said.
    pub reason: String,
}

#[derive(FromRow)]
struct Row {
    allocation_id: Uuid,
    number: i64,
    node_id: Option<Uuid>,
    since: jiff_sqlx::Timestamp,
    requester_id: Uuid,
    requester_kind: String,
    request: Json<AllocationRequest>,
    refused: Json<Vec<Uuid>>,
    reason: String,
}

macro_rules! select {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT part.allocation_id, part.number, part.node_id, coalesce(part.not_before, part.since) AS since, a.request, a.requester_id,
                 a.requester_kind, part.refused, part.reason FROM ",
            $from,
            " JOIN allocations AS a ON a.id = part.allocation_id ",
            $rest
        )
    };
}

impl Store {
    /// Gives at most `limit` parts that wait and may be placed, those who may the longest first, after a part and its time.
    ///
    /// # Errors
    /// What the engine says, here as in all of these.
    pub async fn list_waiting(
        &self,
        after: Option<(Timestamp, PartKey)>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<WaitingPart>> {
        let (since, id, number) = match after {
            Some((since, part)) => (since, part.allocation_id.uuid(), i64::from(part.number)),
            None => (Timestamp::UNIX_EPOCH, Uuid::nil(), -1),
        };
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                select!(
                    "allocation_parts AS part",
                    "WHERE part.state = 'waiting' AND (part.not_before IS NULL OR part.not_before <= $4) AND a.deadline > $4
                         AND (coalesce(part.not_before, part.since), part.allocation_id, part.number) > ($1, $2, $3)
                     ORDER BY coalesce(part.not_before, part.since), part.allocation_id, part.number LIMIT $5"
                ),
                &[since.into(), id.into(), number.into(), now.into(), i64::from(limit).into()],
            )
            .await?;
        self.with_siblings(rows).await
    }

    /// Gives at most `limit` parts on nodes.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_parts_on(&self, nodes: &[NodeId], limit: u32) -> Result<Vec<WaitingPart>> {
        let nodes: Vec<_> = nodes.iter().map(|id| id.uuid()).collect();
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    select!(
                        "allocation_parts AS part",
                        "WHERE part.node_id = ANY($1) ORDER BY part.node_id, part.allocation_id LIMIT $2"
                    ),
                    select!(
                        "allocation_parts AS part",
                        "WHERE part.node_id IN (SELECT unhex(value, '-') FROM json_each($1))
                         ORDER BY part.node_id, part.allocation_id LIMIT $2"
                    ),
                ),
                &[Arg::UuidArray(&nodes), i64::from(limit).into()],
            )
            .await?;
        self.with_siblings(rows).await
    }

    /// Adds the nodes that the other parts are on.
    async fn with_siblings(&self, rows: Vec<Row>) -> Result<Vec<WaitingPart>> {
        let mut several: Vec<_> =
            rows.iter().filter(|row| row.request.0.nodes > 1).map(|row| row.allocation_id).collect();
        several.sort_unstable();
        several.dedup();
        let siblings: Vec<(Uuid, i64, Uuid)> = if several.is_empty() {
            Vec::new()
        } else {
            self.db
                .fetch_all(
                    sql(
                        "SELECT allocation_id, number, node_id FROM allocation_parts
                         WHERE allocation_id = ANY($1) AND node_id IS NOT NULL",
                        "SELECT allocation_id, number, node_id FROM allocation_parts
                         WHERE allocation_id IN (SELECT unhex(value, '-') FROM json_each($1)) AND node_id IS NOT NULL",
                    ),
                    &[Arg::UuidArray(&several)],
                )
                .await?
        };
        let mut parts: HashMap<Uuid, Vec<(i64, Uuid)>> = HashMap::new();
        for (id, number, node) in siblings {
            parts.entry(id).or_default().push((number, node));
        }
        let of = |row: &Row| {
            let all = parts.get(&row.allocation_id).map(Vec::as_slice).unwrap_or_default();
            all.iter().filter(|(number, _)| *number != row.number).map(|(_, node)| *node).collect()
        };
        rows.into_iter()
            .map(|row| {
                let siblings = of(&row);
                let number = u32::try_from(unsigned("allocation_parts.number", row.number)?).unwrap_or(u32::MAX);
                Ok(WaitingPart {
                    part: PartKey { allocation_id: row.allocation_id.into(), number },
                    node: row.node_id.map(Into::into),
                    since: row.since.to_jiff(),
                    requester: Requester::read(&row.requester_kind, row.requester_id)
                        .ok_or_else(|| Error::internal(format!("a '{}' asks in the store", row.requester_kind)))?,
                    request: row.request.0,
                    refused: row.refused.0,
                    siblings,
                    reason: row.reason,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Says why parts that wait still do.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_part_reasons(&mut self, reasons: &[(PartKey, String)]) -> Result<u64> {
        let mut reasons: Vec<_> = reasons.iter().collect();
        reasons.sort_by_key(|(part, _)| *part);
        let lines: Vec<_> = reasons
            .iter()
            .map(|(part, reason)| {
                serde_json::json!({ "allocation": part.allocation_id.uuid(), "number": part.number, "reason": reason })
            })
            .collect();
        self.execute(
            sql(
                "UPDATE allocation_parts AS part SET reason = line.reason
                 FROM jsonb_to_recordset($1) AS line (allocation UUID, number BIGINT, reason TEXT)
                 WHERE part.allocation_id = line.allocation AND part.number = line.number AND part.state = 'waiting'
                     AND part.reason <> line.reason",
                "UPDATE allocation_parts AS part SET reason = line.value ->> 'reason'
                 FROM json_each($1) AS line
                 WHERE part.allocation_id = unhex(line.value ->> 'allocation', '-') AND part.number = line.value ->> 'number'
                     AND part.state = 'waiting' AND part.reason <> line.value ->> 'reason'",
            ),
            &[Arg::Json(json_text(&lines)?)],
        )
        .await
    }
}
