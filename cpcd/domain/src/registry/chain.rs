//! The chain of what this replica tells: which batch comes next, and after which one it holds everything.

use uuid::Uuid;

use super::batch::{Batch, Report};

/// What was told so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    replica: Uuid,
    started_ms: i64,
    seq: u64,
    /// The last batch that was passed on.
    passed: u64,
    /// Until when all was told with it.
    through_ms: i64,
}

impl Chain {
    /// Begins with nothing heard.
    pub(super) fn begin(replica: Uuid, started_ms: i64) -> Self {
        Self { replica, started_ms, seq: 0, passed: 0, through_ms: started_ms }
    }

    /// Makes the next batch, with all that was heard since the last one that was passed on, until `through_ms`; without that, with a
    /// part of it. A number is never used twice: a batch that seems not to have been passed on may have been.
    pub(super) fn next(&mut self, through_ms: Option<i64>, reports: Vec<Report>) -> Batch {
        self.seq += 1;
        Batch {
            replica: self.replica,
            started_ms: self.started_ms,
            seq: self.seq,
            after: self.passed,
            through_ms: through_ms.unwrap_or(self.through_ms),
            is_last: false,
            reports,
        }
    }

    /// Notes that a batch was passed on.
    pub(super) fn passed(&mut self, batch: &Batch) {
        self.passed = batch.seq;
        self.through_ms = batch.through_ms;
    }
}
