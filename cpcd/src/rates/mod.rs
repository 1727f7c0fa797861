//! How often costly calls may be made: by one caller, from one network, by all together. What is over is refused with a hint.

mod config;
mod table;

use std::{future::Future, net::IpAddr, time::Duration};

use cpcd_domain::{Caller, caller::Subject};
use cpcd_model::{Error, Reason, Result};
use tokio::time::Instant;

pub(crate) use config::{Config, Levels, Rate};
use table::Table;

use crate::transport::{Peer, network};

/// What counts as one network: the smallest block of IPv4 that is routed, and what one customer gets of IPv6. Single addresses are
/// too cheap to count: who has one of these has all of its addresses.
const BITS: (u32, u32) = (24, 56);

/// What counts as one network for the number of its nodes: they stay, so that a household's own net is enough.
const NODE_BITS: (u32, u32) = (24, 64);

/// Callers and networks that are kept in mind, 16 bytes each; a flood of new ones pushes out those that did the least.
const KEYS: usize = 1 << 16;
const NETWORKS: usize = 1 << 15;

tokio::task_local! {
    static PEER: Peer;
}

/// Answers a call that comes from `peer`.
pub(crate) async fn from_peer<T>(peer: Peer, answer: impl Future<Output = T>) -> T {
    PEER.scope(peer, answer).await
}

/// Gives who asks; the local administrator where nobody says otherwise.
pub(crate) fn peer() -> Peer {
    PEER.try_with(|peer| *peer).unwrap_or(Peer::Local)
}

/// What a call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// Little: not counted.
    Light,
    /// Signatures and secrets: logins, renewals, registrations.
    Login,
    /// The index.
    Search,
    /// The disk.
    Publish,
}

/// The rates and what has been used of them.
pub(crate) struct Rates {
    config: Config,
    limits_loopback: bool,
    keys: Table,
    networks: Table,
    all: Table,
    start: Instant,
}

/// A call that was let in as far as its network goes; what is left to look at is who makes it.
#[derive(Clone, Copy)]
pub(crate) struct Arrived {
    cost: Cost,
    is_limited: bool,
}

impl Rates {
    pub(crate) fn new(config: &Config, limits_loopback: bool) -> Self {
        Self {
            config: config.clone(),
            limits_loopback,
            keys: Table::new(KEYS),
            networks: Table::new(NETWORKS),
            all: Table::new(1),
            start: Instant::now(),
        }
    }

    /// Lets a call in, or refuses it, before anything else is done for it.
    pub(crate) fn arrive(&self, cost: Cost) -> Result<Arrived> {
        match (peer().limited(self.limits_loopback), self.levels(cost)) {
            (Some(address), Some(levels)) => {
                self.arrive_from(address, cost, levels, self.start.elapsed())?;
                Ok(Arrived { cost, is_limited: true })
            }
            (None, _) | (_, None) => Ok(Arrived { cost, is_limited: false }),
        }
    }

    fn arrive_from(&self, address: IpAddr, cost: Cost, levels: &Levels, now: Duration) -> Result<()> {
        let key = (cost as u8, network(address, BITS.0, BITS.1));
        self.networks.take(&key, levels.network, now).map_err(|wait| limited("network", wait))?;
        self.all.take(&(cost as u8), levels.all, now).map_err(|wait| limited("all", wait))
    }

    /// Gives the network that a new node of whoever asks counts for, as 203.0.113.0/24; empty for who is exempt.
    pub(crate) fn counted_network(&self) -> String {
        let (bits4, bits6) = NODE_BITS;
        match peer().limited(self.limits_loopback) {
            Some(address) if address.is_ipv4() => format!("{}/{bits4}", network(address, bits4, bits6)),
            Some(address) => format!("{}/{bits6}", network(address, bits4, bits6)),
            None => String::new(),
        }
    }

    /// Lets a caller go on, or refuses the call; `key` stands for who is not known yet.
    pub(crate) fn admit(&self, arrived: Arrived, caller: &Caller, key: Option<&[u8]>) -> Result<()> {
        let Some(levels) = self.levels(arrived.cost).filter(|_| arrived.is_limited) else { return Ok(()) };
        let (rate, now, cost) = (levels.key, self.start.elapsed(), arrived.cost as u8);
        let taken = match (caller.subject(), key) {
            (Subject::User(id), _) => self.keys.take(&(cost, "user", id), rate, now),
            (Subject::Service(service), _) => self.keys.take(&(cost, "service", service.token), rate, now),
            (Subject::Node(id), _) => self.keys.take(&(cost, "node", id), rate, now),
            (Subject::Anonymous | Subject::LocalAdmin | Subject::System, Some(key)) => {
                self.keys.take(&(cost, "key", key), rate, now)
            }
            (Subject::Anonymous | Subject::LocalAdmin | Subject::System, None) => Ok(()),
        };
        taken.map_err(|wait| limited("key", wait))
    }

    fn levels(&self, cost: Cost) -> Option<&Levels> {
        match cost {
            Cost::Light => None,
            Cost::Login => Some(&self.config.login),
            Cost::Search => Some(&self.config.search),
            Cost::Publish => Some(&self.config.publish),
        }
    }
}

fn limited(level: &str, wait: Duration) -> Error {
    let text = match level {
        "key" => "this caller makes such calls too often; try again later",
        "network" => "such calls come too often from this network; try again later",
        _ => "such calls come too often; try again later",
    };
    // Whole milliseconds: nobody needs to know our clock better.
    let wait = Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1));
    Error::new(Reason::RateLimited, text).with_metadata("limit", level).with_retry_after(wait)
}
