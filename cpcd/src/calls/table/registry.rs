//! Calls of `NodeOrchestration`.

use cpc_proto::v1;
use cpcd_model::{
    Reason::{AllocationNotFound, NodeNotFound},
    permission::{
        Level::*,
        Resource::{Allocations, Nodes},
    },
};

use super::{Needs::*, Row};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::NodeInfo>("NodeOrchestration/RegisterNode", "POST /v1/nodes", Nothing)
        .also(&["POST /register"])
        .note("a proof by the node's key, and for a new node what the join policy asks or write on nodes")
        .audited(),
    Row::unary::<v1::NodePing>("NodeOrchestration/Heartbeat", "POST /v1/heartbeat", Node).unaudited(HEARD),
    Row::stream("NodeOrchestration/HeartbeatStream", Node).unaudited(HEARD),
    Row::unary::<v1::GetNodeRequest>("NodeOrchestration/GetNode", "GET /v1/nodes/{id}", OwnOr(Nodes, Read))
        .hidden(NodeNotFound)
        .note(SHOWN),
    Row::unary::<v1::ListNodesRequest>("NodeOrchestration/ListNodes", "GET /v1/nodes", Login)
        .names(&[("owner", "owner_id")])
        .note(SHOWN),
    Row::unary::<v1::DeleteNodeRequest>("NodeOrchestration/DeleteNode", "DELETE /v1/nodes/{id}", Owner(Nodes, Write))
        .hidden(NodeNotFound)
        .audited(),
    Row::unary::<v1::ResetNodeSequenceRequest>(
        "NodeOrchestration/ResetNodeSequence",
        "POST /v1/nodes/{id}/reset-sequence",
        Owner(Nodes, Write),
    )
    .hidden(NodeNotFound)
    .audited(),
    Row::unary::<v1::UpdateNodeRequest>("NodeOrchestration/UpdateNode", "PATCH /v1/nodes/{id}", Owner(Nodes, Write))
        .hidden(NodeNotFound)
        .note("admin on all nodes for labels that it is granted")
        .audited(),
    Row::unary::<v1::ApproveNodeRequest>(
        "NodeOrchestration/ApproveNode",
        "POST /v1/nodes/{id}/approve",
        Level(Nodes, Admin),
    )
    .audited(),
    Row::unary::<v1::CordonNodeRequest>(
        "NodeOrchestration/CordonNode",
        "POST /v1/nodes/{id}/cordon",
        Owner(Nodes, Write),
    )
    .hidden(NodeNotFound)
    .audited(),
    Row::unary::<v1::UncordonNodeRequest>(
        "NodeOrchestration/UncordonNode",
        "POST /v1/nodes/{id}/uncordon",
        Owner(Nodes, Write),
    )
    .hidden(NodeNotFound)
    .audited(),
    Row::unary::<v1::DrainNodeRequest>("NodeOrchestration/DrainNode", "POST /v1/nodes/{id}/drain", Owner(Nodes, Write))
        .hidden(NodeNotFound)
        .audited(),
    Row::unary::<v1::ExpireNodeRequest>(
        "NodeOrchestration/ExpireNode",
        "POST /v1/nodes/{id}/expire",
        Owner(Nodes, Write),
    )
    .hidden(NodeNotFound)
    .audited(),
    Row::unary::<v1::ResourceRequest>(
        "NodeOrchestration/RequestResources",
        "POST /v1/allocations",
        NodeOr(Allocations, Write),
    )
    .note("on nodes outside realms, of one's own realm, of one's own, and on which one holds read")
    .unaudited("by the thousand, and an allocation says itself who asked for it"),
    Row::unary::<v1::RenewAllocationRequest>(
        "NodeOrchestration/RenewAllocation",
        "POST /v1/allocations/{id}/renew",
        Owner(Allocations, Write),
    )
    .hidden(AllocationNotFound)
    .note(ITS_NODE)
    .audited_on_others(),
    Row::unary::<v1::ReleaseAllocationRequest>(
        "NodeOrchestration/ReleaseAllocation",
        "POST /v1/allocations/{id}/release",
        Owner(Allocations, Write),
    )
    .hidden(AllocationNotFound)
    .note(ITS_NODE)
    .audited_on_others(),
    Row::unary::<v1::GetAllocationRequest>(
        "NodeOrchestration/GetAllocation",
        "GET /v1/allocations/{id}",
        OwnOr(Allocations, Read),
    )
    .hidden(AllocationNotFound)
    .note(HELD),
    Row::unary::<v1::ListAllocationsRequest>("NodeOrchestration/ListAllocations", "GET /v1/allocations", Login)
        .names(&[("owner", "owner_id"), ("node", "node_id")])
        .note(HELD),
    Row::unary::<v1::FindPeersRequest>("NodeOrchestration/FindPeers", "GET /v1/peers", Login).note(FOUND),
    Row::stream("NodeOrchestration/CheckReachability", Node).unaudited("what a node reaches is no change"),
    Row::stream("NodeOrchestration/WatchNodes", Login).note(SHOWN).unaudited("it changes nothing"),
];

const HEARD: &str = "by the thousand each second; what follows from them is told as events";
const ITS_NODE: &str = "or to be the node that asked for it";
const HELD: &str =
    "shown is what read on allocations is held on, one's own, and of a node what it asked for or provides for";
const SHOWN: &str = "shown is what read on nodes is held on, and one's own; private addresses only within their realm";
const FOUND: &str = "public nodes where `peers.logged_in` says so, those of one's own realm, else read on nodes; anybody where \
    `peers.anonymous` says so";
