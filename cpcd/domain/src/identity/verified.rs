//! Tokens whose signature held before: a bounded memory, so that a node's every heartbeat does not cost a MAC and a parse.
//!
//! What can change is not remembered: times, keys and revocations are checked each time.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest;
use cpcd_model::time::Tick;

/// So many that with a million tokens each has a map that is three quarters full, and not one that has just been doubled.
const SHARDS: usize = 20;
/// Tokens of a shard and generation, as many as fit into a map of 65,536 places: more than a million in all. A fleet that is larger
/// than that has its tokens verified more often.
const MOST: usize = 57_344;
/// What was not used for so long since its generation ended goes: every node that lives has used its token meanwhile, or has another.
const KEEP_OLD: Duration = Duration::from_secs(200);

/// The first half of a token's SHA-256: nobody finds a second token with the same.
type Key = [u8; 16];

/// Remembers what verified tokens say.
pub(super) struct Verified<T> {
    shards: [Mutex<Generations<T>>; SHARDS],
}

/// What was used lately and, until that is full, what was used before.
struct Generations<T> {
    young: HashMap<Key, T>,
    old: HashMap<Key, T>,
    /// Since when those are old.
    turned: Tick,
}

impl<T: Clone> Verified<T> {
    pub(super) fn new() -> Self {
        let generations = || Generations { young: HashMap::new(), old: HashMap::new(), turned: Tick::default() };
        Self { shards: std::array::from_fn(|_| Mutex::new(generations())) }
    }

    /// Gives what a token says if it was verified before, else verifies it.
    pub(super) fn get_or_verify<E>(
        &self,
        token: &str,
        now: Tick,
        verify: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        let key: Key = *digest.as_ref().first_chunk().expect("SHA-256 gives 32 bytes");
        let shard = &self.shards[usize::from(key[0]) % SHARDS];
        {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = shard.young.get(&key) {
                return Ok(known.clone());
            }
            if let Some(known) = shard.old.remove(&key) {
                shard.keep(key, known.clone(), now);
                return Ok(known);
            }
        }
        let said = verify()?;
        shard.lock().unwrap_or_else(PoisonError::into_inner).keep(key, said.clone(), now);
        Ok(said)
    }
}

impl<T> Generations<T> {
    fn keep(&mut self, key: Key, said: T, now: Tick) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
            self.turned = now;
        } else if self.old.capacity() > 0 && now.since(self.turned) >= KEEP_OLD {
            self.old = HashMap::new();
        }
        self.young.insert(key, said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_not_remembered_and_memory_has_an_end() {
        let verified = Verified::new();
        let at = |seconds: u64| Tick::from_millis(seconds * 1000);
        assert_eq!(verified.get_or_verify("a", at(1), || Err::<u32, _>("no")), Err("no"));
        assert_eq!(verified.get_or_verify("a", at(1), || Ok::<_, &str>(1)), Ok(1));
        assert_eq!(verified.get_or_verify("a", at(1), || Err("must not be asked")), Ok(1));
        for number in 0..u32::try_from(MOST * 5 / 2).unwrap() {
            let mut shard = verified.shards[0].lock().unwrap();
            shard.keep(u128::from(number).to_le_bytes(), number, at(2));
            assert!(shard.young.len() <= MOST && shard.old.len() <= MOST);
        }
        let mut shard = verified.shards[0].lock().unwrap();
        assert_eq!(shard.old.len(), MOST);
        shard.keep([9; 16], 1, at(300));
        assert_eq!(shard.old.len(), 0, "what nobody uses any more goes");
    }
}
