//! Places among those who follow: so many all together, so many of one caller.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

/// Most that one caller may follow with: each costs reads of the store.
pub(super) const MOST_OF_ONE: usize = 8;

/// Gives out places; clones share them.
#[derive(Clone)]
pub(super) struct Places {
    taken: Arc<Mutex<Taken>>,
    most: usize,
}

/// How many follow, and how many of them for each caller.
#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<Uuid, usize>,
}

/// A place, until it is dropped.
pub(super) struct Place {
    taken: Arc<Mutex<Taken>>,
    whose: Option<Uuid>,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// Takes a place; nothing if all are taken, or the caller has `most_of_one` already. For whom one `is_kept` there always is one.
    pub(super) fn take(&self, whose: Option<Uuid>, most_of_one: usize, is_kept: bool) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = whose.map_or(0, |whose| taken.of.get(&whose).copied().unwrap_or_default());
        if !is_kept && (taken.all >= self.most || own >= most_of_one) {
            return None;
        }
        taken.all += 1;
        if let Some(whose) = whose {
            taken.of.insert(whose, own + 1);
        }
        drop(taken);
        Some(Place { taken: self.taken.clone(), whose })
    }

    /// Says whether nobody follows.
    pub(super) fn are_free(&self) -> bool {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).all == 0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(whose) = self.whose
            && let Entry::Occupied(mut own) = taken.of.entry(whose)
        {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_places_and_so_many_of_one() {
        let places = Places::new(MOST_OF_ONE + 1);
        let (one, other) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        let mut held: Vec<_> = (0..MOST_OF_ONE).map(|_| places.take(one, MOST_OF_ONE, false).unwrap()).collect();
        assert!(places.take(one, MOST_OF_ONE, false).is_none(), "one has as many as one may");
        held.push(places.take(other, MOST_OF_ONE, false).unwrap());
        assert!(places.take(None, MOST_OF_ONE, false).is_none(), "all are taken");
        drop(places.take(None, MOST_OF_ONE, true).expect("one is kept"));
        held.remove(0);
        held.push(places.take(one, MOST_OF_ONE, false).expect("one is free again"));
        drop(held);
        assert!(places.are_free());
    }
}
