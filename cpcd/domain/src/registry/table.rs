//! Who lives, in memory: a map in many parts, each under a lock of its own that is held for an instant.

use std::{
    collections::{HashMap, VecDeque},
    hash::BuildHasherDefault,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use cpcd_model::{
    id::NodeId,
    node::{NodeStatus, Resources},
    time::Tick,
};

pub(super) use super::entry::{Arrival, Due, Judged, View, Word};
use super::{
    brake::{Realm, Realms, Survey},
    entry::{Entry, IdHasher},
    joining::pending::Pending,
    rules::{Rules, Silence, Standing},
};

/// At a million nodes a part has three thousand, and is locked for some tens of microseconds when all are judged. So many that its map is
/// three quarters full then, and not one that has just been doubled.
const PARTS: usize = 320;
/// The nodes that are followed.
pub(super) struct Table {
    parts: Box<[Mutex<Part>]>,
    /// Those that wait for approval.
    pub(super) pending: Pending,
    /// The realms of the nodes.
    pub(super) realms: Realms,
    /// How many brakes are on, and how many nodes wait behind them.
    braked: [AtomicU64; 2],
    /// Whether others live and cannot be told whom we hear.
    is_cut_off: AtomicBool,
}

#[derive(Default)]
struct Part {
    nodes: HashMap<NodeId, Entry, BuildHasherDefault<IdHasher>>,
    /// Heard of here since that was last taken.
    fresh: Vec<NodeId>,
    /// Heard of and not yet written, in the order of the first such heartbeat.
    due: VecDeque<(NodeId, Tick)>,
}

impl Part {
    fn freshen(&mut self, id: NodeId) {
        if let Some(entry) = self.nodes.get_mut(&id)
            && !entry.is_fresh
        {
            entry.is_fresh = true;
            self.fresh.push(id);
        }
    }
}

impl Default for Table {
    fn default() -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            realms: Realms::default(),
            braked: Default::default(),
            pending: Pending::default(),
            is_cut_off: AtomicBool::new(false),
        }
    }
}

impl Table {
    /// Takes a heartbeat, as [`Table::beat_unless`], whatever the node is to be told.
    #[cfg(any(test, feature = "trials"))]
    pub(super) fn beat(
        &self,
        id: NodeId,
        used: Option<Resources>,
        now: impl FnOnce() -> Tick,
        told: impl FnOnce(Arrival) -> Duration,
        rules: &Rules,
    ) -> Option<(NodeStatus, Duration)> {
        self.beat_unless(id, used, now, told, rules, |_, _| false)
    }

    /// Takes a heartbeat; gives what the node is taken for and when the next one is expected. Nothing if it is not followed.
    ///
    /// It changes nothing if `is_to_direct` says that the node is to be told what to do: then it is not a plain one.
    ///
    /// `now` is asked for under the lock: what is taken as fresh after a moment has all that was heard before it. `told` is asked for
    /// when the next one is expected.
    pub(super) fn beat_unless(
        &self,
        id: NodeId,
        used: Option<Resources>,
        now: impl FnOnce() -> Tick,
        told: impl FnOnce(Arrival) -> Duration,
        rules: &Rules,
        is_to_direct: impl FnOnce(&Entry, Tick) -> bool,
    ) -> Option<(NodeStatus, Duration)> {
        let mut part = self.part(id);
        let Part { nodes, fresh, .. } = &mut *part;
        let entry = nodes.get_mut(&id)?;
        let now = now();
        if is_to_direct(entry, now) {
            return None;
        }
        let is_first = !entry.is_heard_here;
        let is_fair = is_first || now.since(entry.heard) >= rules.interval / 10;
        let told = told(Arrival { is_first, is_fair });
        entry.hear(now);
        entry.told_ms = u32::try_from(told.as_millis()).unwrap_or(u32::MAX);
        if let Some(used) = used {
            entry.used = used;
        }
        if !entry.is_fresh {
            entry.is_fresh = true;
            fresh.push(id);
        }
        let status = rules.judge(&entry.liveness(), now, None).unwrap_or(entry.status);
        Some((status, told))
    }

    /// Follows a node from now on, if it is not followed; it counts as heard of now.
    pub(super) fn follow(&self, id: NodeId, status: NodeStatus, realm: Realm, now: Tick) {
        self.part(id).nodes.entry(id).or_insert(Entry::new(status, realm, now)).realm = realm;
    }

    /// Follows a node that has just been heard of, and is told to come after a while.
    pub(super) fn greet(
        &self,
        id: NodeId,
        status: NodeStatus,
        realm: Realm,
        told: Duration,
        now: impl FnOnce() -> Tick,
    ) {
        let mut part = self.part(id);
        let now = now();
        let entry = part.nodes.entry(id).or_insert(Entry::new(status, realm, now));
        entry.realm = realm;
        entry.hear(now);
        entry.told_ms = u32::try_from(told.as_millis()).unwrap_or(u32::MAX);
        part.freshen(id);
    }

    /// Follows a node no more.
    pub(super) fn forget(&self, id: NodeId) {
        self.part(id).nodes.remove(&id);
        self.pending.set(id, false);
    }

    /// Follows those nodes only that `known` says are there.
    pub(super) fn forget_unless(&self, known: impl Fn(NodeId) -> bool) {
        for part in &self.parts {
            lock(part).nodes.retain(|id, _| known(*id));
        }
    }

    /// Gives the nodes that are followed.
    pub(super) fn ids(&self) -> Vec<NodeId> {
        self.parts.iter().flat_map(|part| lock(part).nodes.keys().copied().collect::<Vec<_>>()).collect()
    }

    /// Takes what a node said to another replica, or to one that is gone.
    pub(super) fn merge(&self, id: NodeId, heard: Tick, told_ms: u32, used: Resources) {
        let mut part = self.part(id);
        // Whoever is not followed was deleted, or its registration is still on its way: it counts as heard of when that arrives.
        let Some(entry) = part.nodes.get_mut(&id) else { return };
        entry.merge(heard, told_ms, used);
    }

    /// Gives what is known of a node.
    pub(super) fn view(&self, id: NodeId) -> Option<View> {
        let part = self.part(id);
        part.nodes.get(&id).map(|entry| View { status: entry.status, used: entry.used, seen: entry.seen() })
    }

    /// Looks at all nodes, and finds those that become something else; keeps no more than are taken at once, `most`. Without a
    /// `silence` that counts nobody becomes worse, and nobody is counted for a brake.
    pub(super) fn survey(&self, rules: &Rules, now: Tick, silence: Option<&Silence>, most: usize) -> Survey {
        let mut survey = Survey::new(most);
        for part in &self.parts {
            for (id, entry) in &lock(part).nodes {
                let counts = silence.filter(|silence| id.born_ms() < silence.born_before_ms);
                // Nearly all of them, each second: as little as possible is asked of those.
                if entry.status == NodeStatus::Online && now.since(entry.heard) < rules.degraded_after {
                    if counts.is_some() {
                        survey.count(entry.realm, Standing::Lives);
                    }
                    continue;
                }
                let liveness = entry.liveness();
                if let Some(silence) = counts {
                    survey.count(entry.realm, rules.standing(&liveness, now, silence));
                }
                if let Some(to) = rules.judge(&liveness, now, silence.map(|silence| silence.as_of)) {
                    let Entry { realm, status: from, heard, .. } = *entry;
                    survey.add(Judged { id: *id, realm, from, to, heard, seen: entry.seen() });
                }
            }
        }
        survey
    }

    /// Notes what a node is taken for since a moment; without one, only what.
    pub(super) fn change(&self, id: NodeId, status: NodeStatus, since: Option<Tick>) {
        if let Some(entry) = self.part(id).nodes.get_mut(&id) {
            entry.change(status, since);
        }
    }

    /// Notes how many brakes are on, and how many nodes wait behind them.
    pub(super) fn set_braked(&self, counts: [u64; 2]) {
        self.braked.iter().zip(counts).for_each(|(known, count)| known.store(count, Ordering::Relaxed));
    }

    /// Notes whether others live and cannot be told whom we hear.
    pub(super) fn set_cut_off(&self, is_cut_off: bool) {
        self.is_cut_off.store(is_cut_off, Ordering::Relaxed);
    }

    /// Says whether others live and cannot be told whom we hear.
    pub(super) fn is_cut_off(&self) -> bool {
        self.is_cut_off.load(Ordering::Relaxed)
    }

    /// Gives how many brakes are on, and how many nodes wait behind them.
    pub(super) fn braked(&self) -> [u64; 2] {
        self.braked.each_ref().map(|known| known.load(Ordering::Relaxed))
    }

    /// Notes that a node was heard of elsewhere, as the store has it.
    pub(super) fn heard_elsewhere(&self, id: NodeId, status: NodeStatus, heard: Tick) {
        if let Some(entry) = self.part(id).nodes.get_mut(&id) {
            entry.status = status;
            if heard > entry.heard {
                entry.heard = heard;
                entry.assumed_ms = 0;
                entry.is_last_here = false;
            }
        }
    }

    /// Takes what was said here since the last time; from now on it waits to be written.
    pub(super) fn take_fresh(&self) -> Vec<Word> {
        let mut words = Vec::new();
        for part in &self.parts {
            let mut part = lock(part);
            let Part { nodes, fresh, due } = &mut *part;
            for id in fresh.drain(..) {
                let Some(entry) = nodes.get_mut(&id) else { continue };
                entry.is_fresh = false;
                if !entry.is_due {
                    entry.is_due = true;
                    due.push_back((id, entry.heard));
                }
                let Entry { heard, told_ms, used, status, .. } = *entry;
                words.push(Word { id, heard, told_ms, used, status });
            }
        }
        words
    }

    /// Puts back what could not be told to the others.
    pub(super) fn give_back_fresh(&self, words: &[Word]) {
        for word in words {
            self.part(word.id).freshen(word.id);
        }
    }

    /// Takes at most `most` nodes whose first unwritten heartbeat was no later than `before`. Whoever was heard of elsewhere since
    /// then is written there.
    pub(super) fn take_due(&self, before: Tick, most: usize) -> Vec<Due> {
        let mut taken = Vec::new();
        // Each part gives its share, so that under pressure none waits for ever.
        let share = most.div_ceil(PARTS).max(1);
        for part in &self.parts {
            let mut part = lock(part);
            for _ in 0..share {
                let Some((id, since)) = part.due.pop_front_if(|(_, since)| *since <= before) else { break };
                if let Some(entry) = part.nodes.get_mut(&id) {
                    entry.is_due = false;
                    if entry.is_last_here {
                        taken.push(Due { id, since, heard: entry.heard });
                    }
                }
            }
        }
        taken
    }

    /// Puts nodes back that could not be written.
    pub(super) fn give_back(&self, taken: &[Due]) {
        // From the last to the first, so that each part has them in their order again.
        for Due { id, since, .. } in taken.iter().rev() {
            let mut part = self.part(*id);
            let Part { nodes, due, .. } = &mut *part;
            if let Some(entry) = nodes.get_mut(id).filter(|entry| !entry.is_due) {
                entry.is_due = true;
                due.push_front((*id, *since));
            }
        }
    }

    /// Says whether a node may change what is stored of it, and notes that it does; once in `every`.
    pub(super) fn may_update(&self, id: NodeId, now: Tick, every: Duration) -> bool {
        let mut part = self.part(id);
        let Some(entry) = part.nodes.get_mut(&id) else { return true };
        let may = now.since(entry.updated.tick()) >= every;
        if may {
            entry.updated = now.into();
        }
        may
    }

    /// Takes the version of what a node is to do.
    pub(super) fn direct(&self, id: NodeId, version: u64) {
        if let Some(entry) = self.part(id).nodes.get_mut(&id) {
            entry.direct(version);
        }
    }

    /// Takes the version as the store has it, even if it is older than the one that is known.
    pub(super) fn redirect(&self, id: NodeId, version: u64) {
        if let Some(entry) = self.part(id).nodes.get_mut(&id) {
            entry.redirect(version);
        }
    }

    /// Says whether a node is to be told what to do, and notes that it is; once in `every`.
    pub(super) fn may_direct(&self, id: NodeId, seen: u64, now: Tick, every: Duration) -> bool {
        let mut part = self.part(id);
        let Some(entry) = part.nodes.get_mut(&id) else { return false };
        let may = entry.is_to_direct(seen, now, every);
        if may {
            entry.note_directed(now);
        }
        may
    }

    /// Gives the number of nodes of each status that are followed: online, degraded, offline.
    pub(super) fn count(&self) -> [u64; 3] {
        let mut counts = [0; 3];
        for part in &self.parts {
            for entry in lock(part).nodes.values() {
                match entry.status {
                    NodeStatus::Online => counts[0] += 1,
                    NodeStatus::Degraded => counts[1] += 1,
                    NodeStatus::Offline => counts[2] += 1,
                }
            }
        }
        counts
    }

    fn part(&self, id: NodeId) -> MutexGuard<'_, Part> {
        // The last bits of an id are random (RFC 9562, version 7); the map hashes by others of them.
        let bytes = id.uuid().into_bytes();
        lock(&self.parts[usize::from(u16::from_be_bytes([bytes[14], bytes[15]])) % PARTS])
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
