//! Tables `allocations` and `allocation_parts`: what is written. Nodes are locked before them, and what counts for owners after.

use cpcd_model::{
    Result,
    allocation::{Allocation, AllocationState, Requester},
    id::{AllocationId, NodeId},
    time::Timestamp,
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Tx,
    arg::{Arg, big, json_text, sql},
};

#[derive(Serialize)]
struct PartLine<'a> {
    number: u32,
    node_id: Option<Uuid>,
    state: &'static str,
    epoch: u64,
    reason: &'a str,
}

impl Tx {
    /// Adds an allocation with its parts; false if the requester has another one under its request id. A request of that name that is
    /// being written is waited for.
    ///
    /// # Errors
    /// What the engine says, here as in all writes.
    pub async fn insert_allocation(&mut self, allocation: &Allocation, request_hash: &[u8; 32]) -> Result<bool> {
        let Allocation { request, .. } = allocation;
        let lines: Vec<_> = allocation
            .parts
            .iter()
            .map(|part| PartLine {
                number: part.number,
                node_id: part.node_id.map(NodeId::uuid),
                state: part.state.as_str(),
                epoch: part.epoch,
                reason: &part.reason,
            })
            .collect();
        let head = [
            allocation.id.uuid().into(),
            allocation.requester.uuid().into(),
            allocation.requester.kind().into(),
            allocation.owner_id.into(),
            allocation.request_id.as_deref().into(),
            request_hash.as_slice().into(),
            Arg::Json(json_text(request)?),
            Arg::Json(json_text(&request.labels)?),
            request.is_exclusive.into(),
            allocation.state.as_str().into(),
            big(allocation.epoch).into(),
            i64::from(request.ttl_seconds).into(),
            allocation.deadline.into(),
            allocation.created_at.into(),
        ];
        let amounts = [
            big(request.resources.cpu_millicores).into(),
            big(request.resources.memory_bytes).into(),
            big(request.resources.bandwidth_bits_per_second).into(),
            Arg::Json(json_text(&lines)?),
        ];
        if self.is_postgres() {
            let args: Vec<_> = head.into_iter().chain(amounts).collect();
            let added = self
                .execute(
                    "WITH made AS (
                         INSERT INTO allocations (id, requester_id, requester_kind, owner_id, request_id, request_hash, request, labels,
                             is_exclusive, state, epoch, ttl_seconds, deadline, created_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                         ON CONFLICT (requester_id, request_id) WHERE request_id IS NOT NULL DO NOTHING RETURNING id
                     )
                     INSERT INTO allocation_parts (allocation_id, number, node_id, state, cpu, memory, bandwidth, epoch, reason, since)
                     SELECT made.id, part.number, part.node_id, part.state, $15, $16, $17, part.epoch, part.reason, $14
                     FROM made, jsonb_to_recordset($18) AS part (number BIGINT, node_id UUID, state TEXT, epoch BIGINT, reason TEXT)",
                    &args,
                )
                .await?;
            return Ok(added > 0);
        }
        let added = self
            .execute(
                "INSERT INTO allocations (id, requester_id, requester_kind, owner_id, request_id, request_hash, request, labels,
                     is_exclusive, state, epoch, ttl_seconds, deadline, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                 ON CONFLICT (requester_id, request_id) WHERE request_id IS NOT NULL DO NOTHING",
                &head,
            )
            .await?;
        if added == 0 {
            return Ok(false);
        }
        let ends = [allocation.id.uuid().into(), allocation.created_at.into()];
        let args: Vec<_> = ends.into_iter().chain(amounts).collect();
        self.execute(
            "INSERT INTO allocation_parts (allocation_id, number, node_id, state, cpu, memory, bandwidth, epoch, reason, since)
             SELECT $1, value ->> 'number', unhex(value ->> 'node_id', '-'), value ->> 'state', $3, $4, $5, value ->> 'epoch',
                 value ->> 'reason', $2
             FROM json_each($6)",
            &args,
        )
        .await?;
        Ok(true)
    }

    /// Waits for whoever is deciding the same request of a requester, and keeps others from it until the end of the transaction.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lock_request(&mut self, requester: Requester, request_id: &str) -> Result<()> {
        // SQLite has one writer, for whom the transaction itself has waited.
        let statement = sql("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::TEXT", "SELECT $1");
        let name = format!("allocation {} {request_id}", requester.uuid());
        self.fetch_optional::<(String,)>(statement, &[name.as_str().into()]).await.map(drop)
    }

    /// Puts the deadline of an allocation off; false if it has ended, its time is over, or its epoch is another by now.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn renew_allocation(
        &mut self,
        id: AllocationId,
        epoch: u64,
        deadline: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let renewed = self
            .execute(
                "UPDATE allocations SET deadline = CASE WHEN deadline < $3 THEN $3 ELSE deadline END
                 WHERE id = $1 AND epoch = $2 AND ended_at IS NULL AND deadline > $4",
                &[id.uuid().into(), big(epoch).into(), deadline.into(), now.into()],
            )
            .await?;
        Ok(renewed == 1)
    }

    /// Ends an allocation and removes its parts; false if it has ended, or its epoch is another by now. What its nodes and its owner
    /// have of it is the caller's to give back.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn end_allocation(
        &mut self,
        id: AllocationId,
        epoch: u64,
        state: AllocationState,
        now: Timestamp,
    ) -> Result<bool> {
        let ended = self
            .execute(
                "UPDATE allocations SET state = $3, ended_at = $4 WHERE id = $1 AND epoch = $2 AND ended_at IS NULL",
                &[id.uuid().into(), big(epoch).into(), state.as_str().into(), now.into()],
            )
            .await?;
        if ended == 0 {
            return Ok(false);
        }
        self.execute("DELETE FROM allocation_parts WHERE allocation_id = $1", &[id.uuid().into()]).await?;
        Ok(true)
    }

    /// Removes at most `limit` allocations that ended before `time`; gives their number.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_allocations_ended_before(&mut self, time: Timestamp, limit: u32) -> Result<u64> {
        self.execute(
            "DELETE FROM allocations WHERE id IN (SELECT id FROM allocations WHERE ended_at < $1 LIMIT $2)",
            &[time.into(), i64::from(limit).into()],
        )
        .await
    }
}
