//! Where the daemon listens: two TCP listeners and the administrator's socket.

use std::{
    fs, io,
    net::SocketAddr,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, ensure};
use tokio::net::{TcpListener, UnixListener, UnixStream};

use crate::data_dir::Passing;

/// Files for the engines, the logs and the local socket.
const FILES_KEPT_BACK: usize = 160;

/// Gives how many files can be open for connections from the network: what is kept back is for the engines and the local socket, so
/// that the administrator always gets in.
pub(super) fn files_for_connections() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    limit.saturating_sub(FILES_KEPT_BACK.min(limit / 2)).max(2)
}

pub(super) async fn listen(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; set another address with {key}"))
}

/// Makes the socket, for its owner alone; of what is at its path only a socket that nobody listens on gives way.
pub(super) async fn listen_local(path: &Path) -> anyhow::Result<(UnixListener, Passing)> {
    if let Ok(there) = fs::symlink_metadata(path) {
        ensure!(
            there.file_type().is_socket(),
            "{} is there already and is no socket: name another path with server.socket",
            path.display()
        );
        let answer = UnixStream::connect(path).await;
        ensure!(
            answer.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused),
            "another program listens on the socket {}: name another path with server.socket",
            path.display()
        );
        fs::remove_file(path).with_context(|| format!("cannot remove the old socket {}", path.display()))?;
    }
    let listener =
        UnixListener::bind(path).with_context(|| format!("cannot listen on the socket {}", path.display()))?;
    let file = Passing::take(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok((listener, file))
}
