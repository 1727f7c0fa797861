//! `cpcd init`: the root key for a database that is to be shared.

use std::path::PathBuf;

use anyhow::Context;
use cpcd_domain::identity::RootKey;

use crate::{data_dir::DataDir, settings::Settings};

/// Makes the root key file, which must not be there yet; gives its path.
///
/// # Errors
/// If the file exists or cannot be written, or a daemon runs on the data directory.
pub fn init(settings: &Settings) -> anyhow::Result<PathBuf> {
    let _data_dir = DataDir::take(&settings.server.data_dir)?;
    let path = &settings.server.root_key_file;
    RootKey::create(path).with_context(|| format!("cannot make the root key {}", path.display()))?;
    Ok(path.clone())
}
