//! Which addresses a peer may register: readable, of a shape that can be dialled, its own, and as public as asked for.

mod fault;
mod host;
mod name;
mod range;
mod shape;

use std::collections::HashMap;

use multiaddr::{Multiaddr, Protocol};

use self::shape::{Host, Shape};
pub use self::{
    fault::{AddressError, AddressFault},
    host::{AddressHost, Family, TcpTarget, is_private, is_public, protocol_names},
    range::AddressRange,
};
use crate::PeerId;

/// The longest address, in bytes and in characters: a relayed one with certificates has half of it.
const MAX_ADDRESS: usize = 1024;

/// Reads an address from its bytes, in the one spelling that it has.
pub(crate) fn decode(bytes: &[u8]) -> Result<Multiaddr, AddressFault> {
    if bytes.is_empty() {
        return Err(AddressFault::Empty);
    }
    if bytes.len() > MAX_ADDRESS {
        return Err(AddressFault::TooLong);
    }
    let address = Multiaddr::try_from(bytes.to_vec()).map_err(|error| unreadable(&error))?;
    // Numbers with bits beyond their width, paths that are the default: read alike, compared as different.
    if address.iter().collect::<Multiaddr>() != address {
        return Err(AddressFault::NotCanonical);
    }
    Ok(address)
}

/// Reads an address from its text, such as `/ip4/192.0.2.1/tcp/4001`.
pub fn parse_address(text: &str) -> Result<Multiaddr, AddressFault> {
    if text.len() > MAX_ADDRESS {
        return Err(AddressFault::TooLong);
    }
    decode(text.parse::<Multiaddr>().map_err(|error| unreadable(&error))?.as_ref())
}

fn unreadable(error: &multiaddr::Error) -> AddressFault {
    use multiaddr::Error::{UnknownProtocolId, UnknownProtocolString};
    let unknown = matches!(error, UnknownProtocolId(_) | UnknownProtocolString(_));
    if unknown { AddressFault::UnknownProtocol } else { AddressFault::NotAMultiaddr }
}

/// From where an address can be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// From anywhere, directly.
    Public,
    /// From its own machine or network, or from nowhere; also a relay of which that is true.
    Private,
    /// From anywhere, through a relay.
    Relay,
    /// From anywhere, if the name leads to a public address: whoever resolves it must look again.
    Dns,
}

impl Reach {
    /// Judges one address; fails on one that cannot be dialled at all.
    pub fn of(address: &Multiaddr) -> Result<Self, AddressFault> {
        let shape = Shape::of(address)?;
        Ok(match (shape.host.range(), shape.relay, shape.host) {
            (Some(_), _, _) => Self::Private,
            (None, Some(_), _) => Self::Relay,
            (None, None, Host::Name(_)) => Self::Dns,
            (None, None, Host::Ip(_)) => Self::Public,
        })
    }
}

/// What a deployment asks of the addresses that a peer registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRules {
    /// Takes addresses that are not public too, but for those that name no single machine.
    pub allow_private: bool,
    /// How many addresses a peer may have.
    pub max: usize,
}

impl AddressRules {
    /// Holds the addresses of the peer `own` against the rules; the first that breaks one is named.
    pub fn check(&self, own: &PeerId, addresses: &[Multiaddr]) -> Result<(), AddressError> {
        if addresses.len() > self.max {
            return Err(AddressError { index: self.max, fault: AddressFault::TooMany { max: self.max } });
        }
        let own_suffix = Multiaddr::from(Protocol::P2p(own.0));
        let mut seen = HashMap::new();
        for (index, address) in addresses.iter().enumerate() {
            self.check_one(own, address).map_err(|fault| AddressError { index, fault })?;
            // With and without the peer's own name at the end, it is the same address.
            let bytes: &[u8] = address.as_ref();
            let place = bytes.strip_suffix(own_suffix.as_ref()).unwrap_or(bytes);
            if let Some(of) = seen.insert(place, index) {
                return Err(AddressError { index, fault: AddressFault::Duplicate { of } });
            }
        }
        Ok(())
    }

    fn check_one(&self, own: &PeerId, address: &Multiaddr) -> Result<(), AddressFault> {
        let shape = Shape::of(address)?;
        if shape.peer.is_some_and(|peer| peer != own.0) {
            return Err(AddressFault::WrongPeer);
        }
        if shape.relay == Some(own.0) {
            return Err(AddressFault::RelayIsSelf);
        }
        match shape.host.range() {
            Some(range) if !self.allow_private || range == AddressRange::Multicast => {
                Err(AddressFault::NotPublic(range))
            }
            Some(_) | None => Ok(()),
        }
    }
}
