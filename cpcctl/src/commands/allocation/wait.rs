//! Waiting until each part of an allocation has a node.

use std::time::{Duration, Instant};

use cpc_proto::v1::{AllocationState, GetAllocationRequest, ResourceAllocation};

use super::shown;
use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    nodes::agent::may_pass,
};

/// Between two looks: the first ones, and the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(1);

/// Gets an allocation as it is now.
pub(super) async fn get(context: &mut Context, id: &str) -> Result<ResourceAllocation> {
    let request = GetAllocationRequest { id: id.to_owned() };
    let answer = context.call(async |client| client.nodes().get_allocation(request.clone()).await).await?;
    answer.allocation.ok_or_else(Failure::empty_answer)
}

/// Waits until an allocation is active, for as long as `--timeout` says.
///
/// # Errors
/// If it is over, or still pending when the time is.
pub(super) async fn until_active(context: &mut Context, first: ResourceAllocation) -> Result<ResourceAllocation> {
    let deadline = Instant::now() + context.timeout();
    let (mut allocation, mut pause) = (first, PAUSE);
    if allocation.state() == AllocationState::Pending {
        context.output.note(format_args!("allocation {} waits for room", allocation.id));
    }
    loop {
        if allocation.state() == AllocationState::Active {
            return Ok(allocation);
        }
        if shown::has_ended(&allocation) {
            let message = format!("allocation {} is {}", allocation.id, shown::word(allocation.state()));
            return Err(Failure::new(Exit::Conflict, "ALLOCATION_ENDED", message).hint("ask for another one"));
        }
        if Instant::now() >= deadline {
            return Err(late(&allocation, context.timeout()));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
        match get(context, &allocation.id).await {
            Ok(now) => allocation = now,
            // The server may come back in time.
            Err(failure) if may_pass(&failure) && Instant::now() < deadline => context.forget_connection(),
            Err(failure) => return Err(failure),
        }
    }
}

fn late(allocation: &ResourceAllocation, limit: Duration) -> Failure {
    let why = allocation.parts.iter().map(|part| part.reason.as_str()).find(|reason| !reason.is_empty());
    let message = format!(
        "allocation {} is still pending after {limit:?}: {}",
        allocation.id,
        why.unwrap_or("it has not been said why")
    );
    let id = &allocation.id;
    Failure::new(Exit::Unreachable, "DEADLINE_EXCEEDED", message).hint(format_args!(
        "it goes on waiting until its deadline; give it longer with --timeout, look with `cpcctl allocation show {id}`, \
         or give it up with `cpcctl allocation release {id}`"
    ))
}
