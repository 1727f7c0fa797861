//! Keeps the table in step with the store: who registered, was deleted or became something else, wherever that was written.
//!
//! The events say of whom, the rows say what: so an event that is read late, or twice, does no harm.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cpcd_model::{
    Reason, Result,
    id::NodeId,
    time::{Clock, Tick},
};
use cpcd_store::{
    Store,
    sql::{Event, EventCursor, Followed},
};

use super::{batch::Report, moment::Moment, signals::last_word_key, table::Table};

const KINDS: &[&str] = &["node."];
/// Events that are read at once, and how often at most: more are read in the next second.
const EVENTS: u32 = 1_000;
const READS: usize = 20;
/// Nodes that are loaded at once.
const LOAD: u32 = 10_000;

/// Follows what is stored of nodes.
pub(super) struct Changes {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    at: EventCursor,
}

impl Changes {
    /// Loads all nodes, and follows from there on.
    ///
    /// # Errors
    /// What the store says, here as everywhere.
    pub(super) async fn open(store: &Store, clock: &Clock, table: Arc<Table>) -> Result<Self> {
        // Before the nodes are read: what changes meanwhile is read again.
        let at = store.newest_event().await?;
        let changes = Self { store: store.clone(), clock: clock.clone(), table, at };
        changes.load().await?;
        Ok(changes)
    }

    /// Reads what has changed. One statement if nothing has.
    pub(super) async fn follow(&mut self) -> Result<()> {
        for _ in 0..READS {
            let until = self.store.newest_event().await?;
            if until == self.at {
                return Ok(());
            }
            if until < self.at {
                tracing::warn!("the store has lost what was in it lately, so all nodes are read again");
                self.load().await?;
                self.at = until;
                return Ok(());
            }
            let events = match self.store.list_events_of(KINDS, &self.at, &until, EVENTS).await {
                Ok(events) => events,
                Err(error) if error.reason() == Reason::PageTokenInvalid => {
                    tracing::warn!("changes of nodes are gone before they were read, so all nodes are read again");
                    self.load().await?;
                    self.at = until;
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            self.apply(&events).await?;
            let is_last = events.len() < EVENTS as usize;
            self.at = events.last().filter(|_| !is_last).map_or(until, |last| last.cursor);
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn apply(&self, events: &[Event]) -> Result<()> {
        let mut changed: HashMap<NodeId, Option<Tick>> = HashMap::new();
        let now = Moment::now(&self.clock);
        for event in events {
            match event.kind.as_str() {
                "node.registered" if event.payload["is_pending"] == true => {
                    self.table.pending.set(event.subject_id.into(), true);
                }
                "node.approved" => self.table.pending.set(event.subject_id.into(), false),
                _ => {}
            }
            let since = (event.kind == "node.status").then(|| now.tick_of(event.created_at.as_millisecond()));
            let known = changed.entry(event.subject_id.into()).or_default();
            *known = (*known).max(since);
        }
        if changed.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = changed.keys().copied().collect();
        let rows = self.store.list_statuses(&ids).await?;
        let known: HashMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
        for (id, since) in changed {
            match known.get(&id) {
                None => self.table.forget(id),
                Some(row) => {
                    follow(&self.table, row, now.tick);
                    self.table.change(id, row.status, since);
                }
            }
        }
        Ok(())
    }

    /// Follows all nodes of the store, and no others. Those who are new here count as heard of now: what they said while we were away
    /// is nobody's fault.
    async fn load(&self) -> Result<()> {
        self.table.pending.load(&self.store).await?;
        let (mut after, mut known) = (None, HashSet::new());
        // Whoever registers here meanwhile is not on the pages that were read.
        let before: HashSet<_> = self.table.ids().into_iter().collect();
        loop {
            let page = self.store.list_liveness(after, LOAD).await?;
            let now = self.clock.tick();
            for row in &page {
                follow(&self.table, row, now);
                // What is stored counts, also where it is older than what was known: the node is told once more.
                self.table.redirect(row.id, row.directives);
                self.table.change(row.id, row.status, None);
                known.insert(row.id);
            }
            after = page.last().map(|row| row.id);
            if page.len() < LOAD as usize {
                break;
            }
        }
        self.table.forget_unless(|id| known.contains(&id) || !before.contains(&id));
        Ok(())
    }
}

fn follow(table: &Table, row: &Followed, now: Tick) {
    table.follow(row.id, row.status, table.realms.number(&row.realm), now);
    table.direct(row.id, row.directives);
}

/// Follows the nodes of a store that nobody else changes.
pub(super) async fn load(store: &Store, clock: &Clock, table: &Table) -> Result<()> {
    let mut after = None;
    loop {
        let page = store.list_liveness(after, LOAD).await?;
        let now = clock.tick();
        page.iter().for_each(|row| follow(table, row, now));
        after = page.last().map(|row| row.id);
        if page.len() < LOAD as usize {
            return Ok(());
        }
    }
}

/// Takes from the cache what nodes said last, to whichever replica. A help and no more: their silence is counted from now all the same.
pub(super) async fn warm(cache: &cpcd_store::Cache, clock: &Clock, table: &Table) {
    let ids = table.ids();
    let mut found = 0;
    for some in ids.chunks(LOAD as usize) {
        let keys: Vec<_> = some.iter().map(|id| last_word_key(*id)).collect();
        let words = match cache.get_many(&keys).await {
            Ok(words) => words,
            Err(error) => {
                return tracing::debug!(%error, "what nodes said last is not known, as the cache does not answer");
            }
        };
        let now = Moment::now(clock);
        for (report, _) in words.into_iter().flatten().filter_map(|bytes| Report::decode(&bytes)) {
            table.merge(report.id, now.tick_of(report.heard_ms), report.told_ms, report.used);
            found += 1;
        }
    }
    tracing::info!(nodes = ids.len(), found, "what nodes said last was taken from the cache");
}
