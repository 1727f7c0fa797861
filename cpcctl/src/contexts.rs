//! What cpcctl remembers between runs: which server, which key, and the session's token in a file of its own.
//!
//! Files are replaced whole, so readers need no lock; who changes one holds [`Contexts::lock`] from the reading to the writing.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
    global::context_name,
    key_choice::KeyChoice,
    private_file::{self, Mode},
};

/// The context that is used if none is named.
pub(crate) const DEFAULT: &str = "default";

/// A server, and who one is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedContext {
    pub(crate) endpoint: String,
    /// The server's id as it was first seen, or told; a server that names another one gets no signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server_id: Option<String>,
    /// The key that logs in; none for the default one.
    #[serde(default, alias = "keyPath", skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<KeyChoice>,
    /// Who the last login was for; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    /// The authorities that the server is known by, if not the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
    /// The key that the server is known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls_pin: Option<String>,
}

impl SavedContext {
    /// Tells whether a session was opened for this server at this address, so that its tokens may go there.
    pub(crate) fn owns(&self, session: &SavedSession) -> bool {
        self.endpoint == session.endpoint && self.server_id.as_ref().is_none_or(|id| *id == session.server_id)
    }
}

/// A session's tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedSession {
    pub(crate) access_token: Token,
    pub(crate) expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<Token>,
    /// The server that gave them, and where: they go nowhere else.
    #[serde(default)]
    pub(crate) server_id: String,
    #[serde(default)]
    pub(crate) endpoint: String,
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

    /// Gives the path of the key that this machine is a node with if none is named.
    pub(crate) fn default_node_key(&self) -> PathBuf {
        self.folder.join("node_ed25519")
    }

    /// Gives the folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads all contexts.
    pub(crate) fn all(&self) -> Result<BTreeMap<String, SavedContext>> {
        read(&self.contexts_path(), private_file::read_public)
    }

    /// Reads a context.
    pub(crate) fn load(&self, name: &str) -> Result<Option<SavedContext>> {
        Ok(self.all()?.remove(name))
    }

    /// Reads which context was chosen; none if none was.
    pub(crate) fn current(&self) -> Result<Option<String>> {
        let path = self.current_path();
        match private_file::read_public(&path) {
            Ok(bytes) => {
                let name = String::from_utf8_lossy(&bytes).trim().to_owned();
                let name = context_name(&name).map_err(|why| {
                    Failure::new(Exit::Failure, "FILE_DAMAGED", format_args!("{}: {why}", path.display()))
                });
                name.map(Some).map_err(|failure| failure.hint(format_args!("remove {}", path.display())))
            }
            Err(failure) if failure.exit == Exit::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Chooses the context for commands that name none.
    pub(crate) fn choose(&self, name: &str) -> Result<SavedContext> {
        let _held = self.lock()?;
        let chosen = self.load(name)?.ok_or_else(|| self.missing(name))?;
        private_file::replace(&self.current_path(), Mode::Private, format!("{name}\n").as_bytes())?;
        Ok(chosen)
    }

    /// Changes a context, or makes it; its session is forgotten if it is then for another server, address or key.
    pub(crate) fn update(
        &self,
        name: &str,
        change: impl FnOnce(Option<SavedContext>) -> Result<SavedContext>,
    ) -> Result<SavedContext> {
        let _held = self.lock()?;
        let mut all = self.all()?;
        let before = all.get(name).cloned();
        let mut context = change(before.clone())?;
        let is_other = before.is_some_and(|before| before.endpoint != context.endpoint || before.key != context.key);
        if is_other || self.session(name)?.is_some_and(|session| !context.owns(&session)) {
            context.username = None;
            self.edit_sessions(|sessions| sessions.remove(name).is_some())?;
        }
        all.insert(name.to_owned(), context.clone());
        write(&self.contexts_path(), &all)?;
        Ok(context)
    }

    /// Deletes a context with its session; chosen it is no longer.
    pub(crate) fn delete(&self, name: &str) -> Result<SavedContext> {
        let _held = self.lock()?;
        let mut all = self.all()?;
        let deleted = all.remove(name).ok_or_else(|| self.missing(name))?;
        self.edit_sessions(|sessions| sessions.remove(name).is_some())?;
        write(&self.contexts_path(), &all)?;
        if self.current()?.is_some_and(|current| current == name) {
            let path = self.current_path();
            std::fs::remove_file(&path).map_err(|error| Failure::file(&path, &error))?;
        }
        Ok(deleted)
    }

    /// Writes what a login has found out about a context, and the session that it has opened.
    pub(crate) fn save(&self, name: &str, change: impl FnOnce(&mut SavedContext), session: SavedSession) -> Result<()> {
        let _held = self.lock()?;
        let mut all = self.all()?;
        change(all.entry(name.to_owned()).or_default());
        write(&self.contexts_path(), &all)?;
        self.edit_sessions(|sessions| {
            sessions.insert(name.to_owned(), session);
            true
        })
    }

    /// Reads a context's session.
    pub(crate) fn session(&self, name: &str) -> Result<Option<SavedSession>> {
        Ok(read::<SavedSession>(&self.sessions_path(), private_file::read)?.remove(name))
    }

    /// Puts a session in the place of the one that it renews, unless another process has put one there by now.
    pub(crate) fn replace_session(&self, name: &str, ended: &SavedSession, session: SavedSession) -> Result<()> {
        let _held = self.lock()?;
        self.edit_sessions(|sessions| {
            let is_ours = sessions.get(name).is_some_and(|now| now.access_token.0 == ended.access_token.0);
            if is_ours {
                sessions.insert(name.to_owned(), session);
            }
            is_ours
        })
    }

    /// Forgets a context's session; tells whether there was one.
    pub(crate) fn forget_session(&self, name: &str) -> Result<bool> {
        let mut was_there = false;
        let _held = self.lock()?;
        self.edit_sessions(|sessions| {
            was_there = sessions.remove(name).is_some();
            was_there
        })?;
        Ok(was_there)
    }

    /// Gives the failure of a context that is named and is not there.
    pub(crate) fn missing(&self, name: &str) -> Failure {
        Failure::new(Exit::NotFound, "CONTEXT_NOT_FOUND", format_args!("there is no context {name}"))
            .hint(format_args!("`cpcctl context list` shows them all, `cpcctl login --context {name}` makes it"))
    }

    /// Changes the sessions; `edit` tells whether it has. The lock is held by the caller.
    fn edit_sessions(&self, edit: impl FnOnce(&mut BTreeMap<String, SavedSession>) -> bool) -> Result<()> {
        let path = self.sessions_path();
        let mut all = read::<SavedSession>(&path, private_file::read)?;
        if edit(&mut all) { write(&path, &all) } else { Ok(()) }
    }

    /// Keeps other processes from changing the files, as long as what it gives is held.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join("lock");
        private_file::create_parent(&path)?;
        let file = private_file::open_lock(&path).and_then(|file| file.lock().map(|()| file));
        file.map_err(|error| Failure::file(&path, &error))
    }

    fn contexts_path(&self) -> PathBuf {
        self.folder.join("contexts.json")
    }

    fn current_path(&self) -> PathBuf {
        self.folder.join("current")
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

    const HERE: &str = "http://127.0.0.1:50051";

    fn login(server: &str) -> impl FnOnce(&mut SavedContext) {
        let context = context(server);
        move |saved| *saved = context
    }

    fn key(path: &str) -> KeyChoice {
        KeyChoice::File(path.into())
    }

    fn context(server: &str) -> SavedContext {
        SavedContext {
            endpoint: HERE.into(),
            server_id: Some(server.into()),
            key: Some(key("/k")),
            username: Some("alice".into()),
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
            endpoint: HERE.into(),
        }
    }

    #[test]
    fn contexts_are_kept_apart_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let contexts = Contexts::new(folder.path().join("cpcctl"));
        assert_eq!(contexts.load(DEFAULT).unwrap(), None);
        assert!(contexts.session(DEFAULT).unwrap().is_none());

        contexts.save(DEFAULT, login("one"), session("t1")).unwrap();
        contexts.save("other", login("two"), session("t2")).unwrap();
        contexts.replace_session(DEFAULT, &session("t1"), session("t3")).unwrap();
        assert_eq!(contexts.load(DEFAULT).unwrap(), Some(context("one")));
        assert_eq!(contexts.load("other").unwrap(), Some(context("two")));
        let kept = || contexts.session(DEFAULT).unwrap().unwrap().access_token.0;
        assert_eq!(kept(), "t3");
        contexts.replace_session(DEFAULT, &session("t1"), session("t2")).unwrap();
        assert_eq!(kept(), "t3", "a slower process does not bring an older session back");

        assert!(contexts.forget_session("other").unwrap() && !contexts.forget_session("other").unwrap());
        assert!(contexts.session("other").unwrap().is_none() && contexts.load("other").unwrap().is_some());
        contexts.replace_session("other", &session("t2"), session("t4")).unwrap();
        assert!(contexts.session("other").unwrap().is_none(), "who has logged out stays logged out");

        assert_eq!(contexts.current().unwrap(), None);
        assert_eq!(&*contexts.choose("third").unwrap_err().reason, "CONTEXT_NOT_FOUND");
        contexts.choose("other").unwrap();
        assert_eq!(contexts.current().unwrap().as_deref(), Some("other"));
        for path in [contexts.contexts_path(), contexts.sessions_path(), contexts.current_path()] {
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
        }
        let public = std::fs::read_to_string(contexts.contexts_path()).unwrap();
        assert!(!public.contains("t1") && !public.contains("t2"), "tokens are in a file of their own");

        contexts.delete("other").unwrap();
        assert_eq!((contexts.load("other").unwrap(), contexts.current().unwrap()), (None, None));
        assert_eq!(contexts.delete("other").unwrap_err().exit, Exit::NotFound);
    }

    #[test]
    fn a_session_does_not_outlive_what_it_was_opened_for() {
        let folder = tempfile::tempdir().unwrap();
        let contexts = Contexts::new(folder.path().to_owned());
        type Change = fn(&mut SavedContext);
        let changes: [(Change, bool); 5] = [
            (|context| context.endpoint = "http://127.0.0.1:1".into(), false),
            (|context| context.key = Some(key("/other")), false),
            (|context| context.server_id = Some("two".into()), false),
            (|context| context.server_id = None, true),
            (|_| {}, true),
        ];
        for (change, is_kept) in changes {
            contexts.save(DEFAULT, login("one"), session("t1")).unwrap();
            let changed = contexts.update(DEFAULT, |saved| {
                let mut saved = saved.unwrap();
                change(&mut saved);
                Ok(saved)
            });
            let changed = changed.unwrap();
            assert_eq!(contexts.session(DEFAULT).unwrap().is_some(), is_kept, "{changed:?}");
            assert_eq!(changed.username.is_some(), is_kept);
        }
    }

    #[test]
    fn a_session_is_for_one_server_at_one_address() {
        let is_owned = |change: fn(&mut SavedContext)| {
            let mut saved = context("one");
            change(&mut saved);
            saved.owns(&session("t1"))
        };
        assert!(is_owned(|_| {}) && is_owned(|saved| saved.server_id = None));
        assert!(!is_owned(|saved| saved.endpoint = "http://localhost:50051".into()));
        assert!(!is_owned(|saved| saved.server_id = Some("two".into())));
    }

    #[test]
    fn changes_at_the_same_time_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let contexts = Contexts::new(folder.path().to_owned());
        std::thread::scope(|scope| {
            for number in 0..8 {
                let contexts = &contexts;
                scope.spawn(move || {
                    for round in 0..8 {
                        let name = format!("c{number}-{round}");
                        contexts.update(&name, |_| Ok(context("one"))).unwrap();
                        contexts.save(&name, login("one"), session(&name)).unwrap();
                    }
                });
            }
        });
        assert_eq!(contexts.all().unwrap().len(), 64);
        for name in contexts.all().unwrap().keys() {
            assert_eq!(&contexts.session(name).unwrap().unwrap().access_token.0, name);
        }
    }

    #[test]
    fn a_context_of_an_older_cpcctl_is_read() {
        let text = r#"{"endpoint": "http://127.0.0.1:50051", "serverId": "one", "keyPath": "/k", "username": "alice"}"#;
        assert_eq!(serde_json::from_str::<SavedContext>(text).unwrap(), context("one"));
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
