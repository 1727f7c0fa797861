//! Unary calls, from the table: whatever their types, each is bytes in and bytes out.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use cpc_proto::codec::BytesCodec;
use futures_util::future::BoxFuture;
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{Grpc, NamedService, UnaryService},
};
use tower::Service;

use super::{Edge, reply::status};
use crate::{
    app::bearer,
    calls::{Spoken, table},
};

/// A service whose unary calls are answered from the table; the rest, its streams, is left to the generated one.
#[derive(Clone)]
pub(super) struct Unary<S> {
    edge: Arc<Edge>,
    inner: S,
}

impl<S> Unary<S> {
    pub(super) fn new(edge: &Arc<Edge>, inner: S) -> Self {
        Self { edge: edge.clone(), inner }
    }
}

impl<S: NamedService> NamedService for Unary<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Unary<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let Some(spoken) = table::by_grpc_path(request.uri().path()).and_then(table::Row::spoken) else {
            return Box::pin(self.inner.call(request));
        };
        let edge = self.edge.clone();
        Box::pin(async move {
            let max = edge.limits.message_bytes_of(request.uri().path());
            let mut grpc = Grpc::new(BytesCodec).apply_max_message_size_config(Some(max), None);
            Ok(grpc.unary(Answering { edge, spoken }, request).await)
        })
    }
}

/// A call about to be answered.
struct Answering {
    edge: Arc<Edge>,
    spoken: Spoken,
}

impl UnaryService<Bytes> for Answering {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let (edge, spoken) = (self.edge.clone(), self.spoken);
        Box::pin(async move {
            let (metadata, extensions, message) = request.into_parts();
            let token = bearer(&metadata.into_headers());
            let answer = (spoken.proto)(&edge.app, edge.door, token, message).await;
            answer.map(Response::new).map_err(|error| status(&error, extensions.get()))
        })
    }
}
