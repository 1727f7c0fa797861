//! Key files in the form of OpenSSH: private ones for their owner only, public ones beside them.

use std::path::{Path, PathBuf};

use cpc_signing::{PeerId, PublicKey, SecretKey};
use ssh_key::{
    Algorithm, LineEnding, PrivateKey,
    private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData},
    public::Ed25519PublicKey,
    rand_core::OsRng,
};
use zeroize::Zeroizing;

use crate::{
    escape,
    exit::Exit,
    failure::{Failure, Result},
    private_file::{self, Mode},
};

/// Begins every private key file, whatever its kind.
const PRIVATE_MARK: &[u8] = b"-----BEGIN";

/// What goes into a new key file.
pub(crate) struct NewKey<'a> {
    pub(crate) secret: &'a SecretKey,
    pub(crate) comment: &'a str,
    pub(crate) passphrase: Option<&'a str>,
}

/// Gives the path of the public half: `.pub` behind the name.
pub(crate) fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// Writes the private file and the public one beside it; writes over existing ones only if told to.
pub(crate) fn write(path: &Path, key: &NewKey<'_>, is_forced: bool) -> Result<()> {
    let public_path = public_path(path);
    if !is_forced && let Some(taken) = [path, &*public_path].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::new(Exit::Conflict, "FILE_EXISTS", format_args!("{} exists already", taken.display()))
            .hint("use it, name another file with --out, or write over it with --force"));
    }
    let (private, public) = encode(key).map_err(|error| failed(path, &error))?;
    private_file::create_parent(path)?;
    if is_forced {
        private_file::replace(path, Mode::Private, private.as_bytes())?;
        private_file::replace(&public_path, Mode::Public, public.as_bytes())
    } else {
        private_file::create(path, Mode::Private, private.as_bytes())?;
        private_file::create(&public_path, Mode::Public, public.as_bytes())
    }
}

/// A private key out of its file, with what came with it.
pub(crate) struct Opened {
    pub(crate) secret: SecretKey,
    pub(crate) comment: String,
    pub(crate) passphrase: Option<Zeroizing<String>>,
}

/// Reads a private key; asks for the passphrase if the file has one.
pub(crate) fn read_secret(path: &Path, ask: impl FnOnce() -> Result<Zeroizing<String>>) -> Result<SecretKey> {
    open(path, &private_file::read(path)?, ask).map(|opened| opened.secret)
}

/// Opens what a private key file holds; asks for the passphrase if it has one.
pub(crate) fn open(path: &Path, bytes: &[u8], ask: impl FnOnce() -> Result<Zeroizing<String>>) -> Result<Opened> {
    let mut key = parse_private(path, bytes)?;
    let passphrase = key.is_encrypted().then(ask).transpose()?;
    if let Some(passphrase) = &passphrase {
        key = key.decrypt(&**passphrase).map_err(|_| {
            Failure::new(
                Exit::Denied,
                "PASSPHRASE_WRONG",
                format_args!("{}: the passphrase does not fit", path.display()),
            )
        })?;
    }
    let KeypairData::Ed25519(pair) = key.key_data() else { return Err(other_type(path, &key.algorithm())) };
    let secret = SecretKey::from_seed(pair.private.as_ref());
    if secret.public().as_bytes() != &pair.public.0 {
        return Err(Failure::new(
            Exit::Failure,
            "KEY_INVALID",
            format_args!("{}: damaged: the private and the public half do not belong together", path.display()),
        ));
    }
    Ok(Opened { secret, comment: key.comment().to_owned(), passphrase })
}

/// Reads the public half of a private file, or a `.pub` file; no passphrase is needed.
pub(crate) fn read_public(path: &Path) -> Result<PublicKey> {
    read_public_line(path).map(|(key, _)| key)
}

/// Reads the same, with the remark that comes with it.
pub(crate) fn read_public_line(path: &Path) -> Result<(PublicKey, String)> {
    let bytes = private_file::read_public(path)?;
    let line = if bytes.starts_with(PRIVATE_MARK) {
        let key = parse_private(path, &private_file::read(path)?)?;
        // The remark is locked away with the private half.
        let comment = if key.is_encrypted() { String::new() } else { key.comment().to_owned() };
        let data = key.public_key().key_data().ed25519().ok_or_else(|| other_type(path, &key.algorithm()))?;
        PublicKey::from_bytes(&data.0).map(|key| (key, comment)).map_err(|error| error.to_string())
    } else {
        let text = std::str::from_utf8(&bytes).map_err(|_| failed(path, &"not a key file"))?;
        parse_line(text)
    };
    line.map_err(|why| failed(path, &why))
}

/// Understands a key as people name it: a peer id, an `ssh-ed25519` line, or the path of a file.
pub(crate) fn named(key: &str) -> Result<PublicKey> {
    if let Ok(id) = PeerId::parse(key) {
        return id.public_key().ok_or_else(|| {
            Failure::usage(format_args!(
                "{key}: this peer id does not hold a usable Ed25519 key; give the public key itself"
            ))
        });
    }
    if key.starts_with("ssh-") || key.starts_with("ecdsa-") {
        return parse_line(key)
            .map(|(key, _)| key)
            .map_err(|why| Failure::usage(format_args!("the public key: {why}")));
    }
    read_public(Path::new(key)).map_err(|failure| {
        if failure.exit != Exit::NotFound {
            return failure;
        }
        Failure::usage(format_args!("{key}: neither a peer id, nor an ssh-ed25519 line, nor a file that is there"))
            .hint("make a key with `cpcctl key generate`")
    })
}

/// Gives a public key as a line for `authorized_keys`; what acts in the remark is escaped, so that one line it is.
pub(crate) fn line(key: &PublicKey, comment: &str) -> String {
    let mut line = ssh_key::PublicKey::from(Ed25519PublicKey(*key.as_bytes()));
    line.set_comment(escape::line(comment));
    line.to_openssh().expect("a public key and a remark of one line have a text form")
}

fn parse_line(text: &str) -> std::result::Result<(PublicKey, String), String> {
    let key =
        ssh_key::PublicKey::from_openssh(text.trim()).map_err(|error| format!("not an ssh public key: {error}"))?;
    let data = key
        .key_data()
        .ed25519()
        .ok_or_else(|| format!("a key of type {}; only ssh-ed25519 can log in", key.algorithm()))?;
    PublicKey::from_bytes(&data.0).map(|usable| (usable, key.comment().to_owned())).map_err(|error| error.to_string())
}

fn parse_private(path: &Path, bytes: &[u8]) -> Result<PrivateKey> {
    if !bytes.starts_with(PRIVATE_MARK) {
        return Err(Failure::usage(format_args!("{}: not a private key in the form of OpenSSH", path.display()))
            .hint(format_args!("if it is one in another form: cpcctl key import {} --out FILE", path.display())));
    }
    PrivateKey::from_openssh(bytes).map_err(|error| {
        Failure::usage(format_args!("{}: not a private key in the form of OpenSSH: {error}", path.display())).hint(
            format_args!("if it is an Ed25519 key in another form: cpcctl key import {} --out FILE", path.display()),
        )
    })
}

/// Gives the text of the private and of the public file.
pub(crate) fn encode(key: &NewKey<'_>) -> ssh_key::Result<(Zeroizing<String>, String)> {
    let pair = Ed25519Keypair {
        public: Ed25519PublicKey(*key.secret.public().as_bytes()),
        private: Ed25519PrivateKey::from_bytes(&key.secret.seed()),
    };
    let mut file = PrivateKey::new(KeypairData::Ed25519(pair), key.comment)?;
    let public = file.public_key().to_openssh()? + "\n";
    if let Some(passphrase) = key.passphrase {
        file = file.encrypt(&mut OsRng, passphrase)?;
    }
    Ok((file.to_openssh(LineEnding::LF)?, public))
}

fn other_type(path: &Path, algorithm: &Algorithm) -> Failure {
    let path = path.display();
    Failure::usage(format_args!("{path}: a key of type {algorithm}; only ssh-ed25519 can log in"))
        .hint("make one with `cpcctl key generate`")
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Usage, "KEY_INVALID", format_args!("{}: {why}", path.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    fn unasked() -> Result<Zeroizing<String>> {
        panic!("no passphrase is needed")
    }

    #[test]
    fn a_key_comes_back_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("id");
        let secret = SecretKey::generate();
        let key = NewKey { secret: &secret, comment: "alice", passphrase: None };
        write(&path, &key, false).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_secret(&path, unasked).unwrap().public(), secret.public());
        assert_eq!(read_public(&path).unwrap(), secret.public());
        assert_eq!(read_public(&public_path(&path)).unwrap(), secret.public());

        let line = fs::read_to_string(public_path(&path)).unwrap();
        assert!(line.starts_with("ssh-ed25519 AAAA") && line.ends_with(" alice\n"), "{line}");
        for text in [&*line, &*secret.public().peer_id().to_string(), path.to_str().unwrap()] {
            assert_eq!(named(text).unwrap(), secret.public(), "{text}");
        }
        assert_eq!(write(&path, &key, false).unwrap_err().exit, Exit::Conflict);
        write(&path, &key, true).unwrap();
    }

    #[test]
    fn a_passphrase_is_asked_for_and_has_to_fit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("id");
        let secret = SecretKey::generate();
        write(&path, &NewKey { secret: &secret, comment: "", passphrase: Some("open") }, false).unwrap();
        let say = |word: &str| {
            let word = word.to_owned();
            move || Ok(Zeroizing::new(word))
        };
        assert_eq!(read_secret(&path, say("open")).unwrap().public(), secret.public());
        assert_eq!(&*read_secret(&path, say("shut")).unwrap_err().reason, "PASSPHRASE_WRONG");
        assert_eq!(read_public(&path).unwrap(), secret.public(), "the public half needs no passphrase");
        let seed = secret.seed();
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(32).any(|window| window == &seed[..]));
    }

    #[test]
    fn an_open_file_is_refused_even_for_its_public_half() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("id");
        write(&path, &NewKey { secret: &SecretKey::generate(), comment: "", passphrase: None }, false).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(&*read_secret(&path, unasked).unwrap_err().reason, "FILE_NOT_PRIVATE");
        assert_eq!(&*read_public(&path).unwrap_err().reason, "FILE_NOT_PRIVATE");
    }

    #[test]
    fn other_keys_are_named_for_what_they_are() {
        let rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDZ2bGhRcvGVXGvRXxxPfXLkwNtiqDZ0VYtXvMdLYFE8vh4mT5tW9d5YHcGnpJk7pHcmJoXBqlS2Qw1qGF0C4QZB1Pz8kL2Jq8Q3lq4d9w2mT4oRsR2yXQ0mFJwZ0a7kJm3FhJ1uHc5r3Y6o2gF0sBz5s1q9x4E7kVf0Ue1wQ== x";
        let message = named(rsa).unwrap_err().message.clone();
        assert!(message.contains("ssh"), "{message}");
        assert_eq!(named("no/such/file").unwrap_err().exit, Exit::Usage);
        assert_eq!(named("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").unwrap_err().exit, Exit::Usage);
    }
}
