//! Registry: nodes, their heartbeats, and who of them lives.
//!
//! A heartbeat changes memory only (`table`). Behind it a flusher writes in batches when nodes were last heard of, and a detector
//! that holds a lease judges by pure rules (`rules`) who is online, degraded or offline.

mod access;
mod config;
mod detector;
mod flusher;
mod heartbeats;
mod intake;
mod nodes;
mod pace;
mod record;
mod registration;
mod rules;
mod table;
mod watch;

use std::sync::Arc;

use cpcd_model::{Result, time::Clock};
use cpcd_store::Store;

use crate::identity::Identity;

pub use config::Config;
pub use detector::Detector;
pub use flusher::Flusher;
pub use heartbeats::{Beat, Beaten, Heartbeats};
pub use nodes::{ListRequest, Nodes, Seen};
pub use registration::{Registered, Registration, Registrations};
pub use watch::{Change, Follower, Watch, Watched};

use pace::Pace;
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
    /// Changes of nodes.
    pub watch: Watch,
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
        clock: &Clock,
        config: &Config,
        identity: &Identity,
    ) -> Result<(Self, Detector, Flusher)> {
        let config = Arc::new(config.clone());
        let table = Arc::new(Table::default());
        table::load(&table, store, clock).await?;
        let pace = Arc::new(Pace::new(&config));
        let nodes = Nodes::new(store, clock, table.clone(), identity.revoked.clone());
        let registrations = Registrations::new(store, clock, config.clone(), table.clone(), pace.clone(), identity);
        let heartbeats =
            Heartbeats::new(store, clock, &config, table.clone(), pace.clone(), identity, registrations.clone());
        let watch = Watch::new(store, identity.server.store_id(), nodes.clone(), config.watches);
        let detector = Detector::new(store, clock, &config, table.clone());
        let flusher = Flusher::new(store, clock, table, pace);
        Ok((Self { registrations, heartbeats, nodes, watch, config }, detector, flusher))
    }
}
