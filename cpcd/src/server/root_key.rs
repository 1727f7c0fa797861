//! The root key at the start: it is there, or a new store may have a new one.

use anyhow::{Context, bail};
use cpcd_domain::identity::RootKey;
use cpcd_store::Store;

use crate::{
    root_key::{Found, find, is_there},
    settings::Settings,
};

/// Asks for the root key being there before the store is touched; only an embedded store may be without one, on the first start.
pub(super) fn require_root_key(settings: &Settings) -> anyhow::Result<()> {
    let path = &settings.server.root_key_file;
    if is_there(path) || settings.store.url.starts_with("sqlite:") {
        return Ok(());
    }
    bail!(
        "there is no root key {}: make one with `cpcd init` for a new database, or bring the one that the database belongs to",
        path.display()
    )
}

/// Gives the root key of a store, or makes that of a new one; one that has secrets under a key needs that very key.
pub(super) async fn root_key(settings: &Settings, store: &Store) -> anyhow::Result<RootKey> {
    let path = &settings.server.root_key_file;
    match find(path, store).await? {
        Found::Fits(root) => Ok(root),
        // Identity says what is wrong.
        Found::Foreign => RootKey::read(path).with_context(|| format!("cannot use the root key {}", path.display())),
        Found::Nothing if store.get_server_identity().await.context("cannot read the store")?.is_none() => {
            RootKey::create(path).with_context(|| format!("cannot make the root key {}", path.display()))
        }
        Found::Nothing => bail!(
            "there is no root key {}, and another root key does not open this store: bring the file back from its copy (or, if there is \
             none, `cpcd root-key reset`)",
            path.display()
        ),
    }
}
