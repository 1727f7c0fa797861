//! Streams that last as long as their client likes (health watches, reflection): told to stop, the daemon ends them.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;

/// A service whose answers end when it is told to stop.
#[derive(Clone)]
pub(super) struct Ending<S> {
    inner: S,
    stop: CancellationToken,
}

impl<S> Ending<S> {
    pub(super) fn new(inner: S, stop: &CancellationToken) -> Self {
        Self { inner, stop: stop.clone() }
    }
}

impl<S: NamedService> NamedService for Ending<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Ending<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.inner.call(request);
        let stop = Box::pin(self.stop.clone().cancelled_owned());
        Box::pin(async move { Ok(answer.await?.map(|inner| Body::new(Answer { inner, stop, has_ended: false }))) })
    }
}

/// An answer that ends with its own end or, once it has nothing more to say, with the daemon's.
struct Answer {
    inner: Body,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    has_ended: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            return Poll::Ready(frame);
        }
        ready!(self.stop.as_mut().poll(context));
        self.has_ended = true;
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(
            Status::unavailable("the server is stopping").add_header(&mut trailers).map(|()| Frame::trailers(trailers)),
        ))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
