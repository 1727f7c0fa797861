//! Bind, then serve: every listener exists before `bind` returns, and the end is awaited.

mod addresses;
mod engines;
mod full;
mod ground;
mod listeners;
mod pending;
mod root_key;

use std::time::Duration;

use tokio::{sync::oneshot, time::timeout};

pub use self::addresses::Addresses;
use self::{
    addresses::{remove_old_addresses, write_addresses},
    engines::Engines,
    ground::Ground,
    listeners::Listeners,
};
use crate::{
    data_dir::{DataDir, Passing},
    rpc,
    settings::Settings,
};

/// How long the last heartbeats and refusals may take to be passed on and written.
const WRITERS: Duration = Duration::from_secs(2);

/// A running daemon.
pub struct Server {
    addresses: Addresses,
    ground: Ground,
    grace: Duration,
    failed: oneshot::Receiver<anyhow::Error>,
    _address_file: Option<Passing>,
    _socket_file: Passing,
    _data_dir: DataDir,
}

impl Server {
    /// Opens the engines and every listener, and starts to serve.
    ///
    /// While the store waits for migrations only administration is served, and everything as soon as they are done.
    ///
    /// # Errors
    /// If an engine cannot be opened, an address is taken, or another daemon uses the data directory.
    pub async fn bind(settings: Settings) -> anyhow::Result<Self> {
        let ground = Ground::new(settings)?;
        let server = &ground.settings.server;
        let data_dir = DataDir::take(&server.data_dir)?;
        remove_old_addresses(&server.addr_file)?;
        let engines = match Box::pin(pending::open_store(&ground.settings)).await? {
            // Each step in a box: together they would be more than a thread's stack holds in an unoptimised build.
            Some(store) => Some(Box::pin(Engines::open(&ground, store)).await?),
            None => None,
        };
        let (listeners, socket_file) = Listeners::bind(&ground.settings, data_dir.uid).await?;
        let addresses = listeners.addresses(&ground.settings)?;
        let (failure, failed) = oneshot::channel();
        if let Some(certificate) = ground.tls.current() {
            ground.tasks.spawn(certificate.follow(ground.stop.clone()));
        }
        match engines {
            Some(engines) => Box::pin(full::serve(&ground, engines, listeners)).await?,
            None => {
                let phase = pending::begin(&ground, &listeners).await?;
                let ground = ground.clone();
                ground.tasks.clone().spawn(async move {
                    if let Err(error) = phase.then_serve_all(&ground, listeners).await {
                        drop(failure.send(error));
                    }
                });
            }
        }
        ground.tasks.close();
        let address_file = write_addresses(&ground.settings.server.addr_file, &addresses)?;
        let grace = Duration::from_secs(ground.settings.server.shutdown_seconds.into());
        Ok(Self {
            addresses,
            ground,
            grace,
            failed,
            _address_file: address_file,
            _socket_file: socket_file,
            _data_dir: data_dir,
        })
    }

    /// Gives where it listens.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Gives why it cannot go on; it waits for as long as it can.
    pub async fn failed(&mut self) -> anyhow::Error {
        match (&mut self.failed).await {
            Ok(error) => error,
            Err(_nothing_to_say) => std::future::pending().await,
        }
    }

    /// Refuses what is new, lets what is under way end within the time of grace, and closes the store.
    pub async fn shutdown(self) {
        rpc::set_health(&self.ground.health, false).await;
        self.ground.stop.cancel();
        if timeout(self.grace, self.ground.tasks.wait()).await.is_err() {
            tracing::warn!("some calls did not end in time and are cut off");
        }
        self.ground.calls_ended.cancel();
        self.ground.writers.close();
        if timeout(WRITERS, self.ground.writers.wait()).await.is_err() {
            tracing::warn!("the last heartbeats and refusals could not be passed on and written in time");
        }
        let Some(store) = self.ground.store.get() else { return };
        if timeout(Duration::from_secs(2), store.close()).await.is_err() {
            tracing::warn!("the store did not close in time; what was acknowledged is durable all the same");
        }
    }
}
