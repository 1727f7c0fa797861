//! The messages of peers.

use cpc_proto::v1;
use cpc_signing::PeerId;
use cpcd_domain::registry::{Found, RoundTrip, Route};

use super::Wire;

impl Wire for Route {
    type Message = v1::PeerRoute;

    fn to_wire(&self) -> v1::PeerRoute {
        match self {
            Self::Verified => v1::PeerRoute::Verified,
            Self::Direct => v1::PeerRoute::Direct,
            Self::Relayed => v1::PeerRoute::Relayed,
        }
    }
}

impl Wire for Found {
    type Message = v1::FoundPeer;

    fn to_wire(&self) -> v1::FoundPeer {
        let node = &self.node;
        v1::FoundPeer {
            peer_id: PeerId::of_key_bytes(&node.public_key).to_string(),
            addresses: node.addresses.clone(),
            signed_peer_record: node.record.clone(),
            namespaces: node.namespaces.clone(),
            labels: node.labels.clone().into_iter().collect(),
            route: self.route.to_wire().into(),
            round_trip_micros: self.round_trip.unwrap_or_default(),
        }
    }
}

/// Reads measured round trips; one to nobody says nothing.
pub(super) fn round_trips(messages: &[v1::RoundTrip]) -> Vec<RoundTrip> {
    let read = |message: &v1::RoundTrip| {
        Some(RoundTrip { peer: PeerId::parse(&message.peer_id).ok()?, micros: message.micros })
    };
    messages.iter().take(RoundTrip::MOST).filter_map(read).collect()
}
