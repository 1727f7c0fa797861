//! The lane of plain heartbeats: a call whose message came in one piece, of a node that is followed here, is answered where it
//! came in, past router, timer and table.
//!
//! There may be tens of thousands a second, so each step that such a call does not need is left out. Whatever is unusual, faults
//! above all, goes the way of all calls, with what was read of it put back: so there is one place that says what is wrong.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::{BufMut, Bytes, BytesMut};
use cpc_proto::v1;
use http::{HeaderMap, HeaderValue, Request, Response, header, request::Parts};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use prost::Message;
use tokio::time::timeout;
use tonic::{Status, body::Body};

use super::Edge;
use crate::{
    app::{App, bearer},
    wire::{self, Wire},
};

/// The call, as its path names it with the package and without.
const PATHS: [&str; 2] = ["/cpc.v1.NodeOrchestration/Heartbeat", "/NodeOrchestration/Heartbeat"];
/// What is before a gRPC message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// Says whether a request is for the lane.
pub(super) fn is_for_lane(request: &Request<Incoming>) -> bool {
    PATHS.contains(&request.uri().path())
}

/// Answers a plain heartbeat; gives back any other request, whole.
pub(super) async fn answer(edge: &Edge, request: Request<Incoming>) -> Result<Response<Body>, Request<Body>> {
    let started = Instant::now();
    let (head, mut body) = request.into_parts();
    let limit = Duration::from_secs(edge.limits.request_seconds.into());
    let mut read = Read::default();
    let whole = {
        let mut reading = pin!(read.message(&mut body));
        // Mostly all of it is there, and a timer is not needed.
        match futures_util::poll!(reading.as_mut()) {
            Poll::Ready(whole) => whole,
            Poll::Pending => timeout(limit, reading).await.unwrap_or(false),
        }
    };
    let response = if whole { plain(&edge.app, &head, &read, edge.limits.heartbeat_bytes) } else { None };
    let Some(response) = response else {
        let body = Body::new(PutBack { data: read.data, trailers: read.trailers, failed: read.failed, rest: body });
        return Err(Request::from_parts(head, body));
    };
    edge.app.metrics.observe_heartbeat(started.elapsed());
    Ok(response)
}

/// What was read of a request.
#[derive(Default)]
struct Read {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
    failed: Option<hyper::Error>,
}

impl Read {
    /// Reads a message that is one piece; false if it is not, or something else comes.
    async fn message(&mut self, body: &mut Incoming) -> bool {
        loop {
            match body.frame().await {
                None => return self.data.is_some(),
                Some(Err(error)) => {
                    self.failed = Some(error);
                    return false;
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if data.is_empty() => {}
                    Ok(data) if self.data.is_none() => self.data = Some(data),
                    Ok(more) => {
                        let mut both = BytesMut::from(self.data.take().unwrap_or_default());
                        both.extend_from_slice(&more);
                        self.data = Some(both.freeze());
                        return false;
                    }
                    Err(frame) => {
                        self.trailers = frame.into_trailers().ok();
                        return false;
                    }
                },
            }
        }
    }
}

/// Answers what was read if it is a plain heartbeat that succeeds.
fn plain(app: &App, head: &Parts, read: &Read, most: usize) -> Option<Response<Body>> {
    let data = read.data.as_ref()?;
    let (prefix, message) = data.split_first_chunk::<PREFIX>()?;
    let [is_compressed, length @ ..] = *prefix;
    let is_grpc =
        head.headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(GRPC.as_bytes()));
    let fits =
        usize::try_from(u32::from_be_bytes(length)).is_ok_and(|length| length == message.len() && length <= most);
    if is_compressed != 0 || !fits || !is_grpc || head.method != http::Method::POST {
        return None;
    }
    let ping = v1::NodePing::decode(message).ok()?;
    let token = bearer(&head.headers).ok()??;
    let caller = app.identity.tokens.verify_node(&token).ok()??;
    let beaten = app.registry.heartbeats.take_plain(&caller, &wire::beat(&ping), app.has_room()).ok()??;
    let response = beaten.to_wire();
    let length = response.encoded_len();
    let mut bytes = BytesMut::with_capacity(PREFIX + length);
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(length).ok()?);
    response.encode(&mut bytes).ok()?;
    let mut answer = Response::new(Body::new(Answer { data: Some(bytes.freeze()), has_ended: false }));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(GRPC));
    headers.insert("cpc-version", HeaderValue::from_static(crate::VERSION));
    Some(answer)
}

const GRPC: &str = "application/grpc";

/// A message and the end of a call that went well.
struct Answer {
    data: Option<Bytes>,
    has_ended: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.has_ended {
            return Poll::Ready(None);
        }
        self.has_ended = true;
        let mut trailers = HeaderMap::with_capacity(1);
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended
    }
}

/// A request's body with what was read of it at its beginning.
struct PutBack {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
    failed: Option<hyper::Error>,
    rest: Incoming,
}

impl http_body::Body for PutBack {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Some(error) = self.failed.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if let Some(trailers) = self.trailers.take() {
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        let frame = ready!(Pin::new(&mut self.rest).poll_frame(context));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.trailers.is_none() && self.failed.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
