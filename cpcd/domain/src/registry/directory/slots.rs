//! Places for what is known of each node: 32 bytes each, in blocks, so that more never means that all are copied.

use cpcd_model::id::NodeId;
use hashbrown::HashTable;

use super::hash;

/// A block has so many.
const BLOCK: usize = 4096;

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) id: NodeId,
    /// The network that it is reached in; 0 for none that is public.
    pub(super) network: u32,
    /// Bits of its labels.
    pub(super) signature: u32,
    /// Fingerprint of its key.
    pub(super) key: u32,
    /// The number of its realm, and in the lowest 8 bits how it is reached.
    pub(super) place: u32,
}

/// The slots, and where each node's is.
#[derive(Default)]
pub(super) struct Slots {
    blocks: Vec<Vec<Slot>>,
    free: Vec<u32>,
    index: HashTable<u32>,
}

impl Slots {
    /// Adds a slot for a node that has none; gives its number.
    pub(super) fn insert(&mut self, slot: Slot) -> u32 {
        let at = self.free.pop().unwrap_or_else(|| {
            if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
                self.blocks.push(Vec::with_capacity(BLOCK));
            }
            let full = (self.blocks.len() - 1) * BLOCK;
            let block = self.blocks.last_mut().expect("there is one by now");
            block.push(slot);
            u32::try_from(full + block.len() - 1).expect("memory ends before the numbers do")
        });
        *at_mut(&mut self.blocks, at) = slot;
        let Self { blocks, index, .. } = self;
        index.insert_unique(hash_of(slot.id), at, |at| hash_of(get(blocks, *at).id));
        at
    }

    /// Takes a node's slot away.
    pub(super) fn remove(&mut self, id: NodeId) -> Option<(u32, Slot)> {
        let Self { blocks, index, free } = self;
        let found = index.find_entry(hash_of(id), |at| get(blocks, *at).id == id).ok()?;
        let (at, _) = found.remove();
        free.push(at);
        let slot = at_mut(blocks, at);
        let taken = *slot;
        // No longer anybody's: a list of all must not name it.
        slot.id = NodeId::from(uuid::Uuid::nil());
        Some((at, taken))
    }

    /// Gives a node's slot.
    pub(super) fn find(&self, id: NodeId) -> Option<(u32, Slot)> {
        let at = *self.index.find(hash_of(id), |at| self.get(*at).id == id)?;
        Some((at, self.get(at)))
    }

    /// Gives the slot of a number.
    pub(super) fn get(&self, at: u32) -> Slot {
        get(&self.blocks, at)
    }

    /// Gives the nodes that have one.
    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> {
        self.index.iter().map(|at| self.get(*at).id)
    }
}

fn get(blocks: &[Vec<Slot>], at: u32) -> Slot {
    blocks[at as usize / BLOCK][at as usize % BLOCK]
}

fn at_mut(blocks: &mut [Vec<Slot>], at: u32) -> &mut Slot {
    &mut blocks[at as usize / BLOCK][at as usize % BLOCK]
}

fn hash_of(id: NodeId) -> u64 {
    let (_, random) = id.uuid().as_u64_pair();
    hash::mix(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_small_and_used_again() {
        assert_eq!(size_of::<Slot>(), 32);
        let slot = || Slot { id: NodeId::generate(), network: 0, signature: 0, key: 0, place: 0 };
        let mut slots = Slots::default();
        let first = slot();
        let at = slots.insert(first);
        for _ in 0..2 * BLOCK {
            slots.insert(slot());
        }
        assert_eq!(slots.find(first.id).map(|(at, slot)| (at, slot.id)), Some((at, first.id)));
        assert_eq!(slots.remove(first.id).map(|(at, slot)| (at, slot.id)), Some((at, first.id)));
        assert!(slots.remove(first.id).is_none());
        assert!(slots.find(first.id).is_none());
        let second = slot();
        assert_eq!(slots.insert(second), at);
        assert_eq!(slots.ids().count(), 2 * BLOCK + 1);
    }
}
