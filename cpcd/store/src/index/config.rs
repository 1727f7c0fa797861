//! Settings of the search index.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use cpcd_model::{Error, Reason, Result};
use serde::{Deserialize, Serialize};

use super::{opensearch::Address, tantivy};

/// Settings of the search index.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it is: `tantivy:FOLDER`, or `https://[USER:PASSWORD@]HOST:PORT,...` with the nodes of an OpenSearch.
    ///
    /// Empty stands for the folder `index` in the data directory.
    pub url: String,
    /// Memory that tantivy's writer may fill before it writes to disk.
    pub memory_bytes: usize,
    /// What the names of all indexes in OpenSearch begin with.
    pub index_prefix: String,
    /// Certificates of the authority that signed OpenSearch's; empty for those that the system trusts.
    pub ca_file: PathBuf,
    /// How long a search may wait for OpenSearch, in milliseconds.
    pub timeout_ms: u64,
}

/// Which engine, and where.
pub(super) enum Place {
    Folder(PathBuf),
    Nodes(Address),
}

impl Config {
    /// Makes the settings of an index in a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self::at(format!("tantivy:{}", folder.display()))
    }

    /// Makes the settings of an index at a URL.
    #[must_use]
    pub fn at(url: String) -> Self {
        let index_prefix = "cpc".to_owned();
        Self { url, memory_bytes: 64_000_000, index_prefix, ca_file: PathBuf::new(), timeout_ms: 500 }
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming the setting.
    pub fn validate(&self) -> Result<()> {
        if !self.url.is_empty() {
            self.place()?;
        }
        let range = tantivy::MEMORY_BYTES;
        if !range.contains(&self.memory_bytes) {
            let description = format!("must be from {} to {}", range.start(), range.end());
            return Err(Error::field(Reason::FieldInvalid, "search.memory_bytes", description));
        }
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        let prefix = &self.index_prefix;
        if !prefix.starts_with(|c: char| c.is_ascii_lowercase()) || !prefix.chars().all(is_plain) || prefix.len() > 64 {
            let description = "must have 1 to 64 of a-z, 0-9, '-', '_' and '.', a letter first";
            return Err(Error::field(Reason::FieldInvalid, "search.index_prefix", description));
        }
        if !(1..=60_000).contains(&self.timeout_ms) {
            return Err(Error::field(Reason::FieldInvalid, "search.timeout_ms", "must be from 1 to 60000 (a minute)"));
        }
        Ok(())
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    pub(super) fn place(&self) -> Result<Place> {
        if let Some(path) = self.url.strip_prefix("tantivy:").filter(|path| !path.is_empty()) {
            return Ok(Place::Folder(path.into()));
        }
        if let Some(address) = Address::parse(&self.url) {
            return Ok(Place::Nodes(address));
        }
        let description =
            "must be tantivy:/path/of/a/folder, or https://[user:password@]host:9200 with more hosts behind commas";
        Err(Error::field(Reason::FieldInvalid, "search.url", description))
    }

    fn url_without_secrets(&self) -> String {
        match self.url.split_once("://") {
            None => self.url.clone(),
            Some((scheme, rest)) => match rest.rsplit_once('@') {
                None => self.url.clone(),
                Some((_, nodes)) => format!("{scheme}://***@{nodes}"),
            },
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &self.url_without_secrets())
            .field("memory_bytes", &self.memory_bytes)
            .field("index_prefix", &self.index_prefix)
            .field("ca_file", &self.ca_file)
            .field("timeout_ms", &self.timeout_ms)
            .finish()
    }
}
