//! What is said to a server, and what is to come back.

use std::sync::Arc;

use cpc_proto::v1::{HeartbeatResponse, NodePing, NodeResources};
use prost::Message;

use crate::Outcome;
use crate::huffman;
use crate::shared::template::{Template, capture};

/// Bytes of a heartbeat.
pub(crate) const MESSAGE: usize = 64;

/// The parts of a header block: before and after what differs from call to call.
pub(crate) type Block = (Vec<u8>, Vec<u8>);

/// What is said to a server.
pub(crate) struct Speech {
    /// Of the first call of a connection.
    pub(crate) first: Block,
    /// Of all others.
    pub(crate) later: Block,
    topic: Topic,
}

/// Of each node its authorization, as it stands in a header block; clones share it, for there may be millions.
#[derive(Clone)]
pub(crate) struct Bearers(Arc<Vec<Box<[u8]>>>);

impl Bearers {
    pub(crate) fn new(encoded: Vec<Box<[u8]>>) -> Self {
        Self(Arc::new(encoded))
    }
}

enum Topic {
    /// Heartbeats of nodes.
    Nodes(Bearers),
    /// Leases, by their ids.
    Leases(Vec<i64>),
}

/// `etcdserverpb.LeaseKeepAliveRequest`.
#[derive(Clone, PartialEq, Message)]
struct KeepAlive {
    #[prost(int64, tag = "1")]
    id: i64,
}

/// `etcdserverpb.LeaseKeepAliveResponse`.
#[derive(Clone, PartialEq, Message)]
struct KeptAlive {
    #[prost(int64, tag = "2")]
    id: i64,
    #[prost(int64, tag = "3")]
    ttl: i64,
}

impl Speech {
    /// Heartbeats of nodes, each with its authorization; `sample` is that of one, in clear.
    pub(crate) fn of_nodes(path: &'static str, sample: &str, bearers: Bearers) -> Outcome<Self> {
        let Template { first, later } = capture(path, Some(sample), MESSAGE)?;
        let value = huffman::encode(sample);
        Ok(Self { first: split(&first, &value)?, later: split(&later, &value)?, topic: Topic::Nodes(bearers) })
    }

    /// Leases that are kept alive.
    pub(crate) fn of_leases(ids: Vec<i64>) -> Outcome<Self> {
        let Template { first, later } = capture("/etcdserverpb.Lease/LeaseKeepAlive", None, MESSAGE)?;
        Ok(Self { first: (first, Vec::new()), later: (later, Vec::new()), topic: Topic::Leases(ids) })
    }

    /// How many can be spoken of.
    pub(crate) fn count(&self) -> usize {
        match &self.topic {
            Topic::Nodes(nodes) => nodes.0.len(),
            Topic::Leases(leases) => leases.len(),
        }
    }

    /// Whether a stream speaks of one alone.
    pub(crate) fn is_bound(&self) -> bool {
        matches!(self.topic, Topic::Nodes(_))
    }

    /// What stands in the middle of a header block.
    pub(crate) fn authorization(&self, index: usize) -> &[u8] {
        match &self.topic {
            Topic::Nodes(nodes) => &nodes.0[index],
            Topic::Leases(_) => &[],
        }
    }

    /// Writes a message with gRPC's prefix.
    pub(crate) fn message(&self, index: usize, sequence: u64) -> Vec<u8> {
        let body = match &self.topic {
            Topic::Nodes(_) => heartbeat(sequence),
            Topic::Leases(leases) => KeepAlive { id: leases[index] }.encode_to_vec(),
        };
        let mut bytes = vec![0, 0, 0, 0, u8::try_from(body.len()).expect("a message is short")];
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Judges an answer.
    pub(crate) fn check(&self, answer: &[u8]) -> Outcome<()> {
        let (is_good, words) = match &self.topic {
            Topic::Nodes(_) => {
                let answer = HeartbeatResponse::decode(answer)?;
                (!answer.register_again && answer.next_heartbeat_ms > 0, format!("{answer:?}"))
            }
            Topic::Leases(_) => {
                let answer = KeptAlive::decode(answer)?;
                (answer.ttl > 0, format!("{answer:?}"))
            }
        };
        if is_good { Ok(()) } else { Err(format!("the server does not know who was spoken of: {words}").into()) }
    }
}

/// A heartbeat that says what is in use, filled up to its size by a field that nobody knows.
fn heartbeat(sequence: u64) -> Vec<u8> {
    let used = NodeResources {
        cpu_millicores: 500 + sequence % 1000,
        memory_bytes: 3 << 30,
        bandwidth_bits_per_second: 1_000_000,
    };
    let mut bytes = NodePing { sequence, used: Some(used), ..Default::default() }.encode_to_vec();
    // Field 15, bytes.
    bytes.extend_from_slice(&[0x7a, (MESSAGE - bytes.len() - 2) as u8]);
    bytes.resize(MESSAGE, 0);
    bytes
}

fn split(block: &[u8], value: &[u8]) -> Outcome<Block> {
    let at = block.windows(value.len()).position(|window| window == value);
    let at = at.ok_or("tonic's client writes the token in another way than this bench does")?;
    Ok((block[..at].to_vec(), block[at + value.len()..].to_vec()))
}
