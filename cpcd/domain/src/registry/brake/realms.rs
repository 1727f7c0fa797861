//! Names of realms, each once: a node in memory has a number.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A realm by its number; the default is the one without a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::registry) struct Realm(u16);

impl Realm {
    pub(super) fn index(self) -> usize {
        self.0.into()
    }

    pub(super) fn of_index(index: usize) -> Self {
        Self(u16::try_from(index).unwrap_or(u16::MAX))
    }
}

/// The realms that were seen. Invites grant them, so there are few; beyond 65,535 all others count as one.
#[derive(Debug, Default)]
pub(in crate::registry) struct Realms {
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<Arc<str>, Realm>,
    names: Vec<Arc<str>>,
}

impl Realms {
    /// Gives the number of a realm.
    pub(in crate::registry) fn number(&self, name: &str) -> Realm {
        if name.is_empty() {
            return Realm::default();
        }
        let mut names = self.names();
        if let Some(number) = names.numbers.get(name) {
            return *number;
        }
        let number = Realm::of_index(names.names.len() + 1);
        if number.0 < u16::MAX {
            let name: Arc<str> = name.into();
            names.names.push(name.clone());
            names.numbers.insert(name, number);
        }
        number
    }

    /// Gives the name of a realm.
    pub(in crate::registry) fn name(&self, realm: Realm) -> String {
        match realm.index().checked_sub(1) {
            None => String::new(),
            Some(place) => self.names().names.get(place).map_or_else(|| "(others)".to_owned(), |name| name.to_string()),
        }
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number_and_there_are_never_too_many() {
        let realms = Realms::default();
        let (none, lab) = (realms.number(""), realms.number("lab"));
        assert!(none == Realm::default() && lab != none && realms.number("lab") == lab);
        assert_eq!((realms.name(none), realms.name(lab)), (String::new(), "lab".to_owned()));
        for number in 0..70_000 {
            realms.number(&number.to_string());
        }
        assert_eq!(realms.number("69999"), realms.number("69998"), "the rest is one");
        assert_eq!(realms.name(realms.number("69999")), "(others)");
        assert_eq!(realms.name(realms.number("5")), "5");
    }
}
