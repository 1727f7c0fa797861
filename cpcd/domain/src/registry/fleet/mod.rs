//! A fleet in simulated time, for hours of it in seconds.
//!
//! The real table, chain, peers, pace, doubts, brakes and rules, joined as the
//! sender, the receiver and the detector join them. `cargo bench -p cpcd-domain --features trials --bench fleet` runs it.
//!
//! Nodes die, return, flip, and are cut off by realms; replicas stop, are killed, held up and cut off; the shared clock jumps; one realm
//! is flooded with nodes that live for minutes. Everything comes from a seed. What is true of each node is kept apart (`truth`), and each
//! thing that a replica says is held against it.

mod churn;
mod random;
mod replica;
mod truth;
mod world;

use std::fmt;

use super::Config;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// From what everything follows.
    pub seed: u64,
    /// The nodes, without those of the flood.
    pub nodes: u32,
    /// How long.
    pub hours: u64,
}

/// A fault that the simulation must see: without one that could, all of its promises hold of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Planted {
    /// Silence counts although what another replica heard has not arrived.
    Impatience,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Heartbeats that were taken.
    pub heartbeats: u64,
    /// Nodes that were called dead, each time.
    pub deaths: u64,
    /// Of them those that lived, and could not help that nobody had heard of them.
    pub false_deaths: u64,
    /// The same of nodes that were called degraded.
    pub false_alarms: u64,
    /// Nodes that were dead for longer than the threshold and all time in which a brake was on or silence proved nothing, and were
    /// not called so.
    pub missed_deaths: u64,
    /// Times that a brake went on, and those of them where too few nodes of the realm were silent.
    pub brakes: u64,
    /// See there.
    pub needless_brakes: u64,
    /// Times that a brake stayed on although for long not much had failed.
    pub stuck_brakes: u64,
    /// Deaths of nodes soon after they fell silent that were more in two minutes than a brake lets through.
    pub hurried_deaths: u64,
    /// Most changes of one node in any hour.
    pub most_changes: u64,
    /// Troubles of replicas, and of the nodes' network.
    pub troubles: u64,
    /// From a node's silence to its being called dead, in seconds, sorted: where nothing stood in the way, and always.
    pub calm: Vec<u32>,
    /// See there.
    pub always: Vec<u32>,
}

/// Simulates a fleet.
#[must_use]
pub fn run(plan: Plan) -> Outcome {
    run_with(plan, Config::USUAL, None)
}

/// The same by other settings, or with a fault planted into the replicas.
fn run_with(plan: Plan, config: Config, planted: Option<Planted>) -> Outcome {
    let mut world = world::World::new(plan, config, planted);
    for _ in 0..plan.hours * 3600 {
        world.step();
    }
    world.end()
}

impl Outcome {
    /// Says whether all was as it must be.
    #[must_use]
    pub fn holds(&self) -> bool {
        // A change a minute, and the five of a first death and return in each ten minutes.
        let faults = self.false_deaths
            + self.false_alarms
            + self.missed_deaths
            + self.needless_brakes
            + self.stuck_brakes
            + self.hurried_deaths;
        faults == 0 && self.most_changes <= 65 && self.deaths > 0
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |values: &[u32], share: usize| {
            values.get((values.len() * share / 100).min(values.len().max(1) - 1)).copied()
        };
        let times = |values: &[u32]| {
            let at = |part| share(values, part).unwrap_or_default();
            format!("p50 {} s, p99 {} s, most {} s of {}", at(50), at(99), at(100), values.len())
        };
        writeln!(f, "heartbeats {}, troubles {}, deaths {}", self.heartbeats, self.troubles, self.deaths)?;
        writeln!(f, "false deaths {}, false alarms {}", self.false_deaths, self.false_alarms)?;
        writeln!(f, "missed deaths {}", self.missed_deaths)?;
        let (needless, stuck) = (self.needless_brakes, self.stuck_brakes);
        writeln!(f, "brakes {}, of them needless {needless}, stuck {stuck}", self.brakes)?;
        writeln!(f, "deaths faster than a brake lets through {}", self.hurried_deaths)?;
        writeln!(f, "most changes of one node in an hour {}", self.most_changes)?;
        writeln!(f, "detection where nothing stood in the way: {}", times(&self.calm))?;
        write!(f, "detection always: {}", times(&self.always))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_seen() {
        let sees = |first: u64, config: Config, planted, fault: fn(&Outcome) -> u64| {
            // Not each seed brings the trouble in which a fault does harm.
            let is_seen = (first..first + 10).any(|seed| {
                let plan = Plan { seed, nodes: 200, hours: 6 };
                let outcome = run_with(plan, config.clone(), planted);
                fault(&outcome) > 0 && !outcome.holds() && run(plan).holds()
            });
            assert!(is_seen, "{config:?} {planted:?}");
        };
        sees(3, Config { brake_percent: 0, ..Config::USUAL }, None, |outcome| outcome.hurried_deaths);
        sees(1, Config { brake_window_seconds: 3600, ..Config::USUAL }, None, |outcome| outcome.stuck_brakes);
        sees(1, Config { brake_percent: 2, ..Config::USUAL }, None, |outcome| outcome.needless_brakes);
        sees(1, Config { damping_seconds: 0, ..Config::USUAL }, None, |outcome| {
            outcome.most_changes.saturating_sub(65)
        });
        sees(2, Config { grace_seconds: 1, ..Config::USUAL }, None, |outcome| outcome.false_deaths);
        sees(5, Config::USUAL, Some(Planted::Impatience), |outcome| outcome.false_alarms);
    }

    #[test]
    fn a_small_fleet_goes_through_hours_of_trouble() {
        for seed in [1, 2] {
            let outcome = run(Plan { seed, nodes: 400, hours: 8 });
            assert!(outcome.holds(), "seed {seed}: {outcome}");
            assert!(outcome.brakes > 0 && outcome.troubles > 0, "seed {seed}: {outcome}");
        }
        let plan = Plan { seed: 3, nodes: 100, hours: 2 };
        assert_eq!(run(plan), run(plan), "a seed says all");
    }
}
