//! The data directory: one daemon's alone.

use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use anyhow::{Context, bail};

/// A data directory in use; the lock goes with the process, however it ends.
pub(crate) struct DataDir {
    _lock: File,
    /// Uid of the directory's owner: the daemon's own.
    pub(crate) uid: u32,
}

impl DataDir {
    /// Makes the directory if it is not there (mode 0700) and takes it.
    pub(crate) fn take(path: &Path) -> anyhow::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(path).with_context(|| format!("cannot make the data directory {}", path.display()))?;
        let lock_path = path.join("cpcd.lock");
        let mut lock = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .with_context(|| format!("cannot open {}", lock_path.display()))?;
        if lock.try_lock().is_err() {
            let mut owner = String::new();
            let _ = lock.read_to_string(&mut owner);
            bail!(
                "another cpcd (process {}) uses the data directory {}; stop it, or give this one its own with --data-dir",
                owner.trim(),
                path.display()
            );
        }
        lock.set_len(0)?;
        writeln!(lock, "{}", std::process::id())?;
        let uid = lock.metadata()?.uid();
        Ok(Self { _lock: lock, uid })
    }
}
