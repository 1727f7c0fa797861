//! Requests for resources: proposed by the index, decided by SQL.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
    time::Duration,
};

use cpcd_model::{
    Error, Reason, Result,
    allocation::{Allocation, AllocationState, Part, PartState, Requester},
    id::{AllocationId, NodeId, UserId},
    node::Node,
    permission::{Level, Resource, Target},
    time::Timestamp,
};
use cpcd_store::sql::{GrantChange, Priority, Totals, Tx};
use uuid::Uuid;

use super::{
    ATTEMPTS, AllocationDraft, Allocations, ShownAllocation, draft::Checked, event, requester_node, require_login,
    totals,
};
use crate::{
    Caller,
    caller::Subject,
    registry::placement::{Ask, Avoid, Reach},
};

/// Who asks, and for whom it counts.
struct Asking {
    requester: Requester,
    owner_id: Option<Uuid>,
    reach: Reach,
}

/// Why nothing was written.
#[derive(Clone)]
enum Instead {
    /// Some of the nodes had no room after all: all but these.
    Refused(Vec<NodeId>),
    /// The requester has an allocation under this request id.
    Twin,
}

impl Allocations {
    /// Leases resources of one node or of several, all or none. Needs write on allocations, or a node's token: what a node asks for
    /// counts for its owner.
    ///
    /// The same request again under its request id has the same answer, for as long as the allocation is kept.
    ///
    /// # Errors
    /// `NO_CAPACITY`, `QUOTA_EXCEEDED`, `REQUEST_ID_REUSED`, `NODE_PENDING`, `NODE_NOT_FOUND`, `ALLOCATION_NOT_FOUND`,
    /// `PERMISSION_DENIED`, `TOKEN_MISSING`, `WRITE_CONFLICT`, a field's fault.
    pub async fn request(&self, caller: &Caller, draft: AllocationDraft) -> Result<ShownAllocation> {
        require_login(caller, Level::Write)?;
        let asking = self.asking(caller).await?;
        let (hash, name) = (draft.hash()?, draft.name()?);
        let checked = match draft.check(caller, &self.store, &self.config.allocations).await {
            Ok(checked) => checked,
            // What it names may be gone since it was granted.
            Err(error) => {
                return match self.granted_before(&asking, name.as_deref(), &hash).await? {
                    Some(allocation) => self.show(caller, allocation, None).await,
                    None => Err(error),
                };
            }
        };
        if !matches!(asking.requester, Requester::Node(_)) {
            let owner = asking.owner_id.map(UserId::from);
            let target = Target { labels: Some(&checked.request.labels), owner, object: None };
            caller.require_on(Resource::Allocations, Level::Write, &target)?;
        }
        let mut crossed = None;
        for _ in 0..ATTEMPTS {
            let error = match self.grant(&asking, &checked).await {
                Ok((allocation, nodes)) => return self.show(caller, allocation, Some(nodes)).await,
                Err(error) => error,
            };
            // What was granted before may be why there is no room, or no more of the quota.
            if ![Reason::NoCapacity, Reason::QuotaExceeded, Reason::WriteConflict].contains(&error.reason()) {
                return Err(error);
            }
            if let Some(allocation) = self.granted_before(&asking, name.as_deref(), &hash).await? {
                return self.show(caller, allocation, None).await;
            }
            if error.reason() != Reason::WriteConflict {
                return Err(error);
            }
            // The one that it crossed is not committed yet: the next attempt comes behind it.
            crossed = Some(error);
        }
        Err(crossed.unwrap_or_else(twin))
    }

    /// Finds out who asks.
    async fn asking(&self, caller: &Caller) -> Result<Asking> {
        match caller.subject() {
            Subject::Node(id) => {
                let node = self.store.get_node(id).await?;
                let node = node.ok_or_else(|| crate::registry::access::not_found(&id.to_string()))?;
                if node.is_pending {
                    let text = format!("node {id} waits for an administrator's approval");
                    return Err(Error::new(Reason::NodePending, text));
                }
                let owner_id = Some(node.owner_id.map_or(id.uuid(), UserId::uuid));
                let reach = Reach::of(caller, &node.realm, node.owner_id);
                Ok(Asking { requester: Requester::Node(id), owner_id, reach })
            }
            Subject::User(_) | Subject::Service(_) => {
                caller.require_some(Resource::Allocations, Level::Write)?;
                let owner = caller.require_owner()?;
                let reach = Reach::of(caller, "", None);
                Ok(Asking { requester: Requester::User(owner), owner_id: Some(owner.uuid()), reach })
            }
            Subject::Anonymous | Subject::LocalAdmin | Subject::System => {
                caller.require(Resource::Allocations, Level::Write)?;
                Ok(Asking { requester: Requester::Local, owner_id: None, reach: Reach::All })
            }
        }
    }

    /// Gives what the same request was granted before.
    async fn granted_before(
        &self,
        asking: &Asking,
        name: Option<&str>,
        wanted: &[u8; 32],
    ) -> Result<Option<Allocation>> {
        let Some(request_id) = name else { return Ok(None) };
        match self.store.get_allocation_by_request(asking.requester, request_id).await? {
            None => Ok(None),
            Some((allocation, hash)) if hash == *wanted => Ok(Some(allocation)),
            Some((allocation, _)) => {
                let text = format!("names the request of allocation {}, which was another one", allocation.id);
                Err(Error::field(Reason::RequestIdReused, "request_id", text))
            }
        }
    }

    async fn grant(&self, asking: &Asking, checked: &Checked) -> Result<(Allocation, Vec<Node>)> {
        let ask = Ask::of(&self.store, &checked.request, asking.reach.clone()).await?;
        let (count, mut avoid) = (checked.request.nodes as usize, Avoid::default());
        let (mut has_caught_up, mut refusers) = (false, HashSet::new());
        for _ in 0..ATTEMPTS {
            let mut proposed = self.placements.propose(&ask, count, &avoid);
            if proposed.len() < count && !has_caught_up {
                has_caught_up = true;
                self.placements.catch_up().await?;
                proposed = self.placements.propose(&ask, count, &avoid);
            }
            if proposed.len() < count {
                break;
            }
            match self.write(asking, checked, &proposed, "").await {
                Err(error) if error.reason() == Reason::WriteConflict => {}
                Err(error) => return Err(error),
                Ok(Ok(granted)) => return Ok(granted),
                Ok(Err(Instead::Refused(taken))) => {
                    let refused: Vec<_> = proposed.into_iter().filter(|id| !taken.contains(id)).collect();
                    self.placements.refresh(&refused).await?;
                    // Whoever refuses although it was read anew is left alone.
                    avoid.nodes.extend(refused.into_iter().filter(|id| !refusers.insert(*id)));
                }
                Ok(Err(Instead::Twin)) => return Err(twin()),
            }
        }
        let lack = self.placements.explain(&ask, count, &avoid).what;
        if !checked.request.may_wait {
            let text = match lack {
                "placement" => format!("there are no {count} nodes of the kind that is asked for"),
                lack => format!("no {count} of the nodes of the kind that is asked for have so much {lack} left"),
            };
            return Err(Error::new(Reason::NoCapacity, text)
                .with_metadata("lacks", lack)
                .with_metadata("nodes", count.to_string()));
        }
        self.write(asking, checked, &[], &format!("no room: {lack}")).await?.map_err(|_| twin())
    }

    /// Writes an allocation on nodes, or one that waits where there are none.
    async fn write(
        &self,
        asking: &Asking,
        checked: &Checked,
        nodes: &[NodeId],
        reason: &str,
    ) -> Result<std::result::Result<(Allocation, Vec<Node>), Instead>> {
        let now = self.clock.now();
        let allocation = allocation(asking, checked, nodes, reason, now);
        let (hash, quota) = (checked.hash, self.config.allocations.quota());
        let instead = Arc::new(OnceLock::new());
        let (written, crossed) = (allocation.clone(), instead.clone());
        let done = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    // An error, so that nothing of it stays.
                    write(tx, &written, &hash, &quota, now).await?.map_err(|instead| {
                        drop(crossed.set(instead));
                        twin()
                    })
                })
            })
            .await;
        match (done, instead.get()) {
            (Ok(nodes), _) => {
                self.placements.note(&nodes);
                Ok(Ok((allocation, nodes)))
            }
            (Err(_), Some(instead)) => Ok(Err(instead.clone())),
            (Err(error), None) => Err(error),
        }
    }
}

/// Makes the row of an allocation.
fn allocation(asking: &Asking, checked: &Checked, nodes: &[NodeId], reason: &str, now: Timestamp) -> Allocation {
    let request = checked.request.clone();
    let (state, part_state) = match nodes {
        [] => (AllocationState::Pending, PartState::Waiting),
        _ => (AllocationState::Active, PartState::Placed),
    };
    let parts = (0..request.nodes).map(|number| Part {
        number,
        state: part_state,
        node_id: nodes.get(number as usize).copied(),
        epoch: 1,
        reason: reason.to_owned(),
        refused: Vec::new(),
        not_before: None,
        since: now,
    });
    Allocation {
        id: AllocationId::generate(),
        requester: asking.requester,
        owner_id: asking.owner_id,
        request_id: checked.request_id.clone(),
        state,
        epoch: 1,
        deadline: now + Duration::from_secs(request.ttl_seconds.into()),
        created_at: now,
        ended_at: None,
        parts: parts.collect(),
        request,
    }
}

/// Writes an allocation in the transaction at hand: nodes, allocation, owner, event.
async fn write(
    tx: &mut Tx,
    allocation: &Allocation,
    hash: &[u8; 32],
    quota: &Totals,
    now: Timestamp,
) -> Result<std::result::Result<Vec<Node>, Instead>> {
    let each = allocation.request.resources;
    let placed: Vec<_> = allocation.parts.iter().filter_map(|part| part.node_id).collect();
    let mut changes: Vec<_> = placed.iter().map(|id| GrantChange::take(*id, each)).collect();
    changes.extend(requester_node(allocation.requester).map(GrantChange::touch));
    let nodes = if changes.is_empty() { Vec::new() } else { tx.change_grants(&changes).await? };
    let taken: Vec<_> = nodes.iter().map(|node| node.id).filter(|id| placed.contains(id)).collect();
    if taken.len() < placed.len() {
        return Ok(Err(Instead::Refused(taken)));
    }
    if !tx.insert_allocation(allocation, hash).await? {
        return Ok(Err(Instead::Twin));
    }
    if let Some(owner) = allocation.owner_id {
        let more = totals(allocation);
        if !tx.count_to_owner(owner, &more, quota).await? {
            return Err(over(&tx.get_totals(owner).await?, &more, quota));
        }
    }
    let kind = if placed.is_empty() { "allocation.waiting" } else { "allocation.granted" };
    let reason = allocation.parts.first().map_or("", |part| part.reason.as_str());
    tx.insert_events(&[event(kind, allocation, &nodes, reason)], now).await?;
    Ok(Ok(nodes))
}

/// Makes the error of an owner who would have more than they may, naming of what.
fn over(has: &Totals, more: &Totals, quota: &Totals) -> Error {
    let rows = has.amounts().into_iter().zip(more.amounts()).zip(quota.amounts());
    let over = rows.map(|(((name, has), (_, more)), (_, most))| (name, has, more, most));
    let exceeded = |(_, has, more, most): &(&str, u64, u64, u64)| *most > 0 && has.saturating_add(*more) > *most;
    let (name, has, more, most) = over.clone().find(exceeded).unwrap_or(("amounts", 0, 0, 0));
    let text =
        format!("the owner has {has} {name} and may have {most}: {more} more are too many; give something back first");
    Error::new(Reason::QuotaExceeded, text)
        .with_metadata("quota", name)
        .with_metadata("has", has.to_string())
        .with_metadata("limit", most.to_string())
}

/// Makes the error of a request that another one of the same name has crossed.
fn twin() -> Error {
    let text = "another request under this request id is on its way; ask again";
    Error::new(Reason::WriteConflict, text).with_retry_after(Duration::ZERO)
}
