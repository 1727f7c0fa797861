//! Limits of both edges: section `[limits]` of the settings.

use serde::{Deserialize, Serialize};

use crate::transport::Proxies;

/// Section `[limits]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest message.
    pub message_bytes: usize,
    /// Largest heartbeat.
    pub heartbeat_bytes: usize,
    /// Largest head of a request.
    pub header_bytes: u32,
    /// Longest unary call.
    pub request_seconds: u32,
    /// Longest silence of a bulk publish.
    pub stream_idle_seconds: u32,
    /// Longest arrival of a connection's first bytes and of a REST request's head.
    pub header_seconds: u32,
    /// Most connections of an edge.
    pub connections: usize,
    /// Most connections of an edge from one address.
    pub connections_per_address: usize,
    /// Whether what is limited by address is limited for loopback too.
    pub limit_loopback: bool,
    /// Proxies that may say for whom they ask.
    pub trusted_proxies: Proxies,
    /// Longest that a connection may be without a call.
    pub idle_seconds: u32,
    /// Age at which a connection is asked to end.
    pub connection_age_seconds: u32,
    /// Longest that it may then take.
    pub connection_grace_seconds: u32,
    /// Longest TLS handshake.
    pub handshake_seconds: u32,
    /// Most TLS handshakes at once.
    pub handshakes: usize,
    /// Most calls at once on a connection; more wait.
    pub calls_per_connection: usize,
    /// Most streams of a gRPC connection.
    pub streams_per_connection: u32,
    /// Most calls at once.
    pub calls: usize,
    /// Most bulk publishes at once.
    pub bulk_streams: usize,
}

impl Limits {
    /// Gives the largest message of the gRPC call on a path.
    pub(crate) fn message_bytes_of(&self, path: &str) -> usize {
        if path.ends_with("/Heartbeat") { self.message_bytes.min(self.heartbeat_bytes) } else { self.message_bytes }
    }
}
