//! The index: nodes that are open, by what of them is granted. Some seventy bytes a node.

use std::hash::{BuildHasher, BuildHasherDefault};

use cpcd_model::{id::NodeId, node::Resources};
use cpcd_store::sql::Room;
use hashbrown::HashTable;

use super::{super::entry::IdHasher, classes::Classes};

/// Steps from nothing granted to all of something.
pub(super) const LEVELS: usize = 64;
/// Classes without a node are cleared away when they are so many, and more than those with one.
const MOST_EMPTY: usize = 1_024;

/// A node. Amounts have 24 bits of precision: SQL, which decides, has all.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) id: NodeId,
    pub(super) capacity: [f32; 3],
    pub(super) granted: [f32; 3],
    pub(super) class: u32,
    in_class: u32,
    in_level: u32,
    level: u8,
}

/// The nodes.
#[derive(Default)]
pub(super) struct Index {
    pub(super) slots: Vec<Slot>,
    by_id: HashTable<u32>,
    pub(super) classes: Classes,
    pub(super) levels: Levels,
}

/// Slots by how much of their nodes is granted.
pub(super) struct Levels([Vec<u32>; LEVELS]);

impl Default for Levels {
    fn default() -> Self {
        Self([const { Vec::new() }; LEVELS])
    }
}

impl Levels {
    /// Gives the slots of a level.
    pub(super) fn at(&self, level: usize) -> &[u32] {
        &self.0[level]
    }
}

impl Index {
    /// Takes a node up, or brings it up to date; one that has nothing to give stays out.
    pub(super) fn put(&mut self, room: &Room) {
        if room.capacity == Resources::default() {
            return self.forget(room.id);
        }
        let (capacity, granted) = (amounts(&room.capacity), amounts(&room.granted));
        let class = self.classes.of(room);
        match self.find(room.id) {
            None => self.add(room.id, capacity, granted, class),
            Some(at) => {
                let slot = &mut self.slots[at as usize];
                (slot.capacity, slot.granted) = (capacity, granted);
                let before = *slot;
                if before.class != class {
                    self.leave_class(before);
                    let in_class = self.classes.join(class, at);
                    let slot = &mut self.slots[at as usize];
                    (slot.class, slot.in_class) = (class, in_class);
                }
                if before.level != level(&capacity, &granted) {
                    self.leave_level(before);
                    self.join_level(at);
                }
            }
        }
        self.clear_classes();
    }

    /// Drops a node.
    pub(super) fn forget(&mut self, id: NodeId) {
        let hash = hash(id);
        let slots = &self.slots;
        let Ok(entry) = self.by_id.find_entry(hash, |at| slots[*at as usize].id == id) else { return };
        let (at, _) = entry.remove();
        let gone = self.slots[at as usize];
        self.leave_class(gone);
        self.leave_level(gone);
        let last = u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX);
        self.slots.swap_remove(at as usize);
        if at != last {
            // The last one has the place now, and whatever names it must know.
            let moved = self.slots[at as usize];
            if let Some(place) = self.by_id.find_mut(self::hash(moved.id), |place| *place == last) {
                *place = at;
            }
            self.classes.all[moved.class as usize].members[moved.in_class as usize] = at;
            self.levels.0[usize::from(moved.level)][moved.in_level as usize] = at;
        }
        self.clear_classes();
    }

    /// Finds the slot of a node.
    pub(super) fn find(&self, id: NodeId) -> Option<u32> {
        self.by_id.find(hash(id), |at| self.slots[*at as usize].id == id).copied()
    }

    fn add(&mut self, id: NodeId, capacity: [f32; 3], granted: [f32; 3], class: u32) {
        let at = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        let in_class = self.classes.join(class, at);
        self.slots.push(Slot { id, capacity, granted, class, in_class, in_level: 0, level: 0 });
        self.join_level(at);
        let slots = &self.slots;
        self.by_id.insert_unique(hash(id), at, |at| hash(slots[*at as usize].id));
    }

    fn join_level(&mut self, at: u32) {
        let slot = &mut self.slots[at as usize];
        slot.level = level(&slot.capacity, &slot.granted);
        let level = &mut self.levels.0[usize::from(slot.level)];
        slot.in_level = u32::try_from(level.len()).unwrap_or(u32::MAX);
        level.push(at);
    }

    fn leave_level(&mut self, slot: Slot) {
        let level = &mut self.levels.0[usize::from(slot.level)];
        level.swap_remove(slot.in_level as usize);
        if let Some(moved) = level.get(slot.in_level as usize) {
            self.slots[*moved as usize].in_level = slot.in_level;
        }
    }

    fn leave_class(&mut self, slot: Slot) {
        if let Some(moved) = self.classes.leave(slot.class, slot.in_class) {
            self.slots[moved as usize].in_class = slot.in_class;
        }
    }

    /// Makes the classes anew when most of them have no node any more.
    fn clear_classes(&mut self) {
        if self.classes.empty < MOST_EMPTY || self.classes.empty * 2 < self.classes.all.len() {
            return;
        }
        let (old, mut new) = (std::mem::take(&mut self.classes), Classes::default());
        for (number, class) in old.all.iter().enumerate().filter(|(_, class)| !class.members.is_empty()) {
            let (labels, realm, owner_id) = old.describe(u32::try_from(number).unwrap_or(u32::MAX));
            let id = self.slots[class.members[0] as usize].id;
            let none = Resources::default();
            let number = new.of(&Room { id, owner_id, capacity: none, granted: none, labels, realm });
            for at in &class.members {
                let in_class = new.join(number, *at);
                let slot = &mut self.slots[*at as usize];
                (slot.class, slot.in_class) = (number, in_class);
            }
        }
        self.classes = new;
    }
}

fn hash(id: NodeId) -> u64 {
    BuildHasherDefault::<IdHasher>::default().hash_one(id)
}

/// Gives amounts in one order, to 24 bits.
pub(super) fn amounts(resources: &Resources) -> [f32; 3] {
    [resources.cpu_millicores as f32, resources.memory_bytes as f32, resources.bandwidth_bits_per_second as f32]
}

/// Gives the greatest share of anything.
pub(super) fn share(capacity: &[f32; 3], amounts: &[f32; 3]) -> f32 {
    let shares = capacity.iter().zip(amounts).filter(|(capacity, _)| **capacity > 0.0);
    shares.map(|(capacity, amount)| amount / capacity).fold(0.0, f32::max)
}

fn level(capacity: &[f32; 3], granted: &[f32; 3]) -> u8 {
    (share(capacity, granted).clamp(0.0, 1.0) * (LEVELS - 1) as f32) as u8
}
