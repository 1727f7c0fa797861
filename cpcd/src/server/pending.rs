//! Service while the store waits for migrations: administration and health; then the same listeners serve everything.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use cpcd_domain::migrations::{Migrations, Service};
use cpcd_model::{Kind, Reason};
use cpcd_store::Store;
use tokio::{
    runtime::Handle,
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Engines, Ground, Listeners, full, root_key::require_root_key};
use crate::{
    app::Door,
    rest,
    rpc::{self, Served, Waiting, WaitingServices},
    settings::Settings,
    tls::Doors,
};

/// How often one looks whether another has done the migrations.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Opens the store; gives nothing if it waits for migrations, or is to be left as it is.
pub(super) async fn open_store(settings: &Settings) -> anyhow::Result<Option<Store>> {
    if settings.server.maintenance {
        return Ok(None);
    }
    // Before the store is touched: without its root key a shared one is not opened.
    require_root_key(settings)?;
    match Store::open(&settings.store).await {
        Ok(store) => Ok(Some(store)),
        Err(error) if error.reason() == Reason::MigrationPending => {
            tracing::warn!("{}; until then only administration is served", error.message());
            Ok(None)
        }
        Err(error) => Err(error).context("cannot open the store"),
    }
}

/// The time in which only administration is served.
pub(super) struct Phase {
    stop: CancellationToken,
    tasks: TaskTracker,
    done: Arc<Notify>,
}

/// Serves administration on all listeners, which stay the caller's.
pub(super) async fn begin(ground: &Ground, listeners: &Listeners) -> anyhow::Result<Phase> {
    let Ground { settings, tls, health, metrics, .. } = ground;
    let service = if settings.server.maintenance { Service::Maintenance } else { Service::Pending };
    let migrations = Migrations::new(&settings.store, service);
    let addresses = listeners.addresses(settings)?;
    let phase = Phase { stop: ground.stop.child_token(), tasks: TaskTracker::new(), done: Arc::default() };
    let services = |door, doors| {
        let (migrations, done) = (migrations.clone(), phase.done.clone());
        Served::Waiting(WaitingServices {
            waiting: Waiting { migrations, door, runtime: Handle::current(), done },
            health: health.clone(),
            doors,
            limits: settings.limits.clone(),
            metrics: metrics.clone(),
            stop: phase.stop.clone(),
        })
    };
    rpc::set_health(health, false).await;
    let (grpc, rest, local, uid) = listeners.again()?.into_parts()?;
    let network = services(Door::Network(addresses.grpc.ip()), tls.doors(&["h2"])?);
    let served = rpc::serve_network(grpc, &network, 1, ground.places(), &phase.stop)?;
    phase.tasks.spawn(async move { served.await.unwrap_or_default() });
    let served = rpc::serve_local(local, &services(Door::Local, Doors::plain()), uid, &phase.stop);
    phase.tasks.spawn(async move { served.await.unwrap_or_default() });
    let (limits, doors, stop) = (settings.limits.clone(), tls.doors(&["h2", "http/1.1"])?, phase.stop.clone());
    phase.tasks.spawn(rest::serve_waiting(rest, migrations, metrics.clone(), limits, doors, ground.places(), stop));
    phase.tasks.close();
    Ok(phase)
}

impl Phase {
    /// Waits for the migrations, and then serves everything; ends with that or with the daemon.
    pub(super) async fn then_serve_all(self, ground: &Ground, listeners: Listeners) -> anyhow::Result<()> {
        let opened = tokio::select! {
            () = ground.stop.cancelled() => None,
            engines = self.migrated(ground) => Some(engines?),
        };
        // What was asked for last is still answered.
        self.stop.cancel();
        let grace = Duration::from_secs(ground.settings.server.shutdown_seconds.into());
        if timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::warn!("some calls from before the migrations did not end in time");
        }
        let Some(engines) = opened else { return Ok(()) };
        full::serve(ground, engines, listeners).await?;
        tracing::info!("the migrations are done: everything is served");
        Ok(())
    }

    /// Opens everything as soon as the store has all that it needs, whoever brought it there.
    async fn migrated(&self, ground: &Ground) -> anyhow::Result<Engines> {
        if ground.settings.server.maintenance {
            std::future::pending::<()>().await;
        }
        loop {
            tokio::select! {
                () = self.done.notified() => {}
                () = sleep(LOOK_EVERY) => {}
            }
            match Store::open(&ground.settings.store).await {
                Ok(store) => return Engines::open(ground, store).await,
                Err(error) if error.reason() == Reason::MigrationPending => {}
                Err(error) if error.kind() == Kind::Unavailable => {
                    tracing::debug!(%error, "the store cannot be looked at and is tried again");
                }
                Err(error) => return Err(error).context("cannot open the store"),
            }
        }
    }
}
