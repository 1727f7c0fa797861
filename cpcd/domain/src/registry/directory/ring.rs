//! A ring of nodes, ordered by the random part of their ids: nobody chooses their place, and it is the same on every replica.

use std::collections::BTreeSet;

use cpcd_model::id::NodeId;

use super::slots::Slots;

/// Length of the ring.
pub(super) const SPAN: u64 = 1 << 32;
/// Nodes of a window: those that are ranked together.
pub(super) const WINDOW: usize = 256;

/// Nodes by their places, with the numbers of their slots.
#[derive(Default)]
pub(super) struct Ring(BTreeSet<(u32, u32)>);

/// A part of a ring.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// What fits, in the ring's order.
    pub(super) members: Vec<Member>,
    /// Where it ends, from the walk's start on.
    pub(super) end: u64,
    /// How many were looked at.
    pub(super) looked: usize,
}

/// A node of a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) id: NodeId,
    pub(super) network: u32,
    pub(super) key: u32,
    /// How it is reached: bits of `host`.
    pub(super) reaches: u8,
}

impl Window {
    /// Makes the window of a ring that is not there.
    pub(super) fn empty() -> Self {
        Self { end: SPAN, ..Self::default() }
    }
}

impl Ring {
    pub(super) fn insert(&mut self, id: NodeId, at: u32) {
        self.0.insert((place(id), at));
    }

    pub(super) fn remove(&mut self, id: NodeId, at: u32) {
        self.0.remove(&(place(id), at));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the nodes that have all bits of a signature in a range that begins `from` after `start`. It ends at `until`, or where it
    /// has enough or has looked at `most`. Nodes of one place come together.
    pub(super) fn window(
        &self,
        slots: &Slots,
        signature: u32,
        start: u32,
        from: u64,
        until: Option<u64>,
        most: usize,
    ) -> Window {
        let mut window = Window::empty();
        let begin = u64::from(start) + from;
        // First to the end of the numbers, then from zero to the start.
        let first = u32::try_from(begin).ok().map(|begin| self.0.range((begin, 0)..));
        let wrapped = u32::try_from(begin.saturating_sub(SPAN)).unwrap_or(start).min(start);
        let second = self.0.range((wrapped, 0)..(start, 0));
        let mut last = None;
        for (place, at) in first.into_iter().flatten().chain(second) {
            let along = u64::from(place.wrapping_sub(start));
            let is_enough = window.members.len() >= WINDOW || window.looked >= most;
            if until.is_some_and(|until| along >= until) || (is_enough && last != Some(along)) {
                window.end = along;
                break;
            }
            last = Some(along);
            window.looked += 1;
            let slot = slots.get(*at);
            if slot.signature & signature == signature {
                let reaches = u8::try_from(slot.place & 0xff).unwrap_or_default();
                window.members.push(Member { id: slot.id, network: slot.network, key: slot.key, reaches });
            }
        }
        if let Some(until) = until {
            window.end = window.end.min(until);
        }
        // Slots have other numbers elsewhere.
        window.members.sort_by_key(|member| (place(member.id).wrapping_sub(start), member.id));
        window
    }
}

/// Gives the place of a node: the last 32 bits of its id, which are random (RFC 9562, version 7).
fn place(id: NodeId) -> u32 {
    let [.., a, b, c, d] = *id.uuid().as_bytes();
    u32::from_be_bytes([a, b, c, d])
}
