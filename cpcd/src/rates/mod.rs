//! How often costly calls may be made: by one caller, from one network, by all together. What is over is refused with a hint.
//!
//! What logins, renewals and registrations are let in counts for all replicas (`shared.rs`), and failed logins count for their key.

mod config;
mod exchanging;
mod prints;
mod shared;
mod table;

use std::{future::Future, net::IpAddr, time::Duration};

use cpc_signing::PeerId;
use cpcd_domain::{Caller, caller::Subject, identity};
use cpcd_model::{Error, Reason, Result};
use tokio::time::Instant;
use uuid::Uuid;

pub(crate) use config::{Config, Levels, Rate};
pub(crate) use exchanging::{CHANNEL, exchange};
use prints::Prints;
use shared::{Level, Shared, Taken};
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
    prints: Prints,
    shared: Shared,
    start: Instant,
}

/// What comes of taking one from a bucket: it is there, or there will be one after a while.
type Taking = std::result::Result<(), Duration>;

/// A call that was let in as far as its network goes; what is left to look at is who makes it.
#[derive(Clone, Copy)]
pub(crate) struct Arrived {
    cost: Cost,
    /// The network that it counts for; nothing if it is not limited.
    network: Option<[u8; 16]>,
}

impl Rates {
    /// Makes them; replicas of one store have the same key.
    pub(crate) fn new(config: &Config, limits_loopback: bool, key: [u8; 32]) -> Self {
        Self {
            config: config.clone(),
            limits_loopback,
            keys: Table::new(KEYS),
            networks: Table::new(NETWORKS),
            all: Table::new(1),
            prints: Prints::new(key),
            shared: Shared::new(),
            start: Instant::now(),
        }
    }

    /// Lets a call in, or refuses it, before anything else is done for it.
    pub(crate) fn arrive(&self, cost: Cost) -> Result<Arrived> {
        match (peer().limited(self.limits_loopback), self.levels(cost)) {
            (Some(address), Some(levels)) => {
                self.arrive_from(address, cost, levels, self.start.elapsed())?;
                Ok(Arrived { cost, network: Some(octets(address)) })
            }
            (None, _) | (_, None) => Ok(Arrived { cost, network: None }),
        }
    }

    fn arrive_from(&self, address: IpAddr, cost: Cost, levels: &Levels, now: Duration) -> Result<()> {
        let print = self.prints.of(cost as u8, "network", &octets(address));
        self.take(Level::Network, cost, print, levels.network, now).map_err(|wait| limited("network", wait))?;
        let print = self.prints.of(cost as u8, "all", &[]);
        self.take(Level::All, cost, print, levels.all, now).map_err(|wait| limited("all", wait))
    }

    /// Takes one from a bucket here, and has the others told if it is one that all share.
    fn take(&self, level: Level, cost: Cost, print: u64, rate: Rate, now: Duration) -> Taking {
        let is_shared = cost == Cost::Login;
        let parts = if is_shared { self.shared.parts() } else { 1 };
        self.table(level).take(print, rate, parts, now)?;
        if is_shared {
            self.shared.note(level, print);
        }
        Ok(())
    }

    fn table(&self, level: Level) -> &Table {
        match level {
            Level::Key => &self.keys,
            Level::Network => &self.networks,
            Level::All => &self.all,
        }
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
        let (Some(levels), Some(network)) = (self.levels(arrived.cost), arrived.network) else { return Ok(()) };
        let cost = arrived.cost;
        let print = match (caller.subject(), key) {
            (Subject::User(id), _) => self.prints.of(cost as u8, "user", id.uuid().as_bytes()),
            (Subject::Service(service), _) => self.prints.of(cost as u8, "service", service.token.uuid().as_bytes()),
            (Subject::Node(id), _) => self.prints.of(cost as u8, "node", id.uuid().as_bytes()),
            (Subject::Anonymous | Subject::LocalAdmin | Subject::System, Some(key)) => {
                self.unproven(cost, key, &network)
            }
            (Subject::Anonymous | Subject::LocalAdmin | Subject::System, None) => return Ok(()),
        };
        self.take(Level::Key, cost, print, levels.key, self.start.elapsed()).map_err(|wait| limited("key", wait))
    }

    /// Lets a proof by a key be looked at, or refuses it: what failed with that key counts like what it has asked for.
    pub(crate) fn look(&self, key: &[u8]) -> Result<()> {
        let Some(address) = peer().limited(self.limits_loopback) else { return Ok(()) };
        let (print, parts) = (self.unproven(Cost::Login, key, &octets(address)), self.shared.parts());
        let looked = self.keys.look(print, self.config.login.key, parts, self.start.elapsed());
        looked.map_err(|wait| limited("key", wait))
    }

    /// Counts a proof that has failed, for the key that the error names.
    pub(crate) fn failed(&self, error: &Error) {
        let key = error.metadata().get(identity::KEY).and_then(|key| PeerId::parse(key).ok());
        let Some(key) = key.and_then(|key| key.key_bytes()) else { return };
        if let Some(address) = peer().limited(self.limits_loopback) {
            let print = self.unproven(Cost::Login, &key, &octets(address));
            self.keys.charge(print, self.config.login.key, 1, self.start.elapsed());
            self.shared.note(Level::Key, print);
        }
    }

    /// Gives what a key, or a name, counts under that nobody has proven to be theirs: it and the network that it comes from, so that
    /// nobody keeps its owner out from somewhere else.
    fn unproven(&self, cost: Cost, key: &[u8], network: &[u8; 16]) -> u64 {
        self.prints.of(cost as u8, "key", &[network, key].concat())
    }

    /// Takes what the others are to be told.
    fn taken(&self) -> Vec<Taken> {
        self.shared.take()
    }

    /// Counts what another replica has let in.
    fn hear(&self, sender: Uuid, is_own: bool, body: &[u8]) {
        let now = self.start.elapsed();
        self.shared.hear(sender, is_own, now);
        if !is_own {
            self.count(body, now);
        }
    }

    fn count(&self, body: &[u8], now: Duration) {
        let levels = &self.config.login;
        for taken in shared::read(body) {
            let rate = match taken.level {
                Level::Key => levels.key,
                Level::Network => levels.network,
                Level::All => levels.all,
            };
            self.table(taken.level).charge(taken.print, rate, taken.count, now);
        }
    }

    /// Judges into how many parts the limits of logins are divided; gives that.
    fn judge(&self) -> u32 {
        self.shared.judge(self.start.elapsed())
    }

    /// Gives into how many parts the limits of logins are divided, and how often somebody was let in whom the others are not told of.
    pub(crate) fn sharing(&self) -> (u32, u64) {
        (self.shared.parts(), self.shared.untold())
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

/// Gives the network of an address, as what it counts under.
fn octets(address: IpAddr) -> [u8; 16] {
    match network(address, BITS.0, BITS.1) {
        IpAddr::V4(network) => network.to_ipv6_mapped().octets(),
        IpAddr::V6(network) => network.octets(),
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

#[cfg(test)]
mod tests;
