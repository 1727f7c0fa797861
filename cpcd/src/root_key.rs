//! `cpcd root-key`: another root key for a store, and how the two files follow the one transaction.
//!
//! The new key is written beside the old one under the name `FILE.new`, the store is changed, and the new file gets the old one's name. A
//! daemon takes whichever of the two files fits the store, so that nothing is lost wherever this is cut off.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use cpcd_domain::{
    identity::RootKey,
    root_key::{self, RootKeyChange},
};
use cpcd_model::time::Clock;
use cpcd_store::Store;

use crate::{data_dir::DataDir, settings::Settings};

/// Seals the store's secrets under a new root key, and gives the file its name; gives what to say of it.
///
/// # Errors
/// If a daemon is at work on the store or the data directory, or the root key is not the store's.
pub async fn rotate_root_key(settings: &Settings, is_leaked: bool) -> anyhow::Result<String> {
    let _data_dir = DataDir::take(&settings.server.data_dir)?;
    let path = &settings.server.root_key_file;
    let store = open(settings).await?;
    let old = match find(path, &store).await? {
        Found::Fits(old) => old,
        Found::Nothing | Found::Foreign => {
            bail!("{} is not the root key of the store; `cpcd root-key reset` is for one that is lost", path.display())
        }
    };
    let new = make(path)?;
    let changed = root_key::rotate(&store, &Clock::default(), &old, &new, is_leaked).await;
    store.close().await;
    let changed = changed.context("the root key was not changed; the old one is good as before")?;
    let kept = settle(path)?;
    Ok(said("The store's secrets are under a new root key", path, kept.as_deref(), &changed))
}

/// Gives a store whose root key is lost a new one; gives what to say of it.
///
/// # Errors
/// If a daemon is at work on the store or the data directory, or the root key is not lost at all.
pub async fn reset_root_key(settings: &Settings) -> anyhow::Result<String> {
    let _data_dir = DataDir::take(&settings.server.data_dir)?;
    let path = &settings.server.root_key_file;
    let store = open(settings).await?;
    ensure!(
        !matches!(find(path, &store).await?, Found::Fits(_)),
        "{} is the root key of the store: it is not lost. `cpcd root-key rotate` puts another in its place, with --leaked if somebody \
         else may have it",
        path.display()
    );
    let new = make(path)?;
    let changed = root_key::reset(&store, &Clock::default(), &new).await;
    store.close().await;
    let changed = changed.context("the root key was not reset; nothing was changed")?;
    let kept = settle(path)?;
    Ok(said("The store has a new root key, new signing keys and a new identity", path, kept.as_deref(), &changed))
}

/// Which of the files is the store's root key.
pub(crate) enum Found {
    /// This one; it has its own name by now.
    Fits(RootKey),
    /// There are files, and none of them is.
    Foreign,
    /// There is no file.
    Nothing,
}

/// Finds the root key of a store: the file, or the new one beside it where a change was cut off before it got its name. On a store
/// without secrets the file is its own.
pub(crate) async fn find(path: &Path, store: &Store) -> anyhow::Result<Found> {
    let identity = store.get_server_identity().await.context("cannot read the store")?;
    let fits = |key: &RootKey| identity.as_ref().is_none_or(|identity| key.fits(&identity.root_key_fingerprint));
    let current = read(path)?;
    if let Some(key) = current.as_ref().filter(|key| fits(key)) {
        return Ok(Found::Fits(key.clone()));
    }
    let new = read(&beside(path))?;
    if let Some(key) = new.filter(|key| identity.is_some() && fits(key)) {
        settle(path)?;
        tracing::info!(file = %path.display(), "a change of the root key was cut off, and is finished now");
        return Ok(Found::Fits(key));
    }
    Ok(if current.is_some() { Found::Foreign } else { Found::Nothing })
}

/// Says whether there is a file that may be the root key.
pub(crate) fn is_there(path: &Path) -> bool {
    path.exists() || beside(path).exists()
}

fn read(path: &Path) -> anyhow::Result<Option<RootKey>> {
    if !path.exists() {
        return Ok(None);
    }
    RootKey::read(path).map(Some).with_context(|| format!("cannot use the root key {}", path.display()))
}

async fn open(settings: &Settings) -> anyhow::Result<Store> {
    let store = Store::open(&settings.store).await.context("cannot open the store")?;
    let daemons = store.count_daemons().await?;
    if daemons > 0 {
        store.close().await;
        bail!(
            "{daemons} daemons are at work on the store: stop all of them first (one that was killed counts for ten seconds)"
        );
    }
    Ok(store)
}

/// Makes the new key's file, or takes the one that a change left which was cut off before the store knew of it.
fn make(path: &Path) -> anyhow::Result<RootKey> {
    let new = beside(path);
    match read(&new)? {
        Some(key) => Ok(key),
        None => RootKey::create(&new).with_context(|| format!("cannot make the root key {}", new.display())),
    }
}

/// Gives the new file the old one's name; the old one is kept for copies of the store from before. Gives under what name.
fn settle(path: &Path) -> anyhow::Result<Option<PathBuf>> {
    let text = || {
        format!(
            "the store is under the root key {} by now; give it the name {}",
            beside(path).display(),
            path.display()
        )
    };
    let kept = if path.exists() { Some(keep(path).with_context(text)?) } else { None };
    fs::rename(beside(path), path).and_then(|()| sync_folder(path)).with_context(text)?;
    Ok(kept)
}

fn keep(path: &Path) -> io::Result<PathBuf> {
    for number in 1.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".before-{number}"));
        match fs::hard_link(path, &name) {
            Ok(()) => return Ok(name.into()),
            // One whose name is there already is the same file: a change that was cut off right here goes on.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if fs::read(&name)? == fs::read(path)? {
                    return Ok(name.into());
                }
            }
            Err(error) => return Err(error),
        }
    }
    unreachable!("numbers do not end")
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn said(what: &str, path: &Path, kept: Option<&Path>, changed: &RootKeyChange) -> String {
    let RootKeyChange { signing_keys, webhooks, sessions_ended, invites_revoked } = changed;
    let mut text = format!(
        "{what}: {}\nsigning keys\t{signing_keys}\nwebhooks\t{webhooks}\nsessions ended\t{sessions_ended}\ninvites revoked\t{invites_revoked}\n",
        path.display()
    );
    if let Some(kept) = kept {
        text.push_str(&format!("kept for copies of the store from before\t{}\n", kept.display()));
    }
    text.push_str("Every replica needs this file before it starts again; keep a copy apart from the store's.\n");
    text
}
