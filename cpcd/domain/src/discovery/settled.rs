//! How far the index is known to be.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// The index that follows the store, and the last generation whose marks are gone.
pub(super) type Generation = Option<(Uuid, u64)>;

/// What was last seen of it, by the indexer or by a search.
///
/// A search whose index was at a generation before it and still is after it has missed nothing that waits no more: marks go only
/// with a new generation.
#[derive(Default)]
pub(super) struct Settled(Mutex<Generation>);

impl Settled {
    pub(super) fn get(&self) -> Generation {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, generation: Generation) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = generation;
    }
}
