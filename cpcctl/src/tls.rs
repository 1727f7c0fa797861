//! TLS to cpcd: whom to believe that it is the server.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::transport::Uri;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    private_file,
};

/// SHA-256 of a server's public key: whoever has that key is the server, whatever its certificate says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin([u8; 32]);

impl Pin {
    fn of(certificate: &CertificateDer<'_>) -> std::result::Result<Self, Error> {
        let key = ParsedCertificate::try_from(certificate)?.subject_public_key_info();
        Ok(Self(Sha256::digest(key.as_ref()).into()))
    }
}

impl From<[u8; 32]> for Pin {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl FromStr for Pin {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let digest = text.strip_prefix("sha256:").and_then(|digest| BASE64_STANDARD.decode(digest).ok());
        digest
            .and_then(|digest| digest.try_into().ok())
            .map(Self)
            .ok_or_else(|| format!("{text}: a pin is sha256: and 44 letters, as `cpcd tls show` prints it"))
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "sha256:{}", BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Whom to believe: the system's authorities, one's own, or whoever has a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    /// Authorities in PEM form, in place of the system's.
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) pin: Option<Pin>,
}

/// Makes connections with TLS.
#[derive(Debug, Clone)]
pub(crate) struct Dialer {
    config: Arc<ClientConfig>,
    refusal: Refusal,
}

/// Why the server was not believed, for a message that says what to do.
#[derive(Debug, Clone, Default)]
struct Refusal(Arc<Mutex<Option<Why>>>);

/// A reason, what is wrong, and the way out.
type Why = (&'static str, String, &'static str);

impl Dialer {
    /// Reads the authorities.
    pub(crate) fn new(trust: &Trust) -> Result<Self> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let authorities = match (&trust.ca_file, trust.pin) {
            (None, Some(_)) => None,
            (Some(path), _) => Some(read_authorities(path)?),
            (None, None) => Some(rustls_native_certs::load_native_certs().certs),
        };
        let authorities = authorities.map(|certificates| {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(certificates);
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()
        });
        let authorities = authorities.transpose().map_err(|_| {
            Failure::new(Exit::Unreachable, "NO_AUTHORITIES", "this machine has no certificate authorities")
                .hint("name the server's with --ca-file, or its key with --tls-pin")
        })?;
        let refusal = Refusal::default();
        let verifier = Verifier { authorities, pin: trust.pin, provider: provider.clone(), refusal: refusal.clone() };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has what the versions need")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { config: Arc::new(config), refusal })
    }

    /// Connects.
    pub(crate) async fn dial(self, uri: Uri) -> io::Result<TlsStream<TcpStream>> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(443))).await?;
        stream.set_nodelay(true)?;
        TlsConnector::from(self.config).connect(name, stream).await
    }

    /// Gives why the server was not believed, if that is why there is no connection.
    pub(crate) fn refusal(&self, endpoint: impl fmt::Display) -> Option<Failure> {
        let refusal = self.refusal.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (reason, why, hint) = refusal?;
        Some(
            Failure::new(Exit::Unreachable, reason, format_args!("the server at {endpoint} is not believed: {why}"))
                .hint(hint),
        )
    }
}

fn read_authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let bytes = private_file::read_public(path)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&bytes).flatten().collect();
    if certificates.is_empty() {
        return Err(Failure::usage(format_args!("{}: there is no certificate in PEM form in it", path.display())));
    }
    Ok(certificates)
}

/// Looks at a server's certificate: by the authorities, by the pin, by both.
#[derive(Debug)]
struct Verifier {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    pin: Option<Pin>,
    provider: Arc<CryptoProvider>,
    refusal: Refusal,
}

impl Verifier {
    fn refuse(&self, reason: &'static str, why: impl fmt::Display, hint: &'static str) {
        let mut refusal = self.refusal.0.lock().unwrap_or_else(PoisonError::into_inner);
        *refusal = Some((reason, why.to_string(), hint));
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        if let Some(authorities) = &self.authorities {
            authorities.verify_server_cert(certificate, intermediates, name, ocsp, now).inspect_err(|error| {
                self.refuse("CERTIFICATE_REFUSED", explain(error), hint(error));
            })?;
        }
        let Some(pin) = self.pin else { return Ok(ServerCertVerified::assertion()) };
        let theirs = Pin::of(certificate)?;
        if theirs != pin {
            let why = format!("its key has the pin {theirs}, and the one that is kept is {pin}");
            self.refuse(
                "TLS_PIN_WRONG",
                why,
                "if its key was changed, give the new pin with --tls-pin and log in again",
            );
            return Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure));
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn explain(error: &Error) -> String {
    let Error::InvalidCertificate(why) = error else { return error.to_string() };
    match why.to_string() {
        text if text.is_empty() => "its certificate is not valid".to_owned(),
        text => format!("its certificate is not valid: {text}"),
    }
}

fn hint(error: &Error) -> &'static str {
    if matches!(error, Error::InvalidCertificate(CertificateError::UnknownIssuer)) {
        "name its authority's certificate with --ca-file, or its key with --tls-pin (`cpcd tls show` prints the pin)"
    } else {
        "name the server as its certificate does, or have a new certificate made with `cpcd tls init`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_one_spelling() {
        let text = "sha256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert_eq!(text.parse::<Pin>().unwrap().to_string(), text);
        for odd in ["", "sha256:", "sha256:AAEC", &text[7..], "sha1:AAEC", &format!("{text}AAAA")] {
            assert!(odd.parse::<Pin>().is_err(), "{odd}");
        }
    }
}
