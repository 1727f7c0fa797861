//! The registry: who registers, who lives, who sees what.

mod access;
mod heartbeats;
mod joining;
mod liveness;
mod operations;
mod quotas;
mod registration;
mod replicas;
