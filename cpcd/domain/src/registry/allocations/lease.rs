//! Leases: put off, given back.

use std::time::Duration;

use cpcd_model::{
    Error, Reason, Result,
    allocation::{Allocation, AllocationState},
    node::Node,
    permission::Level,
};
use cpcd_store::sql::{GrantChange, Priority, Tx};
use serde_json::json;

use super::{
    ATTEMPTS, Allocations, ShownAllocation, access, check_epoch, ended, event, requester_node, require_login, totals,
};
use crate::Caller;

impl Allocations {
    /// Puts the deadline of an allocation off; no sooner one is taken. Needs admin on allocations, write and to own it, or to be the node
    /// that asked for it.
    ///
    /// # Errors
    /// `ALLOCATION_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`, `TOKEN_MISSING`, `EPOCH_STALE`, `ALLOCATION_ENDED`, a field's fault.
    pub async fn renew(&self, caller: &Caller, id: &str, epoch: u64, ttl_seconds: u32) -> Result<ShownAllocation> {
        require_login(caller, Level::Write)?;
        if ttl_seconds != 0 {
            self.config.allocations.ttl(ttl_seconds)?;
        }
        for _ in 0..ATTEMPTS {
            let mut allocation = self.find(caller, id).await?;
            access::may_change(caller, &allocation)?;
            let now = self.clock.now();
            if allocation.state.has_ended() || allocation.deadline <= now {
                return Err(ended(&allocation));
            }
            check_epoch(&allocation, epoch)?;
            let ttl = if ttl_seconds == 0 { allocation.request.ttl_seconds } else { ttl_seconds };
            let deadline = now + Duration::from_secs(ttl.into());
            allocation.deadline = allocation.deadline.max(deadline);
            let (written, is_own) = (allocation.clone(), access::holds(caller, &allocation));
            let done = self
                .store
                .write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        audit(tx, &written, is_own);
                        let nodes = tx.change_grants(&touches(&written)).await?;
                        if !tx.renew_allocation(written.id, written.epoch, deadline, now).await? {
                            return Err(crossed());
                        }
                        tx.insert_events(&[event("allocation.renewed", &written, &nodes, "")], now).await?;
                        Ok(nodes)
                    })
                })
                .await;
            match done {
                Err(error) if error.reason() == Reason::WriteConflict => {}
                done => return self.show(caller, allocation, Some(done?)).await,
            }
        }
        Err(crossed())
    }

    /// Gives an allocation back; the same again changes nothing. Needs what renewing needs.
    ///
    /// # Errors
    /// `ALLOCATION_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`, `TOKEN_MISSING`, `EPOCH_STALE`.
    pub async fn release(&self, caller: &Caller, id: &str, epoch: u64) -> Result<ShownAllocation> {
        require_login(caller, Level::Write)?;
        for _ in 0..ATTEMPTS {
            let mut allocation = self.find(caller, id).await?;
            access::may_change(caller, &allocation)?;
            if allocation.state.has_ended() {
                return self.show(caller, allocation, None).await;
            }
            check_epoch(&allocation, epoch)?;
            let now = self.clock.now();
            let (written, is_own) = (allocation.clone(), access::holds(caller, &allocation));
            let done: Result<Vec<Node>> = self
                .store
                .write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        audit(tx, &written, is_own);
                        let each = written.request.resources;
                        let mut changes: Vec<_> =
                            providers(&written).map(|id| GrantChange::give_back(id, each)).collect();
                        changes.extend(requester_node(written.requester).map(GrantChange::touch));
                        // Holds the same nodes: nothing is given back before it is sure that nobody else has.
                        tx.change_grants(&touches(&written)).await?;
                        if !tx.end_allocation(written.id, written.epoch, AllocationState::Released, now).await? {
                            return Err(crossed());
                        }
                        let nodes = tx.change_grants(&changes).await?;
                        if let Some(owner) = written.owner_id {
                            tx.count_from_owner(owner, &totals(&written)).await?;
                        }
                        tx.insert_events(&[event("allocation.released", &written, &nodes, "")], now).await?;
                        Ok(nodes)
                    })
                })
                .await;
            match done {
                Err(error) if error.reason() == Reason::WriteConflict => {}
                done => {
                    self.placements.note(&done?);
                    allocation.state = AllocationState::Released;
                    allocation.ended_at = Some(now);
                    allocation.parts.clear();
                    return self.show(caller, allocation, None).await;
                }
            }
        }
        Err(crossed())
    }
}

/// Gives the nodes that provide for an allocation.
fn providers(allocation: &Allocation) -> impl Iterator<Item = cpcd_model::id::NodeId> {
    allocation.parts.iter().filter_map(|part| part.node_id)
}

/// Makes all nodes of an allocation hear of what has changed, without a change of what is granted.
fn touches(allocation: &Allocation) -> Vec<GrantChange> {
    providers(allocation).chain(requester_node(allocation.requester)).map(GrantChange::touch).collect()
}

/// Has it written down if somebody else's allocation is changed.
fn audit(tx: &mut Tx, allocation: &Allocation, is_own: bool) {
    if !is_own {
        tx.audit("allocation", &allocation.id, json!({ "owner_id": allocation.owner_id }));
    }
}

fn crossed() -> Error {
    let text = "a part of the allocation moves at this moment; try again";
    Error::new(Reason::WriteConflict, text).with_retry_after(Duration::ZERO)
}
