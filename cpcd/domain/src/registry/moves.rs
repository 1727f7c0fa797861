//! Tells this replica of what it has moved itself: what nodes are to do from now on, and that something waits for a node.
//!
//! The others learn it by the events, within a second; and so would this one, if it died in between.

use std::sync::Arc;

use cpcd_store::sql::{Moved, SetScheduling};
use tokio::sync::Notify;

use super::table::Table;

/// Tells of moves; clones tell the same.
#[derive(Clone)]
pub(super) struct Moves {
    table: Arc<Table>,
    waiting: Arc<Notify>,
}

impl Moves {
    pub(super) fn new(table: Arc<Table>) -> Self {
        Self { table, waiting: Arc::default() }
    }

    /// Notes what was moved, after it was committed.
    pub(super) fn note(&self, moved: &[Moved]) {
        for (id, version) in moved.iter().flat_map(|moved| &moved.nodes) {
            self.table.direct(*id, *version);
        }
        // What ends makes room.
        let wakes = ["allocation.waiting", "allocation.released", "allocation.expired"];
        if moved.iter().any(|moved| wakes.contains(&moved.kind)) {
            self.waiting.notify_one();
        }
    }

    /// Notes what may be placed on a node from now on, after it was committed.
    pub(super) fn note_scheduling(&self, changed: &SetScheduling) {
        self.table.direct(changed.node, changed.directives);
        self.waiting.notify_one();
    }

    /// Has the rerouter look again soon, since there was more than it does at once.
    pub(super) fn go_on(&self) {
        self.waiting.notify_one();
    }

    /// Waits until something waits for a node that this replica knows of.
    pub(super) async fn happened(&self) {
        self.waiting.notified().await;
    }
}
