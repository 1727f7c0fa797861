//! The four placements: from a listening socket to a runtime that serves the connection.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Server;

use crate::Outcome;
use crate::counted::{Counted, Gauge, Ticket};
use crate::plan::{Placement, cores};
use crate::service::Echo;

/// A server that runs until the process ends.
pub(crate) struct Edge {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Open connections, one gauge a runtime.
    pub(crate) gauges: Vec<Gauge>,
}

/// Starts the server on a free port of the loopback interface.
pub(crate) fn start(placement: Placement, echo: &Echo) -> Outcome<Edge> {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    match placement {
        Placement::Shared => {
            let runtime = Builder::new_multi_thread().worker_threads(cores()).enable_all().build()?;
            let listener = bind(&runtime, anywhere, false)?;
            let (address, gauge) = (listener.local_addr()?, Gauge::default());
            runtime.spawn(serve(echo.clone(), accepted(listener, gauge.clone())));
            std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
            Ok(Edge { address, gauges: vec![gauge] })
        }
        Placement::ReusePort => {
            let (mut address, mut gauges) = (anywhere, Vec::new());
            for _ in 0..cores() {
                let runtime = one_core()?;
                let listener = bind(&runtime, address, true)?;
                address = listener.local_addr()?;
                let gauge = Gauge::default();
                let serving = serve(echo.clone(), accepted(listener, gauge.clone()));
                std::thread::spawn(move || runtime.block_on(serving));
                gauges.push(gauge);
            }
            Ok(Edge { address, gauges })
        }
        Placement::RoundRobin => handing_on(anywhere, echo, |turn, gauges| turn % gauges.len()),
        Placement::LeastOpen => handing_on(anywhere, echo, |turn, gauges| {
            // Starts at another runtime each time, so that ties do not all fall on the first.
            let order = (0..gauges.len()).map(|step| (turn + step) % gauges.len());
            order.min_by_key(|index| gauges[*index].open()).expect("a machine has a core")
        }),
    }
}

/// Starts one runtime per core and an acceptor in front of them that asks `pick` where a connection goes.
fn handing_on(address: SocketAddr, echo: &Echo, pick: fn(usize, &[Gauge]) -> usize) -> Outcome<Edge> {
    let (mut queues, mut gauges) = (Vec::new(), Vec::new());
    for _ in 0..cores() {
        let runtime = one_core()?;
        let (queue, handed) = mpsc::channel::<(std::net::TcpStream, Ticket)>(64);
        let incoming =
            ReceiverStream::new(handed).map(|(stream, ticket)| Counted::new(TcpStream::from_std(stream)?, ticket));
        let serving = serve(echo.clone(), incoming);
        std::thread::spawn(move || runtime.block_on(serving));
        queues.push(queue);
        gauges.push(Gauge::default());
    }
    let acceptor = one_core()?;
    let listener = bind(&acceptor, address, false)?;
    let edge = Edge { address: listener.local_addr()?, gauges: gauges.clone() };
    std::thread::spawn(move || {
        acceptor.block_on(async move {
            for turn in 0.. {
                // Leaving this runtime's reactor (into_std) lets the chosen one take the socket into its own.
                let stream = listener.accept().await.and_then(|(stream, _)| stream.into_std());
                let stream = stream.unwrap_or_else(|error| fail("cannot accept", &error));
                let index = pick(turn, &gauges);
                if queues[index].send((stream, gauges[index].enter())).await.is_err() {
                    fail("cannot hand on", &"the runtime is gone");
                }
            }
        });
    });
    Ok(edge)
}

fn one_core() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn bind(runtime: &Runtime, address: SocketAddr, reuse_port: bool) -> io::Result<TcpListener> {
    let _entered = runtime.enter();
    let socket = TcpSocket::new_v4()?;
    if reuse_port {
        socket.set_reuseport(true)?;
    }
    socket.bind(address)?;
    socket.listen(1024)
}

fn accepted(listener: TcpListener, gauge: Gauge) -> impl Stream<Item = io::Result<Counted>> {
    TcpListenerStream::new(listener).map(move |stream| Counted::new(stream?, gauge.enter()))
}

async fn serve(echo: Echo, incoming: impl Stream<Item = io::Result<Counted>>) {
    if let Err(error) = Server::builder().add_service(echo).serve_with_incoming(incoming).await {
        fail("cannot serve", &error);
    }
}

/// Ends the server: the bench then sees it gone instead of measuring what is left.
fn fail(what: &str, error: &dyn std::fmt::Display) -> ! {
    eprintln!("runtimes: server: {what}: {error}");
    std::process::exit(1)
}
