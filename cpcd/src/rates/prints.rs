//! What stands for a key in the tables: a hash that strangers cannot aim at, and that all replicas of a store agree on.

use sha2::{Digest, Sha256};

/// Makes them.
pub(super) struct Prints {
    key: [u8; 32],
}

impl Prints {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Gives what stands for a key of a kind.
    pub(super) fn of(&self, cost: u8, kind: &str, key: &[u8]) -> u64 {
        let hash = Sha256::new()
            .chain_update(self.key)
            .chain_update([cost])
            .chain_update(kind)
            .chain_update([0])
            .chain_update(key);
        let bytes: [u8; 32] = hash.finalize().into();
        u64::from_be_bytes(*bytes.first_chunk().expect("SHA-256 gives 32 bytes"))
    }
}
