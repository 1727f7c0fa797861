//! Tickets: what a server signs for whoever leases resources of a node, and the node checks by itself.
//!
//! Layout: the ASCII bytes of [`TICKET_DOMAIN`], then eleven parts, each after its length as an unsigned varint: server id (text),
//! allocation id (16 bytes), number of the part (4), peer id of the node (text), id of the requester (16), thousandths of a processor
//! core, bytes of memory, bits per second of bandwidth, epoch, deadline in Unix milliseconds (8 each), and the server's signature over
//! all that goes before it (64). Numbers are big endian.

use std::fmt;

use crate::{
    PeerId, PublicKey, SecretKey,
    wire::{push_delimited, take_delimited},
};

/// Opens the bytes, so that a ticket's signature cannot be taken for one over anything else.
pub const TICKET_DOMAIN: &[u8] = b"cpc-ticket-v1";
/// No ticket is longer.
pub const MAX_TICKET_BYTES: usize = 512;

const ID_LEN: usize = 16;
const SIGNATURE_LEN: usize = 64;

/// What a ticket says: for this long, this much of that node is that requester's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The allocation, a UUID.
    pub allocation_id: [u8; ID_LEN],
    /// Which of its parts.
    pub part: u32,
    /// The node that provides for it.
    pub node: PeerId,
    /// Who asked for it: the UUID of a user or a node, nil for the server's administrator.
    pub requester_id: [u8; ID_LEN],
    /// Thousandths of a processor core.
    pub cpu_millicores: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Bandwidth in bits per second.
    pub bandwidth_bits_per_second: u64,
    /// The allocation's epoch at which the part came to the node.
    pub epoch: u64,
    /// When it ends, in Unix milliseconds of the server's clock.
    pub deadline_ms: u64,
}

/// Why bytes are no ticket that a node may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketError {
    /// They have not the layout of a ticket.
    Malformed,
    /// The ticket is of another server.
    OtherServer,
    /// The signature does not verify.
    Signature,
    /// It is for another node.
    OtherNode,
    /// Its time is over.
    Ended,
}

impl fmt::Display for TicketError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Malformed => "the bytes are no ticket",
            Self::OtherServer => "the ticket is of another server",
            Self::Signature => "the ticket's signature does not verify",
            Self::OtherNode => "the ticket is for another node",
            Self::Ended => "the ticket's time is over",
        })
    }
}

impl std::error::Error for TicketError {}

impl Ticket {
    /// Signs it with the server's key; gives its bytes.
    pub fn sign(&self, server: &SecretKey) -> Vec<u8> {
        let mut bytes = self.unsigned(&server.public().peer_id().to_string());
        let signature = server.sign(&bytes);
        push_delimited(&mut bytes, &signature);
        bytes
    }

    /// Reads a ticket that `server` signed for `node` and whose time is not over at `now_ms`: what a node does with what it is shown.
    ///
    /// Whether a newer epoch was heard of, by the server's directives, is for the node to look at besides.
    ///
    /// # Errors
    /// Why it is not to be served.
    pub fn verify(bytes: &[u8], server: &PublicKey, node: &PeerId, now_ms: u64) -> Result<Self, TicketError> {
        let ticket = Self::open(bytes, server)?;
        if ticket.node != *node {
            return Err(TicketError::OtherNode);
        }
        if ticket.deadline_ms <= now_ms {
            return Err(TicketError::Ended);
        }
        Ok(ticket)
    }

    /// Reads a ticket that `server` signed, whomever it is for and however old it is.
    ///
    /// # Errors
    /// `Malformed`, `OtherServer`, `Signature`.
    pub fn open(bytes: &[u8], server: &PublicKey) -> Result<Self, TicketError> {
        if bytes.len() > MAX_TICKET_BYTES {
            return Err(TicketError::Malformed);
        }
        let mut rest = bytes.strip_prefix(TICKET_DOMAIN).ok_or(TicketError::Malformed)?;
        let mut next = || {
            let (part, after) = take_delimited(rest).map_err(|_| TicketError::Malformed)?;
            rest = after;
            Ok(part)
        };
        let server_id = next()?;
        let ticket = Self {
            allocation_id: fixed(next()?)?,
            part: u32::from_be_bytes(fixed(next()?)?),
            node: peer_id(next()?)?,
            requester_id: fixed(next()?)?,
            cpu_millicores: u64::from_be_bytes(fixed(next()?)?),
            memory_bytes: u64::from_be_bytes(fixed(next()?)?),
            bandwidth_bits_per_second: u64::from_be_bytes(fixed(next()?)?),
            epoch: u64::from_be_bytes(fixed(next()?)?),
            deadline_ms: u64::from_be_bytes(fixed(next()?)?),
        };
        let signature: [u8; SIGNATURE_LEN] = fixed(next()?)?;
        if !rest.is_empty() {
            return Err(TicketError::Malformed);
        }
        let server_name = server.peer_id().to_string();
        if server_id != server_name.as_bytes() {
            return Err(TicketError::OtherServer);
        }
        // The bytes anew, and not as they came: no second spelling of anything passes.
        server.verify(&ticket.unsigned(&server_name), &signature).map_err(|_| TicketError::Signature)?;
        Ok(ticket)
    }

    fn unsigned(&self, server_id: &str) -> Vec<u8> {
        let node = self.node.to_string();
        let parts: [&[u8]; 10] = [
            server_id.as_bytes(),
            &self.allocation_id,
            &self.part.to_be_bytes(),
            node.as_bytes(),
            &self.requester_id,
            &self.cpu_millicores.to_be_bytes(),
            &self.memory_bytes.to_be_bytes(),
            &self.bandwidth_bits_per_second.to_be_bytes(),
            &self.epoch.to_be_bytes(),
            &self.deadline_ms.to_be_bytes(),
        ];
        let mut bytes = TICKET_DOMAIN.to_vec();
        for part in parts {
            push_delimited(&mut bytes, part);
        }
        bytes
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], TicketError> {
    bytes.try_into().map_err(|_| TicketError::Malformed)
}

fn peer_id(bytes: &[u8]) -> Result<PeerId, TicketError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TicketError::Malformed)?;
    PeerId::parse(text).map_err(|_| TicketError::Malformed)
}
