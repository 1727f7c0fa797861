//! What cpcd does: identity, registry, events and discovery, above the stores and below the edges.
//!
//! Every operation takes a [`Caller`] and begins by asking it for the right it needs, so both edges get the same answer.

pub mod caller;
pub mod discovery;
pub mod events;
pub mod identity;
pub mod migrations;
pub mod registry;
pub mod root_key;
pub mod system;
mod timekeeper;
mod wakeups;

pub use caller::Caller;
pub use timekeeper::Timekeeper;
