//! What cpcctl remembers between runs: which server, which key, and the session's token in a file of its own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
    private_file::{self, Mode},
};

/// The context that is used if none is named.
pub(crate) const DEFAULT: &str = "default";

/// A server, and who one is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedContext {
    pub(crate) endpoint: String,
    /// The server's id as it was first seen; a server that names another one gets no signature.
    pub(crate) server_id: String,
    pub(crate) key_path: PathBuf,
    pub(crate) username: String,
    /// The authorities that the server is known by, if not the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The key that the server is known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls_pin: Option<String>,
}

/// A session's tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedSession {
    pub(crate) access_token: Token,
    pub(crate) expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<Token>,
    /// The server that gave them: the refresh token goes to no other.
    #[serde(default)]
    pub(crate) server_id: String,
}

/// The files in the configuration folder.
#[derive(Debug, Clone)]
pub(crate) struct Contexts {
    folder: PathBuf,
}

impl Contexts {
    /// Names the folder; nothing is read yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Gives the path of the key that is used if none is named.
    pub(crate) fn default_key(&self) -> PathBuf {
        self.folder.join("id_ed25519")
    }

    /// Reads a context.
    pub(crate) fn load(&self, name: &str) -> Result<Option<SavedContext>> {
        Ok(read::<SavedContext>(&self.contexts_path(), private_file::read_public)?.remove(name))
    }

    /// Writes a context and the session that was opened for it.
    pub(crate) fn save(&self, name: &str, context: SavedContext, session: SavedSession) -> Result<()> {
        let path = self.contexts_path();
        let mut all = read::<SavedContext>(&path, private_file::read_public)?;
        all.insert(name.to_owned(), context);
        write(&path, &all)?;
        self.save_session(name, session)
    }

    /// Reads a context's session.
    pub(crate) fn session(&self, name: &str) -> Result<Option<SavedSession>> {
        Ok(read::<SavedSession>(&self.sessions_path(), private_file::read)?.remove(name))
    }

    /// Writes a context's session.
    pub(crate) fn save_session(&self, name: &str, session: SavedSession) -> Result<()> {
        let path = self.sessions_path();
        let mut all = read::<SavedSession>(&path, private_file::read)?;
        all.insert(name.to_owned(), session);
        write(&path, &all)
    }

    /// Forgets a context's session.
    pub(crate) fn forget_session(&self, name: &str) -> Result<()> {
        let path = self.sessions_path();
        let mut all = read::<SavedSession>(&path, private_file::read)?;
        if all.remove(name).is_some() { write(&path, &all) } else { Ok(()) }
    }

    fn contexts_path(&self) -> PathBuf {
        self.folder.join("contexts.json")
    }

    fn sessions_path(&self) -> PathBuf {
        self.folder.join("sessions.json")
    }
}

type Reader = fn(&Path) -> Result<zeroize::Zeroizing<Vec<u8>>>;

fn read<T: DeserializeOwned>(path: &Path, reader: Reader) -> Result<BTreeMap<String, T>> {
    let bytes = match reader(path) {
        Ok(bytes) => bytes,
        Err(failure) if failure.exit == Exit::NotFound => return Ok(BTreeMap::new()),
        Err(failure) => return Err(failure),
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(Exit::Failure, "FILE_DAMAGED", format_args!("{}: {error}", path.display()))
            .hint("repair the file, or remove it and log in again")
    })
}

fn write<T: Serialize>(path: &Path, all: &BTreeMap<String, T>) -> Result<()> {
    private_file::create_parent(path)?;
    let mut text = zeroize::Zeroizing::new(serde_json::to_vec_pretty(all).expect("plain data has a JSON form"));
    text.push(b'\n');
    private_file::replace(path, Mode::Private, &text)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn context(server: &str) -> SavedContext {
        SavedContext {
            endpoint: "http://127.0.0.1:50051".into(),
            server_id: server.into(),
            key_path: "/k".into(),
            username: "alice".into(),
            ca_file: None,
            tls_pin: None,
        }
    }

    fn session(token: &str) -> SavedSession {
        SavedSession {
            access_token: Token(token.into()),
            expires_at: Timestamp::UNIX_EPOCH,
            refresh_token: Some(Token(format!("cpcr_{token}"))),
            server_id: "one".into(),
        }
    }

    #[test]
    fn contexts_are_kept_apart_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let contexts = Contexts::new(folder.path().join("cpcctl"));
        assert_eq!(contexts.load(DEFAULT).unwrap(), None);
        assert!(contexts.session(DEFAULT).unwrap().is_none());

        contexts.save(DEFAULT, context("one"), session("t1")).unwrap();
        contexts.save("other", context("two"), session("t2")).unwrap();
        contexts.save_session(DEFAULT, session("t3")).unwrap();
        assert_eq!(contexts.load(DEFAULT).unwrap(), Some(context("one")));
        assert_eq!(contexts.load("other").unwrap(), Some(context("two")));
        assert_eq!(contexts.session(DEFAULT).unwrap().unwrap().access_token.0, "t3");

        contexts.forget_session("other").unwrap();
        assert!(contexts.session("other").unwrap().is_none() && contexts.load("other").unwrap().is_some());

        for path in [contexts.contexts_path(), contexts.sessions_path()] {
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
        }
        let public = std::fs::read_to_string(contexts.contexts_path()).unwrap();
        assert!(!public.contains("t1") && !public.contains("t2"), "tokens are in a file of their own");
    }

    #[test]
    fn a_token_is_never_shown() {
        assert!(!format!("{:?}", session("secret")).contains("secret"));
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let contexts = Contexts::new(folder.path().to_owned());
        std::fs::write(contexts.contexts_path(), "{").unwrap();
        let failure = contexts.load(DEFAULT).unwrap_err();
        assert!(failure.message.contains("contexts.json"), "{}", failure.message);
    }
}
