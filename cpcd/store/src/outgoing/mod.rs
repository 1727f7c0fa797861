//! What is sent to others over HTTP: only to addresses that pass a check, each time anew, and never elsewhere than it was meant for.
//!
//! The check stands where names become addresses, so that a connection goes to an address that has passed it and to no other. Nothing
//! follows a redirect, nothing goes through a proxy, no connection is kept, and of an answer hardly more is read than its status.

mod target;

use std::{
    error::Error as StdError,
    fmt,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use cpcd_model::{Error, Reason, Result};
use reqwest::{
    Certificate, Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

pub use target::Target;

/// Longest time until a connection is there.
const CONNECT: Duration = Duration::from_secs(3);
/// So much of an answer is read.
const ANSWER: usize = 1024;

/// Says whether an address may be called.
pub type Check = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Sends to others; clones share it.
#[derive(Clone)]
pub struct Outgoing {
    client: Client,
    check: Check,
    timeout: Duration,
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long to wait before asking again (RFC 9110 10.2.3, in seconds; a date counts for nothing).
    pub retry_after: Option<Duration>,
}

/// Why nothing was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered(String);

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// No address of a name may be called.
#[derive(Debug)]
struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("its host has no address that may be called (events.webhook_private)")
    }
}

impl StdError for NotAllowed {}

/// Asks the system for the addresses of a name, and gives those that pass the check.
struct Checked(Check);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let check = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| check(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NotAllowed.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Outgoing {
    /// Prepares to send to addresses that pass a check, within a time; `ca_file` has the authorities (PEM) that are trusted in place of
    /// the system's, if it is not empty.
    ///
    /// # Errors
    /// `FIELD_INVALID` for a file that has no certificates.
    pub fn new(check: Check, timeout: Duration, ca_file: &Path) -> Result<Self> {
        let wrong = |why: String| Error::field(Reason::FieldInvalid, "events.webhook_ca_file", why);
        let mut client = Client::builder()
            .user_agent(concat!("cpcd/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Checked(check.clone()))
            .redirect(Policy::none())
            .no_proxy()
            .no_gzip()
            .referer(false)
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT.min(timeout))
            .timeout(timeout);
        if !ca_file.as_os_str().is_empty() {
            let text = std::fs::read(ca_file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
            let certificates = Certificate::from_pem_bundle(&text).map_err(|error| wrong(error.to_string()))?;
            if certificates.is_empty() {
                return Err(wrong("has no certificate".to_owned()));
            }
            client = client.tls_certs_only(certificates);
        }
        Ok(Self { client: client.build().map_err(Error::internal)?, check, timeout })
    }

    /// Posts JSON; gives what was answered.
    ///
    /// # Errors
    /// Why nothing was answered, for whoever owns the target.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> std::result::Result<Answer, Unanswered> {
        let target = Target::read("url", url).map_err(|error| Unanswered(error.message().to_owned()))?;
        // Where a host is an address nobody is asked for one.
        if target.address().is_some_and(|address| !(self.check)(address)) {
            return Err(Unanswered(NotAllowed.to_string()));
        }
        let mut request = self.client.post(url).header("content-type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut answer = request.send().await.map_err(|error| self.why(&error))?;
        let retry_after =
            answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let given = Answer { status: answer.status().as_u16(), retry_after: retry_after.map(Duration::from_secs) };
        let mut read = 0;
        // What more there is, and whether it arrives whole, is nothing to us.
        while read < ANSWER
            && let Ok(Some(some)) = answer.chunk().await
        {
            read += some.len();
        }
        Ok(given)
    }

    fn why(&self, error: &reqwest::Error) -> Unanswered {
        if error.is_timeout() {
            return Unanswered(format!("no answer within {} seconds", self.timeout.as_secs_f32()));
        }
        let mut last: &dyn StdError = error;
        while let Some(source) = last.source() {
            last = source;
        }
        Unanswered(if error.is_connect() { format!("no connection: {last}") } else { format!("no answer: {last}") })
    }
}
