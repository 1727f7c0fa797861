//! The service under load: answers each message with the same bytes and does nothing else.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio_stream::StreamExt;
use tonic::codegen::{BoxFuture, BoxStream, Service, http};
use tonic::server::{Grpc, NamedService, StreamingService, UnaryService};
use tonic::{Request, Response, Status, Streaming};

use crate::plan::Call;
use cpc_proto::codec::BytesCodec;

/// The echo service, as generated code would look, written by hand.
#[derive(Clone)]
pub(crate) struct Echo {
    /// The runtime that the handler hops to; none: it answers where it is.
    pub(crate) main: Option<Handle>,
}

impl Echo {
    async fn answer(&self, message: Bytes) -> Result<Bytes, Status> {
        match &self.main {
            None => Ok(message),
            Some(main) => main.spawn(async move { message }).await.map_err(|error| Status::internal(error.to_string())),
        }
    }
}

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl Service<http::Request<tonic::body::Body>> for Echo {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let echo = self.clone();
        if request.uri().path() == Call::Unary.path() {
            Box::pin(async move { Ok(Grpc::new(BytesCodec).unary(echo, request).await) })
        } else {
            Box::pin(async move { Ok(Grpc::new(BytesCodec).streaming(echo, request).await) })
        }
    }
}

impl UnaryService<Bytes> for Echo {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Status>> + Send>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(Response::new(echo.answer(request.into_inner()).await?)) })
    }
}

impl StreamingService<Bytes> for Echo {
    type Response = Bytes;
    type ResponseStream = BoxStream<Bytes>;
    type Future = std::future::Ready<Result<Response<Self::ResponseStream>, Status>>;

    /// Answers the messages of one stream one after the other, as a heartbeat stream does.
    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        let echo = self.clone();
        let answers = request.into_inner().then(move |message| {
            let echo = echo.clone();
            async move { echo.answer(message?).await }
        });
        std::future::ready(Ok(Response::new(Box::pin(answers))))
    }
}
