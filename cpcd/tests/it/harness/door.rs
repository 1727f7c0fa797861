//! A door before a plain HTTP server: TLS, a name and a password (RFC 7617), as in front of an OpenSearch in earnest.

use std::{net::SocketAddr, path::Path, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Longest head that is looked at.
const MOST_HEAD: usize = 16 * 1024;

/// Listens until it is dropped.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    _stop: DropGuard,
}

impl Door {
    /// Opens it before `target` for whoever says `user:password`, with a certificate.
    pub(crate) async fn before(target: &str, secret: &str, certificate: &Path, key: &Path) -> Self {
        let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let wanted = format!("authorization: basic {}", BASE64_STANDARD.encode(secret)).to_lowercase();
        let stop = CancellationToken::new();
        let target = target.to_owned();
        let serve = async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(admit(acceptor.clone(), stream, target.clone(), wanted.clone()));
            }
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(serve));
        Self { address, _stop: stop.drop_guard() }
    }
}

/// Looks at the first request of a connection; lets it through, with all that follow, or refuses it.
async fn admit(acceptor: TlsAcceptor, stream: TcpStream, target: String, wanted: String) -> std::io::Result<()> {
    let mut near = acceptor.accept(stream).await?;
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < MOST_HEAD {
        if near.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    if !String::from_utf8_lossy(&head).to_lowercase().contains(&wanted) {
        near.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await?;
        return near.shutdown().await;
    }
    let mut far = TcpStream::connect(target).await?;
    far.write_all(&head).await?;
    copy_bidirectional(&mut near, &mut far).await.map(drop)
}
