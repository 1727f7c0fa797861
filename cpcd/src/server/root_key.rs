//! The root key at the start: it is there, or a new store may have a new one.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use cpcd_domain::identity::RootKey;
use cpcd_store::Store;

use crate::settings::Settings;

/// Reads the root key if it is there; only an embedded store may be without one, on the first start.
pub(super) fn read_root_key(settings: &Settings) -> anyhow::Result<Option<RootKey>> {
    let path = &settings.server.root_key_file;
    if path.exists() {
        let root = RootKey::read(path).with_context(|| format!("cannot use the root key {}", path.display()))?;
        return Ok(Some(root));
    }
    if settings.store.url.starts_with("sqlite:") {
        return Ok(None);
    }
    bail!(
        "there is no root key {}: make one with `cpcd init` for a new database, or bring the one that the database belongs to",
        path.display()
    )
}

/// Makes the root key of a new store; one that has secrets under a key needs that very key.
pub(super) async fn make_root_key(path: &Path, store: &Store) -> anyhow::Result<RootKey> {
    ensure!(
        store.get_server_identity().await.context("cannot read the store")?.is_none(),
        "there is no root key {}, and another root key does not open this store: bring the file back from its copy",
        path.display()
    );
    RootKey::create(path).with_context(|| format!("cannot make the root key {}", path.display()))
}
