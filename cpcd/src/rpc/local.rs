//! The Unix socket for the administrator of this machine.

use std::io;

use tokio::{
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::Served;
use crate::transport::{Refusals, Stream};

/// Serves the socket until `stop`, then drains.
pub(crate) fn serve_local(
    listener: UnixListener,
    served: &Served,
    uid: u32,
    stop: &CancellationToken,
) -> JoinHandle<()> {
    let serving = served.serving();
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut refusals = Refusals::default();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted.map(|(stream, _)| check_peer(stream, uid)) {
                Ok(Ok(stream)) => serving.begin(Stream::Plain(stream), None),
                Ok(Err(error)) => tracing::warn!(%error, "a connection to the local socket was refused"),
                Err(error) => refusals.pause("server.socket", &error).await,
            }
        }
        drop(listener);
        serving.drain().await;
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
