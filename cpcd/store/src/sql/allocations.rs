//! Tables `allocations` and `allocation_parts`: what is read of them. One statement gives allocations with their parts, so that no
//! answer has an epoch of one moment and parts of another.

use cpcd_model::{
    Error, Result,
    allocation::{Allocation, AllocationRequest, AllocationState, Part, PartState, Requester},
    id::{AllocationId, NodeId, UserId},
    permission::Scope,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Store,
    arg::{Arg, json_text, sql},
    row::{bytes, unsigned},
};

/// An allocation with one of its parts; those of an allocation follow each other.
#[derive(FromRow)]
struct Row {
    id: Uuid,
    requester_id: Uuid,
    requester_kind: String,
    owner_id: Option<Uuid>,
    request_id: Option<String>,
    request: Json<AllocationRequest>,
    state: String,
    epoch: i64,
    deadline: jiff_sqlx::Timestamp,
    created_at: jiff_sqlx::Timestamp,
    ended_at: Option<jiff_sqlx::Timestamp>,
    request_hash: Vec<u8>,
    number: Option<i64>,
    part_state: Option<String>,
    node_id: Option<Uuid>,
    part_epoch: Option<i64>,
    reason: Option<String>,
    refused: Option<Json<Vec<Uuid>>>,
    not_before: Option<jiff_sqlx::Timestamp>,
    since: Option<jiff_sqlx::Timestamp>,
}

impl Row {
    fn part(&mut self) -> Result<Option<Part>> {
        let (Some(number), Some(state), Some(since)) = (self.number, self.part_state.take(), self.since.take()) else {
            return Ok(None);
        };
        Ok(Some(Part {
            number: u32::try_from(number).map_err(|_| malformed(self.id, "number of a part"))?,
            state: PartState::from_word(&state).ok_or_else(|| malformed(self.id, "state of a part"))?,
            node_id: self.node_id.map(Into::into),
            epoch: unsigned("allocation_parts.epoch", self.part_epoch.unwrap_or_default())?,
            reason: self.reason.take().unwrap_or_default(),
            refused: self.refused.take().map(|refused| refused.0).unwrap_or_default(),
            not_before: self.not_before.take().map(jiff_sqlx::Timestamp::to_jiff),
            since: since.to_jiff(),
        }))
    }

    fn allocation(self) -> Result<Allocation> {
        Ok(Allocation {
            id: self.id.into(),
            requester: Requester::read(&self.requester_kind, self.requester_id)
                .ok_or_else(|| malformed(self.id, "requester"))?,
            owner_id: self.owner_id,
            request_id: self.request_id,
            request: self.request.0,
            state: AllocationState::from_word(&self.state).ok_or_else(|| malformed(self.id, "state"))?,
            epoch: unsigned("allocations.epoch", self.epoch)?,
            deadline: self.deadline.to_jiff(),
            created_at: self.created_at.to_jiff(),
            ended_at: self.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
            parts: Vec::new(),
        })
    }
}

fn malformed(id: Uuid, what: &str) -> Error {
    Error::internal(format!("allocation {id} has a malformed {what} in the store"))
}

/// Puts the parts to their allocations.
fn read(rows: Vec<Row>) -> Result<Vec<Allocation>> {
    let mut allocations: Vec<Allocation> = Vec::new();
    for mut row in rows {
        let part = row.part()?;
        if allocations.last().is_none_or(|last| last.id.uuid() != row.id) {
            allocations.push(row.allocation()?);
        }
        if let Some(last) = allocations.last_mut() {
            last.parts.extend(part);
        }
    }
    Ok(allocations)
}

macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT one.id, one.requester_id, one.requester_kind, one.owner_id, one.request_id, one.request, one.state, one.epoch,
                 one.deadline, one.created_at, one.ended_at, one.request_hash, part.number, part.state AS part_state, part.node_id,
                 part.epoch AS part_epoch, part.reason, part.refused, part.not_before, part.since
             FROM (SELECT * FROM allocations ",
            $which,
            ") AS one LEFT JOIN allocation_parts AS part ON part.allocation_id = one.id ORDER BY one.id DESC, part.number"
        )
    };
}

/// Which allocations a list is about; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub struct AllocationFilter {
    /// Those before this one: the list is the newest first.
    pub before: Option<AllocationId>,
    /// Those of this state.
    pub state: Option<AllocationState>,
    /// Those that count for this one.
    pub owner: Option<Uuid>,
    /// Those that this node provides for.
    pub node: Option<NodeId>,
    /// Those with this label.
    pub label: Option<(String, String)>,
    /// Those that have ended, too.
    pub with_ended: bool,
    /// Those that one of the scopes holds, and those of the user beside them.
    pub within: Option<(Vec<Scope>, Option<UserId>)>,
    /// Those that this node asked for or provides for.
    pub of_node: Option<NodeId>,
}

impl Store {
    /// Gives an allocation.
    ///
    /// # Errors
    /// What the engine says, here as in all reads.
    pub async fn get_allocation(&self, id: AllocationId) -> Result<Option<Allocation>> {
        let rows = self.db.fetch_all::<Row>(select!("WHERE id = $1"), &[id.uuid().into()]).await?;
        Ok(read(rows)?.pop())
    }

    /// Gives those of some allocations that there are.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_allocations(&self, ids: &[AllocationId]) -> Result<Vec<Allocation>> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let statement =
            sql(select!("WHERE id = ANY($1)"), select!("WHERE id IN (SELECT unhex(value, '-') FROM json_each($1))"));
        read(self.db.fetch_all::<Row>(statement, &[Arg::UuidArray(&ids)]).await?)
    }

    /// Gives the allocation that a requester named so, and the hash of what was asked for.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn get_allocation_by_request(
        &self,
        requester: Requester,
        request_id: &str,
    ) -> Result<Option<(Allocation, [u8; 32])>> {
        let statement = select!("WHERE requester_id = $1 AND request_id = $2");
        let args = [requester.uuid().into(), request_id.into()];
        let rows = self.db.fetch_all::<Row>(statement, &args).await?;
        let hash = rows.first().map(|row| bytes("allocations.request_hash", &row.request_hash)).transpose()?;
        Ok(read(rows)?.pop().zip(hash))
    }

    /// Gives at most `limit` allocations that a node asked for and that have not ended, the newest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_allocations_of(&self, node: NodeId, limit: u32) -> Result<Vec<Allocation>> {
        let statement = select!(
            "WHERE requester_id = $1 AND requester_kind = 'node' AND ended_at IS NULL ORDER BY id DESC LIMIT $2"
        );
        let rows = self.db.fetch_all::<Row>(statement, &[node.uuid().into(), i64::from(limit).into()]).await?;
        read(rows)
    }

    /// Gives the nodes that provide for any of the allocations, each once.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_providers(&self, allocations: &[AllocationId]) -> Result<Vec<NodeId>> {
        let ids: Vec<_> = allocations.iter().map(|id| id.uuid()).collect();
        let rows: Vec<(Uuid,)> = self
            .db
            .fetch_all(
                sql(
                    "SELECT DISTINCT node_id FROM allocation_parts WHERE allocation_id = ANY($1) AND node_id IS NOT NULL",
                    "SELECT DISTINCT node_id FROM allocation_parts
                     WHERE allocation_id IN (SELECT unhex(value, '-') FROM json_each($1)) AND node_id IS NOT NULL",
                ),
                &[Arg::UuidArray(&ids)],
            )
            .await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Gives at most `limit` allocations with their parts, the newest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn list_allocations(&self, filter: &AllocationFilter, limit: u32) -> Result<Vec<Allocation>> {
        let (key, value) = match &filter.label {
            Some((key, value)) => (Some(key.as_str()), Some(value.as_str())),
            None => (None, None),
        };
        let (scopes, beside) = match &filter.within {
            Some((scopes, beside)) => (Arg::Json(json_text(scopes)?), *beside),
            None => (Arg::NoJson, None),
        };
        let rows: Vec<Row> = self
            .db
            .fetch_all(
                sql(
                    select!(
                        "WHERE id < $1 AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR owner_id = $3) AND ($4 OR ended_at IS NULL)
                             AND ($5 IS NULL OR labels ->> $5 = $6)
                             AND ($7 IS NULL OR id IN (SELECT allocation_id FROM allocation_parts WHERE node_id = $7))
                             AND ($8 IS NULL OR requester_id = $8
                                 OR id IN (SELECT allocation_id FROM allocation_parts WHERE node_id = $8))
                             AND ($9 IS NULL OR owner_id = $10 OR EXISTS (SELECT 1 FROM jsonb_array_elements($9) AS scope
                                 WHERE labels @> coalesce(scope -> 'label', '{}')
                                 AND (scope ->> 'owner' IS NULL OR owner_id::TEXT = scope ->> 'owner')
                                 AND (scope ->> 'object' IS NULL OR id::TEXT = scope ->> 'object')))
                         ORDER BY id DESC LIMIT $11"
                    ),
                    select!(
                        "WHERE id < $1 AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR owner_id = $3) AND ($4 OR ended_at IS NULL)
                             AND ($5 IS NULL OR EXISTS (SELECT 1 FROM json_each(labels) WHERE key = $5 AND value = $6))
                             AND ($7 IS NULL OR id IN (SELECT allocation_id FROM allocation_parts WHERE node_id = $7))
                             AND ($8 IS NULL OR requester_id = $8
                                 OR id IN (SELECT allocation_id FROM allocation_parts WHERE node_id = $8))
                             AND ($9 IS NULL OR owner_id = $10 OR EXISTS (SELECT 1 FROM json_each($9) AS scope
                                 WHERE NOT EXISTS (SELECT 1 FROM json_each(scope.value, '$.label') AS wanted
                                     WHERE NOT EXISTS (SELECT 1 FROM json_each(allocations.labels) AS held
                                         WHERE held.key = wanted.key AND held.value = wanted.value))
                                 AND (scope.value ->> 'owner' IS NULL OR owner_id = unhex(scope.value ->> 'owner', '-'))
                                 AND (scope.value ->> 'object' IS NULL
                                     OR allocations.id = unhex(scope.value ->> 'object', '-'))))
                         ORDER BY id DESC LIMIT $11"
                    ),
                ),
                &[
                    filter.before.map_or(Uuid::max(), AllocationId::uuid).into(),
                    filter.state.map(AllocationState::as_str).into(),
                    filter.owner.into(),
                    filter.with_ended.into(),
                    key.into(),
                    value.into(),
                    filter.node.map(NodeId::uuid).into(),
                    filter.of_node.map(NodeId::uuid).into(),
                    scopes,
                    beside.map(UserId::uuid).into(),
                    i64::from(limit).into(),
                ],
            )
            .await?;
        read(rows)
    }
}
