//! What went wrong, in the shape that stderr shows: text for people, one JSON object for programs.

use std::{error::Error, fmt, io, ops::Deref, path::Path, time::Duration};

use serde::{Serialize, Serializer};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::exit::Exit;

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A field that the server, or cpcctl, refused.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Field {
    pub(crate) field: String,
    pub(crate) description: String,
}

/// What is known about a failure; its JSON form is what `-o json` prints on stderr.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Details {
    #[serde(skip)]
    pub(crate) exit: Exit,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    pub(crate) message: String,
    pub(crate) fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    #[serde(rename = "retryAfterMs", skip_serializing_if = "Option::is_none", serialize_with = "as_ms")]
    pub(crate) retry_after: Option<Duration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// The reader of our output has gone: nothing is left to say, and nobody to say it to.
    #[serde(skip)]
    pub(crate) is_silent: bool,
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
fn as_ms<S: Serializer>(duration: &Option<Duration>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(&duration.unwrap_or_default().as_millis())
}

/// A failure; small, because it travels in every result.
#[derive(Debug)]
pub(crate) struct Failure(Box<Details>);

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl Failure {
    /// Makes a failure that cpcctl found itself.
    pub(crate) fn new(exit: Exit, reason: &str, message: impl fmt::Display) -> Self {
        let code = match exit {
            Exit::Ok => "ok",
            Exit::Failure => "unknown",
            Exit::Usage => "invalid_argument",
            Exit::Unreachable | Exit::Busy => "unavailable",
            Exit::NotFound => "not_found",
            Exit::Denied => "unauthenticated",
            Exit::Conflict | Exit::CheckFailed => "failed_precondition",
            Exit::Partial => "partial",
            Exit::Interrupted => "cancelled",
        };
        Self(Box::new(Details {
            exit,
            code,
            reason: reason.to_owned(),
            message: message.to_string(),
            fields: Vec::new(),
            request_id: None,
            retry_after: None,
            hint: None,
            is_silent: false,
        }))
    }

    /// Makes a failure of the command line.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, "USAGE", message)
    }

    /// Makes the failure of a file that could not be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let kind = error.kind();
        let (exit, reason) = if kind == io::ErrorKind::NotFound {
            (Exit::NotFound, "FILE_NOT_FOUND")
        } else if kind == io::ErrorKind::AlreadyExists {
            (Exit::Conflict, "FILE_EXISTS")
        } else {
            (Exit::Failure, "FILE_FAILED")
        };
        Self::new(exit, reason, format_args!("{}: {}", path.display(), plain(error)))
    }

    /// Makes the failure of a server that is not there.
    pub(crate) fn unreachable(endpoint: impl fmt::Display, cause: &(dyn Error + 'static)) -> Self {
        let why = innermost(cause);
        Self::new(
            Exit::Unreachable,
            "UNREACHABLE",
            format_args!("cannot reach cpcd at {endpoint}; is it running? ({why})"),
        )
        .hint("start it with `cpcd`, or name it with --endpoint or --local")
    }

    /// Makes the failure of an answer that did not come in time.
    pub(crate) fn timeout(limit: Duration) -> Self {
        Self::late(format_args!("no answer within {limit:?}"))
    }

    fn late(message: impl fmt::Display) -> Self {
        let mut failure = Self::new(Exit::Unreachable, "TIMEOUT", message).hint("give it longer with --timeout");
        failure.0.code = "deadline_exceeded";
        failure
    }

    /// Makes the failure of a connection that is over.
    pub(crate) fn lost(why: impl fmt::Display) -> Self {
        Self::new(Exit::Unreachable, "CONNECTION_LOST", why)
    }

    /// Makes the failure of an answer that lacks what it must have.
    pub(crate) fn empty_answer() -> Self {
        Self::new(Exit::Failure, "ANSWER_INVALID", "the server's answer is empty")
    }

    /// Adds the way out, shown on a line of its own.
    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.0.hint = Some(hint.to_string());
        self
    }

    /// Adds what each of several things was refused for.
    pub(crate) fn with_fields(mut self, fields: Vec<Field>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Tells whether the server did not accept the caller's token.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        self.code == Exit::of(Code::Unauthenticated).1
    }
}

/// The reader of stdout has gone (`cpcctl ... | head`): the run ends well and says nothing.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            let mut failure = Self::new(Exit::Ok, "PIPE_CLOSED", "the reader has gone");
            failure.0.is_silent = true;
            return failure;
        }
        Self::new(Exit::Failure, "OUTPUT_FAILED", format_args!("cannot write the output: {}", plain(&error)))
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        if let Some(source) = status.source() {
            if is_timeout(source) {
                return Self::late("no answer in time");
            }
            // Nothing of this came from the server: the connection broke, or what answers does not speak gRPC.
            let why = innermost(source);
            return Self::new(
                Exit::Unreachable,
                "CONNECTION_LOST",
                format_args!("the connection to cpcd broke: {why}"),
            )
            .hint("is this the gRPC address of cpcd, and is it still running?");
        }
        if status.details().is_empty()
            && ["protocol error", "grpc-status header missing"].iter().any(|sign| status.message().starts_with(sign))
        {
            return Self::new(Exit::Unreachable, "NOT_GRPC", "what answers there does not speak gRPC")
                .hint("name cpcd's gRPC address, not its REST one");
        }
        let (exit, code) = Exit::of(status.code());
        let details = status.get_error_details();
        let info = details.error_info();
        let metadata = |key: &str| info.and_then(|info| info.metadata.get(key).cloned());
        let header = |key: &str| status.metadata().get(key).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
        Self(Box::new(Details {
            exit,
            code,
            reason: info.map_or_else(|| code.to_uppercase(), |info| info.reason.clone()),
            message: if status.message().is_empty() { code.replace('_', " ") } else { status.message().to_owned() },
            fields: violations.into_iter().map(|v| Field { field: v.field, description: v.description }).collect(),
            request_id: metadata("request_id").or_else(|| header("cpc-request-id")),
            retry_after: details.retry_info().and_then(|retry| retry.retry_delay),
            hint: way_out(status.code(), info.map_or("", |info| &info.reason), status.message()).map(str::to_owned),
            is_silent: false,
        }))
    }
}

/// What a caller can do about a refusal of this kind, where it is the same each time.
fn way_out(code: Code, reason: &str, message: &str) -> Option<&'static str> {
    if reason == "RECOVERY_REFUSED" {
        None
    } else if reason == "LOGIN_REFUSED" {
        Some("name the key that the server knows with `cpcctl login --key FILE`")
    } else if code == Code::Unauthenticated {
        Some("log in with `cpcctl login`")
    } else if code == Code::PermissionDenied && message.starts_with("only a user") {
        Some("log in with `cpcctl login`, and leave out --local")
    } else if code == Code::PermissionDenied {
        Some(
            "see what you may do with `cpcctl whoami`; on the daemon's machine its administrator may all, with --local",
        )
    } else {
        None
    }
}

/// Tells whether our own limit for the answer ran out, rather than the connection.
fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    error.is::<tonic::TimeoutExpired>() || error.source().is_some_and(is_timeout)
}

/// The innermost cause: what the operating system or the protocol said, without the layers around it.
fn innermost<'a>(mut error: &'a (dyn Error + 'static)) -> String {
    while let Some(inner) = error.source() {
        error = inner;
    }
    error.downcast_ref::<io::Error>().map_or_else(|| error.to_string(), plain)
}

/// An operating system's message without Rust's "(os error 13)" behind it, in lower case.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;

    #[test]
    fn a_status_keeps_its_details() {
        let mut details = ErrorDetails::with_error_info("FIELD_TOO_LONG", "cpc", [("request_id".into(), "r-1".into())]);
        details.set_bad_request(vec![FieldViolation::new("title", "at most 255 characters")]);
        details.set_retry_info(Some(Duration::from_millis(1500)));
        let failure =
            Failure::from(Status::with_error_details(Code::InvalidArgument, "the title is too long", details));
        assert_eq!(failure.exit, Exit::Usage);
        let json = serde_json::to_value(&*failure).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "code": "invalid_argument", "reason": "FIELD_TOO_LONG", "message": "the title is too long",
                "fields": [{"field": "title", "description": "at most 255 characters"}],
                "requestId": "r-1", "retryAfterMs": "1500",
            })
        );
    }

    #[test]
    fn a_bare_status_still_has_a_reason_and_a_message() {
        let failure = Failure::from(Status::new(Code::PermissionDenied, ""));
        assert_eq!((&*failure.reason, &*failure.message), ("PERMISSION_DENIED", "permission denied"));
        assert_eq!(failure.exit, Exit::Denied);
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(failure.is_silent);
        assert_eq!(failure.exit, Exit::Ok);
    }
}
