//! What surrounds every gRPC call: its id, its count, the paths without a package, and tonic's own refusals in our words.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use cpcd_model::{Error, Reason};
use cpcd_store::deadline;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body_util::BodyExt;
use tokio::time::timeout;
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};

use super::{Edge, SERVICES, reply::status};
use crate::{
    app::{App, Door},
    calls::table,
    limits::Limits,
    rates::from_peer,
    request_id::RequestId,
    telemetry::Metrics,
    transport::{Peer, Proxies},
};

/// Of a call that is refused at once nobody reads more: the default of the largest message.
const MOST_SWALLOWED: usize = 1 << 20;

/// Wraps every call.
#[derive(Clone)]
pub(crate) struct FrameLayer {
    metrics: Metrics,
    limit: Duration,
    proxies: Proxies,
    /// Who counts the calls that are under way, and the door that they come through.
    counts: Option<(App, Door)>,
}

impl FrameLayer {
    pub(crate) fn new(metrics: &Metrics, limits: &Limits) -> Self {
        let limit = Duration::from_secs(limits.request_seconds.into());
        Self { metrics: metrics.clone(), limit, proxies: limits.trusted_proxies.clone(), counts: None }
    }

    /// Refuses calls while there is no room for them, before anything else is done.
    ///
    /// Each looks for room by itself, too; but to be far enough for that costs several times what being refused here does, and when
    /// much more is asked than can be done it is refusals that the time goes to.
    pub(crate) fn shedding(self, edge: &Edge) -> Self {
        Self { counts: Some((edge.app.clone(), edge.door)), ..self }
    }

    fn shed(&self, path: &str) -> Option<Error> {
        let (app, door) = self.counts.as_ref()?;
        let error = app.refusal(*door)?;
        table::by_grpc_path(path).and_then(table::Row::spoken).map(|_| error)
    }
}

impl<S> Layer<S> for FrameLayer {
    type Service = Frame<S>;

    fn layer(&self, inner: S) -> Frame<S> {
        Frame { inner, frame: self.clone() }
    }
}

/// A wrapped service.
#[derive(Clone)]
pub(crate) struct Frame<S> {
    inner: S,
    frame: FrameLayer,
}

impl<S> Service<Request<Body>> for Frame<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Send,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let started = Instant::now();
        let request_id = RequestId::generate();
        request.extensions_mut().insert(request_id);
        if let Some(uri) = with_package(request.uri()) {
            *request.uri_mut() = uri;
        }
        let shed = self.frame.shed(request.uri().path());
        let FrameLayer { metrics, limit, proxies, .. } = self.frame.clone();
        let method = metrics.grpc_method(request.uri().path());
        if let Some(error) = shed {
            return Box::pin(async move {
                // What is still to come of the call would be counted against its connection once the call has ended.
                let _ = timeout(limit, swallow(request.into_body())).await;
                let mut response = status(&error, Some(&request_id)).into_http();
                finish(&mut response, request_id, &metrics, method, started);
                Ok(response)
            });
        }
        let limit = given_time(request.headers(), limit);
        let peer = request.extensions().get().copied().unwrap_or(Peer::Local);
        let peer = proxies.origin(peer, request.headers());
        let answer =
            deadline::within(Some(started + limit), from_peer(peer, request_id.during(self.inner.call(request))));
        Box::pin(async move {
            let answer = timeout(limit, answer).await;
            let mut response = match answer {
                Ok(Ok(response)) => in_our_words(response, request_id),
                Err(_) => {
                    let error = Error::new(Reason::DeadlineExceeded, "the call took longer than it was given");
                    status(&error, Some(&request_id)).into_http()
                }
            };
            finish(&mut response, request_id, &metrics, method, started);
            Ok(response)
        })
    }
}

/// Reads a body to its end, or as much of it as a message may have.
async fn swallow(mut body: Body) {
    let mut left = MOST_SWALLOWED;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            return;
        }
    }
}

/// Counts a call, and says in its answer which one it was.
fn finish(
    response: &mut Response<Body>,
    request_id: RequestId,
    metrics: &Metrics,
    method: &'static str,
    started: Instant,
) {
    let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
    metrics.observe("grpc", method, grpc_name(code), started.elapsed());
    tracing::debug!(request.id = %request_id, grpc.method = method, grpc.code = grpc_name(code), "answered a call");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&request_id.to_string()) {
        headers.insert("cpc-request-id", id);
    }
    headers.insert("cpc-version", HeaderValue::from_static(crate::VERSION));
}

/// Gives the time of a call: what the client gives it (`grpc-timeout`, <https://grpc.io/docs/guides/deadlines>), at most ours.
///
/// A little less than the client's, which watches the same deadline and would not hear our reason.
fn given_time(headers: &HeaderMap, limit: Duration) -> Duration {
    let given = headers.get("grpc-timeout").and_then(|value| value.to_str().ok()).and_then(|text| {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number: u64 = number.parse().ok()?;
        Some(match unit {
            "H" => Duration::from_secs(number.checked_mul(3600)?),
            "M" => Duration::from_secs(number.checked_mul(60)?),
            "S" => Duration::from_secs(number),
            "m" => Duration::from_millis(number),
            "u" => Duration::from_micros(number),
            "n" => Duration::from_nanos(number),
            _ => return None,
        })
    });
    given.map_or(limit, |given| given.saturating_sub(Duration::from_millis(2)).min(limit))
}

/// Gives the packaged form of a path such as `/DiscoveryService/SearchContent`.
fn with_package(uri: &Uri) -> Option<Uri> {
    let service = uri.path().strip_prefix('/')?.split('/').next()?;
    SERVICES.contains(&service).then(|| format!("/cpc.v1.{}", &uri.path()[1..]).parse().ok()).flatten()
}

/// Says in our words what tonic refused by itself: such answers carry no details, ours always do.
fn in_our_words(mut response: Response<Body>, request_id: RequestId) -> Response<Body> {
    let headers = response.headers();
    if !headers.contains_key("grpc-status") || headers.contains_key("grpc-status-details-bin") {
        return response;
    }
    let Some(theirs) = Status::from_header_map(headers) else { return response };
    let Some(error) = error_of(&theirs) else { return response };
    let mut ours = HeaderMap::new();
    if status(&error, Some(&request_id)).add_header(&mut ours).is_ok() {
        response.headers_mut().remove("grpc-message");
        response.headers_mut().extend(ours);
    }
    response
}

/// Gives the error behind a status that tonic made.
///
/// `OUT_OF_RANGE` is its word for an oversized message, `INTERNAL` for one that is missing, wrongly framed or compressed: all faults of the caller.
pub(super) fn error_of(status: &Status) -> Option<Error> {
    let (reason, message) = match status.code() {
        Code::Ok => return None,
        Code::OutOfRange => (Reason::MessageTooLarge, status.message().to_owned()),
        // The same code for a compressed message, which is known by its text alone.
        Code::Unimplemented if status.message().contains("compressed") => {
            (Reason::MessageUndecodable, "messages must not be compressed".to_owned())
        }
        Code::Unimplemented => (Reason::MethodUnknown, "the server does not have this call".to_owned()),
        Code::ResourceExhausted => (Reason::Overloaded, "the server has more to do than it can".to_owned()),
        Code::DeadlineExceeded | Code::Cancelled => {
            (Reason::DeadlineExceeded, "the call took longer than it was given".to_owned())
        }
        Code::Unavailable => (Reason::ShuttingDown, "the server is stopping".to_owned()),
        Code::Unknown
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::Internal
        | Code::DataLoss
        | Code::Unauthenticated => (Reason::MessageUndecodable, status.message().to_owned()),
    };
    let error = Error::new(reason, message);
    let retry = matches!(reason, Reason::Overloaded | Reason::ShuttingDown);
    Some(if retry { error.with_retry_after(Duration::from_secs(1)) } else { error })
}

/// Gives the name of a code as metrics have it.
fn grpc_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "cancelled",
        Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out_of_range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => "internal",
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data_loss",
        Code::Unauthenticated => "unauthenticated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_the_time_it_was_given() {
        let time = |text: &str| {
            let headers =
                HeaderMap::from_iter([(http::HeaderName::from_static("grpc-timeout"), text.parse().unwrap())]);
            given_time(&headers, Duration::from_secs(10))
        };
        assert_eq!(time("200m"), Duration::from_millis(198));
        assert_eq!(time("1H"), Duration::from_secs(10));
        for odd in ["", "m", "5", "-1S", "1x"] {
            assert_eq!(time(odd), Duration::from_secs(10), "{odd}");
        }
    }

    #[test]
    fn paths_without_a_package_are_ours_too() {
        let path = |uri: &str| with_package(&uri.parse().unwrap()).map(|uri| uri.path().to_owned());
        assert_eq!(path("/DiscoveryService/SearchContent").unwrap(), "/cpc.v1.DiscoveryService/SearchContent");
        assert_eq!(path("/cpc.v1.DiscoveryService/SearchContent"), None);
        assert_eq!(path("/grpc.health.v1.Health/Check"), None);
    }
}
