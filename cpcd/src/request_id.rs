//! The name of a request: in its answer, its errors and the log.

use std::{fmt, future::Future};

use uuid::Uuid;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Names a request in answers and logs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(Uuid);

impl RequestId {
    pub(crate) fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// Answers a request under its name.
    pub(crate) fn during<F: Future>(self, answer: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, answer)
    }

    /// Gives the name of the request at hand.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    /// Gives it as a UUID.
    pub(crate) fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
