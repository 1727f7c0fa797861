//! A plain HTTP client for the REST edge.

use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::Daemon;

/// An answer of the REST edge.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Reads the body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Gives the reason of a failed call.
    pub(crate) fn reason(&self) -> String {
        assert!(self.status >= 400, "no failure: {} {}", self.status, self.text());
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        self.json()["reason"].as_str().expect("a reason").to_owned()
    }
}

impl Daemon {
    /// Sends a REST request with JSON text, or none.
    pub(crate) async fn rest(&self, method: Method, path: &str, token: Option<&str>, body: Option<&str>) -> Answer {
        self.send(method, path, token, body, &[]).await
    }

    /// Sends a REST request with more headers.
    pub(crate) async fn rest_with(&self, method: Method, path: &str, headers: &[(&str, String)]) -> Answer {
        self.send(method, path, None, None, headers).await
    }

    /// Sends a REST request with a token, JSON text and more headers.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&str>,
        headers: &[(&str, String)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, "localhost");
        }
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        send(&self.rest.to_string(), request, body).await
    }

    /// Gets a path without a token.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.rest(Method::GET, path, None, None).await
    }
}

/// Asks a server at an address of the form `http://HOST:PORT`.
pub(crate) async fn ask(server: &str, method: Method, path: &str, body: Option<&str>) -> Answer {
    let authority = server.strip_prefix("http://").expect("plain HTTP").trim_end_matches('/');
    let request = Request::builder().method(method).uri(path).header(header::HOST, authority);
    send(authority, request, body).await
}

/// Sends a request with JSON text, or none, on a connection of its own.
async fn send(authority: &str, mut request: http::request::Builder, body: Option<&str>) -> Answer {
    let stream = TcpStream::connect(authority).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = Full::new(bytes::Bytes::from(body.unwrap_or_default().to_owned()));
    let response = sender.send_request(request.body(body).expect("a request")).await.expect("an answer");
    let (head, body) = response.into_parts();
    if head.headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "text/event-stream") {
        // It has no end.
        return Answer { status: head.status.as_u16(), headers: head.headers, body: Vec::new() };
    }
    let body = body.collect().await.expect("a body").to_bytes().to_vec();
    Answer { status: head.status.as_u16(), headers: head.headers, body }
}
