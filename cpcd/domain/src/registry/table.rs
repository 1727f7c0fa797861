//! Who lives, in memory: a map in many parts, each under a lock of its own that is held for an instant.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cpcd_model::{
    Result,
    id::NodeId,
    node::{NodeStatus, Resources},
    time::{Clock, Tick},
};
use cpcd_store::Store;

use super::rules::{Liveness, Rules};

/// At a million nodes a part has four thousand, and is locked for some tens of microseconds when all are judged.
const PARTS: usize = 256;
const LOAD: u32 = 10_000;

/// What is known of a node between two heartbeats. There may be millions: the fields are as small as they can be.
#[derive(Clone, Copy)]
struct Entry {
    heard: Tick,
    changed: Option<Tick>,
    used: Resources,
    /// When it last changed what is stored of it.
    updated: Option<Tick>,
    told_ms: u32,
    status: NodeStatus,
    /// Whether it was heard of by this process, and not only read from the store.
    is_heard_here: bool,
    /// Whether it waits to be written.
    is_due: bool,
}

impl Entry {
    fn liveness(&self) -> Liveness {
        Liveness {
            status: self.status,
            heard: self.heard,
            changed: self.changed,
            told: Duration::from_millis(self.told_ms.into()),
        }
    }
}

/// The nodes that are followed.
pub(super) struct Table {
    parts: Box<[Mutex<Part>]>,
}

#[derive(Default)]
struct Part {
    nodes: HashMap<NodeId, Entry, BuildHasherDefault<IdHasher>>,
    /// Heard of and not yet written, in the order of the first such heartbeat.
    due: VecDeque<(NodeId, Tick)>,
}

/// A node that waits to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) id: NodeId,
    /// Since when.
    pub(super) since: Tick,
    /// When it was last heard of.
    pub(super) heard: Tick,
}

/// What the pace of a heartbeat depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// Whether it is the first that this process hears of the node.
    pub(super) is_first: bool,
    /// Whether the node has let some time pass: one that does not is no sign of a large fleet.
    pub(super) is_fair: bool,
}

/// What a look at a node found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub(super) id: NodeId,
    pub(super) from: NodeStatus,
    pub(super) to: NodeStatus,
    pub(super) heard: Tick,
    pub(super) is_heard_here: bool,
}

/// What is shown of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub(super) status: NodeStatus,
    pub(super) used: Resources,
    /// When it was heard of, if by this process.
    pub(super) heard: Option<Tick>,
}

impl Default for Table {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect() }
    }
}

impl Table {
    /// Takes a heartbeat; gives what the node is taken for and when the next one is expected. Nothing if it is not followed.
    ///
    /// `told` is asked for the latter.
    pub(super) fn beat(
        &self,
        id: NodeId,
        used: Option<Resources>,
        now: Tick,
        told: impl FnOnce(Arrival) -> Duration,
        rules: &Rules,
    ) -> Option<(NodeStatus, Duration)> {
        let mut part = self.part(id);
        let Part { nodes, due } = &mut *part;
        let entry = nodes.get_mut(&id)?;
        let is_first = !entry.is_heard_here;
        let is_fair = is_first || now.since(entry.heard) >= rules.interval / 10;
        let told = told(Arrival { is_first, is_fair });
        entry.heard = now;
        entry.is_heard_here = true;
        entry.told_ms = u32::try_from(told.as_millis()).unwrap_or(u32::MAX);
        if let Some(used) = used {
            entry.used = used;
        }
        if !entry.is_due {
            entry.is_due = true;
            due.push_back((id, now));
        }
        let status = rules.judge(&entry.liveness(), now, false).unwrap_or(entry.status);
        Some((status, told))
    }

    /// Follows a node from now on; `is_heard` if it has just been heard of.
    pub(super) fn follow(&self, id: NodeId, status: NodeStatus, now: Tick, is_heard: bool) {
        let mut part = self.part(id);
        part.nodes
            .entry(id)
            .and_modify(|entry| {
                entry.heard = now;
                entry.is_heard_here |= is_heard;
            })
            .or_insert(Entry {
                heard: now,
                changed: None,
                used: Resources::default(),
                updated: None,
                told_ms: 0,
                status,
                is_heard_here: is_heard,
                is_due: false,
            });
    }

    /// Follows a node no more.
    pub(super) fn forget(&self, id: NodeId) {
        self.part(id).nodes.remove(&id);
    }

    /// Gives what is known of a node.
    pub(super) fn view(&self, id: NodeId) -> Option<View> {
        self.part(id).nodes.get(&id).map(|entry| View {
            status: entry.status,
            used: entry.used,
            heard: entry.is_heard_here.then_some(entry.heard),
        })
    }

    /// Looks at all nodes; gives at most `most` of those that become something else.
    pub(super) fn judge(&self, rules: &Rules, now: Tick, may_worsen: bool, most: usize) -> Vec<Judged> {
        let mut judged = Vec::new();
        for part in &self.parts {
            for (id, entry) in &lock(part).nodes {
                if let Some(to) = rules.judge(&entry.liveness(), now, may_worsen) {
                    let Entry { status: from, heard, is_heard_here, .. } = *entry;
                    judged.push(Judged { id: *id, from, to, heard, is_heard_here });
                    if judged.len() == most {
                        return judged;
                    }
                }
            }
        }
        judged
    }

    /// Notes what a node is taken for now.
    pub(super) fn change(&self, id: NodeId, status: NodeStatus, now: Tick) {
        if let Some(entry) = self.part(id).nodes.get_mut(&id) {
            entry.status = status;
            entry.changed = Some(now);
        }
    }

    /// Notes that a node was heard of elsewhere.
    pub(super) fn heard_elsewhere(&self, id: NodeId, status: NodeStatus, heard: Tick) {
        if let Some(entry) = self.part(id).nodes.get_mut(&id) {
            entry.status = status;
            entry.heard = entry.heard.max(heard);
        }
    }

    /// Takes at most `most` nodes whose first unwritten heartbeat was no later than `before`.
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
                    taken.push(Due { id, since, heard: entry.heard });
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
            let Part { nodes, due } = &mut *part;
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
        let may = entry.updated.is_none_or(|updated| now.since(updated) >= every);
        if may {
            entry.updated = Some(now);
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
        lock(&self.parts[usize::from(id.uuid().as_bytes()[15]) % PARTS])
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Follows all nodes of the store. They count as heard of now: what they said while we were away is nobody's fault.
pub(super) async fn load(table: &Table, store: &Store, clock: &Clock) -> Result<()> {
    let mut after = None;
    loop {
        let page = store.list_liveness(after, LOAD).await?;
        let now = clock.tick();
        for (id, status, _) in &page {
            // Silence of a node that is offline goes on; it must not come back without a word.
            let heard = match status {
                NodeStatus::Online | NodeStatus::Degraded => now,
                NodeStatus::Offline => now.before(Duration::from_secs(3600)),
            };
            table.follow(*id, *status, heard, false);
        }
        after = page.last().map(|(id, ..)| *id);
        if page.len() < LOAD as usize {
            return Ok(());
        }
    }
}

/// Takes the random bits of a UUIDv7 as they are. The server makes the ids, so nobody chooses them to collide.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // A UUID is hashed as its sixteen bytes; whatever else comes is folded in.
        for chunk in bytes.rchunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(23) ^ u64::from_le_bytes(eight)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules::USUAL;

    fn at(seconds: u64) -> Tick {
        Tick::from_millis(seconds * 1000)
    }

    fn beat(table: &Table, id: NodeId, second: u64) -> Option<(NodeStatus, bool)> {
        let mut is_first_one = false;
        let told = |arrival: Arrival| {
            is_first_one = arrival.is_first;
            RULES.interval
        };
        let (status, _) = table.beat(id, None, at(second), told, &RULES)?;
        Some((status, is_first_one))
    }

    #[test]
    fn a_node_is_written_once_however_often_it_is_heard_of() {
        let (table, id) = (Table::default(), NodeId::generate());
        assert!(beat(&table, id, 1).is_none(), "nobody follows it yet");
        table.follow(id, NodeStatus::Online, at(1), false);
        assert!(beat(&table, id, 2).unwrap().1);
        assert!(!beat(&table, id, 32).unwrap().1);
        assert_eq!(table.take_due(at(1), 100), []);
        let due = Due { id, since: at(2), heard: at(32) };
        assert_eq!(table.take_due(at(2), 100), [due], "the last word counts");
        assert_eq!(table.take_due(at(99), 100), []);
        table.give_back(&[due]);
        table.give_back(&[due]);
        assert_eq!(table.take_due(at(1), 100), []);
        assert_eq!(table.take_due(at(2), 100), [due], "it waits as long as before");
        beat(&table, id, 62);
        table.forget(id);
        assert_eq!(table.take_due(at(99), 100), []);
    }

    #[test]
    fn who_is_silent_is_found_and_who_comes_back_too() {
        let (table, dead, alive) = (Table::default(), NodeId::generate(), NodeId::generate());
        for id in [dead, alive] {
            table.follow(id, NodeStatus::Online, at(0), true);
        }
        beat(&table, alive, 60);
        assert!(table.judge(&RULES, at(100), false, 10).is_empty());
        let judged = table.judge(&RULES, at(100), true, 10);
        assert_eq!(judged.len(), 1);
        assert_eq!((judged[0].id, judged[0].to), (dead, NodeStatus::Offline));
        table.change(dead, NodeStatus::Offline, at(100));
        assert_eq!(table.count(), [1, 0, 1]);
        beat(&table, alive, 105);
        assert_eq!(beat(&table, dead, 110).unwrap().0, NodeStatus::Offline, "damped");
        assert!(table.judge(&RULES, at(110), true, 10).is_empty());
        beat(&table, alive, 150);
        assert_eq!(beat(&table, dead, 160).unwrap().0, NodeStatus::Online);
        assert_eq!(table.judge(&RULES, at(160), false, 10)[0].to, NodeStatus::Online);
    }

    #[test]
    fn many_nodes_spread_over_all_parts() {
        let table = Table::default();
        for _ in 0..20_000 {
            table.follow(NodeId::generate(), NodeStatus::Online, at(0), false);
        }
        let sizes: Vec<_> = table.parts.iter().map(|part| lock(part).nodes.len()).collect();
        assert!(sizes.iter().all(|size| (20..200).contains(size)), "{sizes:?}");
    }
}
