//! gRPC calls with bytes that need not be a message.

use bytes::{Buf, BufMut, Bytes};
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Channel,
};

use super::Daemon;

/// Sends and receives bytes as they are.
#[derive(Default)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

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
