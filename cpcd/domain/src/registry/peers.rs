//! The other replicas: how far each has told whom it heard.
//!
//! A replica's batches are a chain: each says after which one it holds everything. What a replica has told is known up to the batch
//! to which the chain is whole; a batch that comes early waits for those before it. If one does not come, it is given up, and with it
//! the certainty that nobody was heard of: that is a doubt, which begins a time of grace. So is a replica that falls silent without a
//! goodbye. Functions of what came and of the time, and nothing else.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use cpcd_model::time::Tick;
use cpcd_store::sql::LivenessReplica;
use uuid::Uuid;

use super::batch::Batch;

/// A replica that gave no sign for so long is gone: as long as its lease would last.
const SILENCE_MS: i64 = 15_000;
/// What overtook the rest waits for it so long.
const GAP: Duration = Duration::from_secs(5);
/// More than any delay can hold up.
const MOST_WAITING: usize = 256;
/// A replica that is gone is remembered so long: it may come back with what it heard.
const REMEMBER_MS: i64 = 3_600_000;

/// Why silence proves nothing for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A replica fell silent without a goodbye: whom it heard last is not known.
    Vanished(Uuid),
    /// What a replica said was lost.
    Lost(Uuid),
}

/// The other replicas, as this one knows them. Times in milliseconds are of the clock that all share.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Since when all is read that others say.
    since_ms: i64,
    peers: HashMap<Uuid, Peer>,
    doubts: Vec<Doubt>,
}

#[derive(Debug, Default)]
struct Peer {
    /// To this batch the chain is whole, and with it all is known that was heard until then.
    seq: u64,
    through_ms: i64,
    /// Whether the chain has a beginning: of who began before us, the first batch that comes.
    has_begun: bool,
    waiting: BTreeMap<u64, Waiting>,
    gap_since: Option<Tick>,
    /// When its row says that it lived; nothing without a row.
    row_ms: Option<i64>,
    /// Until when its newest batch says that it heard.
    newest: Option<(u64, i64)>,
    is_silent: bool,
    has_said_goodbye: bool,
    is_warm: bool,
    is_deaf: bool,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    after: u64,
    through_ms: i64,
    is_last: bool,
}

/// What the others have told, together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// All that they heard until then is known; nothing if there is nobody to wait for.
    pub(super) through_ms: Option<i64>,
    /// How many live.
    pub(super) live: usize,
    /// Whether one that lives could judge.
    pub(super) is_warm: bool,
    /// Whether one that lives cannot read the cache.
    pub(super) is_deaf: bool,
    /// Whether of one that lives nothing has arrived for long: it may tell where we do not listen.
    pub(super) is_mute: bool,
}

impl Peers {
    /// Knows nobody, and reads all that is said from a moment on.
    pub(super) fn since(since_ms: i64) -> Self {
        Self { since_ms, ..Self::default() }
    }

    /// Takes a batch; says whether it is news.
    pub(super) fn take(&mut self, batch: &Batch) -> bool {
        let peer = Self::peer(&mut self.peers, self.since_ms, batch.replica, batch.started_ms);
        if peer.newest.is_none_or(|(seq, _)| seq < batch.seq) {
            peer.newest = Some((batch.seq, batch.through_ms));
        }
        if peer.has_begun && (batch.seq <= peer.seq || peer.waiting.contains_key(&batch.seq)) {
            return false;
        }
        let Batch { seq, after, through_ms, is_last, .. } = *batch;
        let waiting = Waiting { after, through_ms, is_last };
        if peer.has_begun {
            peer.waiting.insert(seq, waiting);
            peer.link();
        } else {
            peer.has_begun = true;
            peer.reach(seq, waiting);
        }
        true
    }

    /// Takes the register of replicas, without this one.
    pub(super) fn register(&mut self, rows: impl IntoIterator<Item = LivenessReplica>) {
        for peer in self.peers.values_mut() {
            peer.row_ms = None;
        }
        for row in rows {
            let peer = Self::peer(&mut self.peers, self.since_ms, row.id, row.started_at.as_millisecond());
            peer.row_ms = Some(row.seen_at.as_millisecond());
            peer.is_warm = row.is_warm;
            peer.is_deaf = row.is_deaf;
        }
    }

    /// Gives, of each replica, to which batch all is known.
    pub(super) fn known(&self) -> Vec<(Uuid, u64)> {
        self.peers.iter().filter(|(_, peer)| peer.has_begun).map(|(id, peer)| (*id, peer.seq)).collect()
    }

    /// Looks at all of them, after what they said was read.
    pub(super) fn look(&mut self, now: Tick, now_ms: i64) -> Told {
        let mut told = Told { through_ms: None, live: 0, is_warm: false, is_deaf: false, is_mute: false };
        self.peers.retain(|_, peer| now_ms - peer.sign_ms() < REMEMBER_MS || peer.row_ms.is_some());
        for (id, peer) in &mut self.peers {
            if peer.gives_up(now) {
                self.doubts.push(Doubt::Lost(*id));
            }
            if peer.has_said_goodbye {
                continue;
            }
            let is_silent = now_ms - peer.sign_ms() >= SILENCE_MS;
            if is_silent && !peer.is_silent {
                self.doubts.push(Doubt::Vanished(*id));
            }
            peer.is_silent = is_silent;
            if is_silent {
                continue;
            }
            told.through_ms = Some(told.through_ms.map_or(peer.through_ms, |lowest| lowest.min(peer.through_ms)));
            told.live += 1;
            told.is_warm |= peer.is_warm;
            told.is_deaf |= peer.is_deaf;
            told.is_mute |= now_ms - peer.through_ms >= SILENCE_MS;
        }
        told
    }

    /// Gives what is to be doubted since the last time.
    pub(super) fn take_doubts(&mut self) -> Vec<Doubt> {
        std::mem::take(&mut self.doubts)
    }

    fn peer(peers: &mut HashMap<Uuid, Peer>, since_ms: i64, id: Uuid, started_ms: i64) -> &mut Peer {
        peers.entry(id).or_insert_with(|| Peer {
            // Of who began after us, the first batch is to come; of others nothing is known before the next.
            through_ms: started_ms.max(since_ms),
            has_begun: started_ms >= since_ms,
            ..Peer::default()
        })
    }
}

impl Peer {
    /// Gives when it last gave a sign of life. Of the latest signs, not the greatest: the shared clock may be set back.
    fn sign_ms(&self) -> i64 {
        self.row_ms.max(self.newest.map(|(_, through_ms)| through_ms)).unwrap_or(i64::MIN / 2)
    }

    /// Follows the chain as far as it is whole.
    fn link(&mut self) {
        while let Some((seq, next)) =
            self.waiting.iter().find(|(_, waiting)| waiting.after <= self.seq).map(|(seq, next)| (*seq, *next))
        {
            self.reach(seq, next);
        }
        if self.waiting.is_empty() {
            self.gap_since = None;
        }
    }

    fn reach(&mut self, seq: u64, Waiting { through_ms, is_last, .. }: Waiting) {
        self.seq = seq;
        self.through_ms = through_ms;
        self.has_said_goodbye = is_last;
        self.waiting = self.waiting.split_off(&(seq + 1));
    }

    /// Gives up what does not come; says whether it did.
    fn gives_up(&mut self, now: Tick) -> bool {
        let Some((seq, next)) = self.waiting.first_key_value().map(|(seq, next)| (*seq, *next)) else { return false };
        let since = *self.gap_since.get_or_insert(now);
        if now.since(since) < GAP && self.waiting.len() < MOST_WAITING {
            return false;
        }
        self.gap_since = None;
        self.reach(seq, next);
        self.link();
        true
    }
}

#[cfg(test)]
#[path = "peers_tests.rs"]
mod tests;
