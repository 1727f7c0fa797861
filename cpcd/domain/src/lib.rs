//! What cpcd does: identity, registry, events, discovery and the audit, above the stores and below the edges.
//!
//! Every operation takes a [`Caller`] and begins by asking it for the right it needs, so both edges get the same answer.

pub mod audit;
pub mod caller;
pub mod discovery;
pub mod events;
mod exchange;
mod gathering;
pub mod identity;
pub mod migrations;
pub mod registry;
pub mod root_key;
pub mod sharing;
pub mod system;
mod timekeeper;
mod wakeups;

pub use caller::Caller;
pub use exchange::{Ear, Exchange, Message};
pub use timekeeper::Timekeeper;
