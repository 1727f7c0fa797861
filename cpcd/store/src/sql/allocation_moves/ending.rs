//! Ends allocations: what was granted goes back.

use std::collections::{BTreeMap, HashMap};

use cpcd_model::{Result, allocation::AllocationState, id::AllocationId, time::Timestamp};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Moved,
    rows::{Amounts, Held, epoch},
    writing::{Deltas, tell},
};
use crate::sql::{
    Store, Tx,
    arg::{Arg, json_text, sql},
};

#[derive(Serialize)]
struct OwnerLine {
    id: Uuid,
    allocations: i64,
    cpu: i64,
    memory: i64,
    bandwidth: i64,
}

impl Store {
    /// Gives at most `limit` allocations whose deadline has passed, the earliest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_overdue(&self, now: Timestamp, limit: u32) -> Result<Vec<AllocationId>> {
        let rows: Vec<(Uuid,)> = self
            .db
            .fetch_all(
                "SELECT id FROM allocations WHERE ended_at IS NULL AND deadline <= $1 ORDER BY deadline LIMIT $2",
                &[now.into(), i64::from(limit).into()],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }
}

impl Tx {
    /// Ends allocations that have not ended; with `due_by` only those whose deadline is no later. Gives what has ended.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn end_allocations(
        &mut self,
        ids: &[AllocationId],
        state: AllocationState,
        due_by: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<Moved>> {
        let (kind, reason) = match state {
            AllocationState::Released => ("allocation.released", "it was given back"),
            AllocationState::Expired => ("allocation.expired", "it was not renewed before its deadline"),
            AllocationState::Pending | AllocationState::Active => return Ok(Vec::new()),
        };
        let mut ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        ids.sort_unstable();
        self.hold_nodes(&[], &ids).await?;
        self.hold_allocations(&[], &ids).await?;
        let mut parts = self.parts_of(&ids).await?;
        parts.retain(|part| due_by.is_none_or(|time| part.deadline <= time));
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let mut deltas = Deltas::default();
        let mut ended: BTreeMap<Uuid, (Moved, Vec<Uuid>)> = BTreeMap::new();
        let mut owners: BTreeMap<Uuid, (i64, Amounts)> = BTreeMap::new();
        for part in &parts {
            if let Some(node) = part.node {
                deltas.add(node, part.amounts, -1);
            }
            if let cpcd_model::allocation::Requester::Node(id) = part.requester {
                deltas.tell(id.uuid());
            }
            let is_first = !ended.contains_key(&part.allocation);
            let (_, nodes) = ended.entry(part.allocation).or_insert((over(part, kind, reason)?, Vec::new()));
            nodes.extend(part.node);
            if let Some(owner) = part.owner {
                let (count, sums) = owners.entry(owner).or_default();
                *count += i64::from(is_first);
                (0..3).for_each(|at| sums[at] += part.amounts[at]);
            }
        }
        let ids: Vec<_> = ended.keys().copied().collect();
        self.execute(
            sql(
                "DELETE FROM allocation_parts WHERE allocation_id = ANY($1)",
                "DELETE FROM allocation_parts WHERE allocation_id IN (SELECT unhex(value, '-') FROM json_each($1))",
            ),
            &[Arg::UuidArray(&ids)],
        )
        .await?;
        self.execute(
            sql(
                "UPDATE allocations SET state = $2, ended_at = $3 WHERE id = ANY($1)",
                "UPDATE allocations SET state = $2, ended_at = $3 WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))",
            ),
            &[Arg::UuidArray(&ids), state.as_str().into(), now.into()],
        )
        .await?;
        let versions = self.write_deltas(&deltas).await?;
        self.give_back_to_owners(&owners).await?;
        let ended: Vec<_> = ended.into_values().map(|(moved, nodes)| told(moved, nodes, &versions)).collect();
        let events: Vec<_> = ended.iter().map(Moved::event).collect();
        self.insert_events(&events, now).await?;
        Ok(ended)
    }

    async fn give_back_to_owners(&mut self, owners: &BTreeMap<Uuid, (i64, Amounts)>) -> Result<()> {
        if owners.is_empty() {
            return Ok(());
        }
        let lines: Vec<_> = owners
            .iter()
            .map(|(id, (allocations, [cpu, memory, bandwidth]))| OwnerLine {
                id: *id,
                allocations: *allocations,
                cpu: *cpu,
                memory: *memory,
                bandwidth: *bandwidth,
            })
            .collect();
        self.execute(
            sql(
                "UPDATE allocation_owners AS owner SET allocations = owner.allocations - line.allocations,
                     cpu = owner.cpu - line.cpu, memory = owner.memory - line.memory, bandwidth = owner.bandwidth - line.bandwidth
                 FROM jsonb_to_recordset($1) AS line (id UUID, allocations BIGINT, cpu BIGINT, memory BIGINT, bandwidth BIGINT)
                 WHERE owner.owner_id = line.id",
                "UPDATE allocation_owners AS owner SET allocations = allocations - (line.value ->> 'allocations'),
                     cpu = cpu - (line.value ->> 'cpu'), memory = memory - (line.value ->> 'memory'),
                     bandwidth = bandwidth - (line.value ->> 'bandwidth')
                 FROM json_each($1) AS line WHERE owner.owner_id = unhex(line.value ->> 'id', '-')",
            ),
            &[Arg::Json(json_text(&lines)?)],
        )
        .await
        .map(drop)
    }
}

fn over(part: &Held, kind: &'static str, reason: &str) -> Result<Moved> {
    Ok(Moved {
        allocation_id: part.allocation.into(),
        kind,
        owner_id: part.owner,
        requester: part.requester,
        labels: part.labels.clone(),
        epoch: epoch(part.epoch)?,
        nodes: Vec::new(),
        reason: reason.to_owned(),
    })
}

fn told(mut moved: Moved, nodes: Vec<Uuid>, versions: &HashMap<Uuid, u64>) -> Moved {
    tell(&mut moved, nodes.into_iter(), versions);
    moved
}
