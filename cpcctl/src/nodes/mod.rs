//! This machine as a node: its key and what is kept beside it, its registration, its heartbeats.

pub(crate) mod agent;
pub(crate) mod backoff;
pub(crate) mod held;
pub(crate) mod line;
pub(crate) mod measuring;
pub(crate) mod profile;
pub(crate) mod providing;
pub(crate) mod registering;
pub(crate) mod state;
pub(crate) mod usage;

use cpc_proto::v1::{NodeScheduling, NodeStatus};

/// What an agent calls itself.
pub(crate) const AGENT_VERSION: &str = concat!("cpcctl/", env!("CARGO_PKG_VERSION"));

/// Names a status as it is typed and shown.
pub(crate) fn word(status: NodeStatus) -> String {
    status.as_str_name().trim_start_matches("NODE_STATUS_").to_lowercase()
}

/// Names what may be placed on a node as it is typed and shown.
pub(crate) fn scheduling(scheduling: NodeScheduling) -> String {
    scheduling.as_str_name().trim_start_matches("NODE_SCHEDULING_").to_lowercase()
}
