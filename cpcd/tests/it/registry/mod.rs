//! The registry: who registers, who lives, who sees what.

mod access;
mod allocations;
mod heartbeats;
mod joining;
mod liveness;
mod operations;
mod quotas;
mod registration;
mod replicas;
mod rerouting;
