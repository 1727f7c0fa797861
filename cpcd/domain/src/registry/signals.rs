//! What the halves of the exchange between replicas tell each other, and what each of them keeps to itself: who we are.

use std::sync::atomic::{AtomicBool, AtomicUsize};

use cpcd_model::time::Timestamp;
use cpcd_store::{Cache, Store};
use uuid::Uuid;

/// The log in which replicas tell whom they heard.
pub(super) const LOG: &str = "registry:liveness";

/// This replica among others, and where it meets them.
pub(super) struct Signals {
    /// Names this run of the daemon.
    pub(super) id: Uuid,
    /// Since when it hears nodes.
    pub(super) started_at: Timestamp,
    pub(super) store: Store,
    /// The cache, if others see the same.
    pub(super) cache: Option<Cache>,
    /// Whether we know all that was heard for long enough to judge.
    pub(super) is_warm: AtomicBool,
    /// Whether we cannot read the cache.
    pub(super) is_deaf: AtomicBool,
    /// Whether somebody else cannot.
    pub(super) are_others_deaf: AtomicBool,
    /// How many others live.
    pub(super) others: AtomicUsize,
}

impl Signals {
    pub(super) fn new(store: &Store, cache: Option<Cache>, started_at: Timestamp) -> Self {
        Self {
            id: Uuid::now_v7(),
            started_at,
            store: store.clone(),
            cache,
            is_warm: AtomicBool::new(false),
            is_deaf: AtomicBool::new(false),
            are_others_deaf: AtomicBool::new(false),
            others: AtomicUsize::new(0),
        }
    }
}

/// The key under which the cache keeps what a node said last.
pub(super) fn last_word_key(id: cpcd_model::id::NodeId) -> String {
    format!("registry:node:{id}")
}
