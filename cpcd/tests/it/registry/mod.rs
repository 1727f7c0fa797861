//! The registry: who registers, who lives, who sees what.

mod access;
mod allocations;
mod heartbeats;
mod liveness;
mod registration;
mod replicas;
mod rerouting;
