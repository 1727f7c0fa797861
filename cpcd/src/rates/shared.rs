//! What of the limits all replicas share: each counts what it lets in and, a few times a second, tells the others, who count it too.
//!
//! No call waits for that. A limit of R a second after B at once lets all replicas together in: R a second and B at once, and what the
//! others let in before they had heard of it, at most B each and once, since what was too much is waited for. While the others cannot be
//! heard each lets in its part: the limit by the number of replicas that there were.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use uuid::Uuid;

/// Keys that wait to be told of; what is more is not told, and counts here alone.
const MOST_WAITING: usize = 8_192;
/// Keys of one message: those that were used most.
const MOST_TOLD: usize = 2_048;
/// Replicas that are kept in mind.
const MOST_REPLICAS: usize = 256;
/// A replica is gone that was not heard for so long, while the others were.
const GONE: Duration = Duration::from_secs(5);
/// Who does not hear themselves for so long does not hear the others either.
const DEAF: Duration = Duration::from_millis(2_500);

/// What a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Level {
    Key,
    Network,
    All,
}

impl Level {
    const ALL: [Self; 3] = [Self::Key, Self::Network, Self::All];

    const fn code(self) -> u8 {
        match self {
            Self::Key => 0,
            Self::Network => 1,
            Self::All => 2,
        }
    }
}

/// So often somebody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) level: Level,
    pub(super) print: u64,
    pub(super) count: u32,
}

/// What is to be told, and who is heard.
pub(super) struct Shared {
    waiting: Mutex<HashMap<(Level, u64), u32>>,
    heard: Mutex<Heard>,
    /// Into so many parts the limits are divided.
    parts: AtomicU32,
    untold: AtomicU64,
}

#[derive(Default)]
struct Heard {
    /// When this replica has heard itself last.
    own: Option<Duration>,
    others: HashMap<Uuid, Duration>,
}

impl Shared {
    pub(super) fn new() -> Self {
        let (waiting, heard) = (Mutex::default(), Mutex::default());
        Self { waiting, heard, parts: AtomicU32::new(1), untold: AtomicU64::new(0) }
    }

    /// Takes note of somebody who was let in.
    pub(super) fn note(&self, level: Level, print: u64) {
        let mut waiting = lock(&self.waiting);
        if waiting.len() >= MOST_WAITING && !waiting.contains_key(&(level, print)) {
            self.untold.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let count = waiting.entry((level, print)).or_default();
        *count = count.saturating_add(1);
    }

    /// Takes what is to be told: of many keys those that were used most, and the others the next time.
    pub(super) fn take(&self) -> Vec<Taken> {
        let mut waiting = lock(&self.waiting);
        let mut all: Vec<_> = waiting.drain().map(|((level, print), count)| Taken { level, print, count }).collect();
        if all.len() > MOST_TOLD {
            all.select_nth_unstable_by_key(MOST_TOLD, |taken| std::cmp::Reverse(taken.count));
            waiting.extend(all.split_off(MOST_TOLD).into_iter().map(|left| ((left.level, left.print), left.count)));
        }
        all
    }

    /// Takes note of a replica that is heard.
    pub(super) fn hear(&self, sender: Uuid, is_own: bool, now: Duration) {
        let mut heard = lock(&self.heard);
        if is_own {
            heard.own = Some(now);
        } else if heard.others.len() < MOST_REPLICAS || heard.others.contains_key(&sender) {
            heard.others.insert(sender, now);
        }
    }

    /// Judges into how many parts the limits are divided; gives that.
    pub(super) fn judge(&self, now: Duration) -> u32 {
        let mut heard = lock(&self.heard);
        let hears = heard.own.is_some_and(|own| now.saturating_sub(own) < DEAF);
        if hears {
            heard.others.retain(|_, last| now.saturating_sub(*last) < GONE);
        }
        let parts = if hears { 1 } else { 1 + u32::try_from(heard.others.len()).unwrap_or(u32::MAX - 1) };
        self.parts.store(parts, Ordering::Relaxed);
        parts
    }

    /// Gives into how many parts the limits are divided.
    pub(super) fn parts(&self) -> u32 {
        self.parts.load(Ordering::Relaxed)
    }

    /// Gives how often somebody was let in whom the others are not told of, since there were too many.
    pub(super) fn untold(&self) -> u64 {
        self.untold.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        lock(&self.waiting).len()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const ENTRY: usize = 1 + 8 + 4;

/// Writes what is told.
pub(super) fn write(all: &[Taken]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(all.len() * ENTRY);
    for taken in all {
        bytes.push(taken.level.code());
        bytes.extend_from_slice(&taken.print.to_be_bytes());
        bytes.extend_from_slice(&taken.count.to_be_bytes());
    }
    bytes
}

/// Reads it; what is unknown, as of a later version, is left out.
pub(super) fn read(bytes: &[u8]) -> impl Iterator<Item = Taken> {
    bytes.chunks_exact(ENTRY).take(MOST_TOLD).filter_map(|entry| {
        let (&code, rest) = entry.split_first()?;
        let (print, count) = rest.split_first_chunk::<8>()?;
        Some(Taken {
            level: Level::ALL.into_iter().find(|level| level.code() == code)?,
            print: u64::from_be_bytes(*print),
            count: u32::from_be_bytes(*count.first_chunk::<4>()?),
        })
    })
}
