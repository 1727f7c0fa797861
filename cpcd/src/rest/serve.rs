//! Our own accept loop around warp's filter tree: limits, time-outs, a drain with an end.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use cpcd_model::{Error, Reason};
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use warp::filters::BoxedFilter;

use super::{
    Edge,
    reply::{self, Failure},
    routes,
};
use crate::{
    app::{App, Door},
    calls::table::{allowed, label},
    request_id::RequestId,
    rpc::{Connection, Refusals},
    settings::{Limits, Settings},
    telemetry::OTHER,
};

type Reply = warp::reply::Response;

/// Serves `listener` until `stop`, then drains.
pub(crate) async fn serve(listener: TcpListener, app: App, settings: Settings, stop: CancellationToken) {
    let address = match listener.local_addr() {
        Ok(address) => address.ip(),
        Err(error) => return tracing::error!(%error, "the REST edge has no address"),
    };
    let limits = settings.limits;
    let edge = Edge {
        app,
        door: Door::Network(address),
        metrics: settings.metrics.open,
        reflection: settings.server.reflection,
        stop: stop.clone(),
    };
    let frame = Frame { routes: routes(&edge), edge, limits: limits.clone() };
    let connection = builder(&limits);
    let permits = Arc::new(Semaphore::new(limits.connections));
    let drain = GracefulShutdown::new();
    let mut refusals = Refusals::default();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        let (stream, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                refusals.pause("server.rest_listen", &error).await;
                continue;
            }
        };
        let frame = frame.clone();
        let stream = TokioIo::new(Connection::new(stream, None, limits.opening()));
        let service = hyper::service::service_fn(move |request| frame.clone().answer(request));
        let served = drain.watch(connection.serve_connection(stream, service).into_owned());
        tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::debug!(%error, "a REST connection ended badly");
            }
            drop(permit);
        });
    }
    drop(listener);
    drain.shutdown().await;
}

/// Takes a connection; over the limit they wait in the kernel's queue.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

/// Sets every limit that is open by default.
fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let head = usize::try_from(limits.header_bytes).unwrap_or(usize::MAX).max(8192);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds.into()))
        .max_buf_size(head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams_per_connection)
        .max_header_list_size(limits.header_bytes)
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// What surrounds every REST call: its id, its body's limit, its time, its count.
#[derive(Clone)]
struct Frame {
    routes: BoxedFilter<(Reply,)>,
    edge: Edge,
    limits: Limits,
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
        let mut response = timeout(limit, self.route(request)).await.unwrap_or_else(|_| {
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
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        self.edge.app.metrics.observe("rest", method, code, started.elapsed());
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
