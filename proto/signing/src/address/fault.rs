//! What can be wrong with an address.

use std::fmt;

use super::AddressRange;

/// One address of a list is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressError {
    /// Which one, counted from zero.
    pub index: usize,
    /// Why.
    pub fault: AddressFault,
}

impl fmt::Display for AddressError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "address {}: {}", self.index, self.fault)
    }
}

impl std::error::Error for AddressError {}

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// It has no part at all.
    Empty,
    /// It is longer than any address has to be.
    TooLong,
    /// It is no multiaddr.
    NotAMultiaddr,
    /// It uses a protocol that is not known here.
    UnknownProtocol,
    /// It is another spelling of what has a shorter one.
    NotCanonical,
    /// The list has more addresses than it may.
    TooMany {
        /// How many it may have.
        max: usize,
    },
    /// It is in the list already.
    Duplicate {
        /// Where, counted from zero.
        of: usize,
    },
    /// It has port 0, where nothing can be dialled.
    PortZero,
    /// It leads to the memory or a file of its own machine.
    LocalOnly(&'static str),
    /// It leads into an anonymous network, which is not dialled.
    Anonymous(&'static str),
    /// It speaks the draft of QUIC that nobody speaks any more.
    DraftQuic,
    /// It has a part where it makes no address that can be dialled.
    Misplaced(&'static str),
    /// It ends before there is anything to dial.
    Incomplete,
    /// It goes through a relay and does not say which.
    RelayUnnamed,
    /// It goes through a relay that is the peer itself.
    RelayIsSelf,
    /// It ends in the name of another peer.
    WrongPeer,
    /// It has a host name that is none, or that resolvers take for a number.
    Name,
    /// It is not public, and must be.
    NotPublic(AddressRange),
}

impl fmt::Display for AddressFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("it is empty"),
            Self::TooLong => write!(out, "it is longer than {} bytes", super::MAX_ADDRESS),
            Self::NotAMultiaddr => out.write_str("it is no multiaddr"),
            Self::UnknownProtocol => out.write_str("it uses a protocol that is not known here"),
            Self::NotCanonical => out.write_str("it is not in the shortest spelling"),
            Self::TooMany { max } => write!(out, "there are too many: {max} are the most"),
            Self::Duplicate { of } => write!(out, "it is the same as address {of}"),
            Self::PortZero => out.write_str("it has port 0; name the port that is listened on"),
            Self::LocalOnly(protocol) => write!(out, "{protocol} leads nowhere from another machine"),
            Self::Anonymous(protocol) => write!(out, "{protocol} addresses are not dialled here"),
            Self::DraftQuic => out.write_str("quic is the draft that nobody speaks any more; use quic-v1"),
            Self::Misplaced(protocol) => write!(
                out,
                "{protocol} does not fit where it stands; tcp (tls, ws), udp with quic-v1 (webtransport) or \
                 webrtc-direct, and relays can be dialled"
            ),
            Self::Incomplete => out.write_str("it ends before there is anything to dial"),
            Self::RelayUnnamed => out.write_str("it does not name its relay; put /p2p/<relay> before /p2p-circuit"),
            Self::RelayIsSelf => out.write_str("a peer cannot be its own relay"),
            Self::WrongPeer => out.write_str("it ends in the name of another peer; end it without, or in the own one"),
            Self::Name => out.write_str("its host name is none"),
            Self::NotPublic(range) => write!(out, "it is not public: {range}"),
        }
    }
}

impl std::error::Error for AddressFault {}
