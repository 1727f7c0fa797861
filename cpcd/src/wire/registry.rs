//! The registry's messages.

use cpc_proto::v1;
use cpc_signing::PeerId;
use cpcd_domain::registry::{Beat, Beaten, Quota, Seen};
use cpcd_model::{
    Result,
    node::{NodeStatus, Resources, Scheduling},
};

use super::{Wire, identity::unknown, peers::round_trips};

impl Wire for NodeStatus {
    type Message = v1::NodeStatus;

    fn to_wire(&self) -> v1::NodeStatus {
        match self {
            Self::Online => v1::NodeStatus::Online,
            Self::Degraded => v1::NodeStatus::Degraded,
            Self::Offline => v1::NodeStatus::Offline,
        }
    }
}

impl Wire for Scheduling {
    type Message = v1::NodeScheduling;

    fn to_wire(&self) -> v1::NodeScheduling {
        match self {
            Self::Active => v1::NodeScheduling::Active,
            Self::Cordoned => v1::NodeScheduling::Cordoned,
            Self::Draining => v1::NodeScheduling::Draining,
            Self::Drained => v1::NodeScheduling::Drained,
        }
    }
}

impl Wire for Resources {
    type Message = v1::NodeResources;

    fn to_wire(&self) -> v1::NodeResources {
        v1::NodeResources {
            cpu_millicores: self.cpu_millicores,
            memory_bytes: self.memory_bytes,
            bandwidth_bits_per_second: self.bandwidth_bits_per_second,
        }
    }
}

impl Wire for Seen {
    type Message = v1::Node;

    fn to_wire(&self) -> v1::Node {
        let node = &self.node;
        let peer_id = PeerId::of_key_bytes(&node.public_key).to_string();
        v1::Node {
            id: node.id.to_string(),
            peer_id,
            public_key: node.public_key.to_vec(),
            owner_id: node.owner_id.map(|id| id.to_string()).unwrap_or_default(),
            status: node.status.to_wire().into(),
            capacity: Some(node.capacity.to_wire()),
            used: Some(self.used.to_wire()),
            last_seen: node.last_seen.map(|time| time.to_wire()),
            addresses: node.addresses.clone(),
            labels: node.labels.clone().into_iter().collect(),
            signed_peer_record: node.record.clone(),
            realm: node.realm.clone(),
            agent_version: node.agent_version.clone(),
            created_at: Some(node.created_at.to_wire()),
            record_sequence: node.record_seq.unwrap_or_default(),
            scheduling: node.scheduling.to_wire().into(),
            granted: Some(node.granted.to_wire()),
            is_overcommitted: node.is_overcommitted,
            expires_at: node.expires_at.map(|time| time.to_wire()),
            is_ephemeral: node.is_ephemeral,
            is_pending: node.is_pending,
            namespaces: node.namespaces.clone(),
            granted_labels: node.granted_labels.clone().into_iter().collect(),
            network: node.joined.network.clone(),
        }
    }
}

impl Wire for Quota {
    type Message = v1::NodeQuota;

    fn to_wire(&self) -> v1::NodeQuota {
        v1::NodeQuota {
            limit: self.limit.to_owned(),
            most: self.most.unwrap_or_default(),
            used: self.used,
            network: self.network.clone(),
            refused: self.refused,
        }
    }
}

impl Wire for Beaten {
    type Message = v1::HeartbeatResponse;

    fn to_wire(&self) -> v1::HeartbeatResponse {
        v1::HeartbeatResponse {
            sequence: self.sequence,
            next_heartbeat_ms: u32::try_from(self.next.as_millis()).unwrap_or(u32::MAX),
            register_again: self.status.is_none(),
            status: self.status.map_or(v1::NodeStatus::Unspecified, |status| status.to_wire()).into(),
            tokens: self.tokens.as_ref().map(Wire::to_wire),
            directives: self.directives.as_deref().map(Wire::to_wire),
            is_pending: self.is_pending,
        }
    }
}

/// Reads a heartbeat.
pub(crate) fn beat(message: &v1::NodePing) -> Beat {
    Beat {
        sequence: message.sequence,
        used: message.used.map(resources),
        capacity: message.capacity.map(resources),
        record: (!message.signed_peer_record.is_empty()).then(|| message.signed_peer_record.clone()),
        directives_seen: message.directives_seen,
        answers: message.answers.iter().map(super::directives::answer).collect(),
        round_trips: round_trips(&message.round_trips),
    }
}

/// Reads amounts.
pub(crate) fn resources(message: v1::NodeResources) -> Resources {
    Resources {
        cpu_millicores: message.cpu_millicores,
        memory_bytes: message.memory_bytes,
        bandwidth_bits_per_second: message.bandwidth_bits_per_second,
    }
}

/// Reads the status in a filter; unspecified means any.
pub(crate) fn status_filter(field: &str, number: i32) -> Result<Option<NodeStatus>> {
    match v1::NodeStatus::try_from(number) {
        Ok(v1::NodeStatus::Unspecified) => Ok(None),
        Ok(v1::NodeStatus::Online) => Ok(Some(NodeStatus::Online)),
        Ok(v1::NodeStatus::Offline) => Ok(Some(NodeStatus::Offline)),
        Ok(v1::NodeStatus::Degraded) => Ok(Some(NodeStatus::Degraded)),
        Err(_) => Err(unknown(field, number)),
    }
}

/// Reads what may be placed on a node, in a filter; unspecified means any.
pub(crate) fn scheduling_filter(field: &str, number: i32) -> Result<Option<Scheduling>> {
    match v1::NodeScheduling::try_from(number) {
        Ok(v1::NodeScheduling::Unspecified) => Ok(None),
        Ok(v1::NodeScheduling::Active) => Ok(Some(Scheduling::Active)),
        Ok(v1::NodeScheduling::Cordoned) => Ok(Some(Scheduling::Cordoned)),
        Ok(v1::NodeScheduling::Draining) => Ok(Some(Scheduling::Draining)),
        Ok(v1::NodeScheduling::Drained) => Ok(Some(Scheduling::Drained)),
        Err(_) => Err(unknown(field, number)),
    }
}
