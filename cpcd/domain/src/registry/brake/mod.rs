//! The brake: when many nodes of a realm fail at once, the fault is more likely ours or the network's than theirs, so they are called
//! worse slowly, and people are told.
//!
//! Each realm has its own (`realms`, `rule`). What a look at the nodes finds is gathered by realm (`survey`), so that no realm, however
//! many nodes it floods us with, brakes another one or has it wait. Every replica follows all brakes; the one that judges heeds them.

mod brakes;
mod realms;
mod rule;
mod survey;

pub(super) use brakes::{Brakes, News};
pub(super) use realms::{Realm, Realms};
pub(super) use rule::Limits;
pub(super) use survey::Survey;
