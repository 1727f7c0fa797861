//! TLS for both edges: a certificate that can be replaced while it is used, and handshakes with limits of their own.

mod certificate;
mod handshakes;
mod init;
mod show;

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use rustls::{ServerConfig, crypto::aws_lc_rs};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use crate::{limits::Limits, transport::Stream};

pub(crate) use certificate::Current;
pub(crate) use handshakes::Handshake;
use handshakes::Handshakes;
pub use init::{Made, Wanted, init};
pub use show::{Shown, show};

/// Section `[tls]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server's certificate and those that lead to its authority.
    pub cert_file: PathBuf,
    /// The certificate's private key.
    pub key_file: PathBuf,
    /// Whether invites name its public key.
    pub advertise_pin: bool,
}

impl Config {
    /// Tells whether both edges speak TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.cert_file.as_os_str().is_empty()
    }

    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.cert_file.as_os_str().is_empty() == self.key_file.as_os_str().is_empty(),
            "tls.cert_file and tls.key_file belong together: set both or none; `cpcd tls init` makes both files"
        );
        Ok(())
    }
}

/// How connections of an edge begin: with a handshake, or at once.
#[derive(Clone)]
pub(crate) struct Doors(Option<(TlsAcceptor, Handshakes)>);

impl Doors {
    /// Gives the doors of a listener without TLS.
    pub(crate) fn plain() -> Self {
        Self(None)
    }

    /// Opens a connection; to be called on the runtime that serves it.
    pub(crate) fn open<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Stream<S> {
        match &self.0 {
            None => Stream::Plain(stream),
            Some((acceptor, handshakes)) => Stream::Opening(Box::new(handshakes.begin(acceptor.accept(stream)))),
        }
    }
}

/// The certificate in use and the handshakes under way, of both edges.
#[derive(Clone)]
pub(crate) struct Tls(Option<(Arc<Current>, Handshakes)>);

impl Tls {
    /// Reads the certificate, if there is to be one.
    pub(crate) fn open(config: &Config, limits: &Limits) -> anyhow::Result<Self> {
        if !config.is_on() {
            return Ok(Self(None));
        }
        let current = Current::open(config).context("cannot use the certificate")?;
        Ok(Self(Some((Arc::new(current), Handshakes::new(limits)))))
    }

    /// Gives the doors of an edge that speaks `protocols`, the best first.
    pub(crate) fn doors(&self, protocols: &[&str]) -> anyhow::Result<Doors> {
        let Some((current, handshakes)) = &self.0 else { return Ok(Doors(None)) };
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        Ok(Doors(Some((TlsAcceptor::from(Arc::new(config)), handshakes.clone()))))
    }

    /// Gives what invites tell newcomers to hold the server to.
    pub(crate) fn advertised_pin(&self) -> Option<[u8; 32]> {
        self.0.as_ref().filter(|(current, _)| current.is_advertised()).and_then(|(current, _)| current.pin())
    }

    /// Gives the certificate in use.
    pub(crate) fn current(&self) -> Option<Arc<Current>> {
        self.0.as_ref().map(|(current, _)| current.clone())
    }
}
