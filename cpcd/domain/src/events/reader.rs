//! Reads events from the store for one viewer, from a cursor on: what they may see, and where it goes on.

use std::collections::BTreeSet;

use cpcd_model::{Reason, Result};
use cpcd_store::{
    Store,
    sql::{Event, EventCursor},
};
use uuid::Uuid;

use super::{
    Filter, Happened,
    sight::{Known, Viewer},
};
use crate::{
    Caller,
    registry::{Allocations, Nodes},
};

/// Most events that are read at once: what a follower who takes nothing has waiting.
const BATCH: u32 = 256;

/// Reads events.
#[derive(Clone)]
pub(super) struct Reader {
    store: Store,
    pub(super) nodes: Nodes,
    allocations: Allocations,
}

/// What was read.
pub(super) enum Read {
    /// Events, and where it goes on.
    Page(Page),
    /// Events are missing; it goes on here.
    Gap(EventCursor),
}

/// A page of events.
pub(super) struct Page {
    /// What the viewer may see, each with its place.
    pub(super) events: Vec<(EventCursor, Happened)>,
    /// Where it goes on.
    pub(super) at: EventCursor,
    /// Whether nothing follows of what showed already.
    pub(super) is_last: bool,
}

impl Reader {
    pub(super) fn new(store: &Store, nodes: &Nodes, allocations: &Allocations) -> Self {
        Self { store: store.clone(), nodes: nodes.clone(), allocations: allocations.clone() }
    }

    /// Gives a caller as a viewer.
    pub(super) async fn viewer(&self, caller: &Caller) -> Result<Viewer> {
        Ok(Viewer { caller: caller.clone(), realm: self.nodes.realm_of(caller).await? })
    }

    /// Reads what comes after `at`, up to `until`: where "now" is, read before.
    pub(super) async fn read(
        &self,
        viewer: &Viewer,
        filter: &Filter,
        at: EventCursor,
        until: EventCursor,
    ) -> Result<Read> {
        if until == at {
            return Ok(Read::Page(Page { events: Vec::new(), at, is_last: true }));
        }
        if until < at {
            // The store is not where the cursor was made: it was moved, or brought back from a copy.
            return Ok(Read::Gap(until));
        }
        let read = self.store.list_events_about(&filter.kinds, &filter.subjects, &at, &until, BATCH).await;
        let events = match read {
            Ok(events) => events,
            Err(error) if error.reason() == Reason::PageTokenInvalid => return Ok(Read::Gap(until)),
            Err(error) => return Err(error),
        };
        let known = self.load(viewer, &events).await?;
        let is_last = events.len() < BATCH as usize;
        let at = events.last().filter(|_| !is_last).map_or(until, |last| last.cursor);
        let seen = events.iter().filter_map(|event| Some((event.cursor, viewer.see(event, &known)?)));
        Ok(Read::Page(Page { events: seen.collect(), at, is_last }))
    }

    /// Loads what events are about, as it is now.
    async fn load(&self, viewer: &Viewer, events: &[Event]) -> Result<Known<'_>> {
        let nodes = subjects(events, "node.");
        let nodes = if nodes.is_empty() { Vec::new() } else { self.nodes.load(&nodes).await? };
        let allocations = self.allocations.seen(&viewer.caller, &subjects(events, "allocation.")).await?;
        Ok(Known {
            source: &self.nodes,
            nodes: nodes.into_iter().map(|node| (node.id, node)).collect(),
            allocations: allocations.into_iter().map(|shown| (shown.allocation.id, shown)).collect(),
        })
    }
}

/// Gives whom the events of an area are about, each once.
fn subjects<T: From<Uuid>>(events: &[Event], area: &str) -> Vec<T> {
    let ids = events.iter().filter(|event| event.kind.starts_with(area)).map(|event| event.subject_id);
    ids.collect::<BTreeSet<_>>().into_iter().map(T::from).collect()
}
