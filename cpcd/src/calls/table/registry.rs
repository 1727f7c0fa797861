//! Calls of `NodeOrchestration`.

use cpc_proto::v1;
use cpcd_model::{
    Reason::NodeNotFound,
    permission::{Level::*, Resource::Nodes},
};

use super::{Needs::*, Row};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::NodeInfo>("NodeOrchestration/RegisterNode", "POST /v1/nodes", Nothing)
        .also(&["POST /register"])
        .note("a proof by the node's key, and for a new node what the join policy asks or write on nodes"),
    Row::unary::<v1::NodePing>("NodeOrchestration/Heartbeat", "POST /v1/heartbeat", Node),
    Row::stream("NodeOrchestration/HeartbeatStream", Node),
    Row::unary::<v1::GetNodeRequest>("NodeOrchestration/GetNode", "GET /v1/nodes/{id}", OwnOr(Nodes, Read))
        .hidden(NodeNotFound)
        .note(SHOWN),
    Row::unary::<v1::ListNodesRequest>("NodeOrchestration/ListNodes", "GET /v1/nodes", Login)
        .names(&[("owner", "owner_id")])
        .note(SHOWN),
    Row::unary::<v1::DeleteNodeRequest>("NodeOrchestration/DeleteNode", "DELETE /v1/nodes/{id}", Owner(Nodes, Write))
        .hidden(NodeNotFound),
    Row::unary::<v1::ResetNodeSequenceRequest>(
        "NodeOrchestration/ResetNodeSequence",
        "POST /v1/nodes/{id}/reset-sequence",
        Owner(Nodes, Write),
    )
    .hidden(NodeNotFound),
    Row::unary::<v1::FindPeersRequest>("NodeOrchestration/FindPeers", "GET /v1/peers", Login).note(FOUND),
    Row::stream("NodeOrchestration/CheckReachability", Node),
    Row::stream("NodeOrchestration/WatchNodes", Login).note(SHOWN),
];

const SHOWN: &str = "shown is what read on nodes is held on, and one's own; private addresses only within their realm";
const FOUND: &str = "public nodes where `peers.logged_in` says so, those of one's own realm, else read on nodes; anybody where \
    `peers.anonymous` says so";
