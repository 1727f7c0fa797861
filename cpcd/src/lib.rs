//! The CPC Orchestrator's daemon: gRPC and REST over one domain.
//!
//! The rooms: [`settings`] (what can be set), [`Server`] (bind, join, shut down), `calls` (a message in, a message out, for both
//! edges, and the [`table`] of them), `rpc` (gRPC), `rest` (HTTP and JSON), `transport` (connections and their limits), [`tls`],
//! `wire` (model to message), `telemetry` (logs and the daemon's own metrics).

// A call's future holds those of all floors below it, down to an engine's client: optimised builds look deeper than the usual limit.
#![recursion_limit = "256"]

mod app;
mod auth_params;
mod calls;
mod copy_store;
mod data_dir;
mod following;
mod init;
pub mod limits;
mod rates;
mod request_id;
mod rest;
mod root_key;
mod rpc;
mod server;
pub mod settings;
mod telemetry;
pub mod tls;
mod transport;
mod wire;

pub use calls::table;
pub use copy_store::copy_store;
pub use init::init;
pub use root_key::{reset_root_key, rotate_root_key};
pub use server::{Addresses, Server};
pub use telemetry::init_logs;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
