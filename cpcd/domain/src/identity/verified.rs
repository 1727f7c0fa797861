//! Tokens whose signature held before: a bounded memory, so that a node's every heartbeat does not cost a MAC and a parse.
//!
//! What can change is not remembered: times, keys and revocations are checked each time.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest;

const SHARDS: usize = 16;
/// Tokens of a shard and generation; with two generations about 50 MB when all are full.
const MOST: usize = 16_384;

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
}

impl<T: Clone> Verified<T> {
    pub(super) fn new() -> Self {
        let generations = || Generations { young: HashMap::new(), old: HashMap::new() };
        Self { shards: std::array::from_fn(|_| Mutex::new(generations())) }
    }

    /// Gives what a token says if it was verified before, else verifies it.
    pub(super) fn get_or_verify<E>(&self, token: &str, verify: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let digest = digest::digest(&digest::SHA256, token.as_bytes());
        let key: Key = *digest.as_ref().first_chunk().expect("SHA-256 gives 32 bytes");
        let shard = &self.shards[usize::from(key[0]) % SHARDS];
        {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = shard.young.get(&key) {
                return Ok(known.clone());
            }
            if let Some(known) = shard.old.remove(&key) {
                shard.keep(key, known.clone());
                return Ok(known);
            }
        }
        let said = verify()?;
        shard.lock().unwrap_or_else(PoisonError::into_inner).keep(key, said.clone());
        Ok(said)
    }
}

impl<T> Generations<T> {
    fn keep(&mut self, key: Key, said: T) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
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
        assert_eq!(verified.get_or_verify("a", || Err::<u32, _>("no")), Err("no"));
        assert_eq!(verified.get_or_verify("a", || Ok::<_, &str>(1)), Ok(1));
        assert_eq!(verified.get_or_verify("a", || Err("must not be asked")), Ok(1));
        for number in 0..(SHARDS * MOST * 4) {
            let _ = verified.get_or_verify(&number.to_string(), || Ok::<_, ()>(0));
        }
        for shard in &verified.shards {
            let shard = shard.lock().unwrap();
            assert!(shard.young.len() <= MOST && shard.old.len() <= MOST);
        }
    }
}
