//! Classes: nodes that placement cannot tell apart but by what they have. They share their labels, their realm and their owner, so a
//! node costs four bytes for all of these.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use cpcd_model::{id::UserId, labels::Labels};
use cpcd_store::sql::Room;
use hashbrown::HashTable;

use super::{Ask, Reach};

/// A realm is kept as a label of this name, which none can have.
const REALM: &str = "\0realm";

/// A label with a value that nodes have.
pub(super) struct Pair {
    key: Box<str>,
    value: Box<str>,
    /// The classes that have it.
    pub(super) classes: Vec<u32>,
    /// How many nodes do.
    pub(super) nodes: usize,
}

/// Nodes with the same labels, realm and owner.
pub(super) struct Class {
    /// The pairs, sorted.
    pub(super) pairs: Box<[u32]>,
    is_in_realm: bool,
    owner: Option<UserId>,
    /// The slots of its nodes. It stays when there are none: they may come back.
    pub(super) members: Vec<u32>,
}

/// All classes.
#[derive(Default)]
pub(super) struct Classes {
    pub(super) all: Vec<Class>,
    pub(super) pairs: Vec<Pair>,
    /// The pairs of each label, by name and by value.
    names: HashMap<Box<str>, HashMap<Box<str>, u32>>,
    known: HashTable<u32>,
    hasher: RandomState,
    /// Classes without a node.
    pub(super) empty: usize,
}

impl Classes {
    /// Finds the class of a node, or makes it.
    pub(super) fn of(&mut self, room: &Room) -> u32 {
        let mut pairs: Vec<_> = room.labels.iter().map(|(name, value)| self.intern(name, value)).collect();
        let is_in_realm = !room.realm.is_empty();
        if is_in_realm {
            pairs.push(self.intern(REALM, &room.realm));
        }
        pairs.sort_unstable();
        let hash = self.hasher.hash_one((&pairs[..], room.owner_id));
        let all = &self.all;
        let found = self.known.find(hash, |at| {
            let class = &all[*at as usize];
            *class.pairs == *pairs && class.owner == room.owner_id
        });
        if let Some(found) = found {
            return *found;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        for pair in &pairs {
            self.pairs[*pair as usize].classes.push(number);
        }
        let pairs = pairs.into_boxed_slice();
        self.all.push(Class { pairs, is_in_realm, owner: room.owner_id, members: Vec::new() });
        self.empty += 1;
        let (all, hasher) = (&self.all, &self.hasher);
        self.known.insert_unique(hash, number, |at| {
            let class = &all[*at as usize];
            hasher.hash_one((&class.pairs[..], class.owner))
        });
        number
    }

    fn intern(&mut self, name: &str, value: &str) -> u32 {
        if let Some(pair) = self.find(name, value) {
            return pair;
        }
        let number = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        self.pairs.push(Pair { key: name.into(), value: value.into(), classes: Vec::new(), nodes: 0 });
        self.names.entry(name.into()).or_default().insert(value.into(), number);
        number
    }

    fn find(&self, name: &str, value: &str) -> Option<u32> {
        self.names.get(name)?.get(value).copied()
    }

    /// Gives the pairs of a label that nodes have.
    pub(super) fn values(&self, name: &str) -> Vec<u32> {
        let values = self.names.get(name).into_iter().flat_map(|values| values.values().copied());
        values.filter(|pair| self.pairs[*pair as usize].nodes > 0).collect()
    }

    /// Gives the pair of a label that a class has.
    pub(super) fn value_of(&self, class: u32, name: &str) -> Option<u32> {
        self.all[class as usize].pairs.iter().copied().find(|pair| *self.pairs[*pair as usize].key == *name)
    }

    /// Puts a slot to a class; gives its place there.
    pub(super) fn join(&mut self, class: u32, slot: u32) -> u32 {
        let class = &mut self.all[class as usize];
        if class.members.is_empty() {
            self.empty -= 1;
        }
        class.members.push(slot);
        class.pairs.iter().for_each(|pair| self.pairs[*pair as usize].nodes += 1);
        u32::try_from(class.members.len() - 1).unwrap_or(u32::MAX)
    }

    /// Takes the slot at a place out of a class; gives the one that has its place now.
    pub(super) fn leave(&mut self, class: u32, place: u32) -> Option<u32> {
        let class = &mut self.all[class as usize];
        class.members.swap_remove(place as usize);
        if class.members.is_empty() {
            self.empty += 1;
            class.members = Vec::new();
        }
        class.pairs.iter().for_each(|pair| self.pairs[*pair as usize].nodes -= 1);
        class.members.get(place as usize).copied()
    }

    /// Gives labels, realm and owner of a class.
    pub(super) fn describe(&self, class: u32) -> (Labels, String, Option<UserId>) {
        let class = &self.all[class as usize];
        let pairs = class.pairs.iter().map(|pair| &self.pairs[*pair as usize]);
        let (realms, labels): (Vec<_>, Vec<_>) = pairs.partition(|pair| &*pair.key == REALM);
        let labels = labels.into_iter().map(|pair| (pair.key.to_string(), pair.value.to_string())).collect();
        (labels, realms.first().map(|pair| pair.value.to_string()).unwrap_or_default(), class.owner)
    }
}

/// What a request asks of classes, by their numbers; nothing where no node can have it.
pub(super) struct Wanted {
    /// All of these pairs.
    pub(super) pairs: Vec<u32>,
    reach: Within,
}

/// A [`Reach`], by numbers.
enum Within {
    All,
    Some { realm: Option<u32>, owner: Option<UserId>, scopes: Vec<Held> },
}

/// A scope, by numbers.
struct Held {
    pairs: Vec<u32>,
    owner: Option<UserId>,
    object: Option<uuid::Uuid>,
}

impl Wanted {
    pub(super) fn of(classes: &Classes, ask: &Ask) -> Option<Self> {
        let find =
            |labels: &Labels| labels.iter().map(|(name, value)| classes.find(name, value)).collect::<Option<Vec<_>>>();
        let mut pairs = find(&ask.labels)?;
        if !ask.realm.is_empty() {
            pairs.push(classes.find(REALM, &ask.realm)?);
        }
        let reach = match &ask.reach {
            Reach::All => Within::All,
            Reach::Some { realm, owner, scopes } => {
                let scopes = scopes.iter().filter_map(|scope| {
                    Some(Held { pairs: find(&scope.labels)?, owner: scope.owner, object: scope.object })
                });
                let realm = (!realm.is_empty()).then(|| classes.find(REALM, realm)).flatten();
                Within::Some { realm, owner: *owner, scopes: scopes.collect() }
            }
        };
        Some(Self { pairs, reach })
    }

    /// Says whether a node of a class may be taken.
    pub(super) fn holds(&self, class: &Class, id: cpcd_model::id::NodeId) -> bool {
        let has = |pair: &u32| class.pairs.binary_search(pair).is_ok();
        self.pairs.iter().all(has)
            && match &self.reach {
                Within::All => true,
                Within::Some { realm, owner, scopes } => {
                    !class.is_in_realm
                        || realm.as_ref().is_some_and(has)
                        || (owner.is_some() && *owner == class.owner)
                        || scopes.iter().any(|scope| {
                            scope.pairs.iter().all(has)
                                && scope.owner.is_none_or(|owner| class.owner == Some(owner))
                                && scope.object.is_none_or(|object| object == id.uuid())
                        })
                }
            }
    }
}
