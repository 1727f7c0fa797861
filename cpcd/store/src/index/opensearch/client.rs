//! Requests to the cluster: each with an end, none to a node that is known to be away.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use cpcd_model::{Error, Reason, Result};
use opensearch::{
    auth::Credentials,
    cert::{Certificate, CertificateValidation},
    http::{
        Method,
        headers::{CONTENT_TYPE, HeaderMap, HeaderValue},
        transport::{Transport, TransportBuilder},
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{runtime::Handle, task::JoinSet, time};

use super::{address::Address, pool::Pool};
use crate::deadline;

/// What was away is asked so often whether it is back.
const PROBE_EVERY: Duration = Duration::from_millis(500);
/// How long callers are told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A way to the cluster; clones share it.
#[derive(Clone)]
pub(super) struct Client(Arc<Inner>);

struct Inner {
    transport: Transport,
    pool: Pool,
    /// How long a node may take to say that it is there, and a search.
    timeout: Duration,
    is_probing: AtomicBool,
    /// Callers live on several runtimes; connections live on the one that opened the index.
    runtime: Handle,
}

/// What is asked.
#[derive(Clone)]
pub(super) struct Request {
    method: Method,
    path: String,
    query: String,
    body: Option<Bytes>,
    is_lines: bool,
    timeout: Option<Duration>,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    body: Bytes,
}

/// What the cluster says against a request.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The kind of error, as OpenSearch calls it.
    pub(super) kind: String,
    pub(super) reason: String,
}

/// Why there is no answer.
enum Silence {
    Late,
    Broken(String),
}

impl Request {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: String::new(), body: None, is_lines: false, timeout: None }
    }

    /// Adds parameters, encoded already.
    pub(super) fn query(self, query: impl Into<String>) -> Self {
        Self { query: query.into(), ..self }
    }

    pub(super) fn json(self, body: &Value) -> Self {
        Self { body: Some(body.to_string().into()), ..self }
    }

    /// Sends JSON line by line.
    pub(super) fn lines(self, body: Bytes) -> Self {
        Self { body: Some(body), is_lines: true, ..self }
    }

    /// May take longer than a search.
    pub(super) fn within(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }
}

impl Answer {
    /// Reads an answer that must be a yes.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        self.accept()?;
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::new(Reason::EngineAway, "the search index gave an answer that cannot be read; try again")
                .with_retry_after(RETRY_AFTER)
                .with_source(error)
        })
    }

    /// Makes an error of a no.
    pub(super) fn accept(&self) -> Result<()> {
        if self.status < 400 {
            return Ok(());
        }
        let refusal = self.refusal();
        let message = match (self.status, refusal.kind.as_str()) {
            (401, _) | (403, "security_exception") => {
                "the search index does not take our name and password; see search.url"
            }
            (403 | 429, kind) if kind.ends_with("_block_exception") => {
                "the search index takes no writes: its disk is full, or somebody has blocked them"
            }
            (429, _) => "the search index has more to do than it can; try again in a moment",
            _ => "the search index does not answer; try again",
        };
        // Too much to do is not away: what stands in for the index must not get the flood that the index refuses.
        let is_full = self.status == 429 && !refusal.kind.ends_with("_block_exception");
        let reason = if is_full { Reason::Overloaded } else { Reason::EngineAway };
        Err(Error::new(reason, message).with_retry_after(RETRY_AFTER).with_source(refusal))
    }

    /// Says whether an index was not made since there is one of its name.
    pub(super) fn is_there_already(&self) -> bool {
        self.status == 400 && self.refusal().kind == "resource_already_exists_exception"
    }

    fn refusal(&self) -> Refusal {
        #[derive(Deserialize)]
        struct Body {
            error: Value,
        }
        let error = serde_json::from_slice(&self.body).map(|body: Body| body.error).unwrap_or_default();
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Refusal { status: self.status, kind: text("type"), reason: text("reason") }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenSearch said {} {}: {}", self.status, self.kind, self.reason)
    }
}

impl std::error::Error for Refusal {}

impl Client {
    /// Makes a way to the cluster; connects to nothing yet.
    pub(super) fn new(address: Address, ca_file: &Path, timeout: Duration) -> Result<Self> {
        let pool = Pool::new(address.nodes);
        let mut builder = TransportBuilder::new(pool.clone()).disable_proxy();
        if let Some((name, password)) = address.user {
            builder = builder.auth(Credentials::Basic(name, password));
        }
        if !ca_file.as_os_str().is_empty() {
            let wrong = |why: String| {
                let path = ca_file.display();
                Error::field(Reason::FieldInvalid, "search.ca_file", format!("{path} has no certificates: {why}"))
            };
            let pem = std::fs::read(ca_file).map_err(|error| wrong(error.to_string()))?;
            let chain = Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
            builder = builder.cert_validation(CertificateValidation::Full(chain));
        }
        let transport = builder.build().map_err(|error| {
            let message = "no client of OpenSearch can be made; see search.url and search.ca_file";
            Error::new(Reason::EngineAway, message).with_source(error)
        })?;
        let runtime = Handle::current();
        Ok(Self(Arc::new(Inner { transport, pool, timeout, is_probing: AtomicBool::new(false), runtime })))
    }

    /// Says whether no node answered lately, so that it is no use to ask.
    pub(super) fn is_away(&self) -> bool {
        self.0.pool.is_away()
    }

    /// Asks one node after the other until one answers, within the request's time and that of the task.
    ///
    /// # Errors
    /// `ENGINE_AWAY`, at once if no node answered lately; `DEADLINE_EXCEEDED`; `SHUTTING_DOWN`.
    pub(super) async fn send(&self, request: Request) -> Result<Answer> {
        if self.is_away() {
            return Err(away("no node of OpenSearch answers"));
        }
        let left = deadline::left(deadline::current())?;
        let inner = Arc::clone(&self.0);
        // Ends with the caller.
        let mut task = JoinSet::new();
        task.spawn_on(async move { inner.ask(request, left).await }, &self.0.runtime);
        match task.join_next().await {
            Some(Ok(answer)) => answer,
            Some(Err(error)) if error.is_panic() => Err(Error::internal(error)),
            Some(Err(_)) | None => Err(Error::new(Reason::ShuttingDown, "the search index is stopping")),
        }
    }

    /// Asks a node whether it is there, so that what takes longer is not begun in vain.
    pub(super) async fn ping(&self) -> Result<()> {
        self.send(Request::new(Method::Get, "/")).await?.accept()
    }
}

impl Inner {
    async fn ask(self: Arc<Self>, request: Request, left: Option<Duration>) -> Result<Answer> {
        let allowed = request.timeout.unwrap_or(self.timeout);
        let is_hurried = left.is_some_and(|left| left < allowed);
        let end = Instant::now() + left.unwrap_or(allowed).min(allowed);
        let mut last = away("no node of OpenSearch answers");
        for round in 0..self.pool.len() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.pool.is_away() {
                break;
            }
            let (node, answer) = self.attempt(None, &request, left).await;
            match answer {
                // A node that is cut off from its cluster says so; another may do better. All we send can be sent again.
                Ok(answer) if matches!(answer.status, 502..=504) && round + 1 < self.pool.len() => {}
                Ok(answer) => {
                    self.note(node, None);
                    return Ok(answer);
                }
                // The node had no chance to be in time.
                Err(Silence::Late) if is_hurried => return Err(deadline::exceeded()),
                Err(silence) => {
                    let why = silence.to_string();
                    self.note(node, Some(&why));
                    last = away(&why);
                }
            }
        }
        self.probe();
        Err(last)
    }

    async fn attempt(
        &self,
        node: Option<usize>,
        request: &Request,
        timeout: Duration,
    ) -> (usize, std::result::Result<Answer, Silence>) {
        let mut headers = HeaderMap::new();
        if request.is_lines {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        }
        let path =
            if request.query.is_empty() { request.path.clone() } else { format!("{}?{}", request.path, request.query) };
        let (method, body) = (request.method, request.body.clone());
        let ask = async {
            let answer = self.transport.send(method, &path, headers, None::<&()>, body, Some(timeout)).await?;
            let status = answer.status_code().as_u16();
            answer.bytes().await.map(|body| Answer { status, body })
        };
        let (node, answer) = self.pool.with(node, ask).await;
        (node, answer.map_err(|error| if error.is_timeout() { Silence::Late } else { Silence::Broken(chain(&error)) }))
    }

    fn note(self: &Arc<Self>, node: usize, why: Option<&str>) {
        let is_news = self.pool.note(node, why.is_some());
        match why {
            Some(why) => {
                if is_news {
                    tracing::warn!(index.node = self.pool.name(node), why, "a node of OpenSearch does not answer");
                }
                self.probe();
            }
            None if is_news => tracing::info!(index.node = self.pool.name(node), "a node of OpenSearch answers again"),
            None => {}
        }
    }

    /// Asks those that are away until all are back; one does so for all.
    fn probe(self: &Arc<Self>) {
        if self.pool.dead().is_empty() || self.is_probing.swap(true, Ordering::AcqRel) {
            return;
        }
        let weak = Arc::downgrade(self);
        self.runtime.spawn(async move {
            while let Some(inner) = weak.upgrade() {
                let dead = inner.pool.dead();
                if dead.is_empty() {
                    inner.is_probing.store(false, Ordering::Release);
                    // One may have gone meanwhile, and found that somebody asks already.
                    if !inner.pool.dead().is_empty() {
                        inner.probe();
                    }
                    return;
                }
                for node in dead {
                    let (_, answer) = inner.attempt(Some(node), &Request::new(Method::Get, "/"), inner.timeout).await;
                    if answer.is_ok_and(|answer| answer.status < 500) {
                        inner.note(node, None);
                    }
                }
                drop(inner);
                time::sleep(PROBE_EVERY).await;
            }
        });
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("it took too long"),
            Self::Broken(why) => f.write_str(why),
        }
    }
}

/// Makes the error of a cluster that does not answer.
pub(super) fn away(why: &str) -> Error {
    Error::new(Reason::EngineAway, "the search index does not answer; try again")
        .with_retry_after(RETRY_AFTER)
        .with_source(why.to_owned())
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
