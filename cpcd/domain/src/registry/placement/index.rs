//! The index: nodes that are open, by what they have left.

use std::collections::HashMap;

use cpcd_model::{allocation::Strategy, id::NodeId, node::Resources};
use cpcd_store::sql::Room;

use super::{Ask, Avoid, Lack};

/// Who gets a part is random among so many of the best.
const TOP: usize = 32;

/// What is known of a node besides.
pub(super) struct Known {
    pub(super) is_online: bool,
    pub(super) used: Resources,
}

#[derive(Default)]
pub(super) struct Index {
    rooms: HashMap<NodeId, Room>,
}

impl Index {
    pub(super) fn put(&mut self, room: &Room) {
        self.rooms.insert(room.id, room.clone());
    }

    pub(super) fn forget(&mut self, id: NodeId) {
        self.rooms.remove(&id);
    }

    pub(super) fn propose(
        &self,
        ask: &Ask,
        count: usize,
        avoid: &Avoid,
        known: &dyn Fn(NodeId) -> Known,
    ) -> Vec<NodeId> {
        let mut fitting: Vec<_> = self
            .rooms
            .values()
            .filter(|room| is_allowed(ask, avoid, room) && has_room(ask, room))
            .map(|room| (score(ask, room, &known(room.id)), room.id))
            .collect();
        fitting.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut chosen = Vec::new();
        while chosen.len() < count && !fitting.is_empty() {
            let top = fitting.len().min(TOP);
            let at = NodeId::generate().uuid().as_u128() as usize % top;
            chosen.push(fitting.remove(at).1);
        }
        chosen
    }

    pub(super) fn explain(&self, ask: &Ask, count: usize, avoid: &Avoid, _known: &dyn Fn(NodeId) -> Known) -> Lack {
        let allowed = self.rooms.values().filter(|room| is_allowed(ask, avoid, room)).count();
        Lack { what: if allowed < count { "placement" } else { "room" } }
    }
}

fn is_allowed(ask: &Ask, avoid: &Avoid, room: &Room) -> bool {
    ask.labels.iter().all(|(name, value)| room.labels.get(name) == Some(value))
        && (ask.realm.is_empty() || ask.realm == room.realm)
        && ask.only.as_ref().is_none_or(|only| only.contains(&room.id))
        && !ask.never.contains(&room.id)
        && !avoid.nodes.contains(&room.id)
        && !avoid.beside.contains(&room.id)
        && ask.reach.holds(room)
}

fn amounts(resources: &Resources) -> [u64; 3] {
    [resources.cpu_millicores, resources.memory_bytes, resources.bandwidth_bits_per_second]
}

fn has_room(ask: &Ask, room: &Room) -> bool {
    let (wanted, granted, capacity) = (amounts(&ask.amounts), amounts(&room.granted), amounts(&room.capacity));
    (0..3).all(|at| granted[at] + wanted[at] <= capacity[at])
}

/// Gives how much a node is in use; the lower the better.
fn score(ask: &Ask, room: &Room, known: &Known) -> f64 {
    let (wanted, granted, capacity) = (amounts(&ask.amounts), amounts(&room.granted), amounts(&room.capacity));
    let used = amounts(&known.used);
    let share = (0..3)
        .filter(|at| capacity[*at] > 0)
        .map(|at| (granted[at] + wanted[at]).max(used[at]) as f64 / capacity[at] as f64)
        .fold(0.0, f64::max);
    let share = match ask.strategy {
        Strategy::Spread => share,
        Strategy::Binpack => -share,
    };
    share + if known.is_online { 0.0 } else { 10.0 }
}
