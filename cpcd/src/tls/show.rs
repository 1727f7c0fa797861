//! `cpcd tls show`: what a certificate says.

use std::{fmt, fs, path::Path};

use anyhow::{Context, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use cpcd_model::time::{Clock, Timestamp};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer};

/// What a certificate says.
#[derive(Clone, Debug)]
pub struct Shown {
    /// For whom it is.
    pub subject: String,
    /// Who made it.
    pub issuer: String,
    /// The names and addresses that it is good for.
    pub names: Vec<String>,
    /// From when on it is good.
    pub not_before: Timestamp,
    /// Until when it is good.
    pub not_after: Timestamp,
    /// Whether that is over.
    pub is_expired: bool,
    /// SHA-256 of its public key: what a client can hold it to.
    pub pin: String,
    pub(super) pin_bytes: [u8; 32],
}

/// Reads the first certificate of a file.
///
/// # Errors
/// If the file cannot be read or holds no certificate.
pub fn show(path: &Path) -> anyhow::Result<Shown> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let chain = chain(&bytes, path)?;
    let first = chain.first().context("a chain has a first certificate")?;
    Shown::of(first).with_context(|| format!("{} holds a damaged certificate", path.display()))
}

/// Reads certificates in PEM form, at least one.
pub(super) fn chain(pem: &[u8], path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| anyhow::anyhow!("{} holds something that is no PEM ({error})", path.display()))?;
    ensure!(!chain.is_empty(), "{} holds no certificate in PEM form", path.display());
    Ok(chain)
}

impl Shown {
    pub(super) fn of(der: &[u8]) -> anyhow::Result<Self> {
        let (_, certificate) = X509Certificate::from_der(der)?;
        let time = |seconds: i64| Timestamp::from_second(seconds);
        let not_after = time(certificate.validity().not_after.timestamp())?;
        let names = certificate.subject_alternative_name()?.map(|names| &names.value.general_names);
        let names = names.into_iter().flatten().filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes),
            GeneralName::OtherName(..)
            | GeneralName::RFC822Name(_)
            | GeneralName::X400Address(_)
            | GeneralName::DirectoryName(_)
            | GeneralName::EDIPartyName(_)
            | GeneralName::URI(_)
            | GeneralName::Invalid(..)
            | GeneralName::RegisteredID(_) => None,
        });
        let pin_bytes: [u8; 32] = Sha256::digest(certificate.subject_pki.raw).into();
        Ok(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names: names.collect(),
            not_before: time(certificate.validity().not_before.timestamp())?,
            not_after,
            is_expired: not_after < Clock::default().now(),
            pin: format!("sha256:{}", BASE64_STANDARD.encode(pin_bytes)),
            pin_bytes,
        })
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "subject  {}", self.subject)?;
        writeln!(out, "issuer   {}", self.issuer)?;
        writeln!(out, "names    {}", self.names.join(", "))?;
        writeln!(out, "from     {}", self.not_before)?;
        writeln!(out, "until    {}{}", self.not_after, if self.is_expired { " (expired)" } else { "" })?;
        writeln!(out, "pin      {}", self.pin)
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| std::net::IpAddr::from(bytes).to_string());
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| std::net::IpAddr::from(bytes).to_string())).ok()
}
