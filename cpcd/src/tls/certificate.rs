//! The certificate in use: read from its files, and read again when they change.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use arc_swap::ArcSwap;
use rustls::{
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    Config,
    show::{Shown, chain},
};

/// How often the files are looked at. Looking is what works with every way to replace a file: in place, by renaming, behind a link.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The certificate that new connections get.
#[derive(Debug)]
pub(crate) struct Current {
    config: Config,
    key: ArcSwap<CertifiedKey>,
}

/// What the files hold; two that are alike hold the same.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Print([u8; 32]);

impl Current {
    /// Reads the files.
    pub(super) fn open(config: &Config) -> anyhow::Result<Self> {
        let (key, _) = read(config)?;
        log("the certificate is in use", &key);
        Ok(Self { config: config.clone(), key: ArcSwap::from_pointee(key) })
    }

    /// Says whether invites name its key.
    pub(super) fn is_advertised(&self) -> bool {
        self.config.advertise_pin
    }

    /// Gives the SHA-256 of the public key in use.
    pub(super) fn pin(&self) -> Option<[u8; 32]> {
        let key = self.key.load();
        Shown::of(key.cert.first()?).ok().map(|shown| shown.pin_bytes)
    }

    /// Takes each new certificate until `stop`; one that is no good leaves the old one in use.
    pub(crate) async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let mut seen = self.print().await.ok();
        let mut complained = None;
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(LOOK_EVERY) => {}
            }
            let print = self.print().await;
            match &print {
                Ok(print) if seen == Some(*print) => continue,
                Ok(_) | Err(_) => {}
            }
            let config = self.config.clone();
            let read = tokio::task::spawn_blocking(move || read(&config)).await;
            match read.unwrap_or_else(|error| Err(error.into())) {
                Ok((key, print)) => {
                    log("a new certificate is in use", &key);
                    self.key.store(Arc::new(key));
                    (seen, complained) = (Some(print), None);
                }
                // Of two files one is always replaced first: only what stays wrong for two looks is worth a word, and only once.
                Err(error) => {
                    let text = format!("{error:#}");
                    if let Some((before, false)) = &complained
                        && *before == text
                    {
                        tracing::warn!(error = text, "the new certificate cannot be used; the old one stays in use");
                        complained = Some((text, true));
                    } else if complained.as_ref().is_none_or(|(before, _)| *before != text) {
                        complained = Some((text, false));
                    }
                }
            }
        }
    }

    async fn print(&self) -> anyhow::Result<Print> {
        let config = self.config.clone();
        tokio::task::spawn_blocking(move || Ok(print(&fs::read(&config.cert_file)?, &fs::read(&config.key_file)?)))
            .await?
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.key.load_full())
    }
}

fn print(certificates: &[u8], key: &[u8]) -> Print {
    let mut hash = Sha256::new();
    hash.update((certificates.len() as u64).to_be_bytes());
    hash.update(certificates);
    hash.update(key);
    Print(hash.finalize().into())
}

fn read(config: &Config) -> anyhow::Result<(CertifiedKey, Print)> {
    let file = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let certificates = file(&config.cert_file)?;
    let key_bytes = file(&config.key_file)?;
    let mode = fs::metadata(&config.key_file)?.permissions().mode() & 0o777;
    let key_path = config.key_file.display();
    ensure!(mode & 0o007 == 0, "the key {key_path} is open to everybody (mode {mode:o}): close it with chmod 600");
    let chain = chain(&certificates, &config.cert_file)?;
    let key = PrivateKeyDer::from_pem_slice(&key_bytes)
        .map_err(|error| anyhow::anyhow!("{key_path} holds no private key in PEM form ({error})"))?;
    let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).with_context(|| {
        format!("the key {key_path} does not belong to the first certificate in {}", config.cert_file.display())
    })?;
    Ok((certified, print(&certificates, &key_bytes)))
}

fn log(what: &str, key: &CertifiedKey) {
    match key.cert.first().map(|certificate| Shown::of(certificate)) {
        Some(Ok(shown)) if shown.is_expired => {
            tracing::warn!(subject = shown.subject, until = %shown.not_after, "{what}, but it has expired: clients will refuse it");
        }
        Some(Ok(shown)) => {
            tracing::info!(subject = shown.subject, names = shown.names.join(", "), until = %shown.not_after, pin = shown.pin, "{what}");
        }
        Some(Err(_)) | None => tracing::info!("{what}"),
    }
}
