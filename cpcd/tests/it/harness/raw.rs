//! gRPC calls with bytes that need not be a message.

use bytes::Bytes;
use cpc_proto::codec::BytesCodec;
use tonic::{Request, Status, client::Grpc, transport::Channel};

use super::Daemon;

impl Daemon {
    /// Calls a path with bytes.
    pub(crate) async fn raw(&self, path: &str, token: Option<&str>, bytes: Vec<u8>) -> Result<Bytes, Status> {
        raw(self.channel().await, path, token, bytes).await
    }
}

/// Calls a path with bytes on a channel.
pub(crate) async fn raw(channel: Channel, path: &str, token: Option<&str>, bytes: Vec<u8>) -> Result<Bytes, Status> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.expect("the connection is ready");
    let request = request(token, Bytes::from(bytes));
    grpc.unary(request, path.parse().expect("a path"), BytesCodec).await.map(tonic::Response::into_inner)
}

/// Calls a stream's path with bytes as its one message, and gives the first answer.
pub(crate) async fn raw_stream(
    channel: Channel,
    path: &str,
    token: Option<&str>,
    bytes: Vec<u8>,
) -> Result<Bytes, Status> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.expect("the connection is ready");
    let request = request(token, tokio_stream::once(Bytes::from(bytes)));
    let answers = grpc.streaming(request, path.parse().expect("a path"), BytesCodec).await?;
    answers.into_inner().message().await?.ok_or_else(|| Status::internal("no answer came"))
}

fn request<T>(token: Option<&str>, message: T) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().expect("ASCII"));
    }
    request
}
