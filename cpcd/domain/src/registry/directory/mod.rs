//! The directory: which nodes are to be found where, in memory, so that finding some of very many costs no more than of few.
//!
//! Nodes lie on rings, one for each realm and one for each namespace in it, ordered by the random part of their ids: so a walk from a
//! random place is a fair sample, goes on where it was left on any replica, and is not upset by who comes and goes (`ring`). A walk
//! takes a window at a time and ranks it (`rank`, `walk`); what it has given out of the window is in the caller's cursor (`cursor`),
//! and nothing of it here. Whether a node lives is asked of the table, and what is shown of it is read from the store.

mod cursor;
mod follower;
mod hash;
mod host;
mod nearness;
mod peers;
mod rank;
mod ring;
mod slots;
#[cfg(test)]
mod tests;
mod walk;

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

use cpcd_model::{id::NodeId, labels::Labels};
use cpcd_store::sql::Listing;

use follower::Follower;
pub use nearness::RoundTrip;
pub use peers::{FindRequest, Found, Located, Peers, Route};

use ring::{Ring, Window};
use slots::{Slot, Slots};

/// Where nodes are to be found.
#[derive(Default)]
pub(super) struct Directory(RwLock<Places>);

#[derive(Default)]
struct Places {
    slots: Slots,
    realms: Vec<Realm>,
    numbers: HashMap<String, u32>,
    /// The namespaces of the slots that have any.
    namespaces: HashMap<u32, Box<[u64]>>,
}

/// What lies in a realm; the first has those of none.
struct Realm {
    hash: u64,
    ring: Ring,
    namespaces: HashMap<u64, Ring>,
}

/// On which ring to look, and for what.
#[derive(Clone, Debug)]
pub(super) struct Query {
    /// What of a realm's nodes.
    namespace: Option<u64>,
    /// Bits that all of them have.
    signature: u32,
    /// The only realm in which labels narrow the walk; nothing for all.
    labelled: Option<u64>,
}

impl Query {
    fn new(namespace: &str, labels: &Labels) -> Self {
        let namespace = (!namespace.is_empty()).then(|| hash::of(namespace.as_bytes()));
        Self { namespace, signature: hash::signature(labels), labelled: None }
    }
}

impl Directory {
    /// Lists a node as the store has it, in place of what was listed of it.
    pub(super) fn put(&self, listing: &Listing) {
        let (network, reaches) = host::judge(&listing.addresses);
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        places.remove(listing.id);
        if listing.is_pending {
            return;
        }
        let Some(realm) = places.number(&listing.realm) else {
            return tracing::warn!(node.id = %listing.id, "too many realms: a node is not to be found in its own");
        };
        let slot = Slot {
            id: listing.id,
            network,
            signature: hash::signature(&listing.labels),
            key: hash::fingerprint(&listing.public_key),
            place: realm << 8 | u32::from(reaches),
        };
        let at = places.slots.insert(slot);
        let Places { realms, namespaces, .. } = &mut *places;
        let realm = &mut realms[realm as usize];
        realm.ring.insert(listing.id, at);
        if !listing.namespaces.is_empty() {
            let hashes: Box<[u64]> = listing.namespaces.iter().map(|name| hash::of(name.as_bytes())).collect();
            for hash in &hashes {
                realm.namespaces.entry(*hash).or_default().insert(listing.id, at);
            }
            namespaces.insert(at, hashes);
        }
    }

    /// Lists a node no more; gives the fingerprint of its key.
    pub(super) fn forget(&self, id: NodeId) -> Option<u32> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id).map(|slot| slot.key)
    }

    /// Lists those nodes only that `known` says are there.
    pub(super) fn forget_unless(&self, known: impl Fn(NodeId) -> bool) {
        let gone: Vec<_> = self.read().slots.ids().filter(|id| !known(*id)).collect();
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for id in gone {
            places.remove(id);
        }
    }

    /// Gives the nodes that are listed.
    pub(super) fn ids(&self) -> Vec<NodeId> {
        self.read().slots.ids().collect()
    }

    /// Gives the fingerprint of a node's key.
    pub(super) fn key(&self, id: NodeId) -> Option<u32> {
        self.read().slots.find(id).map(|(_, slot)| slot.key)
    }

    /// Gives the hashes of all realms that nodes were ever in, but for the one of those without.
    fn realms(&self) -> Vec<u64> {
        let none = hash::of(b"");
        self.read().realms.iter().map(|realm| realm.hash).filter(|hash| *hash != none).collect()
    }

    /// Gives what lies on a realm's ring in a range that begins `from` after `start`.
    fn window(&self, realm: u64, query: &Query, start: u32, from: u64, until: Option<u64>, most: usize) -> Window {
        let signature = if query.labelled.is_none_or(|own| own == realm) { query.signature } else { 0 };
        let places = self.read();
        let realm = places.realms.iter().find(|known| known.hash == realm);
        let ring = realm.and_then(|realm| match query.namespace {
            None => Some(&realm.ring),
            Some(namespace) => realm.namespaces.get(&namespace),
        });
        match ring {
            Some(ring) => ring.window(&places.slots, signature, start, from, until, most),
            None => Window::empty(),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Places> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// Gives the number of a realm; nothing if there are too many.
    fn number(&mut self, name: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        let number = u32::try_from(self.realms.len()).ok().filter(|number| *number < 1 << 24)?;
        self.realms.push(Realm { hash: hash::of(name.as_bytes()), ring: Ring::default(), namespaces: HashMap::new() });
        self.numbers.insert(name.to_owned(), number);
        Some(number)
    }

    fn remove(&mut self, id: NodeId) -> Option<Slot> {
        let (at, slot) = self.slots.remove(id)?;
        let realm = self.realms.get_mut((slot.place >> 8) as usize)?;
        realm.ring.remove(id, at);
        for hash in self.namespaces.remove(&at).unwrap_or_default() {
            if let Some(ring) = realm.namespaces.get_mut(&hash) {
                ring.remove(id, at);
                if ring.is_empty() {
                    realm.namespaces.remove(&hash);
                }
            }
        }
        Some(slot)
    }
}
