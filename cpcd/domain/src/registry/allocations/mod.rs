//! Allocations: requested, renewed, given back, shown.
//!
//! A request is one transaction: what it takes of all its nodes in one conditional statement, the allocation with its parts, what counts
//! for its owner, and its event; in this order, so that whoever writes locks nodes before allocations before owners.

mod access;
mod config;
mod draft;
mod lease;
mod listing;
mod request;
mod show;

use std::sync::Arc;

use cpcd_model::{
    Error, Reason, Result,
    allocation::{Allocation, Requester},
    id::AllocationId,
    node::Node,
    permission::{Level, Resource},
    time::Clock,
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Totals},
};
use serde_json::json;

pub(crate) use access::may_see;
pub use config::AllocationConfig;
pub use draft::AllocationDraft;
pub use listing::AllocationList;
pub use show::{ShownAllocation, ShownPart};

use super::{Config, Nodes, placement::Placements};
use crate::{Caller, caller::Subject, identity::ServerIdentity};

/// How often something is tried again that another write came between.
const ATTEMPTS: usize = 8;

/// The allocations.
#[derive(Clone)]
pub struct Allocations {
    store: Store,
    clock: Clock,
    config: Arc<Config>,
    placements: Placements,
    nodes: Nodes,
    server: ServerIdentity,
}

impl Allocations {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        config: Arc<Config>,
        placements: Placements,
        nodes: Nodes,
        server: ServerIdentity,
    ) -> Self {
        Self { store: store.clone(), clock: clock.clone(), config, placements, nodes, server }
    }

    /// Gets an allocation. Needs read on allocations, to hold it, or to provide for it.
    ///
    /// # Errors
    /// `ALLOCATION_NOT_FOUND`, also for those who may not see it; `TOKEN_MISSING`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<ShownAllocation> {
        require_login(caller, Level::Read)?;
        let allocation = self.find(caller, id).await?;
        self.show(caller, allocation, None).await
    }

    /// Finds an allocation that the caller may see.
    async fn find(&self, caller: &Caller, name: &str) -> Result<Allocation> {
        let id = AllocationId::parse("id", name)?;
        let found = self.store.get_allocation(id).await?;
        found.filter(|found| access::may_see(caller, found)).ok_or_else(|| access::not_found(name))
    }
}

/// Asks for a login, whoever's.
fn require_login(caller: &Caller, level: Level) -> Result<()> {
    if caller.subject() == Subject::Anonymous {
        caller.require(Resource::Allocations, level)?;
    }
    Ok(())
}

/// Gives what an allocation counts for its owner: all its parts, those that wait too.
fn totals(allocation: &Allocation) -> Totals {
    let (each, parts) = (allocation.request.resources, u64::from(allocation.request.nodes));
    let mut resources = each;
    resources.cpu_millicores *= parts;
    resources.memory_bytes *= parts;
    resources.bandwidth_bits_per_second *= parts;
    Totals { allocations: 1, resources }
}

/// Makes the event of an allocation; `nodes` are those that have something new to do.
fn event(kind: &'static str, allocation: &Allocation, nodes: &[Node], reason: &str) -> NewEvent {
    let nodes: Vec<_> = nodes.iter().map(|node| json!([node.id.to_string(), node.directives])).collect();
    let payload = json!({
        "owner_id": allocation.owner_id,
        "requester_id": allocation.requester.uuid(),
        "labels": allocation.request.labels,
        "epoch": allocation.epoch,
        "nodes": nodes,
        "reason": reason,
    });
    NewEvent { kind, subject_id: allocation.id.uuid(), payload }
}

/// Refuses an epoch that is not the allocation's; 0 is whichever there is.
fn check_epoch(allocation: &Allocation, epoch: u64) -> Result<()> {
    let current = allocation.epoch;
    if epoch == 0 || epoch == current {
        return Ok(());
    }
    if epoch > current {
        let text = format!("is {epoch}, which allocation {} has not had yet; it is at {current}", allocation.id);
        return Err(Error::field(Reason::FieldInvalid, "epoch", text));
    }
    let text = format!("allocation {} is at epoch {current} and not at {epoch} any more; get it anew", allocation.id);
    Err(Error::new(Reason::EpochStale, text).with_metadata("epoch", current.to_string()))
}

/// Makes the error of an allocation that is over.
fn ended(allocation: &Allocation) -> Error {
    let text = format!("allocation {} has ended; request a new one", allocation.id);
    Error::new(Reason::AllocationEnded, text).with_metadata("state", allocation.state.as_str())
}

/// Gives the requester's own row, if it is a node's.
fn requester_node(requester: Requester) -> Option<cpcd_model::id::NodeId> {
    match requester {
        Requester::Node(id) => Some(id),
        Requester::User(_) | Requester::Local => None,
    }
}
