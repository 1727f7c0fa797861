//! The command line.

use std::time::Duration;

use crate::Outcome;
use crate::plan::{Candidate, candidate};

/// What this process is.
pub(crate) enum Role {
    /// The server of one cell, started by the bench.
    Server(Candidate),
    /// The bench itself.
    Bench(Options),
}

/// How long and how often.
pub(crate) struct Options {
    /// Measurements of each cell.
    pub(crate) rounds: usize,
    /// Load before a measurement.
    pub(crate) warm_up: Duration,
    /// Length of a measurement.
    pub(crate) seconds: Duration,
    /// Repetitions of each case of evenness.
    pub(crate) trials: usize,
}

const FULL: Options =
    Options { rounds: 3, warm_up: Duration::from_millis(1000), seconds: Duration::from_millis(2500), trials: 25 };
const QUICK: Options =
    Options { rounds: 1, warm_up: Duration::from_millis(50), seconds: Duration::from_millis(200), trials: 2 };

/// Reads the arguments. `--bench` is what `cargo bench` adds and `cargo test` does not.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Outcome<Role> {
    let arguments: Vec<String> = arguments.collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut options = if has("--bench") && !has("--quick") { FULL } else { QUICK };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--bench" | "--quick" => {}
            "--serve" => {
                let name = value(argument, rest.next())?;
                return Ok(Role::Server(candidate(name).ok_or_else(|| format!("no candidate is called {name}"))?));
            }
            "--rounds" => options.rounds = bounded(argument, rest.next(), 1.0, 20.0)? as usize,
            "--seconds" => options.seconds = Duration::from_secs_f64(bounded(argument, rest.next(), 0.1, 30.0)?),
            "--warm-up" => options.warm_up = Duration::from_secs_f64(bounded(argument, rest.next(), 0.0, 10.0)?),
            other => {
                return Err(format!("unknown argument {other}: use --quick, --rounds, --seconds, --warm-up").into());
            }
        }
    }
    Ok(Role::Bench(options))
}

fn value<'a>(name: &str, value: Option<&'a String>) -> Outcome<&'a str> {
    value.map(String::as_str).ok_or_else(|| format!("{name} needs a value").into())
}

/// Keeps the run finite, whatever is asked for.
fn bounded(name: &str, text: Option<&String>, least: f64, most: f64) -> Outcome<f64> {
    let text = value(name, text)?;
    match text.parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(_) | Err(_) => Err(format!("{name} takes a number from {least} to {most}, not {text}").into()),
    }
}
