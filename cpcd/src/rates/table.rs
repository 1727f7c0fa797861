//! Token buckets in a table of fixed size, so that no number of callers makes it grow.
//!
//! A bucket is the time at which it is full again (GCRA): a bucket that is full is as good as none. A key has its few places by a keyed
//! hash, which strangers cannot aim at; when all are taken, the bucket that is fullest gives way, so the flood of those who came once
//! does not free those who came often.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Rate;

/// Places that a key can have; they lie together and share a lock.
const WAYS: usize = 8;

#[derive(Clone, Copy, Default)]
struct Bucket {
    /// The key's hash; nothing else is kept of it.
    print: u64,
    /// Nanoseconds from the start.
    full_at: u64,
}

/// The buckets.
pub(super) struct Table {
    hasher: RandomState,
    groups: Box<[Mutex<[Bucket; WAYS]>]>,
}

impl Table {
    /// Makes a table for about so many keys.
    pub(super) fn new(keys: usize) -> Self {
        let groups = (0..keys.div_ceil(WAYS).next_power_of_two()).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), groups }
    }

    /// Takes one from a key's bucket; if there is none, gives how long to wait for it.
    pub(super) fn take(&self, key: &impl Hash, rate: Rate, now: Duration) -> Result<(), Duration> {
        let Some((per_second, burst)) = rate.0 else { return Ok(()) };
        let print = self.hasher.hash_one(key);
        // The bits that choose the group say nothing more inside it.
        let group = usize::try_from(print >> 32).unwrap_or_default() & (self.groups.len() - 1);
        let mut group = self.groups[group].lock().unwrap_or_else(PoisonError::into_inner);
        let place = group.iter().position(|bucket| bucket.print == print).unwrap_or_else(|| {
            let fullest = group.iter().enumerate().min_by_key(|(_, bucket)| bucket.full_at);
            let place = fullest.map_or(0, |(place, _)| place);
            group[place] = Bucket { print, full_at: 0 };
            place
        });
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let one = 1_000_000_000 / u64::from(per_second);
        let full_at = group[place].full_at.max(now) + one;
        let most = one * u64::from(burst);
        match (full_at - now).checked_sub(most) {
            None | Some(0) => {
                group[place].full_at = full_at;
                Ok(())
            }
            Some(missing) => Err(Duration::from_nanos(missing)),
        }
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        std::mem::size_of_val(&*self.groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let table = Table::new(64);
        let takes = |key: &str, now| (0..1000).take_while(|_| table.take(&key, rate("5/20"), now).is_ok()).count();
        assert_eq!(takes("a", SECOND), 20);
        assert_eq!(table.take(&"a", rate("5/20"), SECOND), Err(Duration::from_millis(200)));
        assert_eq!(takes("b", SECOND), 20, "each has its own");
        assert_eq!(takes("a", SECOND * 2), 5);
        assert_eq!(takes("a", SECOND * 100), 20, "it never holds more");
        assert!((0..100_000).all(|_| table.take(&"a", rate("off"), SECOND).is_ok()));
    }

    #[test]
    fn five_million_keys_take_no_more_room_and_free_nobody() {
        let table = Table::new(1 << 12);
        let before = table.bytes();
        assert!(before <= (1 << 12) * 24, "{before} bytes");
        let often = rate("1/100");
        assert_eq!((0..1000).take_while(|_| table.take(&"often", often, SECOND).is_ok()).count(), 100);
        for key in 0..5_000_000_u32 {
            assert!(table.take(&key, often, SECOND).is_ok(), "who comes once is let in");
        }
        assert_eq!(table.bytes(), before);
        assert!(table.take(&"often", often, SECOND).is_err(), "who came often is still known");
    }
}
