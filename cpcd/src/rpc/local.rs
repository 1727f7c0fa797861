//! The Unix socket for the administrator of this machine.

use std::io;

use futures_util::stream;
use tokio::{
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{Services, connection::Connection, refusals::Refusals};

/// Serves the socket until `stop`, then drains.
pub(crate) fn serve_local(
    listener: UnixListener,
    services: &Services,
    uid: u32,
    stop: &CancellationToken,
) -> JoinHandle<()> {
    let services = services.clone();
    let stop = stop.clone();
    tokio::spawn(async move {
        let limit = services.edge.limits.opening();
        let connections = stream::unfold((listener, Refusals::default()), move |(listener, mut refusals)| async move {
            loop {
                match listener.accept().await.map(|(stream, _)| check_peer(stream, uid)) {
                    Ok(Ok(stream)) => {
                        let connection = Ok::<_, io::Error>(Connection::new(stream, None, limit));
                        return Some((connection, (listener, refusals)));
                    }
                    Ok(Err(error)) => tracing::warn!(%error, "a connection to the local socket was refused"),
                    Err(error) => refusals.pause("server.socket", &error).await,
                }
            }
        });
        if let Err(error) = services.router().serve_with_incoming_shutdown(connections, stop.cancelled_owned()).await {
            tracing::error!(error = ?error, "the local socket ended");
        }
    })
}

/// Lets through the daemon's own user and root: the file's mode says the same, but a folder can be opened by mistake.
fn check_peer(stream: UnixStream, uid: u32) -> io::Result<UnixStream> {
    let peer = stream.peer_cred()?.uid();
    if peer == uid || peer == 0 {
        return Ok(stream);
    }
    Err(io::Error::other(format!("uid {peer} is neither the daemon's own nor root")))
}
