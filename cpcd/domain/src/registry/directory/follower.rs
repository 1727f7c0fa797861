//! Keeps the directory in step with the store: the events say of whom something changed, the rows say what.

use std::{collections::HashSet, sync::Arc, time::Duration};

use cpcd_model::{Reason, Result, id::NodeId};
use cpcd_store::{
    Store,
    sql::{Event, EventCursor},
};
use tokio::time;
use tokio_util::sync::CancellationToken;

use super::{Directory, nearness::Nearness};

const KINDS: &[&str] = &["node."];
/// What changes nothing of where a node is to be found: the table knows who lives.
const OTHERS: [&str; 2] = ["node.status", "node.scheduling"];
const EVERY: Duration = Duration::from_secs(1);
const EVENTS: u32 = 1_000;
/// Nodes that are loaded at once.
const LOAD: u32 = 5_000;

/// Follows what is stored of where nodes are to be found.
pub(super) struct Follower {
    store: Store,
    directory: Arc<Directory>,
    nearness: Arc<Nearness>,
    /// Nothing before all was loaded.
    at: Option<EventCursor>,
}

impl Follower {
    pub(super) fn new(store: &Store, directory: Arc<Directory>, nearness: Arc<Nearness>) -> Self {
        Self { store: store.clone(), directory, nearness, at: None }
    }

    /// Follows until `stop`.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut is_away = false;
        loop {
            match self.follow().await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "where new nodes are to be found is not known until the store answers");
                    }
                    is_away = true;
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(EVERY) => {}
            }
        }
    }

    /// Reads what has changed; one statement if nothing has.
    pub(super) async fn follow(&mut self) -> Result<()> {
        loop {
            let until = self.store.newest_event().await?;
            let Some(at) = self.at.filter(|at| *at <= until) else { return self.load(until).await };
            if at == until {
                return Ok(());
            }
            let events = match self.store.list_events_of(KINDS, &at, &until, EVENTS).await {
                Ok(events) => events,
                Err(error) if error.reason() == Reason::PageTokenInvalid => return self.load(until).await,
                Err(error) => return Err(error),
            };
            self.apply(&events).await?;
            let is_last = events.len() < EVENTS as usize;
            self.at = events.last().filter(|_| !is_last).map_or(Some(until), |last| Some(last.cursor));
        }
    }

    async fn apply(&self, events: &[Event]) -> Result<()> {
        let changed = events.iter().filter(|event| !OTHERS.contains(&event.kind.as_str()));
        let changed: HashSet<NodeId> = changed.map(|event| event.subject_id.into()).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = changed.iter().copied().collect();
        let listings = self.store.get_listings(&ids).await?;
        let found: HashSet<_> = listings.iter().map(|listing| listing.id).collect();
        listings.iter().for_each(|listing| self.directory.put(listing));
        let gone = changed.difference(&found).filter_map(|id| self.directory.forget(*id));
        gone.for_each(|key| self.nearness.forget(key));
        Ok(())
    }

    /// Loads all nodes, and no others. What changes meanwhile is read again, since `at` was before.
    async fn load(&mut self, at: EventCursor) -> Result<()> {
        let (mut after, mut known) = (None, HashSet::new());
        let before: HashSet<_> = self.directory.ids().into_iter().collect();
        loop {
            let page = self.store.list_listings(after, LOAD).await?;
            for listing in &page {
                self.directory.put(listing);
                if !before.is_empty() {
                    known.insert(listing.id);
                }
            }
            after = page.last().map(|listing| listing.id);
            if page.len() < LOAD as usize {
                break;
            }
        }
        self.directory.forget_unless(|id| known.contains(&id) || !before.contains(&id));
        self.at = Some(at);
        Ok(())
    }
}
