//! Who is at the other end of a connection, as far as the network can tell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::HeaderMap;
use serde::{Deserialize, Serialize};

/// The other end of a connection; a request carries it as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Somebody at this address.
    Network(IpAddr),
    /// The administrator of this machine, through the Unix socket.
    Local,
}

impl Peer {
    /// Takes an address; IPv4 inside IPv6 is IPv4, or each address would count twice.
    pub(crate) fn network(address: IpAddr) -> Self {
        Self::Network(address.to_canonical())
    }

    /// Gives the address that limits are kept for, nothing for who is exempt.
    pub(crate) fn limited(self, also_loopback: bool) -> Option<IpAddr> {
        match self {
            Self::Network(address) if also_loopback || !address.is_loopback() => Some(address),
            Self::Network(_) | Self::Local => None,
        }
    }
}

/// Gives the network that an address belongs to: so many bits of IPv4, so many of IPv6.
pub(crate) fn network(address: IpAddr, bits4: u32, bits6: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - bits4).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - bits6).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

/// Addresses of proxies that may say for whom they ask.
///
/// Anybody can write `X-Forwarded-For`: it is read only if it comes from one of these, and then from its end, where the proxy wrote.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Proxies(Vec<IpAddr>);

impl Proxies {
    /// Tells whether a connection comes from one of them.
    pub(crate) fn contain(&self, peer: Peer) -> bool {
        match peer {
            Peer::Network(address) => self.0.iter().any(|proxy| proxy.to_canonical() == address),
            Peer::Local => false,
        }
    }

    /// Gives who asks: the nearest that is none of them. A proxy that does not say for whom it asks asks for itself.
    pub(crate) fn origin(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        if self.0.is_empty() || !self.contain(peer) {
            return peer;
        }
        let mut origin = peer;
        // By bytes: what a client wrote that is no text must not hide what the proxy wrote behind it.
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let hops = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
        for hop in hops {
            let address = std::str::from_utf8(hop.trim_ascii()).ok().and_then(|hop| hop.parse::<IpAddr>().ok());
            let Some(address) = address else { break };
            origin = Peer::network(address);
            if !self.contain(origin) {
                break;
            }
        }
        origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Peer {
        Peer::network(text.parse().unwrap())
    }

    fn headers(values: &[&str]) -> HeaderMap {
        let name = http::HeaderName::from_static("x-forwarded-for");
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_a_known_proxy_is_believed() {
        let proxies = Proxies(vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()]);
        let forged = headers(&["198.51.100.7"]);
        assert_eq!(proxies.origin(peer("203.0.113.5"), &forged), peer("203.0.113.5"), "a stranger says what he likes");
        assert_eq!(proxies.origin(peer("10.0.0.1"), &forged), peer("198.51.100.7"));
        // What the client wrote comes first, what the proxies saw last.
        let chain = headers(&["198.51.100.7, 203.0.113.5", "10.0.0.2"]);
        assert_eq!(proxies.origin(peer("10.0.0.1"), &chain), peer("203.0.113.5"));
        assert_eq!(proxies.origin(peer("10.0.0.1"), &headers(&["nonsense"])), peer("10.0.0.1"));
        assert_eq!(Proxies::default().origin(peer("10.0.0.1"), &forged), peer("10.0.0.1"));
        assert_eq!(proxies.origin(Peer::Local, &forged), Peer::Local);
    }

    #[test]
    fn networks_have_their_bits() {
        let of = |text: &str, bits4, bits6| network(text.parse().unwrap(), bits4, bits6).to_string();
        assert_eq!(of("203.0.113.77", 24, 56), "203.0.113.0");
        assert_eq!(of("203.0.113.77", 32, 64), "203.0.113.77");
        assert_eq!(of("203.0.113.77", 0, 0), "0.0.0.0");
        assert_eq!(of("2001:db8:1:23ff::1", 24, 56), "2001:db8:1:2300::");
        assert_eq!(of("2001:db8:1:23ff::1", 32, 64), "2001:db8:1:23ff::");
    }

    #[test]
    fn loopback_is_limited_only_if_said() {
        assert_eq!(peer("::ffff:127.0.0.1").limited(false), None);
        assert!(peer("127.0.0.1").limited(true).is_some());
        assert!(peer("192.0.2.1").limited(false).is_some());
        assert_eq!(Peer::Local.limited(true), None);
    }
}
