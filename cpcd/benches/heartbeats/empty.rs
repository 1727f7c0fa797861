//! The empty handler: tonic with the settings of the daemon's edge, and nothing of ours around or behind it.

use std::io::Write;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::time::Duration;

use cpc_proto::v1::node_orchestration_server::{NodeOrchestration, NodeOrchestrationServer};
use cpc_proto::v1::{HeartbeatResponse, NodePing, NodeStatus};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::Outcome;

struct Empty;

type Answers = Pin<Box<dyn Stream<Item = Result<HeartbeatResponse, Status>> + Send>>;

fn answer(ping: &NodePing) -> HeartbeatResponse {
    let status = NodeStatus::Online.into();
    HeartbeatResponse { sequence: ping.sequence, next_heartbeat_ms: 29_000, status, ..Default::default() }
}

#[async_trait]
impl NodeOrchestration for Empty {
    async fn heartbeat(&self, request: Request<NodePing>) -> Result<Response<HeartbeatResponse>, Status> {
        Ok(Response::new(answer(&request.into_inner())))
    }

    async fn heartbeat_stream(&self, request: Request<Streaming<NodePing>>) -> Result<Response<Answers>, Status> {
        Ok(Response::new(Box::pin(request.into_inner().map(|ping| ping.map(|ping| answer(&ping))))))
    }
}

/// Serves on a free port, which it writes to stdout, until it is ended.
pub(crate) fn serve() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?.port())?;
        out.flush()?;
        let connections = TcpListenerStream::new(listener).map(|stream| {
            let stream = stream?;
            stream.set_nodelay(true)?;
            Ok::<_, std::io::Error>(stream)
        });
        // As in src/transport/http.rs, with the defaults of the settings.
        Server::builder()
            .max_concurrent_streams(Some(128))
            .http2_max_pending_accept_reset_streams(Some(20))
            .http2_max_local_error_reset_streams(Some(1024))
            .http2_max_header_list_size(Some(16_384))
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)))
            .tcp_nodelay(true)
            .add_service(NodeOrchestrationServer::new(Empty).max_decoding_message_size(1 << 20))
            .serve_with_incoming(connections)
            .await?;
        Ok(())
    })
}
