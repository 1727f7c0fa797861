//! Writes what has been decided of parts that are held.

use std::collections::{BTreeMap, HashMap};

use cpcd_model::{
    Result,
    allocation::{PartState, Requester},
    id::NodeId,
    time::Timestamp,
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Moved,
    rows::{Amounts, Held, epoch},
};
use crate::sql::{
    Tx,
    arg::{Arg, json_text, sql, time_text},
};

/// What becomes of a part.
pub(super) struct Change {
    /// The part as it was.
    pub(super) was: Held,
    /// Where it is from now on.
    pub(super) node: Option<Uuid>,
    pub(super) state: PartState,
    pub(super) reason: String,
    pub(super) not_before: Option<Timestamp>,
    pub(super) refused: Vec<Uuid>,
}

impl Change {
    fn moves(&self) -> bool {
        self.was.node != self.node
    }
}

#[derive(Serialize)]
struct PartLine<'a> {
    allocation: Uuid,
    number: i64,
    node: Option<Uuid>,
    state: &'static str,
    epoch: i64,
    reason: &'a str,
    refused: &'a [Uuid],
    not_before: Option<String>,
}

#[derive(Serialize)]
struct NodeLine {
    id: Uuid,
    cpu: i64,
    memory: i64,
    bandwidth: i64,
}

/// What is granted of nodes more or less than before; each of them is told.
#[derive(Default)]
pub(super) struct Deltas(BTreeMap<Uuid, Amounts>);

impl Deltas {
    /// Notes that a node has to be told.
    pub(super) fn tell(&mut self, node: Uuid) {
        self.0.entry(node).or_default();
    }

    /// Notes that amounts are granted of a node, or with -1 given back.
    pub(super) fn add(&mut self, node: Uuid, amounts: Amounts, sign: i64) {
        let sums = self.0.entry(node).or_default();
        (0..3).for_each(|at| sums[at] += sign * amounts[at]);
    }
}

impl Tx {
    /// Writes changes of parts that are held, with an event of each allocation; gives what has happened to them.
    pub(super) async fn write_parts(
        &mut self,
        kind: &'static str,
        changes: &[Change],
        now: Timestamp,
    ) -> Result<Vec<Moved>> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        // One that moves with several parts at once has one epoch more.
        let moving: HashMap<Uuid, i64> =
            changes.iter().filter(|c| c.moves()).map(|c| (c.was.allocation, c.was.epoch + 1)).collect();
        let epoch_of = |held: &Held| moving.get(&held.allocation).copied().unwrap_or(held.epoch);
        let mut deltas = Deltas::default();
        let mut lines = Vec::with_capacity(changes.len());
        for change in changes {
            if change.moves() {
                if let Some(old) = change.was.node {
                    deltas.add(old, change.was.amounts, -1);
                }
                if let Some(new) = change.node {
                    deltas.add(new, change.was.amounts, 1);
                }
            }
            if let Requester::Node(id) = change.was.requester {
                deltas.tell(id.uuid());
            }
            lines.push(PartLine {
                allocation: change.was.allocation,
                number: change.was.number,
                node: change.node,
                state: change.state.as_str(),
                epoch: if change.moves() && change.node.is_some() {
                    epoch_of(&change.was)
                } else {
                    change.was.part_epoch
                },
                reason: &change.reason,
                refused: &change.refused,
                not_before: change.not_before.map(time_text),
            });
        }
        lines.sort_by_key(|line| (line.allocation, line.number));
        self.execute(
            sql(
                "UPDATE allocation_parts AS part SET node_id = line.node, state = line.state, epoch = line.epoch, reason = line.reason,
                     refused = line.refused, not_before = line.not_before, since = $2
                 FROM jsonb_to_recordset($1) AS line (
                     allocation UUID, number BIGINT, node UUID, state TEXT, epoch BIGINT, reason TEXT, refused JSONB,
                     not_before TIMESTAMPTZ
                 )
                 WHERE part.allocation_id = line.allocation AND part.number = line.number",
                "UPDATE allocation_parts AS part SET node_id = unhex(line.value ->> 'node', '-'), state = line.value ->> 'state',
                     epoch = line.value ->> 'epoch', reason = line.value ->> 'reason', refused = line.value -> 'refused',
                     not_before = line.value ->> 'not_before', since = $2
                 FROM json_each($1) AS line
                 WHERE part.allocation_id = unhex(line.value ->> 'allocation', '-') AND part.number = line.value ->> 'number'",
            ),
            &[Arg::Json(json_text(&lines)?), now.into()],
        )
        .await?;
        let mut ids: Vec<_> = moving.keys().copied().collect();
        ids.sort_unstable();
        if !ids.is_empty() {
            self.raise_epochs(&ids).await?;
        }
        let versions = self.write_deltas(&deltas).await?;
        let mut moved: BTreeMap<Uuid, Moved> = BTreeMap::new();
        for change in changes {
            let was = &change.was;
            let now = Moved {
                allocation_id: was.allocation.into(),
                kind,
                owner_id: was.owner,
                requester: was.requester,
                labels: was.labels.clone(),
                epoch: epoch(epoch_of(was))?,
                nodes: Vec::new(),
                reason: change.reason.clone(),
            };
            let told = moved.entry(was.allocation).or_insert(now);
            let ours = change.moves().then_some([was.node, change.node]).into_iter().flatten().flatten();
            tell(told, ours, &versions);
        }
        let moved: Vec<_> = moved.into_values().collect();
        let events: Vec<_> = moved.iter().map(Moved::event).collect();
        self.insert_events(&events, now).await?;
        Ok(moved)
    }

    async fn raise_epochs(&mut self, ids: &[Uuid]) -> Result<()> {
        self.execute(
            sql(
                "UPDATE allocations SET epoch = epoch + 1, state = CASE WHEN EXISTS (
                     SELECT 1 FROM allocation_parts AS part WHERE part.allocation_id = allocations.id AND part.state = 'waiting'
                 ) THEN 'pending' ELSE 'active' END
                 WHERE id = ANY($1)",
                "UPDATE allocations SET epoch = epoch + 1, state = CASE WHEN EXISTS (
                     SELECT 1 FROM allocation_parts AS part WHERE part.allocation_id = allocations.id AND part.state = 'waiting'
                 ) THEN 'pending' ELSE 'active' END
                 WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))",
            ),
            &[Arg::UuidArray(ids)],
        )
        .await
        .map(drop)
    }

    /// Writes what is granted of nodes, and that they are to do something else; gives the version of that.
    pub(super) async fn write_deltas(&mut self, deltas: &Deltas) -> Result<HashMap<Uuid, u64>> {
        if deltas.0.is_empty() {
            return Ok(HashMap::new());
        }
        let line = |(id, [cpu, memory, bandwidth]): (&Uuid, &Amounts)| NodeLine {
            id: *id,
            cpu: *cpu,
            memory: *memory,
            bandwidth: *bandwidth,
        };
        let lines: Vec<_> = deltas.0.iter().map(line).collect();
        let rows: Vec<(Uuid, i64)> = self
            .fetch_all(
                sql(
                    "UPDATE nodes SET granted_cpu = granted_cpu + line.cpu, granted_memory = granted_memory + line.memory,
                         granted_bandwidth = granted_bandwidth + line.bandwidth, directives = directives + 1,
                         is_overcommitted = is_overcommitted AND (
                             granted_cpu + line.cpu > coalesce((resources ->> 'cpu_millicores')::BIGINT, 0)
                             OR granted_memory + line.memory > coalesce((resources ->> 'memory_bytes')::BIGINT, 0)
                             OR granted_bandwidth + line.bandwidth > coalesce((resources ->> 'bandwidth_bits_per_second')::BIGINT, 0)
                         )
                     FROM jsonb_to_recordset($1) AS line (id UUID, cpu BIGINT, memory BIGINT, bandwidth BIGINT)
                     WHERE nodes.id = line.id RETURNING nodes.id, nodes.directives",
                    "UPDATE nodes SET granted_cpu = granted_cpu + (line.value ->> 'cpu'),
                         granted_memory = granted_memory + (line.value ->> 'memory'),
                         granted_bandwidth = granted_bandwidth + (line.value ->> 'bandwidth'), directives = directives + 1,
                         is_overcommitted = is_overcommitted AND (
                             granted_cpu + (line.value ->> 'cpu') > coalesce(resources ->> 'cpu_millicores', 0)
                             OR granted_memory + (line.value ->> 'memory') > coalesce(resources ->> 'memory_bytes', 0)
                             OR granted_bandwidth + (line.value ->> 'bandwidth') > coalesce(resources ->> 'bandwidth_bits_per_second', 0)
                         )
                     FROM json_each($1) AS line
                     WHERE nodes.id = unhex(line.value ->> 'id', '-') RETURNING nodes.id, nodes.directives",
                ),
                &[Arg::Json(json_text(&lines)?)],
            )
            .await?;
        rows.into_iter().map(|(id, version)| Ok((id, epoch(version)?))).collect()
    }
}

/// Notes the nodes that are to be told, and the one that asked, each once.
pub(super) fn tell(told: &mut Moved, nodes: impl Iterator<Item = Uuid>, versions: &HashMap<Uuid, u64>) {
    let requester = match told.requester {
        Requester::Node(id) => Some(id.uuid()),
        Requester::User(_) | Requester::Local => None,
    };
    for id in nodes.chain(requester) {
        let (id, version) = match versions.get(&id) {
            Some(version) => (NodeId::from(id), *version),
            // It is not there any more.
            None => continue,
        };
        if !told.nodes.iter().any(|(known, _)| *known == id) {
            told.nodes.push((id, version));
        }
    }
}
