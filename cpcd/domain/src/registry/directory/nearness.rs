//! Nearness: a coordinate for each node that says how long it takes to others, from which the round trip between any two is estimated.
//!
//! Coordinates are Vivaldi's, with heights (Dabek, Cox, Kaashoek, Morris: Vivaldi, a decentralized network coordinate system, SIGCOMM
//! 2004): each measurement pulls or pushes the one who measured, the less the surer it is of itself and the less sure the other is.
//!
//! A node moves only its own coordinate, by bounded steps, and what cannot be is left out; so who lies is found somewhere else, but moves
//! nobody. Coordinates are in memory and of this replica alone: a node speaks to one replica for as long as it can, an estimate only
//! orders what is equal otherwise, and to share them would cost as much as sharing heartbeats does.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use cpc_signing::PeerId;

use super::hash;

/// A round trip that a node measured.
#[derive(Clone, Copy, Debug)]
pub struct RoundTrip {
    /// To this peer.
    pub peer: PeerId,
    /// In microseconds.
    pub micros: u32,
}

impl RoundTrip {
    /// Most that one heartbeat brings.
    pub const MOST: usize = 16;
}

/// Round trips that there are, in microseconds: from one rack to another by satellite, twice.
const POSSIBLE: std::ops::RangeInclusive<u32> = 20..=3_000_000;
/// Nodes with a coordinate, 32 bytes each or twice that while their map grows; more have none.
const NODES: usize = 1 << 20;
/// The paper's constants: how fast a coordinate and its error follow.
const FOLLOWS: f32 = 0.25;
/// Most that one measurement moves, in milliseconds.
const STEP: f32 = 30.0;
/// Who is surer than this takes no measurement that misses by more than so many times itself, and is a little less sure.
const SURE: f32 = 0.5;
const ABSURD: f32 = 2.0;
const DOUBT: f32 = 0.02;
/// Nobody is farther from the middle, in milliseconds.
const FAR: f32 = 1500.0;
/// The least height, in milliseconds: nobody is nearer to others than to the wire.
const LOW: f32 = 0.01;
/// An error above this says nothing.
const UNSURE: f32 = 0.9;
/// The greatest error.
const WRONG: f32 = 1.5;

/// Where a node is, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Coordinate {
    at: [f32; 3],
    height: f32,
    error: f32,
}

impl Coordinate {
    fn new() -> Self {
        Self { at: [0.0; 3], height: LOW, error: 1.0 }
    }

    fn distance(&self, other: &Self) -> f32 {
        norm(apart(self.at, other.at)) + self.height + other.height
    }

    /// Gives where it is after a measurement to another; `lot` gives a direction to those who are in one place.
    fn after(self, other: &Self, round_trip: f32, lot: u64) -> Self {
        let distance = self.distance(other);
        let weight = self.error / (self.error + other.error).max(f32::EPSILON);
        let missed = (distance - round_trip).abs() / round_trip;
        if missed > ABSURD && self.error < SURE {
            // Rather the other is not where it says. If it is all the others, it is us: then we are sure no longer.
            return Self { error: self.error + DOUBT, ..self };
        }
        let follows = FOLLOWS * weight;
        let error = (missed * follows + self.error * (1.0 - follows)).clamp(0.01, WRONG);
        let residue = (round_trip - distance).clamp(-round_trip, round_trip);
        let force = (follows * residue).clamp(-STEP, STEP);
        let way = apart(self.at, other.at);
        let length = norm(way);
        let way = if length > 0.001 { way.map(|part| part / length) } else { direction(lot) };
        let mut at = self.at;
        for (part, way) in at.iter_mut().zip(way) {
            *part = (*part + force * way).clamp(-FAR, FAR);
        }
        // The height takes its part of the force, as the paper has it.
        let height = self.height + force * (self.height + other.height) / distance.max(LOW);
        Self { at, height: height.clamp(LOW, FAR), error }
    }
}

fn apart(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|part| a[part] - b[part])
}

fn norm(way: [f32; 3]) -> f32 {
    way.iter().map(|part| part * part).sum::<f32>().sqrt()
}

/// Gives some direction.
fn direction(lot: u64) -> [f32; 3] {
    let way = std::array::from_fn(|part| {
        let bits = hash::mix(lot.wrapping_add(part as u64 + 1)) >> 48;
        u16::try_from(bits).map_or(0.0, f32::from) / f32::from(u16::MAX) - 0.5
    });
    let length = norm(way).max(0.001);
    way.map(|part| part / length)
}

/// The coordinates, by fingerprints of keys.
#[derive(Default)]
pub(super) struct Nearness(RwLock<HashMap<u32, Coordinate>>);

impl Nearness {
    /// Takes what a node measured.
    pub(super) fn take(&self, own: u32, measured: &[RoundTrip]) {
        let (before, others) = {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let others: Vec<_> = measured
                .iter()
                .take(RoundTrip::MOST)
                .filter(|one| POSSIBLE.contains(&one.micros))
                .filter_map(|one| Some((fingerprint(&one.peer)?, one.micros)))
                .filter(|(other, _)| *other != own)
                .filter_map(|(other, micros)| Some((*known.get(&other)?, micros)))
                .collect();
            let before = known.get(&own).copied();
            if before.is_none() && known.len() >= NODES {
                return;
            }
            (before, others)
        };
        // Who measures for the first time is somewhere: others have somebody to measure to.
        let mut coordinate = before.unwrap_or_else(Coordinate::new);
        for (number, (other, micros)) in others.iter().enumerate() {
            let lot = u64::from(own) << 32 | number as u64;
            coordinate = coordinate.after(other, milliseconds(*micros), lot);
        }
        if before != Some(coordinate) {
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(own, coordinate);
        }
    }

    /// Estimates the round trip between two nodes in microseconds, if both are known well enough.
    pub(super) fn estimate(&self, one: u32, other: u32) -> Option<u32> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (one, other) = (known.get(&one)?, known.get(&other)?);
        (one.error < UNSURE && other.error < UNSURE).then(|| micros(one.distance(other)))
    }

    /// Forgets a node.
    pub(super) fn forget(&self, own: u32) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&own);
    }
}

/// Gives the fingerprint of the key that a peer's id holds; none if it holds none.
pub(super) fn fingerprint(peer: &PeerId) -> Option<u32> {
    // After the heads of the multihash and the key's message.
    let bytes = peer.to_bytes();
    let key: &[u8; 32] = bytes.get(6..)?.try_into().ok().filter(|_| bytes.starts_with(&[0x00, 0x24]))?;
    Some(hash::fingerprint(key))
}

#[expect(clippy::cast_precision_loss, reason = "a round trip is known to less than seven digits")]
fn milliseconds(micros: u32) -> f32 {
    micros as f32 / 1000.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "distances are bounded and positive")]
fn micros(milliseconds: f32) -> u32 {
    (milliseconds * 1000.0) as u32
}

#[cfg(test)]
#[path = "nearness_tests.rs"]
mod tests;
