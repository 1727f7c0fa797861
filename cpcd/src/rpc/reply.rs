//! An error becomes a gRPC status: the only place.

use std::collections::HashMap;

use cpc_proto::ERROR_DOMAIN;
use cpcd_model::{Error, Kind};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::request_id::RequestId;

/// Gives the status of an error, with its details; logs it once if it is our fault.
pub(super) fn status(error: &Error, request_id: Option<&RequestId>) -> Status {
    let request_id = request_id.map(ToString::to_string).unwrap_or_default();
    if error.kind() == Kind::Internal {
        tracing::error!(request.id = request_id, error = ?error, "a call failed");
    }
    let mut metadata: HashMap<_, _> =
        error.metadata().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    metadata.insert("request_id".to_owned(), request_id);
    let mut details = ErrorDetails::with_error_info(error.reason().as_str(), ERROR_DOMAIN, metadata);
    for violation in error.fields() {
        details.add_bad_request_violation(&violation.field, &violation.description);
    }
    if let Some(after) = error.retry_after() {
        details.set_retry_info(Some(after));
    }
    let (code, _, _) = error.kind().codes();
    Status::with_error_details(Code::from_i32(code), error.message(), details)
}
