//! Where the daemon listens: two TCP listeners and the administrator's socket.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener as StdTcpListener},
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::UnixListener as StdUnixListener,
    },
    path::Path,
};

use anyhow::{Context, ensure};
use tokio::net::{TcpListener, UnixListener, UnixStream};

use super::Addresses;
use crate::{data_dir::Passing, settings::Settings};

/// Files for the engines, the logs and the local socket.
const FILES_KEPT_BACK: usize = 160;

/// All listeners of the daemon; they can be served again, by something else, without a moment in which nobody listens.
pub(super) struct Listeners {
    grpc: StdTcpListener,
    rest: StdTcpListener,
    local: StdUnixListener,
    uid: u32,
}

impl Listeners {
    /// Listens everywhere; gives the socket's file too, which is to go at the end.
    pub(super) async fn bind(settings: &Settings, uid: u32) -> anyhow::Result<(Self, Passing)> {
        let grpc = listen("server.grpc_listen", settings.server.grpc_listen).await?.into_std()?;
        let rest = listen("server.rest_listen", settings.server.rest_listen).await?.into_std()?;
        let (local, file) = listen_local(&settings.server.socket).await?;
        Ok((Self { grpc, rest, local: local.into_std()?, uid }, file))
    }

    /// Gives where they listen.
    pub(super) fn addresses(&self, settings: &Settings) -> io::Result<Addresses> {
        let socket = settings.server.socket.clone();
        Ok(Addresses { grpc: self.grpc.local_addr()?, rest: self.rest.local_addr()?, socket })
    }

    /// Gives the same listeners once more.
    pub(super) fn again(&self) -> io::Result<Self> {
        let Self { grpc, rest, local, uid } = self;
        Ok(Self { grpc: grpc.try_clone()?, rest: rest.try_clone()?, local: local.try_clone()?, uid: *uid })
    }

    /// Gives them to be served, and the uid that the local one is for: gRPC, REST, local.
    pub(super) fn into_parts(self) -> io::Result<(TcpListener, TcpListener, UnixListener, u32)> {
        let (grpc, rest) = (TcpListener::from_std(self.grpc)?, TcpListener::from_std(self.rest)?);
        Ok((grpc, rest, UnixListener::from_std(self.local)?, self.uid))
    }
}

/// Gives how many files can be open for connections from the network: what is kept back is for the engines and the local socket, so
/// that the administrator always gets in.
pub(super) fn files_for_connections() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    limit.saturating_sub(FILES_KEPT_BACK.min(limit / 2)).max(2)
}

async fn listen(key: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; set another address with {key}"))
}

/// Makes the socket, for its owner alone; of what is at its path only a socket that nobody listens on gives way.
async fn listen_local(path: &Path) -> anyhow::Result<(UnixListener, Passing)> {
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
