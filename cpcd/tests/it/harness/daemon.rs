//! Daemons that run in this process: one, or several behind a round robin.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use cpcd::{
    Server,
    settings::{Override, Settings},
};
use futures_util::future::join_all;

use super::{engines::Engine, front::Front};

/// Running daemons with folders of their own, which a client takes for one.
///
/// What has no address for all (the local socket, the files) is the first one's.
pub(crate) struct Daemon {
    servers: Vec<Server>,
    folder: tempfile::TempDir,
    fronts: Option<(Front, Front)>,
    pub(super) rest: SocketAddr,
}

impl Daemon {
    /// Starts as many daemons as an engine asks for.
    pub(crate) async fn start(engine: &Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// Starts them with settings of their own.
    pub(crate) async fn start_with(engine: &Engine, more: &[(&'static str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary folder"), engine, more).await
    }

    async fn start_in(folder: tempfile::TempDir, engine: &Engine, more: &[(&'static str, &str)]) -> Self {
        let first = Box::pin(Self::bind(engine, folder.path(), more)).await.expect("the daemon starts");
        let mut servers = vec![first];
        let root_key = folder.path().join("root.key").display().to_string();
        for number in 2..=engine.replicas {
            let folder = folder.path().join(format!("replica-{number}"));
            let mut settings = vec![("server.root_key_file", root_key.as_str())];
            settings.extend(more);
            servers.push(Box::pin(Self::bind(engine, &folder, &settings)).await.expect("a replica starts"));
        }
        Self::of(servers, folder).await
    }

    /// Takes a server that runs already; its folders are the caller's.
    pub(crate) fn adopt(server: Server) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rest = server.addresses().rest;
        Self { servers: vec![server], folder, fronts: None, rest }
    }

    async fn of(servers: Vec<Server>, folder: tempfile::TempDir) -> Self {
        let mut rest = servers[0].addresses().rest;
        let mut fronts = None;
        if servers.len() > 1 {
            let grpc = Front::before(servers.iter().map(|server| server.addresses().grpc).collect()).await;
            let others = Front::before(servers.iter().map(|server| server.addresses().rest).collect()).await;
            rest = others.address;
            fronts = Some((grpc, others));
        }
        Self { servers, folder, fronts, rest }
    }

    /// Binds one server on a data directory.
    pub(crate) async fn bind(
        engine: &Engine,
        data_dir: &Path,
        more: &[(&'static str, &str)],
    ) -> anyhow::Result<Server> {
        let mut overrides: Vec<Override> = vec![
            ("server.data_dir", Some(data_dir.display().to_string())),
            ("server.grpc_listen", Some("127.0.0.1:0".into())),
            ("server.rest_listen", Some("127.0.0.1:0".into())),
            ("store.url", Some(engine.url.clone())),
            // Looser than what is shipped: a busy machine must not fail a test.
            ("store.acquire_timeout_ms", Some("5000".into())),
            ("store.away_after_ms", Some("5000".into())),
        ];
        overrides.extend(engine.settings.iter().map(|(key, value)| (*key, Some(value.clone()))));
        overrides.extend(more.iter().map(|(key, value)| (*key, Some((*value).to_owned()))));
        let settings = Settings::load(None, &overrides)?;
        if !engine.url.is_empty() && !settings.server.root_key_file.exists() {
            cpcd::init(&settings)?;
        }
        Server::bind(settings).await
    }

    /// Stops them and starts others on the same folders and engines.
    pub(crate) async fn restart(self, engine: &Engine) -> Self {
        let Self { servers, folder, .. } = self;
        join_all(servers.into_iter().map(Server::shutdown)).await;
        Self::start_in(folder, engine, &[]).await
    }

    /// Stops them.
    pub(crate) async fn stop(self) {
        join_all(self.servers.into_iter().map(Server::shutdown)).await;
    }

    /// Gives where REST listens.
    pub(crate) fn rest_address(&self) -> SocketAddr {
        self.rest
    }

    /// Gives where gRPC listens.
    pub(crate) fn grpc_address(&self) -> SocketAddr {
        self.fronts.as_ref().map_or_else(|| self.servers[0].addresses().grpc, |(grpc, _)| grpc.address)
    }

    /// Gives the local socket.
    pub(super) fn socket(&self) -> &Path {
        &self.servers[0].addresses().socket
    }

    /// Gives where the root key is.
    pub(crate) fn root_key(&self) -> PathBuf {
        self.folder.path().join("root.key")
    }

    /// Counts in the store.
    pub(crate) async fn count(&self, engine: &Engine, query: &str) -> i64 {
        engine.count(self.folder.path(), query).await
    }

    /// Changes the store behind the daemons' back.
    pub(crate) async fn execute(&self, engine: &Engine, statement: &str) {
        engine.execute(self.folder.path(), statement).await;
    }
}
