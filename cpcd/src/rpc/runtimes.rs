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

use futures_util::StreamExt;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinHandle,
};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::{
    Services,
    connection::{Connection, Place},
    refusals::Refusals,
};

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
    services: &Services,
    threads: usize,
    stop: &CancellationToken,
) -> io::Result<JoinHandle<()>> {
    let mut targets = Vec::with_capacity(threads);
    let mut joined = Vec::with_capacity(threads);
    for number in 0..threads {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let (services, stop) = (services.clone(), stop.clone());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (done, ended) = tokio::sync::oneshot::channel();
        thread::Builder::new().name(format!("grpc-{number}")).spawn(move || {
            runtime.block_on(serve(services, receiver, stop));
            // A call that hangs must not keep the process: the runtime goes without waiting for its tasks.
            runtime.shutdown_background();
            let _ = done.send(());
        })?;
        targets.push(Target { sender, open: Arc::default() });
        joined.push(ended);
    }
    let permits = Arc::new(Semaphore::new(services.edge.limits.connections));
    let stop = stop.clone();
    Ok(tokio::spawn(async move {
        accept(listener, targets, permits, &stop).await;
        for ended in joined {
            let _ = ended.await;
        }
    }))
}

async fn serve(services: Services, receiver: mpsc::Receiver<Dealt>, stop: CancellationToken) {
    let limit = services.edge.limits.opening();
    let connections = ReceiverStream::new(receiver).map(move |(stream, place)| {
        Ok::<_, io::Error>(Connection::new(TcpStream::from_std(stream)?, Some(place), limit))
    });
    if let Err(error) = services.router().serve_with_incoming_shutdown(connections, stop.cancelled_owned()).await {
        tracing::error!(error = ?error, "the gRPC edge ended");
    }
}

/// Deals each connection to the runtime with the fewest; over the limit they wait in the kernel's queue.
async fn accept(listener: TcpListener, targets: Vec<Target>, permits: Arc<Semaphore>, stop: &CancellationToken) {
    let mut refusals = Refusals::default();
    loop {
        let (stream, permit) = tokio::select! {
            () = stop.cancelled() => return,
            accepted = accept_one(&listener, &permits, &mut refusals) => accepted,
        };
        let Some(target) = targets.iter().min_by_key(|target| target.open.load(Ordering::Relaxed)) else { return };
        let place = Place::take(permit, &target.open);
        if target.sender.send((stream, place)).await.is_err() {
            return;
        }
    }
}

async fn accept_one(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
    refusals: &mut Refusals,
) -> (std::net::TcpStream, OwnedSemaphorePermit) {
    loop {
        let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
        let accepted = listener.accept().await.and_then(|(stream, _)| {
            stream.set_nodelay(true)?;
            stream.into_std()
        });
        match accepted {
            Ok(stream) => return (stream, permit),
            Err(error) => refusals.pause("server.grpc_listen", &error).await,
        }
    }
}
