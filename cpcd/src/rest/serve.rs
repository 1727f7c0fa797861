//! Our own accept loop around warp's filter tree: limits, time-outs, a drain with an end.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use cpcd_model::{Error, Reason};
use cpcd_store::deadline;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use warp::filters::BoxedFilter;

use super::{
    Edge, Hosts,
    reply::{self, Failure},
    routes,
};
use crate::{
    app::{App, Door},
    calls::table::{allowed, label},
    limits::Limits,
    rates::from_peer,
    request_id::RequestId,
    settings::Settings,
    telemetry::{Metrics, OTHER},
    tls::Doors,
    transport::{Http, Peer, Places, Refusals, Versions},
};

type Reply = warp::reply::Response;

/// Serves `listener` until `stop`, then drains.
pub(crate) async fn serve(
    listener: TcpListener,
    app: App,
    settings: Settings,
    doors: Doors,
    places: Places,
    stop: CancellationToken,
) {
    let address = match listener.local_addr() {
        Ok(address) => address.ip(),
        Err(error) => return tracing::error!(%error, "the REST edge has no address"),
    };
    let edge = Edge {
        app,
        door: Door::Network(address),
        metrics: settings.metrics.open,
        reflection: settings.server.reflection,
        hosts: Arc::new(Hosts::new(&settings, address)),
        // Whoever allows plain text elsewhere has a proxy that speaks TLS.
        is_secure: settings.tls.is_on() || address.is_loopback() || settings.server.allow_plaintext,
        stop: stop.clone(),
    };
    let frame = Frame { routes: routes(&edge), metrics: edge.app.metrics.clone(), limits: settings.limits };
    accept(listener, frame, doors, places, stop).await;
}

/// Serves a frame's routes on `listener` until `stop`, then drains.
pub(super) async fn accept(listener: TcpListener, frame: Frame, doors: Doors, places: Places, stop: CancellationToken) {
    let http = Http::new(&frame.limits, Versions::Both(reply::refused_unseen));
    let tasks = TaskTracker::new();
    let mut refusals = Refusals::default();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = places.accept(&listener) => accepted,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                refusals.pause("server.rest_listen", &error).await;
                continue;
            }
        };
        let (frame, http, stop, stream) = (frame.clone(), http.clone(), stop.clone(), doors.open(stream));
        tasks.spawn(async move {
            let answer = move |mut request: Request<Incoming>, peer: Peer| {
                request.extensions_mut().insert(peer);
                frame.clone().answer(request)
            };
            http.serve(stream, Some(place), &stop, answer).await;
        });
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

/// What surrounds every REST call: its id, its body's limit, its time, its count.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) routes: BoxedFilter<(Reply,)>,
    pub(super) metrics: Metrics,
    pub(super) limits: Limits,
}

impl Frame {
    async fn answer(self, mut request: Request<Incoming>) -> Result<Reply, Infallible> {
        let started = Instant::now();
        let request_id = RequestId::generate();
        // HEAD is GET without the body (RFC 9110, section 9.3.2).
        let is_head = request.method() == http::Method::HEAD;
        if is_head {
            *request.method_mut() = http::Method::GET;
        }
        let allowed = allowed(request.uri().path());
        let method = label(request.method(), request.uri().path()).unwrap_or(OTHER);
        let limit = Duration::from_secs(self.limits.request_seconds.into());
        let peer = request.extensions().get().copied().unwrap_or(Peer::Local);
        let peer = self.limits.trusted_proxies.origin(peer, request.headers());
        let answer = deadline::within(Some(started + limit), from_peer(peer, self.route(request)));
        let mut response = timeout(limit, answer).await.unwrap_or_else(|_| {
            let text = format!("the call took longer than {} seconds", limit.as_secs());
            reply::failed(Error::new(Reason::DeadlineExceeded, text))
        });
        let id = request_id.to_string();
        let failure = response.extensions_mut().remove::<Failure>();
        let code = failure.as_ref().map_or("ok", |failure| failure.0.kind().codes().2);
        if let Some(failure) = &failure {
            reply::write_problem(&mut response, failure, &id);
        }
        let status = response.status();
        let length = response.body().size_hint().exact();
        let headers = response.headers_mut();
        if let (true, Some(length)) = (is_head, length) {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert("cpc-request-id", id);
        }
        if let (http::StatusCode::METHOD_NOT_ALLOWED, Ok(allowed)) = (status, HeaderValue::from_str(&allowed)) {
            headers.insert(header::ALLOW, allowed);
        }
        headers.insert("cpc-version", HeaderValue::from_static(crate::VERSION));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        self.metrics.observe("rest", method, code, started.elapsed());
        tracing::debug!(
            request.id = id,
            rest.method = method,
            rest.status = response.status().as_u16(),
            "answered a call"
        );
        if is_head {
            *response.body_mut() = Vec::new().into();
        }
        Ok(response)
    }

    async fn route(&self, request: Request<Incoming>) -> Reply {
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, self.limits.message_bytes).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                let text = format!("the body is larger than {} bytes", self.limits.message_bytes);
                return reply::failed(Error::new(Reason::MessageTooLarge, text));
            }
            Err(error) => {
                let text = format!("the body did not arrive whole: {error}");
                return reply::failed(Error::new(Reason::MessageUndecodable, text));
            }
        };
        let request = Request::from_parts(head, Full::<Bytes>::new(body));
        let mut routes = warp::service(self.routes.clone());
        let Ok(response): Result<Response<_>, Infallible> = tower::Service::call(&mut routes, request).await;
        response
    }
}
