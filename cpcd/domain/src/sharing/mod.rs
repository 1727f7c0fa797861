//! Sharing: single things that are opened to a user, or to the friends of their owner, and what decides whether somebody may do something.
//!
//! Whoever has admin on a thing opens it, and its owner has. A grant is a rule on one object that its holder has besides their own rules;
//! it is read with them and kept with them, so a change has them read again here at once, and within a second by the other replicas.
//! Tokens stay good.

mod check;
mod grants;
mod things;

pub use check::{By, Verdict};
pub use grants::{Asked, Draft, Grants, To};

use cpcd_model::time::Clock;
use cpcd_store::Store;

use self::things::Things;
use crate::{identity::Revoked, registry::Nodes};

/// Sharing, assembled.
#[derive(Clone)]
pub struct Sharing {
    /// Grants on single things.
    pub grants: Grants,
    /// What decides.
    pub checks: check::Checks,
}

impl Sharing {
    /// Assembles it.
    #[must_use]
    pub fn new(store: &Store, clock: &Clock, revoked: &Revoked, nodes: &Nodes) -> Self {
        let things = Things::new(store, nodes);
        Self { grants: Grants::new(store, clock, revoked.clone(), things.clone()), checks: check::Checks::new(things) }
    }
}
