//! Allocations' messages.

use cpc_proto::v1;
use cpcd_domain::registry::{AllocationDraft, ShownAllocation, ShownPart};
use cpcd_model::{
    Result,
    allocation::{Allocation, AllocationState, PartState, Requester, Strategy},
};

use super::{Wire, identity::unknown, resources};

/// The node's label that a region is.
const REGION: &str = "region";

impl Wire for AllocationState {
    type Message = v1::AllocationState;

    fn to_wire(&self) -> v1::AllocationState {
        match self {
            Self::Pending => v1::AllocationState::Pending,
            Self::Active => v1::AllocationState::Active,
            Self::Released => v1::AllocationState::Released,
            Self::Expired => v1::AllocationState::Expired,
        }
    }
}

impl Wire for PartState {
    type Message = v1::PartState;

    fn to_wire(&self) -> v1::PartState {
        match self {
            Self::Waiting => v1::PartState::Waiting,
            Self::Placed => v1::PartState::Placed,
            Self::Accepted => v1::PartState::Accepted,
        }
    }
}

impl Wire for ShownPart {
    type Message = v1::AllocationPart;

    fn to_wire(&self) -> v1::AllocationPart {
        let part = &self.part;
        v1::AllocationPart {
            number: part.number,
            state: part.state.to_wire().into(),
            node_id: part.node_id.map(|id| id.to_string()).unwrap_or_default(),
            peer_id: self.peer_id.clone(),
            addresses: self.addresses.clone(),
            epoch: part.epoch,
            ticket: self.ticket.clone(),
            reason: part.reason.clone(),
            since: Some(part.since.to_wire()),
            not_before: part.not_before.map(|time| time.to_wire()),
        }
    }
}

impl Wire for ShownAllocation {
    type Message = v1::ResourceAllocation;

    fn to_wire(&self) -> v1::ResourceAllocation {
        let allocation = &self.allocation;
        let (requester_id, requester_kind) = match allocation.requester {
            Requester::User(id) => (id.to_string(), v1::SubjectKind::User),
            Requester::Node(id) => (id.to_string(), v1::SubjectKind::Node),
            Requester::Local => (String::new(), v1::SubjectKind::Unspecified),
        };
        v1::ResourceAllocation {
            id: allocation.id.to_string(),
            owner_id: allocation.owner_id.map(|id| id.to_string()).unwrap_or_default(),
            requester_id,
            requester_kind: requester_kind.into(),
            state: allocation.state.to_wire().into(),
            epoch: allocation.epoch,
            deadline: Some(allocation.deadline.to_wire()),
            expires_in_ms: u64::try_from(self.expires_in.as_millis()).unwrap_or(u64::MAX),
            parts: self.parts.iter().map(Wire::to_wire).collect(),
            request: Some(request(allocation)),
            created_at: Some(allocation.created_at.to_wire()),
            ended_at: allocation.ended_at.map(|time| time.to_wire()),
        }
    }
}

/// Gives what was asked for; nodes by their ids, whatever they were called, and the region among the labels.
fn request(allocation: &Allocation) -> v1::ResourceRequest {
    let (request, placement) = (&allocation.request, &allocation.request.placement);
    let texts = |ids: &[uuid::Uuid]| ids.iter().map(|id| id.hyphenated().to_string()).collect();
    let strategy = match request.strategy {
        Strategy::Spread => v1::PlacementStrategy::Spread,
        Strategy::Binpack => v1::PlacementStrategy::Binpack,
    };
    v1::ResourceRequest {
        resources: Some(request.resources.to_wire()),
        nodes: request.nodes,
        placement: Some(v1::Placement {
            labels: placement.labels.clone().into_iter().collect(),
            region: placement.labels.get(REGION).cloned().unwrap_or_default(),
            realm: placement.realm.clone(),
            node_ids: texts(&placement.nodes),
            excluded_node_ids: texts(&placement.excluded),
            with_allocation_ids: texts(&placement.with),
            apart_from_allocation_ids: texts(&placement.apart_from),
            spread_over_label: placement.spread_over.clone(),
        }),
        strategy: strategy.into(),
        exclusive: request.is_exclusive,
        ttl_seconds: request.ttl_seconds,
        request_id: allocation.request_id.clone().unwrap_or_default(),
        labels: request.labels.clone().into_iter().collect(),
        wait: request.may_wait,
    }
}

/// Reads a request for resources.
pub(crate) fn allocation_draft(message: v1::ResourceRequest) -> Result<AllocationDraft> {
    let placement = message.placement.unwrap_or_default();
    let strategy = match v1::PlacementStrategy::try_from(message.strategy) {
        Ok(v1::PlacementStrategy::Unspecified | v1::PlacementStrategy::Spread) => Strategy::Spread,
        Ok(v1::PlacementStrategy::Binpack) => Strategy::Binpack,
        Err(_) => return Err(unknown("strategy", message.strategy)),
    };
    Ok(AllocationDraft {
        resources: resources(message.resources.unwrap_or_default()),
        nodes: message.nodes,
        node_labels: placement.labels.into_iter().collect(),
        region: placement.region,
        realm: placement.realm,
        node_ids: placement.node_ids,
        excluded_node_ids: placement.excluded_node_ids,
        with_allocation_ids: placement.with_allocation_ids,
        apart_from_allocation_ids: placement.apart_from_allocation_ids,
        spread_over_label: placement.spread_over_label,
        strategy,
        is_exclusive: message.exclusive,
        ttl_seconds: message.ttl_seconds,
        request_id: message.request_id,
        labels: message.labels.into_iter().collect(),
        may_wait: message.wait,
    })
}

/// Reads the state in a filter; unspecified means any.
pub(crate) fn allocation_state_filter(field: &str, number: i32) -> Result<Option<AllocationState>> {
    match v1::AllocationState::try_from(number) {
        Ok(v1::AllocationState::Unspecified) => Ok(None),
        Ok(v1::AllocationState::Pending) => Ok(Some(AllocationState::Pending)),
        Ok(v1::AllocationState::Active) => Ok(Some(AllocationState::Active)),
        Ok(v1::AllocationState::Released) => Ok(Some(AllocationState::Released)),
        Ok(v1::AllocationState::Expired) => Ok(Some(AllocationState::Expired)),
        Err(_) => Err(unknown(field, number)),
    }
}
