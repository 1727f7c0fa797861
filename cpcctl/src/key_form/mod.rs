//! The forms that private keys come in from other programs: OpenSSH, libp2p, PKCS#8; told apart by their first bytes.

use std::path::Path;

use cpc_signing::SecretKey;
use zeroize::Zeroizing;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    key_file,
};

pub(crate) mod libp2p;
pub(crate) mod pkcs8;
mod text;

/// A form of a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    OpenSsh,
    Libp2p,
    Pkcs8,
}

impl Form {
    /// Names the form for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenSsh => "OpenSSH",
            Self::Libp2p => "libp2p",
            Self::Pkcs8 => "PKCS#8",
        }
    }
}

/// A private key with what came with it.
pub(crate) struct Found {
    pub(crate) secret: SecretKey,
    pub(crate) form: Form,
    /// The remark in the file; only OpenSSH's form has one.
    pub(crate) comment: Option<String>,
    /// What the file was protected with.
    pub(crate) passphrase: Option<Zeroizing<String>>,
}

/// Tells which form this is; none if it is no private key.
pub(crate) fn detect(bytes: &[u8]) -> Option<Form> {
    if let Some(label) = text::label(bytes) {
        return Some(if label.starts_with("OPENSSH") { Form::OpenSsh } else { Form::Pkcs8 });
    }
    // A sequence that begins with an integer: no text has such a byte.
    if matches!(bytes, [0x30, _, 2, ..] | [0x30, 0x81, _, 2, ..] | [0x30, 0x82, _, _, 2, ..]) {
        return Some(Form::Pkcs8);
    }
    let is_libp2p = |bytes: &[u8]| libp2p::is_key(bytes);
    (is_libp2p(bytes) || text::decode(bytes).is_some_and(|bytes| is_libp2p(&bytes))).then_some(Form::Libp2p)
}

/// Reads a private key in whatever form it has; asks for the passphrase if it needs one.
pub(crate) fn read(path: &Path, bytes: &[u8], ask: impl FnOnce() -> Result<Zeroizing<String>>) -> Result<Found> {
    let form = detect(bytes).ok_or_else(|| {
        Failure::usage(format_args!("{}: not a private key in any form that is known", path.display()))
            .hint("known are OpenSSH, PKCS#8 (PEM or DER) and libp2p (binary, base64 or hex)")
    })?;
    let refused = |why: String| Failure::new(Exit::Usage, "KEY_INVALID", format_args!("{}: {why}", path.display()));
    let secret = match form {
        Form::OpenSsh => {
            let opened = key_file::open(path, bytes, ask)?;
            let key_file::Opened { secret, comment, passphrase } = opened;
            return Ok(Found { secret, form, comment: Some(comment), passphrase });
        }
        Form::Libp2p if libp2p::is_key(bytes) => libp2p::decode(bytes).map_err(refused)?,
        Form::Libp2p => {
            let bytes = text::decode(bytes).ok_or_else(|| refused("neither base64 nor hex".to_owned()))?;
            libp2p::decode(&bytes).map_err(refused)?
        }
        Form::Pkcs8 if text::label(bytes).is_some_and(|label| label == "ENCRYPTED PRIVATE KEY") => {
            let path = path.display();
            return Err(refused("PKCS#8 with a passphrase is not read here".to_owned())
                .hint(format_args!("take the passphrase off first: openssl pkey -in {path} -out PLAIN-FILE")));
        }
        Form::Pkcs8 => match text::label(bytes) {
            None => pkcs8::decode(bytes).map_err(refused)?,
            Some("PRIVATE KEY") => {
                let der = text::pem(bytes).ok_or_else(|| refused("damaged: not PEM".to_owned()))?;
                pkcs8::decode(&der).map_err(refused)?
            }
            Some(label) => return Err(refused(format!("{label}: only Ed25519 keys can log in"))),
        },
    };
    Ok(Found { secret, form, comment: None, passphrase: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unasked() -> Result<Zeroizing<String>> {
        panic!("no passphrase is needed")
    }

    fn found(bytes: &[u8]) -> Result<Found> {
        read(Path::new("key"), bytes, unasked)
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn each_form_is_told_and_read() {
        let secret = SecretKey::from_seed(&[5; 32]);
        let proto = libp2p::encode(&secret);
        let base64 = libp2p::base64(&secret);
        let urlsafe = base64.trim_end_matches('=').replace('+', "-").replace('/', "_");
        let folded: String = base64.as_bytes().chunks(20).map(|line| String::from_utf8_lossy(line) + "\r\n").collect();
        let pem = pkcs8::pem(&secret);
        for (text, form) in [
            (&proto[..], Form::Libp2p),
            (base64.as_bytes(), Form::Libp2p),
            (urlsafe.as_bytes(), Form::Libp2p),
            (folded.as_bytes(), Form::Libp2p),
            (format!(" {}\n", hex(&proto)).as_bytes(), Form::Libp2p),
            (hex(&proto).to_uppercase().as_bytes(), Form::Libp2p),
            (pem.as_bytes(), Form::Pkcs8),
            (format!("Bag Attributes: <none>\n{}", *pem).as_bytes(), Form::Pkcs8),
            (&text::pem(pem.as_bytes()).unwrap(), Form::Pkcs8),
        ] {
            let found = found(text).unwrap_or_else(|failure| panic!("{}: {text:02x?}", failure.message));
            assert_eq!((found.secret.public(), found.form), (secret.public(), form));
        }
    }

    #[test]
    fn what_is_no_private_key_is_refused() {
        let public = libp2p::encode_public(&SecretKey::from_seed(&[5; 32]).public());
        for (bytes, word) in [
            (&b""[..], "not a private key"),
            (b"ssh-ed25519 AAAA alice", "not a private key"),
            (&[0xff; 68], "not a private key"),
            (b"{\"PrivKey\": \"CAES\"}", "not a private key"),
            (&public, "public half"),
            (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "passphrase"),
            (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "only Ed25519"),
            (b"-----BEGIN PRIVATE KEY-----\nAAAA", "damaged"),
            (&[0x30, 5, 2], "damaged"),
        ] {
            let failure = found(bytes).err().unwrap();
            assert!(failure.exit == Exit::Usage && failure.message.contains(word), "{}", failure.message);
        }
    }
}
