//! Placement: which nodes a part could lie on. An index in memory, each replica's own, proposes; SQL decides.
//!
//! The index has the nodes that are open and have something to give. It follows the events of nodes and allocations, is told at once
//! what this replica has changed, and reads nodes anew that SQL has refused: so what it says may be old, and is never wrong for long.

mod ask;
mod choose;
mod classes;
mod index;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use cpcd_model::{
    Reason, Result,
    id::NodeId,
    node::{Node, NodeStatus, Resources},
};
use cpcd_store::{
    Store,
    sql::{Event, EventCursor, Room},
};
use tokio::{sync::Mutex, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(super) use ask::{Ask, Avoid, Reach};
use choose::{Choice, Dice, Known};
use index::Index;

use super::table::Table;
use crate::caller::Caller;

const KINDS: &[&str] = &["node.", "allocation."];
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
/// Events that are read at once.
const EVENTS: u32 = 1_000;
/// Nodes that are read at once.
const LOAD: u32 = 10_000;

/// Proposes nodes; clones share the index.
#[derive(Clone)]
pub struct Placements {
    store: Store,
    table: Arc<Table>,
    index: Arc<RwLock<Index>>,
    /// Whoever reads nodes anew holds it.
    refreshing: Arc<Mutex<()>>,
    /// Up to where events were read; whoever follows holds it.
    followed: Arc<Mutex<EventCursor>>,
}

/// What keeps a request from being placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    /// A word: `placement`, `cpu_millicores`, `memory_bytes`, `bandwidth_bits_per_second` or `room`.
    pub(super) what: &'static str,
}

impl Placements {
    /// Reads all nodes, and follows from there on.
    ///
    /// # Errors
    /// What the store says, here as everywhere.
    pub(super) async fn open(store: &Store, table: Arc<Table>) -> Result<Self> {
        // Before the nodes are read: what changes meanwhile is read again.
        let at = store.newest_event().await?;
        let placements = Self {
            store: store.clone(),
            table,
            index: Arc::default(),
            refreshing: Arc::default(),
            followed: Arc::new(Mutex::new(at)),
        };
        placements.load().await?;
        Ok(placements)
    }

    /// Gives up to `count` nodes that differ, each at random among the best by what is granted of it and what it says that it uses;
    /// fewer if there are no more that fit, as far as is known here.
    pub(super) fn propose(&self, ask: &Ask, count: usize, avoid: &Avoid) -> Vec<NodeId> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Choice::new(&index, ask, avoid, &|id| self.known(id), Dice::new()).nodes(count)
    }

    /// Says what there is too little of, for `count` nodes.
    pub(super) fn explain(&self, ask: &Ask, count: usize, avoid: &Avoid) -> Lack {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Choice::new(&index, ask, avoid, &|id| self.known(id), Dice::new()).lack(count)
    }

    /// Reads nodes anew.
    pub(super) async fn refresh(&self, ids: &[NodeId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        // Read and taken over in one order, so that nothing older comes over what is newer.
        let _turn = self.refreshing.lock().await;
        let rooms = self.store.get_rooms(ids).await?;
        let found: HashSet<_> = rooms.iter().map(|room| room.id).collect();
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        rooms.iter().for_each(|room| index.put(room));
        ids.iter().filter(|id| !found.contains(id)).for_each(|id| index.forget(*id));
        Ok(())
    }

    /// Notes what nodes are by now.
    pub(super) fn note(&self, nodes: &[Node]) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        for node in nodes {
            self.table.direct(node.id, node.directives);
            match Room::of(node) {
                Some(room) => index.put(&room),
                None => index.forget(node.id),
            }
        }
    }

    /// Notes that nothing may be placed on a node any more.
    pub(super) fn forget(&self, id: NodeId) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).forget(id);
    }

    /// Follows events until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let caller = Caller::system();
        let mut is_away = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = time::sleep(FOLLOW_EVERY) => {}
            }
            match self.follow(&caller).await {
                Ok(()) => is_away = false,
                Err(error) => {
                    if !is_away {
                        tracing::warn!(error = ?error, "where there is room is not followed until the store answers");
                    }
                    is_away = true;
                }
            }
        }
    }

    async fn follow(&self, caller: &Caller) -> Result<()> {
        caller.require_system()?;
        self.catch_up().await
    }

    /// Reads what has changed. One statement if nothing has.
    pub(super) async fn catch_up(&self) -> Result<()> {
        let mut at = self.followed.lock().await;
        let until = self.store.newest_event().await?;
        if until < *at {
            tracing::warn!("the store has lost what was in it lately, so what there is room for is read again");
            self.load().await?;
            *at = until;
            return Ok(());
        }
        while *at < until {
            let events = match self.store.list_events_of(KINDS, &at, &until, EVENTS).await {
                Ok(events) => events,
                Err(error) if error.reason() == Reason::PageTokenInvalid => {
                    self.load().await?;
                    *at = until;
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            let concerned: Vec<_> = events.iter().flat_map(concerned).collect();
            for (id, version) in &concerned {
                // What a node is to do is known by its version, wherever that was written.
                version.iter().for_each(|version| self.table.direct(*id, *version));
            }
            let ids: HashSet<_> = concerned.into_iter().map(|(id, _)| id).collect();
            let ids: Vec<_> = ids.into_iter().collect();
            self.refresh(&ids).await?;
            let is_last = events.len() < EVENTS as usize;
            *at = events.last().filter(|_| !is_last).map_or(until, |last| last.cursor);
        }
        Ok(())
    }

    /// Reads all nodes, and no others stay.
    async fn load(&self) -> Result<()> {
        let (mut after, mut fresh) = (None, Index::default());
        loop {
            let page = self.store.list_rooms(after, LOAD).await?;
            page.iter().for_each(|room| fresh.put(room));
            after = page.last().map(|room| room.id);
            if page.len() < LOAD as usize {
                break;
            }
        }
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Gives what the table knows of a node.
    fn known(&self, id: NodeId) -> Known {
        match self.table.view(id) {
            Some(view) => Known { is_online: view.status == NodeStatus::Online, used: view.used },
            None => Known { is_online: false, used: Resources::default() },
        }
    }
}

/// Gives the nodes that an event is about, with the version of what they are to do, if that changed.
fn concerned(event: &Event) -> Vec<(NodeId, Option<u64>)> {
    if event.kind.starts_with("node.") {
        return vec![(event.subject_id.into(), event.payload["directives"].as_u64())];
    }
    let nodes = event.payload["nodes"].as_array();
    let read = |node: &serde_json::Value| Some((node[0].as_str()?.parse::<Uuid>().ok()?.into(), node[1].as_u64()));
    nodes.into_iter().flatten().filter_map(read).collect()
}
