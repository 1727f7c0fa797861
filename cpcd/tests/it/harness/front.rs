//! A plain round robin before replicas: each new connection goes to the next one.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// An address that stands for several; ends when it is dropped.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    _stop: DropGuard,
}

impl Front {
    /// Listens, and hands what connects to one target after the other.
    pub(crate) async fn before(targets: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(deal(listener, targets)));
        Self { address, _stop: stop.drop_guard() }
    }
}

async fn deal(listener: TcpListener, mut targets: Vec<SocketAddr>) {
    while let Ok((stream, _)) = listener.accept().await {
        let order = targets.clone();
        targets.rotate_left(1);
        tokio::spawn(forward(stream, order));
    }
}

/// Joins a connection with the first target that listens.
async fn forward(mut near: TcpStream, targets: Vec<SocketAddr>) {
    for target in targets {
        if let Ok(mut far) = TcpStream::connect(target).await {
            let _ = near.set_nodelay(true);
            let _ = far.set_nodelay(true);
            // Either side may break off: that is for the other one to see.
            let _ = copy_bidirectional(&mut near, &mut far).await;
            return;
        }
    }
}
