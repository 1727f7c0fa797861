//! Who may see, hold and change an allocation.

use cpcd_model::{
    Error, Reason, Result,
    allocation::{Allocation, Requester},
    id::UserId,
    permission::{Level, Resource, Target},
};

use crate::{Caller, caller::Subject};

/// Gives an allocation as what something is to be done to. Where a node that nobody owns is the owner, no scope of a user holds it.
fn target(allocation: &Allocation) -> Target<'_> {
    Target {
        labels: Some(&allocation.request.labels),
        owner: allocation.owner_id.map(UserId::from),
        object: Some(allocation.id.uuid()),
    }
}

/// Says whether a caller holds an allocation: they asked for it, or it counts for them.
pub(super) fn holds(caller: &Caller, allocation: &Allocation) -> bool {
    match caller.subject() {
        Subject::User(_) | Subject::Service(_) => allocation.owner_id == caller.subject().owner().map(UserId::uuid),
        Subject::Node(id) => allocation.requester == Requester::Node(id),
        Subject::LocalAdmin => allocation.requester == Requester::Local,
        Subject::Anonymous | Subject::System => false,
    }
}

/// Says whether an allocation is for a caller to see: read on allocations, to hold it, or to provide for it.
pub(super) fn may_see(caller: &Caller, allocation: &Allocation) -> bool {
    let provides = |id| allocation.parts.iter().any(|part| part.node_id == Some(id));
    // A program sees what is its owner's only if it was given that.
    let is_program = matches!(caller.subject(), Subject::Service(_));
    caller.may(Resource::Allocations, Level::Read, &target(allocation))
        || !is_program && holds(caller, allocation)
        || matches!(caller.subject(), Subject::Node(id) if provides(id))
}

/// Asks for what renewing or giving back needs: admin on allocations, write and to own it, or to be the node that asked for it.
pub(super) fn may_change(caller: &Caller, allocation: &Allocation) -> Result<()> {
    let target = target(allocation);
    let is_its_node = matches!(caller.subject(), Subject::Node(id) if allocation.requester == Requester::Node(id));
    if is_its_node || caller.may(Resource::Allocations, Level::Admin, &target) {
        return Ok(());
    }
    caller.require_on(Resource::Allocations, Level::Write, &target)?;
    if holds(caller, allocation) {
        return Ok(());
    }
    Err(Error::new(Reason::NotOwner, format!("allocation {} belongs to somebody else", allocation.id)))
}

/// Makes the error of an allocation that is not there, or not for the caller.
pub(super) fn not_found(id: &str) -> Error {
    Error::new(Reason::AllocationNotFound, format!("there is no allocation {id}"))
}
