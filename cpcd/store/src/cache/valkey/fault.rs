//! What the server's errors mean.

use cpcd_model::{Error, Reason};
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Tells whether a connection that gave this error is of no more use: it is broken, or it leads to the wrong server.
pub(super) fn is_broken(error: &RedisError) -> bool {
    // Someone changed the password, or the server forgot that we said it.
    let is_stranger = matches!(error.code(), Some("NOAUTH" | "NOREPLICAS" | "WRONGPASS"));
    is_stranger
        || matches!(
            error.kind(),
            ErrorKind::Io
                | ErrorKind::Parse
                | ErrorKind::AuthenticationFailed
                | ErrorKind::ClusterConnectionNotFound
                | ErrorKind::Server(
                    ServerErrorKind::ReadOnly
                        | ServerErrorKind::MasterDown
                        | ServerErrorKind::BusyLoading
                        | ServerErrorKind::ClusterDown
                        | ServerErrorKind::Moved
                        | ServerErrorKind::Ask
                )
        )
}

/// Says that the cache does not answer, or will not do it.
pub(super) fn refused(error: RedisError) -> Error {
    let text = match error.code() {
        Some(code) => format!("the cache refuses ({code})"),
        None => "the cache does not answer".to_owned(),
    };
    Error::new(Reason::EngineAway, text).with_source(error)
}

/// Says that the cache is known to be away.
pub(super) fn away() -> Error {
    Error::new(Reason::EngineAway, "the cache does not answer")
}
