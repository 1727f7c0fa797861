//! Round trips to a few peers, as long as a TCP connection takes to be made.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use cpc_proto::v1::{FindPeersRequest, FoundPeer, RoundTrip};
use cpc_signing::parse_address;
use tokio::net::TcpStream;

use super::registering::within;
use crate::client::Client;

/// How often some peers are measured.
const EVERY: Duration = Duration::from_secs(60);
/// How many each time; a heartbeat says at most 16.
const PEERS: i32 = 8;
const MOST: usize = 16;
/// A peer that takes longer is not there.
const LIMIT: Duration = Duration::from_secs(3);

/// Measures, and keeps what the next heartbeat is to say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measuring {
    measured: Arc<Mutex<Vec<RoundTrip>>>,
    /// When to measure again, once something has been measured.
    due: Arc<Mutex<Option<Instant>>>,
}

impl Measuring {
    /// Measures some peers, if it is time to; returns at once.
    pub(crate) fn look(&self, client: &Client, limit: Duration) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.is_some_and(|due| due > Instant::now()) {
            return;
        }
        *due = Some(Instant::now() + EVERY);
        let (client, measured) = (client.clone(), self.measured.clone());
        tokio::spawn(async move {
            let request = FindPeersRequest { page_size: PEERS, ..FindPeersRequest::default() };
            // A server that cannot say has nothing to be told.
            let Ok(found) = within(limit, client.nodes().find_peers(request)).await else { return };
            for peer in found.peers {
                let Some(micros) = measure(&peer).await else { continue };
                let mut measured = measured.lock().unwrap_or_else(PoisonError::into_inner);
                if measured.len() < MOST {
                    measured.push(RoundTrip { peer_id: peer.peer_id, micros });
                }
            }
        });
    }

    /// Gives what was measured since the last heartbeat that was heard.
    pub(crate) fn measured(&self) -> Vec<RoundTrip> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that the server has heard so many of them.
    pub(crate) fn heard(&self, count: usize) {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner).drain(..count);
    }
}

/// Connects to the first address of a peer that can be connected to, and gives how long that took.
async fn measure(peer: &FoundPeer) -> Option<u32> {
    for address in peer.addresses.iter().filter_map(|address| socket(address)) {
        let begun = Instant::now();
        if let Ok(Ok(_connection)) = tokio::time::timeout(LIMIT, TcpStream::connect(address)).await {
            return u32::try_from(begun.elapsed().as_micros()).ok().map(|micros| micros.max(1));
        }
    }
    None
}

/// Reads an address that is an IP address and a TCP port; a relay's is not the peer's.
fn socket(address: &str) -> Option<SocketAddr> {
    parse_address(address).ok()?;
    let mut parts = address.split('/').skip(1);
    let ip: IpAddr = match parts.next()? {
        "ip4" | "ip6" => parts.next()?.parse().ok()?,
        _ => return None,
    };
    let port = match (parts.next()?, parts.next()?) {
        ("tcp", port) => port.parse().ok()?,
        _ => return None,
    };
    (!parts.any(|part| part == "p2p-circuit")).then(|| SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_peer_of_its_own_address_is_measured() {
        assert_eq!(socket("/ip4/192.0.2.1/tcp/4001"), Some("192.0.2.1:4001".parse().unwrap()));
        assert_eq!(socket("/ip6/2001:db8::1/tcp/4001/ws"), Some("[2001:db8::1]:4001".parse().unwrap()));
        for address in ["/ip4/192.0.2.1/udp/4001/quic-v1", "/dns4/example.org/tcp/1", "nonsense", ""] {
            assert_eq!(socket(address), None, "{address}");
        }
        let relay = "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq/p2p-circuit";
        assert_eq!(socket(relay), None);
    }

    #[tokio::test]
    async fn a_connection_is_what_is_measured() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().unwrap().port());
        let peer = FoundPeer { addresses: vec![address.clone()], ..FoundPeer::default() };
        assert!(measure(&peer).await.is_some_and(|micros| micros < 3_000_000));
        drop(listener);
        assert_eq!(measure(&peer).await, None);
    }
}
