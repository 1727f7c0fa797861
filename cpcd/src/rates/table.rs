//! Token buckets in a table of fixed size, so that no number of callers makes it grow.
//!
//! A bucket is the time at which it is full again (GCRA): a bucket that is full is as good as none. A key has its few places by a keyed
//! hash, which strangers cannot aim at; when all are taken, the bucket that is fullest gives way, so the flood of those who came once
//! does not free those who came often.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Rate;

/// Places that a key can have; they lie together and share a lock.
const WAYS: usize = 8;
/// What others have taken makes a bucket at most so many times as empty as it can get here: who was let in everywhere at once waits
/// for all of it.
const DEEPEST: u64 = 16;

#[derive(Clone, Copy, Default)]
struct Bucket {
    /// The key's hash; nothing else is kept of it.
    print: u64,
    /// Nanoseconds from the start.
    full_at: u64,
}

/// The buckets.
pub(super) struct Table {
    groups: Box<[Mutex<[Bucket; WAYS]>]>,
}

impl Table {
    /// Makes a table for about so many keys.
    pub(super) fn new(keys: usize) -> Self {
        let groups = (0..keys.div_ceil(WAYS).next_power_of_two()).map(|_| Mutex::default()).collect();
        Self { groups }
    }

    /// Takes one from a key's bucket; if there is none, gives how long to wait for it. Of `parts` replicas that do not hear each other
    /// each lets in its part.
    pub(super) fn take(&self, print: u64, rate: Rate, parts: u32, now: Duration) -> Result<(), Duration> {
        self.on(print, rate, parts, now, |full_at, size| {
            let after = *full_at + size.one;
            match (after - size.now).checked_sub(size.most) {
                None | Some(0) => {
                    *full_at = after;
                    Ok(())
                }
                Some(missing) => Err(Duration::from_nanos(missing)),
            }
        })
    }

    /// Says whether there is one to take, and takes none.
    pub(super) fn look(&self, print: u64, rate: Rate, parts: u32, now: Duration) -> Result<(), Duration> {
        self.on(print, rate, parts, now, |full_at, size| {
            match (*full_at + size.one - size.now).checked_sub(size.most) {
                None | Some(0) => Ok(()),
                Some(missing) => Err(Duration::from_nanos(missing)),
            }
        })
    }

    /// Takes what was let in already, here or elsewhere.
    pub(super) fn charge(&self, print: u64, rate: Rate, count: u32, now: Duration) {
        let charged = self.on(print, rate, 1, now, |full_at, size| {
            let deepest = size.now + size.most.saturating_mul(DEEPEST);
            *full_at = full_at.saturating_add(size.one.saturating_mul(count.into())).min(deepest);
            Ok(())
        });
        debug_assert!(charged.is_ok());
    }

    /// Does something with the time at which a bucket is full again, which is never in the past.
    fn on(
        &self,
        print: u64,
        rate: Rate,
        parts: u32,
        now: Duration,
        then: impl FnOnce(&mut u64, Size) -> Result<(), Duration>,
    ) -> Result<(), Duration> {
        let Some((per_second, burst)) = rate.0 else { return Ok(()) };
        // The bits that choose the group say nothing more inside it.
        let group = usize::try_from(print >> 32).unwrap_or_default() & (self.groups.len() - 1);
        let mut group = self.groups[group].lock().unwrap_or_else(PoisonError::into_inner);
        let place = group.iter().position(|bucket| bucket.print == print).unwrap_or_else(|| {
            let fullest = group.iter().enumerate().min_by_key(|(_, bucket)| bucket.full_at);
            let place = fullest.map_or(0, |(place, _)| place);
            group[place] = Bucket { print, full_at: 0 };
            place
        });
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX / 4);
        let whole = 1_000_000_000 / u64::from(per_second);
        let one = whole.saturating_mul(parts.into());
        let full_at = &mut group[place].full_at;
        *full_at = now.max(*full_at);
        then(full_at, Size { one, most: (whole * u64::from(burst)).max(one), now })
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        std::mem::size_of_val(&*self.groups)
    }
}

/// A bucket's measures, in nanoseconds.
struct Size {
    /// What one costs.
    one: u64,
    /// What it holds.
    most: u64,
    now: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    /// Spreads numbers as the hash does.
    fn print(number: u64) -> u64 {
        super::super::prints::Prints::new([7; 32]).of(0, "", &number.to_be_bytes())
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let table = Table::new(64);
        let (a, b) = (print(1), print(2));
        let takes =
            |key, parts, now| (0..1000).take_while(|_| table.take(key, rate("5/20"), parts, now).is_ok()).count();
        assert_eq!(takes(a, 1, SECOND), 20);
        assert_eq!(table.take(a, rate("5/20"), 1, SECOND), Err(Duration::from_millis(200)));
        assert_eq!(table.look(a, rate("5/20"), 1, SECOND), Err(Duration::from_millis(200)));
        assert_eq!(takes(b, 1, SECOND), 20, "each has its own");
        assert_eq!(takes(a, 1, SECOND * 2), 5);
        assert_eq!(takes(a, 1, SECOND * 100), 20, "it never holds more");
        assert!((0..100_000).all(|_| table.take(a, rate("off"), 1, SECOND).is_ok()));
        // Each of three lets in a third, and each at least one.
        assert_eq!((takes(a, 3, SECOND * 200), takes(a, 3, SECOND * 203)), (6, 5));
        let few = (0..10).take_while(|_| table.take(print(3), rate("1/2"), 5, SECOND).is_ok()).count();
        assert_eq!(few, 1);
    }

    #[test]
    fn what_others_let_in_counts_here() {
        let table = Table::new(64);
        let (a, five) = (print(1), rate("5/20"));
        table.charge(a, five, 15, SECOND);
        assert_eq!((0..100).take_while(|_| table.take(a, five, 1, SECOND).is_ok()).count(), 5);
        table.charge(a, five, 20, SECOND);
        assert_eq!(table.take(a, five, 1, SECOND), Err(Duration::from_millis(4200)), "what was too much is paid for");
        table.charge(a, five, u32::MAX, SECOND);
        assert!(table.look(a, five, 1, SECOND).unwrap_err() <= Duration::from_secs(4 * DEEPEST), "but not for ever");
    }

    #[test]
    fn five_million_keys_take_no_more_room_and_free_nobody() {
        let table = Table::new(1 << 12);
        let before = table.bytes();
        assert!(before <= (1 << 12) * 24, "{before} bytes");
        let (often, hundred) = (u64::MAX, rate("1/100"));
        assert_eq!((0..1000).take_while(|_| table.take(often, hundred, 1, SECOND).is_ok()).count(), 100);
        for key in 0..5_000_000_u64 {
            // Any spread will do here, and a hash takes long.
            let key = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            assert!(table.take(key, hundred, 1, SECOND).is_ok(), "who comes once is let in");
        }
        assert_eq!(table.bytes(), before);
        assert!(table.take(often, hundred, 1, SECOND).is_err(), "who came often is still known");
    }
}
