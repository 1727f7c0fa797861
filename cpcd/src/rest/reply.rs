//! A result becomes an HTTP answer: the only place.

use cpcd_model::{Error, Kind, Reason, Result, time::Clock};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use warp::reply::Response;

use crate::request_id::RequestId;

/// An error as RFC 9457 has it, with our reason, kind and fields.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    instance: String,
    code: &'a str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Violation<'a>>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    metadata: &'a std::collections::BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Violation<'a> {
    field: &'a str,
    description: &'a str,
}

/// What the frame needs to finish a problem: the request id is known there.
#[derive(Clone)]
pub(super) struct Failure(pub(super) std::sync::Arc<Error>, pub(super) StatusCode);

/// Answers with a message as JSON.
pub(super) fn json<T: Serialize>(result: Result<T>) -> Response {
    json_text(result.and_then(|message| serde_json::to_vec(&message).map_err(Error::internal)))
}

/// Answers with a message that is JSON already.
pub(super) fn json_text(result: Result<Vec<u8>>) -> Response {
    match result {
        Ok(mut body) => {
            // For those who look at it in a terminal.
            body.push(b'\n');
            with_type(StatusCode::OK, "application/json", body)
        }
        Err(error) => failed(error),
    }
}

/// Answers with text of a type.
pub(super) fn with_type(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Answers with an error; the frame writes the body.
pub(super) fn failed(error: Error) -> Response {
    let status = StatusCode::from_u16(error.reason().http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    failed_with(error, status)
}

/// Answers with an error under a status of its own.
pub(super) fn failed_with(error: Error, status: StatusCode) -> Response {
    let mut response = Response::new(Vec::new().into());
    *response.status_mut() = status;
    response.extensions_mut().insert(Failure(std::sync::Arc::new(error), status));
    response
}

/// Answers where there is no route, or none for the method.
pub(super) fn refused(status: StatusCode) -> Response {
    let error = if status == StatusCode::METHOD_NOT_ALLOWED {
        Error::new(Reason::MethodUnknown, "this path does not take this method")
    } else {
        Error::new(Reason::RouteUnknown, "there is nothing under this path")
    };
    failed_with(error, status)
}

/// Writes the whole answer to a request that HTTP itself refuses; nobody else sees it.
pub(super) fn refused_unseen(status: StatusCode, why: &str) -> Vec<u8> {
    let reason = if status == StatusCode::BAD_REQUEST { Reason::MessageUndecodable } else { Reason::MessageTooLarge };
    let id = RequestId::generate().to_string();
    let body = problem(&Error::new(reason, why), status, &id);
    let date = Clock::default().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n\
         cpc-request-id: {id}\r\ncpc-version: {}\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\
         date: {date}\r\n\r\n",
        body.len(),
        crate::VERSION
    );
    [head.into_bytes(), body].concat()
}

/// Writes the body of a failed answer; logs the error once if it is our fault.
pub(super) fn write_problem(response: &mut Response, failure: &Failure, request_id: &str) {
    let Failure(error, status) = failure;
    if error.kind() == Kind::Internal {
        tracing::error!(request.id = request_id, error = ?error, "a call failed");
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if error.kind() == Kind::Unauthenticated {
        headers.entry(header::WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer realm=\"cpc\""));
    }
    if let Some(after) = error.retry_after() {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    *response.body_mut() = problem(error, *status, request_id).into();
}

/// Gives an error as RFC 9457 has it.
fn problem(error: &Error, status: StatusCode, request_id: &str) -> Vec<u8> {
    let (_, _, code) = error.kind().codes();
    let reason = error.reason().as_str();
    let problem = Problem {
        r#type: format!("urn:cpc:error:{}", reason.to_ascii_lowercase()),
        title: error.reason().doc(),
        status: status.as_u16(),
        detail: error.message(),
        instance: format!("urn:uuid:{request_id}"),
        code,
        reason,
        errors: error.fields().iter().map(|v| Violation { field: &v.field, description: &v.description }).collect(),
        metadata: error.metadata(),
    };
    serde_json::to_vec(&problem).unwrap_or_default()
}
