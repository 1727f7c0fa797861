//! The tables.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::load::Sample;
use crate::options::{Options, Target};
use crate::speech::MESSAGE;

/// All samples, in the order they were taken.
#[derive(Default)]
pub(crate) struct Cells(Vec<(&'static str, Target, Sample)>);

impl Cells {
    /// Adds a sample.
    pub(crate) fn add(&mut self, shape: &'static str, target: Target, sample: Sample) {
        self.0.push((shape, target, sample));
    }

    fn of(&self, shape: &str, target: Target) -> Vec<&Sample> {
        let mine = self.0.iter().filter(|(name, of, _)| *name == shape && *of == target);
        mine.map(|(_, _, sample)| sample).collect()
    }
}

/// Says what is about to run, on what.
pub(crate) fn head(options: &Options) {
    println!("## Heartbeats\n");
    println!(
        "{} nodes with a token each, {MESSAGE}-byte message, one core for the server and one for the generator, no TLS; medians of \
         {} pairs of {:.1} s; load average at the start {}{}.\n",
        options.nodes,
        options.pairs,
        options.seconds.as_secs_f64(),
        load_average(),
        if cfg!(debug_assertions) { "; **debug build: the figures mean nothing**" } else { "" },
    );
}

/// Prints a measurement as a line of JSON.
pub(crate) fn line(shape: &str, target: Target, sample: &Sample, nodes: &[(String, f64)]) {
    let nodes: serde_json::Map<_, _> = nodes.iter().map(|(name, count)| (name.clone(), (*count).into())).collect();
    let line = serde_json::json!({
        "shape": shape,
        "server": target.name(),
        "rate": sample.rate,
        "cpuMicros": micros(sample.cpu),
        "p50Micros": micros(sample.p50),
        "p99Micros": micros(sample.p99),
        "mostMicros": micros(sample.most),
        "residentMebibytes": sample.resident,
        "generatorCores": sample.generator,
        "nodes": nodes,
    });
    println!("{line}");
}

/// Prints what was found.
pub(crate) fn tables(options: &Options, cells: &Cells) {
    println!(
        "| shape | server | answers/s | server cpu an answer, us (least to most) | against empty | p50, us | p99, us | \
         most, us | generator's core busy | memory, MiB |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for shape in &options.shapes {
        let empty = median(&cells.of(shape.name, Target::Empty), |sample| micros(sample.cpu));
        for target in [Target::Empty, Target::Cpcd, Target::Etcd] {
            let (samples, name) = (cells.of(shape.name, target), target.name());
            if samples.is_empty() {
                continue;
            }
            let cpu = || samples.iter().map(|sample| micros(sample.cpu));
            println!(
                "| {}: {} | {name} | {:.0} | {:.2} ({:.2} to {:.2}) | {:.2} | {:.0} | {:.0} | {:.0} | {:.2} | {:.0} |",
                shape.name,
                shape.words,
                median(&samples, |sample| sample.rate),
                median(&samples, |sample| micros(sample.cpu)),
                cpu().fold(f64::MAX, f64::min),
                cpu().fold(0.0, f64::max),
                median(&samples, |sample| micros(sample.cpu)) / empty,
                median(&samples, |sample| micros(sample.p50)),
                median(&samples, |sample| micros(sample.p99)),
                median(&samples, |sample| micros(sample.most)),
                median(&samples, |sample| sample.generator),
                median(&samples, |sample| sample.resident as f64),
            );
        }
    }
    println!("\n| shape | cause of statements | statements a second, most of the pairs |");
    println!("|---|---|--:|");
    for shape in &options.shapes {
        let mut most: BTreeMap<&str, u64> = BTreeMap::from([("NodePing", 0)]);
        for (cause, count) in cells.of(shape.name, Target::Cpcd).iter().flat_map(|sample| &sample.statements) {
            let known = most.entry(cause).or_default();
            *known = (*known).max(*count);
        }
        for (cause, count) in most {
            println!("| {} | {cause} | {:.2} |", shape.name, count as f64 / options.seconds.as_secs_f64());
        }
    }
    println!("\nLoad average at the end: {}.", load_average());
}

fn median(samples: &[&Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(|sample| of(sample)).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().filter(|first| !first.is_empty()).unwrap_or("unknown").to_owned()
}
