//! The rehearsal that `--dry-run` asks for: what only reads is called; the first call that would change something is shown, and not sent.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use cpc_proto::FILE_DESCRIPTOR_SET;
use http_body_util::BodyExt;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use serde::Serialize;
use serde_json::Value;
use tonic::{Code, Status, body::Body};
use tonic_types::{ErrorDetails, StatusExt};
use tower::Service;

use crate::output::Show;

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build has made them"));

/// How the names of calls begin that change nothing.
const READING: [&str; 8] = ["Check", "Export", "Find", "Get", "List", "Search", "Verify", "Watch"];
/// What opens and renews the session that the reading calls need.
const SESSION: [&str; 2] = ["Authenticate", "RefreshToken"];
/// Fields whose values stay secret, wherever they are.
const SECRET: [&str; 4] = ["code", "secret", "signature", "token"];
/// A message is behind a byte and its length (the gRPC wire format's length-prefixed message).
const PREFIX: usize = 5;

/// A call that was not made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Planned {
    is_dry_run: bool,
    call: String,
    request: Value,
}

impl Show for Planned {
    fn name(&self) -> String {
        self.call.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let request = serde_json::to_string_pretty(&self.request).unwrap_or_default();
        vec![("Would call", self.call.clone()), ("With", request)]
    }
}

/// Stands in front of the server; clones share what came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rehearsal(Arc<Mutex<Came>>);

/// What it came to.
#[derive(Debug, Clone, Default)]
pub(crate) enum Came {
    /// No call that would change something.
    #[default]
    Nothing,
    /// What would be changed was shown, by the command or by the server.
    Checked,
    /// A call that would have changed something, and was not made.
    Stopped(Planned),
}

impl Rehearsal {
    /// Gives what it came to.
    pub(crate) fn came(&self) -> Came {
        self.lock().clone()
    }

    /// Tells whether it came to a call that would have changed something.
    pub(crate) fn has_stopped(&self) -> bool {
        matches!(*self.lock(), Came::Stopped(_))
    }

    /// Notes what it comes to; a call that was not made is never forgotten.
    pub(crate) fn note(&self, came: Came) {
        let mut known = self.lock();
        if !matches!(*known, Came::Stopped(_)) {
            *known = came;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Came> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A channel that lets through what changes nothing.
#[derive(Debug, Clone)]
pub(crate) struct Rehearsed<S> {
    channel: S,
    rehearsal: Rehearsal,
}

impl<S> Rehearsed<S> {
    pub(crate) fn new(channel: S, rehearsal: Rehearsal) -> Self {
        Self { channel, rehearsal }
    }
}

impl<S> Service<http::Request<Body>> for Rehearsed<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = http::Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.channel.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let Some(method) = method(request.uri().path()).filter(changes) else {
            return Box::pin(self.channel.call(request));
        };
        // The one that is ready makes the call, and leaves a clone for the next.
        let clone = self.channel.clone();
        let mut channel = std::mem::replace(&mut self.channel, clone);
        let rehearsal = self.rehearsal.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let (bytes, rest) = first_message(body).await;
            let message = bytes.get(PREFIX..).and_then(|bytes| DynamicMessage::decode(method.input(), bytes).ok());
            let is_checked_there = message.as_ref().is_some_and(says_dry_run);
            if is_checked_there {
                rehearsal.note(Came::Checked);
                return channel.call(http::Request::from_parts(head, rest)).await;
            }
            let mut request = message.and_then(|message| serde_json::to_value(message).ok()).unwrap_or_default();
            hide(&mut request);
            let call = format!("{}/{}", method.parent_service().name(), method.name());
            rehearsal.note(Came::Stopped(Planned { is_dry_run: true, call, request }));
            Ok(stopped().into_http())
        })
    }
}

/// Gives the answer in place of the server's.
fn stopped() -> Status {
    let details = ErrorDetails::with_error_info("DRY_RUN", "cpcctl", []);
    Status::with_error_details(Code::FailedPrecondition, "not sent: this is a rehearsal", details)
}

/// Gives the method of a path, as in /cpc.v1.NodeOrchestration/GetNode.
fn method(path: &str) -> Option<MethodDescriptor> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    POOL.get_service_by_name(service)?.methods().find(|known| known.name() == method)
}

fn changes(method: &MethodDescriptor) -> bool {
    let name = method.name();
    !SESSION.contains(&name) && !READING.iter().any(|verb| name.starts_with(verb))
}

/// Tells whether the server itself is asked only to check.
fn says_dry_run(message: &DynamicMessage) -> bool {
    message.get_field_by_name("dry_run").is_some_and(|value| value.as_bool() == Some(true))
}

/// Reads to the end of the first message; gives its bytes, and a body that begins with what was read.
async fn first_message(mut body: Body) -> (Vec<u8>, Body) {
    let mut bytes = Vec::new();
    while !is_whole(&bytes)
        && let Some(Ok(frame)) = body.frame().await
    {
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    let begin = http_body_util::Full::new(tonic::codegen::Bytes::from(bytes.clone()));
    // What asks for a check is one message: nothing comes after it.
    (bytes, Body::new(begin.map_err(|never: Infallible| match never {})))
}

fn is_whole(bytes: &[u8]) -> bool {
    let length = bytes.get(1..PREFIX).and_then(|length| length.try_into().ok()).map(u32::from_be_bytes);
    length.is_some_and(|length| bytes.len() >= PREFIX + length as usize)
}

/// Puts a word in the place of what is secret.
fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if SECRET.contains(&name.as_str()) && value.is_string() {
                    *value = "(not shown)".into();
                } else {
                    hide(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_one_that_reads_or_one_that_changes() {
        let all: Vec<_> = POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
        let named = |wanted: bool| {
            let chosen = all.iter().filter(move |method| changes(method) == wanted);
            chosen.map(|method| method.name().to_owned()).collect::<Vec<_>>()
        };
        let verb = |name: &String| {
            let end =
                name.char_indices().skip(1).find(|(_, letter)| letter.is_uppercase()).map_or(name.len(), |(at, _)| at);
            name[..end].to_owned()
        };
        let verbs: std::collections::BTreeSet<_> = named(true).iter().map(verb).collect();
        let known = [
            "Add",
            "Apply",
            "Approve",
            "Cordon",
            "Create",
            "Delete",
            "Drain",
            "Expire",
            "Heartbeat",
            "Logout",
            "Manage",
            "Publish",
            "Rebuild",
            "Recover",
            "Register",
            "Release",
            "Renew",
            "Request",
            "Reset",
            "Resume",
            "Revoke",
            "Rotate",
            "Suspend",
            "Test",
            "Uncordon",
            "Update",
        ];
        assert_eq!(
            verbs,
            known.map(str::to_owned).into(),
            "a new verb changes something, or is to be among those that read"
        );
        assert!(named(false).contains(&"GetNode".to_owned()) && named(false).contains(&"Authenticate".to_owned()));
    }

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        let mut value = serde_json::json!({"id": "7", "proof": {"signature": "c2ln", "of": [{"token": "t"}]}});
        hide(&mut value);
        assert_eq!(
            value,
            serde_json::json!({"id": "7", "proof": {"signature": "(not shown)", "of": [{"token": "(not shown)"}]}})
        );
    }

    #[test]
    fn a_message_ends_where_its_length_says() {
        assert!(!is_whole(&[0, 0, 0, 0]) && !is_whole(&[0, 0, 0, 0, 2, 9]));
        assert!(is_whole(&[0, 0, 0, 0, 0]) && is_whole(&[0, 0, 0, 0, 2, 9, 9]));
    }
}
