//! One cell of the table: one candidate under one shape, once.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::child::Server;
use crate::load::Load;
use crate::options::Options;
use crate::plan::{Candidate, Shape};
use crate::shared::process::cpu;
use crate::template::Templates;

/// What one measurement found.
pub(crate) struct Sample {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Cpu time of the server for one request.
    pub(crate) cpu: Duration,
    /// Cores that the server kept busy.
    pub(crate) server_cores: f64,
    /// Cores that the generator kept busy.
    pub(crate) generator_cores: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// What the worst served connection got, as a share of an even split.
    pub(crate) least_share: f64,
    /// Open connections of each runtime.
    pub(crate) open: Vec<usize>,
}

/// All samples, in the order they were taken.
#[derive(Default)]
pub(crate) struct Cells(Vec<(&'static str, &'static str, Sample)>);

impl Cells {
    /// Adds a sample.
    pub(crate) fn add(&mut self, candidate: Candidate, shape: Shape, sample: Sample) {
        self.0.push((candidate.name, shape.name, sample));
    }

    /// The samples of one cell.
    pub(crate) fn of(&self, candidate: &str, shape: Shape) -> Vec<&Sample> {
        let mine = self.0.iter().filter(|(name, load, _)| *name == candidate && *load == shape.name);
        mine.map(|(_, _, sample)| sample).collect()
    }
}

/// Starts a server, loads it, and ends it.
pub(crate) fn measure(candidate: Candidate, shape: Shape, options: &Options, templates: &Templates) -> Outcome<Sample> {
    let mut server = Server::start(candidate)?;
    let load = Load::start(server.address, shape, templates.of(shape.call));
    sleep(options.warm_up);
    let (server_before, mine_before, start) = (server.cpu()?, cpu("self")?, Instant::now());
    load.measure(true);
    sleep(options.seconds);
    load.measure(false);
    let seconds = start.elapsed().as_secs_f64();
    let (server_cpu, mine) = (server.cpu()? - server_before, cpu("self")? - mine_before);
    let open = server.open()?;
    let record = load.finish().map_err(|error| format!("{}, {}: {error}", candidate.name, shape.name))?;
    if open.iter().sum::<usize>() != shape.connections || record.total() == 0 {
        return Err(
            format!("{}, {}: {} answers, connections {open:?}", candidate.name, shape.name, record.total()).into()
        );
    }
    Ok(Sample {
        rate: record.total() as f64 / seconds,
        cpu: server_cpu.div_f64(record.total() as f64),
        server_cores: server_cpu.as_secs_f64() / seconds,
        generator_cores: mine.as_secs_f64() / seconds,
        p50: record.quantile(0.5),
        p99: record.quantile(0.99),
        least_share: record.least_share(),
        open,
    })
}
