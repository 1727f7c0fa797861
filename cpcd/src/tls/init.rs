//! `cpcd tls init`: an authority of one's own, and a certificate by it.

use std::{
    fmt, fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use cpcd_model::time::{Clock, Timestamp};
use jiff::{SignedDuration, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use super::show::{Shown, show};

/// How long an authority is good. Changing it means going to every client.
const AUTHORITY: SignedDuration = SignedDuration::from_hours(24 * 3650);
/// How long a certificate is good: clients take no longer ones.
const CERTIFICATE: SignedDuration = SignedDuration::from_hours(24 * 397);
/// Clocks differ.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Names and addresses that clients reach the server by; none means this machine's.
    pub names: Vec<String>,
    /// The folder for the files.
    pub folder: PathBuf,
    /// Whether a certificate that is there may be replaced; an authority and keys that are there stay.
    pub replace: bool,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The authority's certificate: what clients need.
    pub authority: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// The server's key.
    pub key: PathBuf,
    /// What the certificate says.
    pub shown: Shown,
}

impl fmt::Display for Made {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.shown.names.first().map_or("HOST", String::as_str);
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        write!(out, "{}", self.shown)?;
        writeln!(out, "\nIn cpcd.toml:\n\n[tls]")?;
        writeln!(out, "cert_file = {:?}\nkey_file = {:?}", self.certificate, self.key)?;
        writeln!(out, "\nClients need the authority's certificate, or the pin:\n")?;
        writeln!(out, "cpcctl --endpoint https://{host}:50051 --ca-file {} status", self.authority.display())?;
        writeln!(out, "cpcctl --endpoint https://{host}:50051 --tls-pin {} status", self.shown.pin)?;
        writeln!(out, "\nca.key signs whatever clients will believe: keep it off the server if you can")
    }
}

/// Makes an authority, a key and a certificate.
///
/// # Errors
/// If a file is there already and may not be replaced, a name is none, or a file cannot be written.
pub fn init(wanted: &Wanted) -> anyhow::Result<Made> {
    let now = Clock::default().now();
    let params = server(&names(wanted), now)?;
    let folder = &wanted.folder;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let path = |name: &str| folder.join(name);
    let (authority, authority_key) = (path("ca.pem"), path("ca.key"));
    let (certificate, key) = (path("server.pem"), path("server.key"));
    for there in [&authority, &authority_key, &certificate, &key].into_iter().filter(|path| path.exists()) {
        ensure!(
            wanted.replace,
            "{} is there already: --force makes a new certificate with the authority and the keys that are there",
            there.display()
        );
    }
    ensure!(
        authority.exists() == authority_key.exists(),
        "of {} and {} only one is there: bring the other back, or remove it to make a new authority",
        authority.display(),
        authority_key.display()
    );
    let issuing = issuing(now)?;
    let issuer = Issuer::new(issuing.clone(), key_pair(&authority_key)?);
    if !authority.exists() {
        let signed = issuing.self_signed(issuer.key()).context("cannot sign the authority")?;
        write(&authority, signed.pem().as_bytes())?;
    }
    let server_key = key_pair(&key)?;
    let signed = params.signed_by(&server_key, &issuer).context("cannot sign the certificate")?;
    let authority_pem = fs::read_to_string(&authority)?;
    write(&certificate, format!("{}{authority_pem}", signed.pem()).as_bytes())?;
    let shown = show(&certificate)?;
    Ok(Made { authority, certificate, key, shown })
}

/// Gives the names asked for, or those that this machine has for sure.
fn names(wanted: &Wanted) -> Vec<String> {
    if !wanted.names.is_empty() {
        return wanted.names.clone();
    }
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if !host.is_empty() && !names.contains(&host) {
        names.push(host);
    }
    names
}

/// The authority's own parameters; always the same, so that the key alone makes it the same authority.
fn issuing(now: Timestamp) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    valid(&mut params, now, AUTHORITY);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "cpcd certificate authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn server(names: &[String], now: Timestamp) -> anyhow::Result<CertificateParams> {
    for name in names {
        let is_name = rustls::pki_types::ServerName::try_from(name.strip_prefix("*.").unwrap_or(name)).is_ok();
        ensure!(is_name, "'{name}' is neither a host name nor an address");
    }
    let mut params = CertificateParams::new(names)?;
    valid(&mut params, now, CERTIFICATE);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names.first().map_or("cpcd", String::as_str));
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn valid(params: &mut CertificateParams, now: Timestamp, long: SignedDuration) {
    let day = |time: Timestamp| {
        let date = time.to_zoned(TimeZone::UTC).date();
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = day(now - BEFORE);
    params.not_after = day(now + long);
}

/// Reads a key, or makes one.
fn key_pair(path: &Path) -> anyhow::Result<KeyPair> {
    if path.exists() {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        return KeyPair::from_pem(&text).with_context(|| format!("{} holds no private key", path.display()));
    }
    let key = KeyPair::generate().context("cannot make a key")?;
    write(path, key.serialize_pem().as_bytes())?;
    Ok(key)
}

/// Writes a file at once whole, for its owner alone; a daemon that watches it never reads half of it.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", uuid::Uuid::now_v7().simple()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn wanted(folder: &Path, names: &[&str], replace: bool) -> Wanted {
        Wanted { names: names.iter().map(|name| (*name).to_owned()).collect(), folder: folder.to_owned(), replace }
    }

    #[test]
    fn a_certificate_is_made_and_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("tls");
        let made = init(&wanted(&folder, &["cpcd.example", "192.0.2.7"], false)).unwrap();
        assert_eq!(made.shown.names, ["cpcd.example", "192.0.2.7"]);
        assert!(!made.shown.is_expired && made.shown.pin.starts_with("sha256:"));
        assert_eq!(made.shown.issuer, "CN=cpcd certificate authority");
        for path in [&made.key, &folder.join("ca.key")] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
        }
        let before = fs::read(&made.certificate).unwrap();
        let error = init(&wanted(&folder, &[], false)).unwrap_err().to_string();
        assert!(error.contains("--force"), "{error}");
        assert_eq!(fs::read(&made.certificate).unwrap(), before, "nothing was touched");

        let authority = fs::read(&made.authority).unwrap();
        let renewed = init(&wanted(&folder, &["other.example"], true)).unwrap();
        assert_eq!(renewed.shown.names, ["other.example"]);
        assert_eq!(renewed.shown.pin, made.shown.pin, "clients that pinned the key go on");
        assert_eq!(fs::read(&made.authority).unwrap(), authority, "and those that trust the authority");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "two words", "a/b"] {
            let error = init(&wanted(&folder.path().join("tls"), &[name], true)).unwrap_err().to_string();
            assert!(error.contains("neither a host name"), "{error}");
        }
    }
}
