//! Bind, then serve: every listener exists before `bind` returns, and the end is awaited.

mod addresses;
mod listeners;
mod root_key;

use std::{sync::Arc, thread, time::Duration};

use anyhow::Context;
use cpcd_domain::{Timekeeper, discovery::Discovery, identity::Identity, registry::Registry, system::System};
use cpcd_model::time::Clock;
use cpcd_store::{Cache, Index, Store};
use futures_util::future::BoxFuture;
use tokio::{runtime::Handle, sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::addresses::Addresses;
use self::{
    addresses::{remove_old_addresses, write_addresses},
    listeners::{files_for_connections, listen, listen_local},
    root_key::{make_root_key, read_root_key},
};
use crate::{
    app::{About, App, Door, Parts},
    data_dir::{DataDir, Passing},
    rates::Rates,
    rest,
    rpc::{self, Edge, Services},
    settings::Settings,
    telemetry::Metrics,
    tls::{Doors, Tls},
    transport::Places,
};

/// How long the last heartbeats may take to be passed on and written.
const WRITERS: Duration = Duration::from_secs(2);

/// A running daemon.
pub struct Server {
    addresses: Addresses,
    store: Store,
    health: tonic_health::server::HealthReporter,
    stop: CancellationToken,
    tasks: TaskTracker,
    calls_ended: CancellationToken,
    writers: TaskTracker,
    grace: Duration,
    _address_file: Option<Passing>,
    _socket_file: Passing,
    _data_dir: DataDir,
}

impl Server {
    /// Opens the engines and every listener, and starts to serve.
    ///
    /// # Errors
    /// If an engine cannot be opened, an address is taken, or another daemon uses the data directory.
    pub async fn bind(settings: Settings) -> anyhow::Result<Self> {
        let tls = Tls::open(&settings.tls, &settings.limits)?;
        let data_dir = DataDir::take(&settings.server.data_dir)?;
        remove_old_addresses(&settings.server.addr_file)?;
        let clock = Clock::default();
        let root = read_root_key(&settings)?;
        let store = Store::open(&settings.store).await.context("cannot open the store")?;
        let timekeeper = Timekeeper::open(&store, &clock).await?;
        let root = match root {
            Some(root) => root,
            None => make_root_key(&settings.server.root_key_file, &store).await?,
        };
        let cache = Cache::open(&settings.cache).await.context("cannot open the cache")?;
        let advertised = settings.server.advertised(tls.advertised_pin());
        let identity = Identity::open(&store, &cache, &clock, &settings.identity, &root, advertised).await?;
        let (registry, detector, flusher) =
            Registry::open(&store, &cache, &clock, &settings.registry, &identity).await?;
        let (index, _) =
            Index::open(&settings.search, identity.server.store_id()).await.context("cannot open the index")?;
        let (discovery, indexer) = Discovery::new(&store, &index, &clock, &settings.discovery)?;
        indexer.prepare().await.context("cannot prepare the index")?;

        let grpc = listen("server.grpc_listen", settings.server.grpc_listen).await?;
        let rest = listen("server.rest_listen", settings.server.rest_listen).await?;
        let (local, socket_file) = listen_local(&settings.server.socket).await?;
        let addresses =
            Addresses { grpc: grpc.local_addr()?, rest: rest.local_addr()?, socket: settings.server.socket.clone() };
        let about = About {
            started_at: clock.now(),
            grpc_address: addresses.grpc.to_string(),
            rest_address: addresses.rest.to_string(),
            message_bytes: settings.limits.message_bytes,
        };
        let app = App::new(Parts {
            identity,
            registry,
            system: System::new(&store, &index, &cache, &clock, &discovery.contents),
            discovery,
            metrics: Metrics::new(),
            about: Arc::new(about),
            runtime: Handle::current(),
            slots: Arc::new(Semaphore::new(settings.limits.calls)),
            rates: Arc::new(Rates::new(&settings.rates, settings.limits.limit_loopback)),
        });

        // Nobody is heard before the others know of us, and they learn of us when nothing can fail any more.
        flusher.join().await?;
        let stop = CancellationToken::new();
        // What was heard is passed on and written after the last call has ended.
        let (calls_ended, writers) = (CancellationToken::new(), TaskTracker::new());
        let tasks = TaskTracker::new();
        let (health, _) = tonic_health::server::health_reporter();
        rpc::set_health(&health, true).await;
        let network = Door::Network(addresses.grpc.ip());
        let files = files_for_connections();
        let places = || Places::new(&settings.limits, files / 2);
        let bulk = Arc::new(Semaphore::new(settings.limits.bulk_streams));
        let edge = Edge { app: app.clone(), door: network, limits: settings.limits.clone(), stop: stop.clone(), bulk };
        let reflection = settings.server.reflection.allows(addresses.grpc.ip());
        let doors = tls.doors(&["h2"])?;
        let services = Services { edge: edge.clone(), health: health.clone(), reflection, doors };
        let local_edge = Edge { door: Door::Local, ..edge };
        let local_services =
            Services { edge: local_edge, health: health.clone(), reflection: true, doors: Doors::plain() };
        let threads = match settings.server.grpc_threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let served = rpc::serve_network(grpc, &services, threads, places(), &stop)?;
        tasks.spawn(async move { served.await.unwrap_or_default() });
        let served = rpc::serve_local(local, &local_services, data_dir.uid, &stop);
        tasks.spawn(async move { served.await.unwrap_or_default() });
        let doors = tls.doors(&["h2", "http/1.1"])?;
        tasks.spawn(rest::serve(rest, app.clone(), settings.clone(), doors, places(), stop.clone()));
        if let Some(certificate) = tls.current() {
            tasks.spawn(certificate.follow(stop.clone()));
        }
        tasks.spawn(rpc::follow_health(health.clone(), app.clone(), stop.clone()));
        // What runs by itself, each under a name that its statements are counted by.
        let spawn = |cause, work: BoxFuture<'static, ()>| tasks.spawn(store.caused_by(cause, work));
        spawn("revocations", Box::pin(app.identity.revoked.clone().follow(stop.clone())));
        spawn("keyring", Box::pin(app.identity.keys.clone().follow(stop.clone())));
        spawn("detector", Box::pin(detector.run(stop.clone())));
        spawn("clock", Box::pin(timekeeper.run(stop.clone())));
        spawn("watch", Box::pin(app.registry.watch.clone().run(stop.clone())));
        spawn("indexer", Box::pin(indexer.run(stop.clone())));
        spawn("cleaner", Box::pin(app.system.clone().clean(stop.clone())));
        tasks.close();
        writers.spawn(store.caused_by("flush", flusher.run(calls_ended.clone())));
        writers.close();

        let address_file = write_addresses(&settings.server.addr_file, &addresses)?;
        let grace = Duration::from_secs(settings.server.shutdown_seconds.into());
        Ok(Self {
            addresses,
            store,
            health,
            stop,
            tasks,
            calls_ended,
            writers,
            grace,
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

    /// Refuses what is new, lets what is under way end within the time of grace, and closes the store.
    pub async fn shutdown(self) {
        rpc::set_health(&self.health, false).await;
        self.stop.cancel();
        if timeout(self.grace, self.tasks.wait()).await.is_err() {
            tracing::warn!("some calls did not end in time and are cut off");
        }
        self.calls_ended.cancel();
        if timeout(WRITERS, self.writers.wait()).await.is_err() {
            tracing::warn!("the last heartbeats could not be passed on and written in time");
        }
        if timeout(Duration::from_secs(2), self.store.close()).await.is_err() {
            tracing::warn!("the store did not close in time; what was acknowledged is durable all the same");
        }
    }
}
