//! What the tests of the registry begin with.

use cpcd_model::{
    id::NodeId,
    labels::Labels,
    node::{Node, NodeStatus, Resources},
    time::Timestamp,
};

/// Makes a node that is online and has said nothing of itself.
pub(super) fn node(id: NodeId, public_key: [u8; 32], now: Timestamp) -> Node {
    Node {
        id,
        public_key,
        owner_id: None,
        status: NodeStatus::Online,
        last_seen: Some(now),
        capacity: Resources::default(),
        record: Vec::new(),
        record_seq: None,
        addresses: Vec::new(),
        labels: Labels::new(),
        granted_labels: Labels::new(),
        realm: String::new(),
        agent_version: String::new(),
        created_at: now,
    }
}
