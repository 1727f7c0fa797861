//! What can be set, and where it comes from: embedded defaults, file, environment, command line.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use cpcd_domain::{
    audit, discovery, events,
    identity::{self, Advertised},
    registry,
};
use cpcd_model::opening::Opening;
use cpcd_store::{cache, index, sql};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
    value::Value,
};
use serde::{Deserialize, Serialize};

use crate::{limits::Limits, rates, tls};

/// The defaults, with a comment for each: what `cpcd config` prints.
pub const DEFAULTS: &str = include_str!("../cpcd.toml");

/// All settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where it listens and keeps its files.
    pub server: Server,
    /// TLS for both edges.
    pub tls: tls::Config,
    /// The source of truth.
    pub store: sql::Config,
    /// The cache.
    pub cache: cache::Config,
    /// The index.
    pub search: index::Config,
    /// Identity.
    pub identity: identity::Config,
    /// The node registry.
    pub registry: registry::Config,
    /// Events.
    pub events: events::Config,
    /// The audit.
    pub audit: audit::Config,
    /// Peers.
    pub peers: registry::PeersConfig,
    /// Discovery.
    pub discovery: discovery::Config,
    /// The daemon's own metrics.
    pub metrics: Metrics,
    /// Limits of both edges.
    pub limits: Limits,
    /// How often costly calls may be made.
    pub rates: rates::Config,
    /// Logs.
    pub log: Log,
}

/// Section `[server]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Folder for everything that is kept.
    pub data_dir: PathBuf,
    /// Where gRPC listens.
    pub grpc_listen: SocketAddr,
    /// Where REST listens.
    pub rest_listen: SocketAddr,
    /// The administrator's Unix socket.
    pub socket: PathBuf,
    /// The root key.
    pub root_key_file: PathBuf,
    /// Where to write the addresses in use.
    pub addr_file: PathBuf,
    /// Whether to listen without TLS where other machines reach.
    pub allow_plaintext: bool,
    /// Where reflection is open.
    pub reflection: Opening,
    /// Runtimes for gRPC connections; 0 means one for each core.
    pub grpc_threads: usize,
    /// Whether to serve administration only, and leave the store as it is.
    pub maintenance: bool,
    /// How long calls under way may take at the end.
    pub shutdown_seconds: u32,
    /// Where gRPC can be reached from elsewhere, as invites say it; empty for nothing.
    pub public_endpoint: String,
}

/// Section `[metrics]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Where `/metrics` is open.
    pub open: Opening,
}

impl Server {
    /// Gives what invites say of where to join.
    pub(crate) fn advertised(&self, tls_pin: Option<[u8; 32]>) -> Advertised {
        let endpoint = Some(self.public_endpoint.clone()).filter(|endpoint| !endpoint.is_empty());
        Advertised { endpoints: endpoint.into_iter().collect(), tls_pin }
    }
}

/// Section `[log]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Form of a line.
    pub format: LogFormat,
    /// What is logged.
    pub filter: String,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

/// Settings that are text, even where they read as something else: a folder may be called `2026`.
const TEXTS: [&str; 17] = [
    "server.data_dir",
    "server.grpc_listen",
    "server.rest_listen",
    "server.socket",
    "server.root_key_file",
    "server.addr_file",
    "tls.cert_file",
    "tls.key_file",
    "store.url",
    "cache.url",
    "cache.ca_file",
    "cache.prefix",
    "search.url",
    "search.index_prefix",
    "search.ca_file",
    "log.format",
    "log.filter",
];

/// A setting said on the command line.
pub type Override = (&'static str, Option<String>);

impl Settings {
    /// Reads the settings; `overrides` are dotted keys with what the command line said.
    ///
    /// # Errors
    /// If a file cannot be read, a key is unknown, or a value does not fit; the message names the key and where it came from.
    pub fn load(file: Option<&Path>, overrides: &[Override]) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        let user_file = directories::ProjectDirs::from("", "", "cpcd").map(|dirs| dirs.config_dir().join("cpcd.toml"));
        if let Some(file) = file {
            ensure!(file.is_file(), "the configuration file {} is not there", file.display());
            figment = figment.merge(Toml::file_exact(file));
        } else if let Some(file) = user_file.filter(|file| file.is_file()) {
            figment = figment.merge(Toml::file_exact(file));
        }
        let environment = Env::prefixed("CPCD_").split("__");
        figment = figment.merge(environment.clone());
        for (key, text) in environment.iter() {
            let key = key.as_str().to_ascii_lowercase();
            if TEXTS.contains(&key.as_str()) && text.parse::<Value>().is_ok_and(|value| value.as_str().is_none()) {
                figment = figment.merge(Serialized::default(&key, text));
            }
        }
        for (key, value) in overrides {
            if let Some(text) = value {
                // As in the environment: what reads as a number or a truth value is one where a text is not asked for.
                let value = match text.parse::<Value>() {
                    Ok(value) if !TEXTS.contains(key) => value,
                    _ => Value::from(text.as_str()),
                };
                figment = figment.merge(Serialized::default(key, value));
            }
        }
        let mut settings: Self = figment.extract().map_err(|error| anyhow::anyhow!("in the settings: {error}"))?;
        settings.fill_paths()?;
        settings.validate()?;
        Ok(settings)
    }

    /// Puts what depends on the data directory in its place.
    fn fill_paths(&mut self) -> anyhow::Result<()> {
        let server = &mut self.server;
        if server.data_dir.as_os_str().is_empty() {
            let dirs = directories::ProjectDirs::from("", "", "cpcd");
            let dirs = dirs.context("there is no home directory: say where to keep files with --data-dir")?;
            server.data_dir = dirs.data_dir().to_owned();
        }
        server.data_dir = std::path::absolute(&server.data_dir)?;
        let inside = |path: &mut PathBuf, name: &str| {
            if path.as_os_str().is_empty() {
                *path = server.data_dir.join(name);
            }
        };
        inside(&mut server.socket, "cpcd.sock");
        inside(&mut server.root_key_file, "root.key");
        if self.store.url.is_empty() {
            self.store.url = format!("sqlite:{}", server.data_dir.join("cpcd.sqlite").display());
        }
        if self.search.url.is_empty() {
            self.search.url = format!("tantivy:{}", server.data_dir.join("index").display());
        }
        Ok(())
    }

    fn validate(&self) -> anyhow::Result<()> {
        self.tls.validate()?;
        self.store.validate()?;
        self.cache.validate()?;
        self.search.validate()?;
        self.identity.validate()?;
        self.registry.validate()?;
        self.events.validate()?;
        self.audit.validate()?;
        self.server.advertised(None).validate("server.public_endpoint")?;
        for (key, address) in [("grpc_listen", self.server.grpc_listen), ("rest_listen", self.server.rest_listen)] {
            if !address.ip().is_loopback() && !self.tls.is_on() && !self.server.allow_plaintext {
                bail!(
                    "server.{key} is {address}, which other machines reach, and there is no TLS: \
                     set tls.cert_file and tls.key_file (`cpcd tls init` makes them), listen on 127.0.0.1, \
                     or set server.allow_plaintext = true behind a proxy that speaks TLS"
                );
            }
        }
        let length = self.server.socket.as_os_str().len();
        ensure!(length < 108, "server.socket has {length} bytes, a socket's path at most 107: set a shorter one");
        ensure!(self.server.shutdown_seconds <= 12, "server.shutdown_seconds must be at most 12");
        let limits = &self.limits;
        ensure!(self.server.grpc_threads <= 1024, "server.grpc_threads must be at most 1024");
        for (key, value) in [
            ("connections", limits.connections),
            ("calls", limits.calls),
            ("bulk_streams", limits.bulk_streams),
            ("calls_per_connection", limits.calls_per_connection),
        ] {
            ensure!(value <= 1_000_000, "limits.{key} is {value}; it must be at most 1000000");
        }
        for (key, value, least) in [
            ("message_bytes", limits.message_bytes, 1024),
            ("heartbeat_bytes", limits.heartbeat_bytes, 1024),
            ("header_bytes", limits.header_bytes as usize, 1024),
            ("request_seconds", limits.request_seconds as usize, 1),
            ("stream_idle_seconds", limits.stream_idle_seconds as usize, 1),
            ("header_seconds", limits.header_seconds as usize, 1),
            ("connections", limits.connections, 1),
            ("connections_per_address", limits.connections_per_address, 1),
            ("idle_seconds", limits.idle_seconds as usize, 1),
            ("connection_age_seconds", limits.connection_age_seconds as usize, 1),
            ("connection_grace_seconds", limits.connection_grace_seconds as usize, 1),
            ("handshake_seconds", limits.handshake_seconds as usize, 1),
            ("handshakes", limits.handshakes, 1),
            ("calls_per_connection", limits.calls_per_connection, 1),
            ("streams_per_connection", limits.streams_per_connection as usize, 1),
            ("calls", limits.calls, 1),
            ("bulk_streams", limits.bulk_streams, 1),
        ] {
            ensure!(value >= least, "limits.{key} is {value}; it must be at least {least}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(overrides: &[Override]) -> anyhow::Result<Settings> {
        Settings::load(None, overrides)
    }

    #[test]
    fn the_defaults_are_complete() {
        let settings = load(&[("server.data_dir", Some("/tmp/cpcd-test".into()))]).unwrap();
        assert_eq!(settings.server.grpc_listen.port(), 50051);
        assert_eq!(settings.server.rest_listen.port(), 3030);
        assert_eq!(settings.store.url, "sqlite:/tmp/cpcd-test/cpcd.sqlite");
    }

    #[test]
    fn plaintext_off_loopback_must_be_asked_for() {
        let error = load(&[("server.grpc_listen", Some("0.0.0.0:50051".into()))]).unwrap_err().to_string();
        assert!(error.contains("server.allow_plaintext"), "{error}");
    }

    #[test]
    fn a_wrong_value_names_its_key() {
        let error = load(&[("server.rest_listen", Some("nowhere".into()))]).unwrap_err().to_string();
        assert!(error.contains("server.rest_listen"), "{error}");
        let error = load(&[("store.url", Some("mysql://x".into()))]).unwrap_err().to_string();
        assert!(error.contains("store.url"), "{error}");
    }

    #[test]
    fn a_text_may_read_as_a_number() {
        let settings = load(&[("server.data_dir", Some("2026".into())), ("limits.calls", Some("7".into()))]).unwrap();
        assert!(settings.server.data_dir.ends_with("2026"));
        assert_eq!(settings.limits.calls, 7);
    }

    #[test]
    fn what_would_not_fit_is_refused() {
        for key in ["limits.calls", "limits.connections", "limits.bulk_streams"] {
            let error = load(&[(key, Some(i64::MAX.to_string()))]).unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cpcd.toml");
        std::fs::write(&file, "[server]\ngrpc_listn = \"127.0.0.1:1\"\n").unwrap();
        let error = Settings::load(Some(&file), &[]).unwrap_err().to_string();
        assert!(error.contains("grpc_listn"), "{error}");
    }
}
