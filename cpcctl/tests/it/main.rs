//! cpcctl as a program: what it prints, where, and with which exit code.
#![allow(clippy::unwrap_used, reason = "a test may stop where it fails, in its helpers too")]

#[cfg(unix)]
mod agent;
mod allocations;
mod audit;
mod contexts;
mod convert;
mod daemon;
mod errors;
mod events;
mod friends;
mod generated;
mod harness;
mod identity;
mod keys;
mod nodes;
mod output;
#[cfg(unix)]
mod providing;
mod rehearsal;
