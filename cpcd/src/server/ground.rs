//! What is there from the daemon's beginning to its end, whatever it serves meanwhile.

use std::sync::{Arc, OnceLock};

use cpcd_model::time::Clock;
use cpcd_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic_health::server::HealthReporter;

use super::listeners::files_for_connections;
use crate::{settings::Settings, telemetry::Metrics, tls::Tls, transport::Places};

/// What is there from the beginning to the end; clones share it.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) settings: Arc<Settings>,
    pub(super) tls: Arc<Tls>,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
    pub(super) health: HealthReporter,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
    /// Told after the last call has ended: what was heard is then passed on and written by `writers`.
    pub(super) calls_ended: CancellationToken,
    pub(super) writers: TaskTracker,
    /// To be closed at the end, once it is open.
    pub(super) store: Arc<OnceLock<Store>>,
}

impl Ground {
    pub(super) fn new(settings: Settings) -> anyhow::Result<Self> {
        let tls = Tls::open(&settings.tls, &settings.limits)?;
        let (health, _) = tonic_health::server::health_reporter();
        Ok(Self {
            settings: Arc::new(settings),
            tls: Arc::new(tls),
            clock: Clock::default(),
            metrics: Metrics::new(),
            health,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            calls_ended: CancellationToken::new(),
            writers: TaskTracker::new(),
            store: Arc::default(),
        })
    }

    /// Gives the places of one edge: both edges share the files that there are for connections.
    pub(super) fn places(&self) -> Places {
        Places::new(&self.settings.limits, files_for_connections() / 2)
    }
}
