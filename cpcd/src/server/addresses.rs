//! The address file: where a daemon listens that was given port 0.

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Serialize;

use crate::data_dir::Passing;

/// Where the daemon listens; what the address file holds.
#[derive(Clone, Debug, Serialize)]
pub struct Addresses {
    /// gRPC.
    pub grpc: SocketAddr,
    /// REST.
    pub rest: SocketAddr,
    /// The administrator's Unix socket.
    pub socket: PathBuf,
}

/// Removes the address file of a daemon that was killed, so that nobody takes its addresses for ours.
pub(super) fn remove_old_addresses(path: &Path) -> anyhow::Result<()> {
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove the old address file {}", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes the address file at once whole, so that whoever waits for it never reads half of it.
pub(super) fn write_addresses(path: &Path, addresses: &Addresses) -> anyhow::Result<Option<Passing>> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", uuid::Uuid::now_v7().simple()));
    let bytes = serde_json::to_vec(addresses)?;
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(&bytes))
        .and_then(|()| fs::rename(&draft, path))
        .and_then(|()| Passing::take(path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map(Some).with_context(|| format!("cannot write the address file {}", path.display()))
}
