//! The command line, and the shapes of load.

use std::path::PathBuf;
use std::time::Duration;

use crate::Outcome;

/// What this process is.
pub(crate) enum Role {
    /// The empty handler, started by the bench.
    Empty,
    /// The bench itself.
    Bench(Options),
}

/// How a heartbeat is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A call for each.
    Unary,
    /// A message of a stream for each.
    Stream,
}

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// tonic, with nothing behind it.
    Empty,
    /// The daemon.
    Cpcd,
    /// etcd's leases.
    Etcd,
}

impl Target {
    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty handler",
            Self::Cpcd => "cpcd",
            Self::Etcd => "etcd, lease keep-alive",
        }
    }
}

/// One shape of load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    pub(crate) call: Call,
    pub(crate) connections: usize,
    /// Heartbeats that each connection keeps in flight; none: an open loop.
    pub(crate) in_flight: Option<usize>,
}

/// The shapes. In the open loop each node comes once in [`INTERVAL`]; a stream of heartbeats belongs to one node, so that in their
/// shapes only as many come as there are streams. Leases have streams only, each of which goes through all of them.
#[rustfmt::skip]
const SHAPES: [Shape; 5] = [
    Shape { name: "A", words: "256 connections, one call in flight", call: Call::Unary, connections: 256, in_flight: Some(1) },
    Shape { name: "B", words: "32 connections, 32 calls in flight", call: Call::Unary, connections: 32, in_flight: Some(32) },
    Shape { name: "C", words: "open loop, each node once in 30 s", call: Call::Unary, connections: 256, in_flight: None },
    Shape { name: "AS", words: "256 connections, one stream each", call: Call::Stream, connections: 256, in_flight: Some(1) },
    Shape { name: "BS", words: "32 connections, 32 streams each", call: Call::Stream, connections: 32, in_flight: Some(32) },
];

/// How often a node comes in the open loop.
pub(crate) const INTERVAL: Duration = Duration::from_secs(30);

/// How long and how often.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) pairs: usize,
    pub(crate) nodes: usize,
    pub(crate) seconds: Duration,
    /// Load before a measurement.
    pub(crate) warm_up: Duration,
    /// The same for the open loop.
    pub(crate) open_warm_up: Duration,
    pub(crate) shapes: Vec<Shape>,
    /// Whether the nodes are loaded into the store and never registered.
    pub(crate) is_loaded: bool,
    /// Of so many more nothing is heard: all that is measured is how those who live fare when they are called dead.
    pub(crate) silent: usize,
    /// Whether the empty handler is left out.
    pub(crate) is_alone: bool,
    /// Whether each measurement is also printed as a line of JSON.
    pub(crate) is_json: bool,
    /// Where the daemon's data are; without one in a folder that is removed in the end.
    pub(crate) folder: Option<PathBuf>,
    /// The program etcd, to be measured beside.
    pub(crate) etcd: Option<String>,
}

/// Reads the arguments. `--bench` is what `cargo bench` adds and `cargo test` does not.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Outcome<Role> {
    let arguments: Vec<String> = arguments.collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--serve-empty") {
        return Ok(Role::Empty);
    }
    let is_full = has("--bench") && !has("--quick");
    let seconds = |full: f64, quick: f64| Duration::from_secs_f64(if is_full { full } else { quick });
    let mut options = Options {
        pairs: if is_full { 5 } else { 1 },
        nodes: if is_full { 100_000 } else { 300 },
        seconds: seconds(60.0, 0.4),
        warm_up: seconds(10.0, 0.2),
        open_warm_up: seconds(60.0, 0.2),
        shapes: SHAPES.to_vec(),
        is_loaded: false,
        silent: 0,
        is_alone: false,
        is_json: false,
        folder: None,
        etcd: None,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let span =
            |text| Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Duration::from_secs_f64(number(argument, text)?));
        match argument.as_str() {
            "--bench" | "--quick" => {}
            "--pairs" => options.pairs = number(argument, rest.next())? as usize,
            "--nodes" => options.nodes = number(argument, rest.next())?.max(256.0) as usize,
            "--seconds" => options.seconds = span(rest.next())?,
            "--warm-up" => options.warm_up = span(rest.next())?,
            "--open-warm-up" => options.open_warm_up = span(rest.next())?,
            "--shapes" => {
                let wanted = rest.next().map(String::as_str).unwrap_or_default();
                options.shapes.retain(|shape| wanted.split(',').any(|name| name == shape.name));
            }
            "--loaded" => options.is_loaded = true,
            "--alone" => options.is_alone = true,
            "--json" => options.is_json = true,
            "--silent" => options.silent = number(argument, rest.next())? as usize,
            "--folder" => options.folder = Some(rest.next().ok_or("--folder takes a path")?.into()),
            "--etcd" => options.etcd = Some(rest.next().ok_or("--etcd takes the program")?.clone()),
            other => {
                let known = "--etcd PROGRAM, --quick, --loaded, --silent, --alone, --json, --folder, --pairs, --nodes, --seconds, --warm-up, --open-warm-up, --shapes A,B,C,AS,BS";
                return Err(format!("unknown argument {other}: there are {known}").into());
            }
        }
    }
    Ok(Role::Bench(options))
}

/// Keeps the run finite, whatever is asked for.
fn number(name: &str, text: Option<&String>) -> Outcome<f64> {
    match text.and_then(|text| text.parse::<f64>().ok()) {
        Some(number) if (0.0..=2e7).contains(&number) => Ok(number),
        Some(_) | None => Err(format!("{name} takes a number from 0 to 20000000").into()),
    }
}
