//! The interface of the CPC Orchestrator: messages, servers and clients of package `cpc.v1`, and their JSON form.
//!
//! The `.proto` files in `proto/cpc/v1` are the source. JSON is the proto JSON form of the same messages
//! (<https://protobuf.dev/programming-guides/json/>), so REST and gRPC share one model.

pub mod codec;

/// Messages and servers of package `cpc.v1`.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, clippy::wildcard_enum_match_arm)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/servers/cpc.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/cpc.v1.serde.rs"));
}

/// Clients of the services of package `cpc.v1`.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod clients {
    include!(concat!(env!("OUT_DIR"), "/clients/cpc.v1.rs"));
}

/// The encoded `FileDescriptorSet` of everything above, with imports and comments: for reflection and documentation.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The domain of every `ErrorInfo` that the server sends.
pub const ERROR_DOMAIN: &str = "cpc";
