//! Registry: nodes, their heartbeats, and who of them lives.
//!
//! A heartbeat changes memory only (`table`). Behind it a flusher tells the other replicas whom this one heard (`sender`) and writes in
//! batches when nodes were last heard of, and a detector that holds a lease judges by pure rules (`rules`) who is online, degraded or
//! offline.
//!
//! Replicas are equal: each reads what the others tell (`receiver`) and what is stored (`changes`), so each has the whole picture and
//! any can judge. Nobody is taken for dead by a silence that is not certain: what each replica tells is a chain (`batch`), and what is
//! known ends where a chain has a hole (`peers`). Where one does not close, a replica vanishes, or we were held up ourselves, silence
//! proves nothing for a while (`rules::Grace`).

mod access;
mod allocations;
mod batch;
mod brake;
mod chain;
mod changes;
mod config;
mod detector;
mod directives;
mod directory;
mod entry;
#[cfg(any(test, feature = "trials"))]
pub mod fleet;
mod flusher;
mod heartbeats;
mod intake;
mod joining;
mod judge;
#[cfg(feature = "trials")]
pub mod loader;
mod moment;
mod moves;
mod nodes;
mod operations;
mod pace;
mod peers;
mod placement;
mod reachability;
mod receiver;
mod record;
mod registration;
#[cfg(test)]
mod replica_tests;
mod rerouter;
mod rules;
mod scheduling;
mod sender;
mod signals;
#[cfg(test)]
mod simulation;
mod table;

use std::sync::Arc;

use cpcd_model::{Result, time::Clock};
use cpcd_store::{Cache, Store};

use crate::identity::Identity;

pub(crate) use access::may_see;
pub(crate) use allocations::may_see as may_see_allocation;
pub use allocations::{AllocationConfig, AllocationDraft, AllocationList, Allocations, ShownAllocation, ShownPart};
pub use config::{Config, PeersConfig};
pub use detector::Detector;
pub use directives::{Answer, Directives};
pub use directory::{FindRequest, Found, Located, Peers, RoundTrip, Route};
pub use flusher::Flusher;
pub use heartbeats::{Beat, Beaten, Heartbeats};
pub use joining::{
    departures::Departures,
    quota::{LIMITS, Quota},
};
pub use nodes::{ListRequest, Nodes, Seen};
pub use operations::{Approval, Expiry, Labelling, Operations};
pub use placement::Placements;
pub use reachability::{Dial, DialRules, Reachability};
pub use registration::{Registered, Registration, Registrations};
pub use rerouter::Rerouter;

use changes::Changes;
use detector::Others;
use directives::Directing;
use moves::Moves;
use pace::Pace;
use receiver::Receiver;
use sender::Sender;
use signals::Signals;
use table::Table;

/// The registry, assembled.
#[derive(Clone)]
pub struct Registry {
    /// Registration.
    pub registrations: Registrations,
    /// Heartbeats.
    pub heartbeats: Heartbeats,
    /// Nodes.
    pub nodes: Nodes,
    /// What is done to nodes.
    pub operations: Operations,
    /// Removes nodes whose time is over.
    pub departures: Departures,
    /// Allocations.
    pub allocations: Allocations,
    /// Where allocations could lie.
    pub placements: Placements,
    /// Nodes as others find them.
    pub peers: Peers,
    /// Whether nodes are reached where they say.
    pub reachability: Reachability,
    /// Limits that nodes are told.
    pub config: Arc<Config>,
}

impl Registry {
    /// Opens the registry on a store; gives what is to be run beside it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(
        store: &Store,
        cache: &Cache,
        clock: &Clock,
        config: &Config,
        peers: &PeersConfig,
        identity: &Identity,
    ) -> Result<(Self, Detector, Flusher, Rerouter)> {
        let config = Arc::new(config.clone());
        let table = Arc::new(Table::default());
        let (others, sender) = match store.engine() {
            "sqlite" => {
                changes::load(store, clock, &table).await?;
                table.pending.load(store).await?;
                (None, None)
            }
            _ => {
                let (others, sender) = follow(store, cache.is_shared().then(|| cache.clone()), clock, &table).await?;
                (Some(others), Some(sender))
            }
        };
        let pace = Arc::new(Pace::new(&config));
        let placements = Placements::open(store, table.clone()).await?;
        let moves = Moves::new(table.clone());
        let nodes =
            Nodes::new(store, clock, table.clone(), identity.revoked.clone(), placements.clone(), moves.clone());
        let allocations =
            Allocations::new(store, clock, config.clone(), placements.clone(), nodes.clone(), identity.server.clone());
        let registrations =
            Registrations::new(store, clock, config.clone(), table.clone(), pace.clone(), identity, placements.clone());
        let reached = Arc::default();
        let reachability = Reachability::new(clock, nodes.clone(), &config, Arc::clone(&reached));
        let peers = Peers::new(store, clock, table.clone(), nodes.clone(), reached, peers);
        let directing = Directing::new(store, clock, table.clone(), allocations.clone(), moves.clone());
        let heartbeats = Heartbeats::new(&config, pace.clone(), identity, registrations.clone(), directing, &peers);
        let operations = Operations::new(store, clock, table.clone(), nodes.clone());
        let revoked = identity.revoked.clone();
        let departures = Departures::new(store, clock, &config, table.clone(), moves.clone(), revoked);
        let detector = Detector::new(store, clock, &config, table.clone(), moves.clone(), others);
        let rerouter = Rerouter::new(store, clock, placements.clone(), moves);
        let flusher = Flusher::new(store, clock, table, pace, sender);
        let registry = Self {
            registrations,
            heartbeats,
            nodes,
            operations,
            departures,
            allocations,
            placements,
            peers,
            reachability,
            config,
        };
        Ok((registry, detector, flusher, rerouter))
    }
}

/// Follows what others hear and what is stored. The others wait for us from [`Flusher::join`] on.
async fn follow(store: &Store, cache: Option<Cache>, clock: &Clock, table: &Arc<Table>) -> Result<(Others, Sender)> {
    let signals = Arc::new(Signals::new(store, cache, clock.now()));
    let sender = Sender::new(signals.clone(), clock, table.clone());
    let receiver = Receiver::open(signals.clone(), clock, table.clone()).await;
    let changes = Changes::open(store, clock, table.clone()).await?;
    if let Some(cache) = &signals.cache {
        changes::warm(cache, clock, table).await;
    }
    Ok((Others { signals, receiver, changes, cleared: clock.tick() }, sender))
}
