//! Nodes that wait for approval, in memory: few, and asked for at each heartbeat.

use std::{
    collections::HashSet,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use cpcd_model::{Result, id::NodeId};
use cpcd_store::Store;

/// The nodes that wait for approval.
#[derive(Default)]
pub(in crate::registry) struct Pending {
    nodes: RwLock<HashSet<NodeId>>,
    /// Their number: where nobody waits, no lock is taken.
    count: AtomicUsize,
}

impl Pending {
    pub(in crate::registry) fn contains(&self, id: NodeId) -> bool {
        self.count.load(Ordering::Relaxed) > 0
            && self.nodes.read().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    pub(in crate::registry) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed) as u64
    }

    /// Notes whether a node waits.
    pub(in crate::registry) fn set(&self, id: NodeId, is_pending: bool) {
        if !is_pending && self.count.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut nodes = self.nodes.write().unwrap_or_else(PoisonError::into_inner);
        if is_pending {
            nodes.insert(id);
        } else {
            nodes.remove(&id);
        }
        self.count.store(nodes.len(), Ordering::Relaxed);
    }

    /// Reads all of them anew.
    ///
    /// # Errors
    /// What the store says.
    pub(in crate::registry) async fn load(&self, store: &Store) -> Result<()> {
        let found: HashSet<_> = store.list_pending_nodes().await?.into_iter().collect();
        let mut nodes = self.nodes.write().unwrap_or_else(PoisonError::into_inner);
        self.count.store(found.len(), Ordering::Relaxed);
        *nodes = found;
        Ok(())
    }
}
