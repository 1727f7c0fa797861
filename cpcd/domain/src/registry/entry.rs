//! A node in memory, and what is told of it.

use std::{hash::Hasher, time::Duration};

use cpcd_model::{
    id::NodeId,
    node::{NodeStatus, Resources},
    time::Tick,
};

use super::{brake::Realm, rules::Liveness};

/// Of a node that was never really heard of, as far as we know.
const NEVER: u32 = u32::MAX;
/// Silence of a node that was offline before we knew it goes on: it must not come back without a word.
const LONG_AGO: Duration = Duration::from_secs(3600);

/// A moment to a tenth of a second, in half the room; the default is none.
#[derive(Clone, Copy, Default)]
pub(super) struct Tenths(u32);

impl Tenths {
    pub(super) fn tick(self) -> Tick {
        Tick::from_millis(u64::from(self.0) * 100)
    }
}

impl From<Tick> for Tenths {
    fn from(tick: Tick) -> Self {
        Self(u32::try_from(tick.since(Tick::default()).as_millis() / 100).unwrap_or(u32::MAX))
    }
}

/// What is known of a node between two heartbeats. There may be millions: the fields are as small as they can be.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// When it was last heard of, by any replica; or when it is taken to have been.
    pub(super) heard: Tick,
    /// When what it is taken for last changed; the default if never.
    pub(super) changed: Tick,
    /// When it last changed what is stored of it; the default if never.
    pub(super) updated: Tenths,
    /// When it was last called online again; the default if never.
    pub(super) returned: Tenths,
    pub(super) used: Resources,
    pub(super) told_ms: u32,
    /// How much later `heard` is than it really was: nobody's silence counts from before we knew them.
    pub(super) assumed_ms: u32,
    /// Version of what it is to do; the lowest bits are enough to tell one from the next.
    pub(super) directives: u32,
    /// When it was last told that, in milliseconds whose highest bits do not matter.
    pub(super) directed_ms: u32,
    pub(super) realm: Realm,
    pub(super) status: NodeStatus,
    /// Whether it had been taken for dead when it returned.
    pub(super) was_dead: bool,
    /// Whether it was ever heard of by this process.
    pub(super) is_heard_here: bool,
    /// Whether it was this process that heard of it last: then it is ours to write.
    pub(super) is_last_here: bool,
    /// Whether others are to be told that it was heard of.
    pub(super) is_fresh: bool,
    /// Whether it waits to be written.
    pub(super) is_due: bool,
}

impl Entry {
    pub(super) fn new(status: NodeStatus, realm: Realm, now: Tick) -> Self {
        let heard = match status {
            NodeStatus::Online | NodeStatus::Degraded => now,
            NodeStatus::Offline => now.before(LONG_AGO),
        };
        Self {
            heard,
            changed: Tick::default(),
            updated: Tenths::default(),
            returned: Tenths::default(),
            used: Resources::default(),
            told_ms: 0,
            assumed_ms: NEVER,
            directives: 0,
            directed_ms: 0,
            realm,
            status,
            was_dead: false,
            is_heard_here: false,
            is_last_here: false,
            is_fresh: false,
            is_due: false,
        }
    }

    pub(super) fn liveness(&self) -> Liveness {
        Liveness {
            status: self.status,
            heard: self.heard,
            changed: (self.changed != Tick::default()).then_some(self.changed),
            told: Duration::from_millis(self.told_ms.into()),
            returned: (self.returned.0 != 0).then(|| self.returned.tick()),
            was_dead: self.was_dead,
        }
    }

    /// Gives when it was really heard of, if that is known.
    pub(super) fn seen(&self) -> Option<Tick> {
        (self.assumed_ms != NEVER).then(|| self.heard.before(Duration::from_millis(self.assumed_ms.into())))
    }

    /// Takes a version of what it is to do, unless a later one is known.
    pub(super) fn direct(&mut self, version: u64) {
        let version = low(version);
        // Of two that are less than half of all apart, the later one.
        if version.wrapping_sub(self.directives) <= u32::MAX / 2 {
            self.directives = version;
        }
    }

    /// Takes a version, whichever is known.
    pub(super) fn redirect(&mut self, version: u64) {
        self.directives = low(version);
    }

    /// Says whether it is to be told what to do, which it has last `seen`: once in `every`.
    pub(super) fn is_to_direct(&self, seen: u64, now: Tick, every: Duration) -> bool {
        if low(seen) == self.directives {
            return false;
        }
        let since = low(millis(now)).wrapping_sub(self.directed_ms);
        self.directed_ms == 0 || u128::from(since) >= every.as_millis()
    }

    /// Notes that it is told.
    pub(super) fn note_directed(&mut self, now: Tick) {
        self.directed_ms = low(millis(now)).max(1);
    }

    /// Notes what it is taken for since a moment; without one, only what.
    pub(super) fn change(&mut self, status: NodeStatus, since: Option<Tick>) {
        if let Some(since) = since {
            if status == NodeStatus::Online && self.status != status {
                self.returned = since.into();
                self.was_dead = self.status == NodeStatus::Offline;
            }
            self.changed = self.changed.max(since);
        }
        self.status = status;
    }

    pub(super) fn hear(&mut self, now: Tick) {
        self.heard = self.heard.max(now);
        self.assumed_ms = 0;
        self.is_heard_here = true;
        self.is_last_here = true;
    }

    /// Takes what the node said to another replica, if that is news.
    pub(super) fn merge(&mut self, heard: Tick, told_ms: u32, used: Resources) {
        if heard > self.heard {
            self.heard = heard;
            self.assumed_ms = 0;
            self.is_last_here = false;
        } else {
            let earlier = self.heard.since(heard);
            let assumed_ms = u32::try_from(earlier.as_millis()).unwrap_or(NEVER);
            if assumed_ms >= self.assumed_ms {
                return;
            }
            self.assumed_ms = assumed_ms;
        }
        self.told_ms = told_ms;
        self.used = used;
    }
}

/// Gives the lowest bits of a number.
#[expect(clippy::cast_possible_truncation, reason = "the rest does not matter")]
const fn low(number: u64) -> u32 {
    number as u32
}

fn millis(tick: Tick) -> u64 {
    u64::try_from(tick.since(Tick::default()).as_millis()).unwrap_or_default()
}

/// What a node said when it was last heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) id: NodeId,
    pub(super) heard: Tick,
    pub(super) told_ms: u32,
    pub(super) used: Resources,
    pub(super) status: NodeStatus,
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
    pub(super) realm: Realm,
    pub(super) from: NodeStatus,
    pub(super) to: NodeStatus,
    /// When it was last heard of, or is taken to have been.
    pub(super) heard: Tick,
    /// When it was last heard of, if that is known.
    pub(super) seen: Option<Tick>,
}

/// What is shown of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub(super) status: NodeStatus,
    pub(super) used: Resources,
    /// When it was last heard of, if that is known.
    pub(super) seen: Option<Tick>,
}

/// Takes the random bits of a UUIDv7 as they are. The server makes the ids, so nobody chooses them to collide.
#[derive(Default)]
pub(super) struct IdHasher(u64);

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
