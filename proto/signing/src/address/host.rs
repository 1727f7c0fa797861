//! Where an address leads: for those who compare networks, or dial.

use std::net::IpAddr;

use multiaddr::{Multiaddr, Protocol};

use super::{
    AddressFault,
    range::range,
    shape::{Host, Shape},
};

/// The machine that an address names first: the peer's, or its relay's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AddressHost {
    /// By its IP address.
    Ip(IpAddr),
    /// By a name.
    Name(String),
}

impl AddressHost {
    /// Reads the host of an address; fails on one that cannot be dialled at all.
    pub fn of(address: &Multiaddr) -> Result<Self, AddressFault> {
        Ok(match Shape::of(address)?.host {
            Host::Ip(ip) => Self::Ip(ip),
            Host::Name(name) => Self::Name(name.into_owned()),
        })
    }
}

/// Which addresses a name may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Those of IPv4.
    V4,
    /// Those of IPv6.
    V6,
    /// Both.
    Any,
}

/// A peer that is dialled by TCP, and not through a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpTarget {
    /// The peer's machine.
    pub host: AddressHost,
    /// To what the name may lead, if it is one.
    pub family: Family,
    /// The port.
    pub port: u16,
}

impl TcpTarget {
    /// Reads the target of an address; none if it has another transport, a relay, or cannot be dialled at all.
    pub fn of(address: &Multiaddr) -> Option<Self> {
        let shape = Shape::of(address).ok().filter(|shape| shape.relay.is_none())?;
        // By its name, for the list of protocols grows with the library.
        let family = match address.protocol_stack().next()? {
            "ip4" | "dns4" => Family::V4,
            "ip6" | "dns6" => Family::V6,
            _ => Family::Any,
        };
        let Some(Protocol::Tcp(port)) = address.iter().nth(1) else { return None };
        let host = match shape.host {
            Host::Ip(ip) => AddressHost::Ip(ip),
            Host::Name(name) => AddressHost::Name(name.into_owned()),
        };
        Some(Self { host, family, port })
    }
}

/// Says whether an IP address can be reached from everywhere.
pub fn is_public(ip: IpAddr) -> bool {
    range(ip).is_none()
}

/// Says whether an IP address names a single machine that is not public.
pub fn is_private(ip: IpAddr) -> bool {
    range(ip).is_some_and(|range| range != super::AddressRange::Multicast && range != super::AddressRange::Unspecified)
}

/// Gives the names of an address's protocols in their order, such as `ip4`, `udp`, `quic-v1`.
pub fn protocol_names(address: &Multiaddr) -> Vec<&'static str> {
    address.protocol_stack().collect()
}
