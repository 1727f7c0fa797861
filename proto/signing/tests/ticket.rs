//! Tickets, against vectors that were computed by another program.

mod hex;

use cpc_signing::{MAX_TICKET_BYTES, PeerId, SecretKey, TICKET_DOMAIN, Ticket, TicketError};
use serde::Deserialize;

use hex::unhex;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    seed: String,
    server_id: String,
    allocation_id: String,
    part: String,
    node: String,
    requester_id: String,
    cpu_millicores: String,
    memory_bytes: String,
    bandwidth_bits_per_second: String,
    epoch: String,
    deadline_ms: String,
    ticket: String,
}

#[test]
fn vectors_hold_byte_for_byte() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../vectors/ticket.json")).unwrap();
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let secret = SecretKey::from_seed(&unhex(&vector.seed).try_into().unwrap());
        let ticket = Ticket {
            allocation_id: unhex(&vector.allocation_id).try_into().unwrap(),
            part: vector.part.parse().unwrap(),
            node: PeerId::parse(&vector.node).unwrap(),
            requester_id: unhex(&vector.requester_id).try_into().unwrap(),
            cpu_millicores: vector.cpu_millicores.parse().unwrap(),
            memory_bytes: vector.memory_bytes.parse().unwrap(),
            bandwidth_bits_per_second: vector.bandwidth_bits_per_second.parse().unwrap(),
            epoch: vector.epoch.parse().unwrap(),
            deadline_ms: vector.deadline_ms.parse().unwrap(),
        };
        assert_eq!(ticket.sign(&secret), unhex(&vector.ticket), "{}", vector.name);
        // A node knows the server by its id alone.
        let server = PeerId::parse(&vector.server_id).unwrap().public_key().unwrap();
        let read = Ticket::verify(&unhex(&vector.ticket), &server, &ticket.node, ticket.deadline_ms - 1);
        assert_eq!(read, Ok(ticket), "{}", vector.name);
    }
}

fn ticket() -> (SecretKey, Ticket) {
    let ticket = Ticket {
        allocation_id: [1; 16],
        part: 2,
        node: SecretKey::from_seed(&[8; 32]).public().peer_id(),
        requester_id: [3; 16],
        cpu_millicores: 4,
        memory_bytes: 5,
        bandwidth_bits_per_second: 6,
        epoch: 7,
        deadline_ms: 8,
    };
    (SecretKey::from_seed(&[7; 32]), ticket)
}

#[test]
fn it_is_for_one_node_of_one_server_and_for_a_time() {
    let (secret, ticket) = ticket();
    let (server, bytes) = (secret.public(), ticket.sign(&secret));
    assert!(bytes.len() <= MAX_TICKET_BYTES);
    assert_eq!(Ticket::verify(&bytes, &server, &ticket.node, 7), Ok(ticket));
    assert_eq!(Ticket::verify(&bytes, &server, &ticket.node, 8), Err(TicketError::Ended));
    assert_eq!(Ticket::verify(&bytes, &server, &server.peer_id(), 7), Err(TicketError::OtherNode));
    let other = SecretKey::from_seed(&[9; 32]);
    assert_eq!(Ticket::verify(&bytes, &other.public(), &ticket.node, 7), Err(TicketError::OtherServer));
    assert_eq!(Ticket::open(&bytes, &server), Ok(ticket), "whomever it is for and however old it is");
}

/// Every bit counts, and nothing comes before, after or between.
#[test]
fn no_other_bytes_pass() {
    let (secret, ticket) = ticket();
    let (server, bytes) = (secret.public(), ticket.sign(&secret));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(Ticket::open(&changed, &server).is_err(), "byte {at}, bit {bit}");
        }
    }
    for end in 0..bytes.len() {
        assert!(Ticket::open(&bytes[..end], &server).is_err(), "{end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(Ticket::open(&longer, &server), Err(TicketError::Malformed));
    assert_eq!(Ticket::open(&vec![0; MAX_TICKET_BYTES + 1], &server), Err(TicketError::Malformed));
    // A length in two bytes where one does.
    let at = TICKET_DOMAIN.len();
    let spelled = [&bytes[..at], &[bytes[at] | 0x80, 0], &bytes[at + 1..]].concat();
    assert_eq!(Ticket::open(&spelled, &server), Err(TicketError::Malformed));
    assert_eq!(Ticket::open(b"cpc-login-v1", &server), Err(TicketError::Malformed));
}

#[test]
fn each_part_is_bound() {
    let (secret, base) = ticket();
    let (server, signed) = (secret.public(), base.sign(&secret));
    let signature = &signed[signed.len() - 65..];
    let other = SecretKey::from_seed(&[5; 32]).public().peer_id();
    for changed in [
        Ticket { allocation_id: [2; 16], ..base },
        Ticket { part: 3, ..base },
        Ticket { node: other, ..base },
        Ticket { requester_id: [0; 16], ..base },
        Ticket { cpu_millicores: 5, ..base },
        Ticket { memory_bytes: 6, ..base },
        Ticket { bandwidth_bits_per_second: 7, ..base },
        Ticket { epoch: 8, ..base },
        Ticket { deadline_ms: u64::MAX, ..base },
    ] {
        let bytes = changed.sign(&secret);
        let forged = [&bytes[..bytes.len() - 65], signature].concat();
        assert_eq!(Ticket::open(&forged, &server), Err(TicketError::Signature), "{changed:?}");
    }
}
