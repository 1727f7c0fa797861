//! What becomes of nodes and replicas, and when.

use super::random::Random;

/// How a node lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// For days, with restarts, outages and long absences.
    Steady,
    /// It comes back for a moment, all the time.
    Flipper,
    /// Of the flood: it registers, lives for minutes, or for little more than an hour, and is deleted later.
    Sybil,
}

/// What goes wrong with replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Stopped as it should be.
    Restarted,
    Killed,
    /// It does not run.
    HeldUp,
    /// It reaches neither store nor cache.
    CutOff,
    /// It reaches the store, but nothing of what it has heard the others.
    Mute,
    /// Of what is told some is lost, and some late.
    Lossy,
    /// The shared clock jumps, once.
    Jump,
}

/// A fault of one replica, or of all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    pub(super) fault: Fault,
    pub(super) place: Option<usize>,
    pub(super) from: u64,
    pub(super) until: u64,
}

impl Trouble {
    pub(super) fn is_at(&self, second: u64, place: usize) -> bool {
        (self.from..self.until).contains(&second) && self.place.is_none_or(|known| known == place)
    }

    /// Draws what goes wrong from a second on.
    pub(super) fn draw(random: &mut Random, replicas: usize, from: u64) -> Vec<Self> {
        let one = usize::try_from(random.below(replicas as u64)).unwrap_or_default();
        let trouble =
            |fault, place, after, length| Self { fault, place, from: from + after, until: from + after + length };
        match random.below(10) {
            // One after the other, as an upgrade goes.
            0 => (0..replicas)
                .map(|place| trouble(Fault::Restarted, Some(place), 200 * place as u64, random.between(2, 20)))
                .collect(),
            1 => vec![trouble(Fault::Killed, Some(one), 0, random.between(5, 300))],
            2 => vec![trouble(Fault::Restarted, None, 0, 600)],
            3 => vec![trouble(Fault::HeldUp, Some(one), 0, random.between(2, 120))],
            4 => vec![trouble(Fault::HeldUp, None, 0, 90)],
            5 => vec![trouble(Fault::CutOff, Some(one), 0, random.between(2, 300))],
            6 => vec![trouble(Fault::CutOff, None, 0, random.between(2, 300))],
            7 => vec![trouble(Fault::Mute, Some(one), 0, random.between(2, 300))],
            8 => vec![trouble(Fault::Lossy, None, 0, random.between(5, 60))],
            _ => vec![trouble(Fault::Jump, None, 0, 1)],
        }
    }
}

/// Gives how long a node of a kind is up, or down, from now on.
pub(super) fn stay(random: &mut Random, kind: Kind, is_up: bool) -> u64 {
    match (kind, is_up) {
        (Kind::Steady, true) => random.between(12 * 3600, 84 * 3600),
        (Kind::Steady, false) => match random.below(10) {
            0..4 => random.between(3, 40),
            4..8 => random.between(60, 900),
            _ => random.between(3600, 4 * 3600),
        },
        (Kind::Flipper, true) => random.between(4, 8),
        (Kind::Flipper, false) => random.between(60, 140),
        (Kind::Sybil, true) => random.between(20, 900),
        (Kind::Sybil, false) => 3600,
    }
}
