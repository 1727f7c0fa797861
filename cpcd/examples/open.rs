//! tonic and warp as they are out of the box, on free ports: what `dev/trial floods` compares the daemon with.

use std::convert::Infallible;

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use warp::Filter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (grpc, rest) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    println!(r#"{{"grpc":"{}","rest":"{}"}}"#, grpc.local_addr()?, rest.local_addr()?);
    let routes = warp::path!("livez").map(|| "ok\n").or(warp::post().and(warp::body::bytes()).map(|_| "ok\n"));
    let rest = warp::serve(routes.recover(missing)).incoming(rest).run();
    let (_reporter, health) = tonic_health::server::health_reporter();
    let grpc = Server::builder().add_service(health).serve_with_incoming(TcpListenerStream::new(grpc));
    tokio::select! {
        () = rest => {}
        served = grpc => served?,
    }
    Ok(())
}

async fn missing(_: warp::Rejection) -> Result<impl warp::Reply, Infallible> {
    Ok(warp::http::StatusCode::NOT_FOUND)
}
