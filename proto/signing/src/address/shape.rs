//! The shapes of addresses that can be dialled: host, transport, peer, and a relay before the peer.

use std::{borrow::Cow, iter::Peekable, net::IpAddr};

use libp2p_identity::PeerId;
use multiaddr::{Iter, Multiaddr, Protocol};

use super::{AddressFault, AddressRange, name, range};

/// Where an address leads first: to the peer, or to its relay.
pub(super) enum Host<'a> {
    Ip(IpAddr),
    Name(Cow<'a, str>),
}

impl Host<'_> {
    /// Says what keeps it from being public.
    pub(super) fn range(&self) -> Option<AddressRange> {
        match self {
            Self::Ip(ip) => range::range(*ip),
            Self::Name(name) => name::is_local(name).then_some(AddressRange::LocalName),
        }
    }
}

/// The parts of an address that rules look at.
pub(super) struct Shape<'a> {
    pub(super) host: Host<'a>,
    pub(super) relay: Option<PeerId>,
    pub(super) peer: Option<PeerId>,
}

type Parts<'a> = Peekable<Iter<'a>>;

impl<'a> Shape<'a> {
    /// Reads an address to its end; fails at the first part that makes it one that cannot be dialled.
    pub(super) fn of(address: &'a Multiaddr) -> Result<Self, AddressFault> {
        let mut parts = address.iter().peekable();
        let host = host(&mut parts)?;
        let mut peer = peer(&mut parts);
        let mut relay = None;
        if parts.next_if_eq(&Protocol::P2pCircuit).is_some() {
            relay = Some(peer.ok_or(AddressFault::RelayUnnamed)?);
            // Browsers are called through their relay and then speak WebRTC.
            parts.next_if_eq(&Protocol::WebRTC);
            peer = self::peer(&mut parts);
        }
        match parts.next() {
            Some(part) => Err(misplaced(&part)),
            None => Ok(Self { host, relay, peer }),
        }
    }
}

fn host<'a>(parts: &mut Parts<'a>) -> Result<Host<'a>, AddressFault> {
    let first = parts.next().ok_or(AddressFault::Empty)?;
    let tag = first.tag();
    let host = if let Protocol::Ip4(ip) = first {
        Host::Ip(ip.into())
    } else if let Protocol::Ip6(ip) = first {
        Host::Ip(ip.into())
    } else if let Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name) | Protocol::Dnsaddr(name) = first {
        name::check(&name)?;
        Host::Name(name)
    } else {
        return Err(misplaced(&first));
    };
    // A dnsaddr stands for whole addresses: it has no transport of its own.
    if tag != "dnsaddr" {
        transport(parts)?;
    }
    Ok(host)
}

fn transport(parts: &mut Parts<'_>) -> Result<(), AddressFault> {
    let first = parts.next().ok_or(AddressFault::Incomplete)?;
    if let Protocol::Tcp(port) = first {
        not_zero(port)?;
        if parts.next_if_eq(&Protocol::Tls).is_some()
            && let Some(Protocol::Sni(name)) = parts.next_if(|part| matches!(part, Protocol::Sni(_)))
        {
            name::check(&name)?;
        }
        parts.next_if(|part| matches!(part, Protocol::Ws(path) | Protocol::Wss(path) if path == "/"));
        return Ok(());
    }
    let Protocol::Udp(port) = first else { return Err(misplaced(&first)) };
    not_zero(port)?;
    let certified = if parts.next_if_eq(&Protocol::QuicV1).is_some() {
        parts.next_if_eq(&Protocol::WebTransport).is_some()
    } else if parts.next_if_eq(&Protocol::WebRTCDirect).is_some() {
        true
    } else {
        return Err(parts.next().map_or(AddressFault::Incomplete, |part| misplaced(&part)));
    };
    while certified && parts.next_if(|part| matches!(part, Protocol::Certhash(_))).is_some() {}
    Ok(())
}

fn peer(parts: &mut Parts<'_>) -> Option<PeerId> {
    match parts.next_if(|part| matches!(part, Protocol::P2p(_))) {
        Some(Protocol::P2p(peer)) => Some(peer),
        Some(_) | None => None,
    }
}

fn not_zero(port: u16) -> Result<(), AddressFault> {
    if port == 0 { Err(AddressFault::PortZero) } else { Ok(()) }
}

/// By its tag, for the list of protocols grows with the library.
fn misplaced(part: &Protocol<'_>) -> AddressFault {
    match part.tag() {
        tag @ ("memory" | "unix") => AddressFault::LocalOnly(tag),
        tag @ ("onion" | "onion3" | "garlic32" | "garlic64") => AddressFault::Anonymous(tag),
        "quic" => AddressFault::DraftQuic,
        tag => AddressFault::Misplaced(tag),
    }
}
