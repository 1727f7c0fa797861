//! Settings of the registry.

use std::time::Duration;

use cpcd_model::{Error, Reason, Result, opening::Opening};
use serde::{Deserialize, Serialize};

use super::{allocations::AllocationConfig, brake::Limits, rules::Rules};

/// Section `[registry]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How often a node is asked to say that it lives.
    pub heartbeat_seconds: u32,
    /// Silence after which a node is degraded.
    pub degraded_seconds: u32,
    /// Silence after which a node is offline.
    pub offline_seconds: u32,
    /// How long nobody is taken for worse after a start, a stall, or a lease that was taken over.
    pub grace_seconds: u32,
    /// How long a change of status holds before the next one shows, but for the one to offline.
    pub damping_seconds: u32,
    /// A realm of which more than so many of a hundred nodes fail within the window has its nodes called worse slowly; 0: none has.
    pub brake_percent: u32,
    /// So many nodes may always fail at once.
    pub brake_least: u32,
    /// The window.
    pub brake_window_seconds: u32,
    /// Heartbeats a second above which nodes are asked to come less often.
    pub heartbeats_per_second: u32,
    /// Most addresses of a node.
    pub max_addresses: usize,
    /// Which nodes may have addresses that only their own network reaches.
    pub private_addresses: PrivateAddresses,
    /// Most streams that follow changes.
    pub watches: usize,
    /// Most nodes that count for one network; 0 for no limit.
    pub nodes_per_network: u32,
    /// Most new nodes of one network in an hour; 0 for no limit.
    pub new_nodes_per_network_per_hour: u32,
    /// Most nodes that count for a network, all together; 0 for no limit.
    pub max_nodes: u64,
    /// Most nodes that wait for approval; 0 for no limit.
    pub pending_nodes: u32,
    /// How long a node waits for approval before it is removed.
    pub pending_seconds: u32,
    /// How long an ephemeral node is offline before it is removed.
    pub ephemeral_seconds: u32,
    /// Allocations.
    pub allocations: AllocationConfig,
}

/// Section `[peers]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeersConfig {
    /// Whether whoever is logged in finds public peers, or only who has read on nodes.
    pub logged_in: bool,
    /// Where callers without a token find public peers.
    pub anonymous: Opening,
    /// Where `GET /routing/v1/peers/{peer-id}` is open to callers without a token.
    pub routing: Opening,
}

/// Which nodes may have addresses that only their own network reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrivateAddresses {
    /// None.
    Never,
    /// Those of a realm.
    Realm,
    /// All.
    Always,
}

#[cfg(any(test, feature = "trials"))]
impl Config {
    /// What tests and simulations begin with: the default settings of liveness, and no limits.
    pub(super) const USUAL: Self = Self {
        heartbeat_seconds: 30,
        degraded_seconds: 45,
        offline_seconds: 90,
        grace_seconds: 150,
        damping_seconds: 60,
        brake_percent: 15,
        brake_least: 5,
        brake_window_seconds: 120,
        heartbeats_per_second: 1000,
        max_addresses: 20,
        private_addresses: PrivateAddresses::Never,
        watches: 10,
        nodes_per_network: 0,
        new_nodes_per_network_per_hour: 0,
        max_nodes: 0,
        pending_nodes: 0,
        pending_seconds: 604_800,
        ephemeral_seconds: 300,
        allocations: AllocationConfig::USUAL,
    };
}

impl Config {
    /// Checks the values.
    ///
    /// # Errors
    /// `FIELD_INVALID` naming the setting.
    pub fn validate(&self) -> Result<()> {
        let range = |name: &str, value: u64, min: u64, max: u64| {
            if (min..=max).contains(&value) {
                return Ok(());
            }
            let text = format!("is {value} and must be from {min} to {max}");
            Err(Error::field(Reason::FieldInvalid, format!("registry.{name}"), text))
        };
        // The cache keeps what it knows of a node for 300 seconds: three misses have to fit in.
        range("heartbeat_seconds", self.heartbeat_seconds.into(), 1, 90)?;
        range("degraded_seconds", self.degraded_seconds.into(), u64::from(self.heartbeat_seconds) + 1, 299)?;
        range("offline_seconds", self.offline_seconds.into(), u64::from(self.degraded_seconds) + 1, 300)?;
        range("grace_seconds", self.grace_seconds.into(), 0, 3600)?;
        range("damping_seconds", self.damping_seconds.into(), 0, 3600)?;
        range("brake_percent", self.brake_percent.into(), 0, 100)?;
        range("brake_least", self.brake_least.into(), 0, 1_000_000)?;
        range("brake_window_seconds", self.brake_window_seconds.into(), 10, 3600)?;
        range("heartbeats_per_second", self.heartbeats_per_second.into(), 1, 10_000_000)?;
        range("max_addresses", self.max_addresses as u64, 0, cpc_signing::MAX_RECORD_ADDRESSES as u64)?;
        range("watches", self.watches as u64, 0, 100_000)?;
        range("max_nodes", self.max_nodes, 0, 1 << 53)?;
        range("pending_seconds", self.pending_seconds.into(), 1, 365 * 86_400)?;
        range("ephemeral_seconds", self.ephemeral_seconds.into(), 1, 365 * 86_400)?;
        self.allocations.validate()
    }

    /// Gives what is too much at once.
    pub(super) fn brake(&self) -> Limits {
        let window = Duration::from_secs(self.brake_window_seconds.into());
        Limits { percent: self.brake_percent, least: self.brake_least, window }
    }

    /// Gives the rules of liveness.
    pub(super) fn rules(&self) -> Rules {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Rules {
            interval: seconds(self.heartbeat_seconds),
            degraded_after: seconds(self.degraded_seconds),
            offline_after: seconds(self.offline_seconds),
            damping: seconds(self.damping_seconds),
        }
    }
}
