//! The TCP side of the gRPC edge: one acceptor, and one single-threaded runtime per core that connections are dealt to.
//!
//! A connection stays on its core, so nothing in its path is shared or woken across threads, and goes where the fewest are open, so
//! that the cores stay even when connections come and go. docs/benchmarks.md has the comparison with one runtime for all and with a
//! listener for each core (`SO_REUSEPORT`), which deals by hash and unevenly.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::mpsc,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::Served;
use crate::transport::{Place, Places, Refusals};

/// Connections that wait for a runtime to take them.
const BACKLOG: usize = 128;

/// A connection on its way to a runtime, with its place among those allowed.
type Dealt = (std::net::TcpStream, Place);

/// A runtime, seen from the acceptor.
struct Target {
    sender: mpsc::Sender<Dealt>,
    open: Arc<AtomicUsize>,
}

/// Serves `listener` on `threads` runtimes until `stop`, then drains; the task ends when the last connection has.
pub(crate) fn serve_network(
    listener: TcpListener,
    served: &Served,
    threads: usize,
    places: Places,
    stop: &CancellationToken,
) -> io::Result<JoinHandle<()>> {
    let mut targets = Vec::with_capacity(threads);
    let mut joined = Vec::with_capacity(threads);
    for number in 0..threads {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let (served, stop) = (served.clone(), stop.clone());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (done, ended) = tokio::sync::oneshot::channel();
        thread::Builder::new().name(format!("grpc-{number}")).spawn(move || {
            runtime.block_on(serve(served, receiver, stop));
            // A call that hangs must not keep the process: the runtime goes without waiting for its tasks.
            runtime.shutdown_background();
            let _ = done.send(());
        })?;
        targets.push(Target { sender, open: Arc::default() });
        joined.push(ended);
    }
    let stop = stop.clone();
    Ok(tokio::spawn(async move {
        accept(listener, targets, places, &stop).await;
        for ended in joined {
            let _ = ended.await;
        }
    }))
}

async fn serve(served: Served, mut receiver: mpsc::Receiver<Dealt>, stop: CancellationToken) {
    let serving = served.serving();
    loop {
        let dealt = tokio::select! {
            () = stop.cancelled() => break,
            dealt = receiver.recv() => dealt,
        };
        let Some((stream, place)) = dealt else { break };
        match TcpStream::from_std(stream) {
            Ok(stream) => serving.begin(served.doors().open(stream), Some(place)),
            Err(error) => tracing::warn!(%error, "a connection could not be taken by its runtime"),
        }
    }
    drop(receiver);
    serving.drain().await;
}

/// Deals each connection to the runtime with the fewest.
async fn accept(listener: TcpListener, targets: Vec<Target>, places: Places, stop: &CancellationToken) {
    let mut refusals = Refusals::default();
    loop {
        let (stream, place) = tokio::select! {
            () = stop.cancelled() => return,
            accepted = accept_one(&listener, &places, &mut refusals) => accepted,
        };
        let Some(target) = targets.iter().min_by_key(|target| target.open.load(Ordering::Relaxed)) else { return };
        if target.sender.send((stream, place.on_runtime(&target.open))).await.is_err() {
            return;
        }
    }
}

async fn accept_one(listener: &TcpListener, places: &Places, refusals: &mut Refusals) -> (std::net::TcpStream, Place) {
    loop {
        match places.accept(listener).await.and_then(|(stream, place)| Ok((stream.into_std()?, place))) {
            Ok(accepted) => return accepted,
            Err(error) => refusals.pause("server.grpc_listen", &error).await,
        }
    }
}
