//! Bind, then serve: every listener exists before `bind` returns, and the end is awaited.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::Context;
use cpcd_domain::{
    discovery::Discovery,
    identity::{Identity, RootKey},
    system::System,
};
use cpcd_model::time::Clock;
use cpcd_store::{Cache, Index, Store};
use serde::Serialize;
use tokio::{
    net::{TcpListener, UnixListener},
    runtime::Handle,
    sync::Semaphore,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::{About, App, Door},
    data_dir::DataDir,
    rest,
    rpc::{self, Edge, Services},
    settings::Settings,
    telemetry::Metrics,
};

/// A running daemon.
pub struct Server {
    addresses: Addresses,
    store: Store,
    health: tonic_health::server::HealthReporter,
    stop: CancellationToken,
    tasks: TaskTracker,
    grace: Duration,
    _data_dir: DataDir,
}

/// Where the daemon listens; what the address file holds.
#[derive(Clone, Debug, Serialize)]
pub struct Addresses {
    /// gRPC.
    pub grpc: SocketAddr,
    /// REST.
    pub rest: SocketAddr,
    /// The administrator's Unix socket.
    pub socket: PathBuf,
}

impl Server {
    /// Opens the engines and every listener, and starts to serve.
    ///
    /// # Errors
    /// If an engine cannot be opened, an address is taken, or another daemon uses the data directory.
    pub async fn bind(settings: Settings) -> anyhow::Result<Self> {
        let data_dir = DataDir::take(&settings.server.data_dir)?;
        let clock = Clock::default();
        let root = open_root_key(&settings)?;
        let store = Store::open(&settings.store).await.context("cannot open the store")?;
        let cache = Cache::open(&settings.cache).context("cannot open the cache")?;
        let identity = Identity::open(&store, &cache, &clock, &settings.identity, &root).await?;
        let (index, is_new) =
            Index::open(&settings.search, identity.server.store_id()).await.context("cannot open the index")?;
        let (discovery, indexer) = Discovery::new(&store, &index, &clock, &settings.discovery)?;
        if is_new.0 {
            let marked = indexer.rebuild().await?;
            tracing::info!(contents = marked, "the index is new: all content is indexed again");
        }

        let grpc = listen("server.grpc_listen", settings.server.grpc_listen).await?;
        let rest = listen("server.rest_listen", settings.server.rest_listen).await?;
        let local = listen_local(&settings.server.socket)?;
        let addresses =
            Addresses { grpc: grpc.local_addr()?, rest: rest.local_addr()?, socket: settings.server.socket.clone() };
        let about = About {
            started_at: clock.now(),
            grpc_address: addresses.grpc.to_string(),
            rest_address: addresses.rest.to_string(),
        };
        let app = App {
            identity,
            system: System::new(&store, &index, &clock, &discovery.contents),
            discovery,
            metrics: Metrics::new(),
            about: Arc::new(about),
            runtime: Handle::current(),
            slots: Arc::new(Semaphore::new(settings.limits.calls)),
        };

        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (health, _) = tonic_health::server::health_reporter();
        rpc::set_health(&health, true).await;
        let network = Door::Network(addresses.grpc.ip());
        let bulk = Arc::new(Semaphore::new(settings.limits.bulk_streams));
        let edge = Edge { app: app.clone(), door: network, limits: settings.limits.clone(), stop: stop.clone(), bulk };
        let reflection = settings.server.reflection.allows(addresses.grpc.ip());
        let services = Services { edge: edge.clone(), health: health.clone(), reflection };
        let local_services =
            Services { edge: Edge { door: Door::Local, ..edge }, health: health.clone(), reflection: true };
        let threads = match settings.server.grpc_threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let served = rpc::serve_network(grpc, &services, threads, &stop)?;
        tasks.spawn(async move { served.await.unwrap_or_default() });
        let served = rpc::serve_local(local, &local_services, data_dir.uid, &stop);
        tasks.spawn(async move { served.await.unwrap_or_default() });
        tasks.spawn(rest::serve(rest, app.clone(), settings.clone(), stop.clone()));
        tasks.spawn(rpc::follow_health(health.clone(), app.clone(), stop.clone()));
        tasks.spawn(app.identity.revoked.clone().follow(stop.clone()));
        tasks.spawn(indexer.run(stop.clone()));
        tasks.spawn(app.system.clone().clean(stop.clone()));
        tasks.close();

        write_addresses(&settings.server.addr_file, &addresses)?;
        let grace = Duration::from_secs(settings.server.shutdown_seconds.into());
        Ok(Self { addresses, store, health, stop, tasks, grace, _data_dir: data_dir })
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
        if timeout(Duration::from_secs(2), self.store.close()).await.is_err() {
            tracing::warn!("the store did not close in time; what was acknowledged is durable all the same");
        }
        let _ = fs::remove_file(&self.addresses.socket);
    }
}

/// Reads the root key; on an embedded store the first start makes it, elsewhere only `cpcd init` does.
fn open_root_key(settings: &Settings) -> anyhow::Result<RootKey> {
    let path = &settings.server.root_key_file;
    if path.exists() {
        return RootKey::read(path).with_context(|| format!("cannot use the root key {}", path.display()));
    }
    if settings.store.url.starts_with("sqlite:") {
        return RootKey::create(path).with_context(|| format!("cannot make the root key {}", path.display()));
    }
    anyhow::bail!(
        "there is no root key {}: make one with `cpcd init` for a new database, or bring the one that the database belongs to",
        path.display()
    )
}

async fn listen(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; set another address with {key}"))
}

/// Makes the socket, readable by its owner alone; the data directory's lock has shown that an old one is nobody's.
fn listen_local(path: &Path) -> anyhow::Result<UnixListener> {
    let _ = fs::remove_file(path);
    let listener =
        UnixListener::bind(path).with_context(|| format!("cannot listen on the socket {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Writes the address file at once whole, so that whoever waits for it never reads half of it.
fn write_addresses(path: &Path, addresses: &Addresses) -> anyhow::Result<()> {
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    let draft = path.with_extension("tmp");
    fs::write(&draft, serde_json::to_vec(addresses)?)
        .and_then(|()| fs::rename(&draft, path))
        .with_context(|| format!("cannot write the address file {}", path.display()))
}
