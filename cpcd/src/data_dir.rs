//! The data directory: one daemon's alone; and files that go when the daemon goes.

use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

/// Name of the lock; a folder that has it is a data directory.
const LOCK: &str = "cpcd.lock";

/// A data directory in use; the lock goes with the process, however it ends.
pub(crate) struct DataDir {
    _lock: File,
    /// The daemon's own effective uid.
    pub(crate) uid: u32,
}

impl DataDir {
    /// Makes the directory if it is not there (mode 0700) and takes it.
    pub(crate) fn take(path: &Path) -> anyhow::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(path).with_context(|| format!("cannot make the data directory {}", path.display()))?;
        keep_private(path)?;
        let lock_path = path.join(LOCK);
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
        Ok(Self { _lock: lock, uid: own_uid() })
    }
}

fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Closes a directory that others can look into; one that is not ours, or is for everybody (such as `/tmp`), is refused.
fn keep_private(path: &Path) -> anyhow::Result<()> {
    let metadata = fs::metadata(path).with_context(|| format!("cannot read the data directory {}", path.display()))?;
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    ensure!(
        mode & 0o1000 == 0 && metadata.uid() == own_uid(),
        "the data directory {} is open to others (mode {mode:o}): name a folder of cpcd's own with --data-dir",
        path.display()
    );
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot close the data directory {} to others", path.display()))
}

/// A file that lasts as long as the daemon; what another put in its place is left alone.
pub(crate) struct Passing {
    path: PathBuf,
    identity: (u64, u64),
}

impl Passing {
    /// Takes a file that was just made.
    pub(crate) fn take(path: &Path) -> std::io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|there| there == self.identity) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Gives what tells files apart whatever their name.
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}
