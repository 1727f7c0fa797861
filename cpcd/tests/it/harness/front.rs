//! A plain round robin before replicas: each new connection goes to the next one.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncWriteExt, copy, sink},
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
async fn forward(near: TcpStream, targets: Vec<SocketAddr>) {
    for target in targets {
        if let Ok(far) = TcpStream::connect(target).await {
            let _ = near.set_nodelay(true);
            let _ = far.set_nodelay(true);
            join(near, far).await;
            return;
        }
    }
}

/// Passes on what either side says. One that takes no more may still have something to say, such as why: the other hears all of it, and
/// what it goes on saying is thrown away, since closing on it would take from it what it has not read yet.
async fn join(near: TcpStream, far: TcpStream) {
    let ((mut near_read, mut near_write), (mut far_read, mut far_write)) = (near.into_split(), far.into_split());
    let there = async {
        if copy(&mut near_read, &mut far_write).await.is_err() {
            let _ = copy(&mut near_read, &mut sink()).await;
        }
        let _ = far_write.shutdown().await;
    };
    let back = async {
        let _ = copy(&mut far_read, &mut near_write).await;
        let _ = near_write.shutdown().await;
    };
    tokio::join!(there, back);
}
