//! The tables, in Markdown.

use std::time::Duration;

use crate::cell::{Cells, Sample};
use crate::evenness::Spread;
use crate::options::Options;
use crate::plan::{AUTHORIZATION, CANDIDATES, Candidate, MESSAGE, SHAPES, cores};

/// Says what was run, on what.
pub(crate) fn head(options: &Options) {
    println!("## Runtimes of the gRPC edge\n");
    println!(
        "{} cores shared by server and generator; empty handler, {MESSAGE}-byte message, {AUTHORIZATION}-byte \
         authorization; medians of {} rounds of {:.1} s after {:.1} s; load average at the start {}, allocator mimalloc{}.\n",
        cores(),
        options.rounds,
        options.seconds.as_secs_f64(),
        options.warm_up.as_secs_f64(),
        load_average(),
        if cfg!(debug_assertions) { "; **debug build: the figures mean nothing**" } else { "" },
    );
}

/// Says how busy the machine was: the run by itself explains a load of about three threads a core.
pub(crate) fn foot() {
    println!("Load average at the end: {}.", load_average());
}

/// The main table: a row for each shape and candidate.
pub(crate) fn cells(cells: &Cells) {
    println!(
        "| shape | candidate | thousand requests/s | spread of rounds | against {} | server cpu a request, us | \
         p50, us | p99, us | cores busy: server + generator | worst served connection | connections a runtime |",
        CANDIDATES[0].name
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for shape in SHAPES {
        let first = median(&cells.of(CANDIDATES[0].name, shape), |sample| sample.rate);
        for candidate in CANDIDATES {
            let samples = cells.of(candidate.name, shape);
            let rate = median(&samples, |sample| sample.rate);
            let rates = || samples.iter().map(|sample| sample.rate);
            let spread = (rates().fold(0.0, f64::max) - rates().fold(f64::MAX, f64::min)) / rate;
            println!(
                "| {} | {} | {:.1} | {:.0} % | {:.2} | {:.2} | {:.0} | {:.0} | {:.2} + {:.2} | {:.0} % | {} |",
                shape.name,
                candidate.name,
                rate / 1000.0,
                spread * 100.0,
                rate / first,
                median(&samples, |sample| micros(sample.cpu)),
                median(&samples, |sample| micros(sample.p50)),
                median(&samples, |sample| micros(sample.p99)),
                median(&samples, |sample| sample.server_cores),
                median(&samples, |sample| sample.generator_cores),
                median(&samples, |sample| sample.least_share) * 100.0,
                placed(&samples),
            );
        }
    }
    println!();
}

/// What the hop to the main runtime costs each candidate that was measured with and without it.
pub(crate) fn hop(cells: &Cells) {
    println!("| price of the hop | shape | server cpu a request, us | requests/s | p50, us | p99, us |");
    println!("|---|---|--:|--:|--:|--:|");
    for with in CANDIDATES.into_iter().filter(|candidate| candidate.hop) {
        let is_base = |candidate: &Candidate| !candidate.hop && candidate.placement == with.placement;
        let without = CANDIDATES.into_iter().find(is_base).expect("each placement is measured without a hop");
        for shape in SHAPES {
            let (before, after) = (cells.of(without.name, shape), cells.of(with.name, shape));
            let change = |of: fn(&Sample) -> f64| median(&after, of) - median(&before, of);
            println!(
                "| {} | {} | {:+.2} | {:+.0} % | {:+.0} | {:+.0} |",
                without.name,
                shape.name,
                change(|sample| micros(sample.cpu)),
                (median(&after, |sample| sample.rate) / median(&before, |sample| sample.rate) - 1.0) * 100.0,
                change(|sample| micros(sample.p50)),
                change(|sample| micros(sample.p99)),
            );
        }
    }
    println!();
}

/// How connections spread over the runtimes.
pub(crate) fn evenness(spreads: &[Spread]) {
    println!("Fewest : most connections on a runtime (median trial, worst trial); churned = a random half replaced.\n");
    println!("| candidate | connections | fresh | fresh, worst | churned | churned, worst |");
    println!("|---|--:|--:|--:|--:|--:|");
    for spread in spreads {
        let (fresh, churned) = (sorted(&spread.fresh), sorted(&spread.churned));
        let pair = |(least, most): (usize, usize)| format!("{least} : {most}");
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            spread.candidate,
            spread.connections,
            pair(fresh[fresh.len() / 2]),
            pair(fresh[0]),
            pair(churned[churned.len() / 2]),
            pair(churned[0]),
        );
    }
    println!();
}

/// Trials, the most uneven first.
fn sorted(trials: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut trials = trials.to_vec();
    trials.sort_by_key(|(least, most)| std::cmp::Reverse(most - least));
    trials
}

/// The most uneven placement of the rounds; one runtime has nothing to be uneven with.
fn placed(samples: &[&Sample]) -> String {
    let spread = |sample: &&Sample| Some((*sample.open.iter().min()?, *sample.open.iter().max()?));
    let several = samples.iter().filter(|sample| sample.open.len() > 1);
    match several.filter_map(spread).max_by_key(|(least, most)| most - least) {
        Some((least, most)) => format!("{least} : {most}"),
        None => "-".to_owned(),
    }
}

fn median(samples: &[&Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(|sample| of(sample)).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().filter(|first| !first.is_empty()).unwrap_or("unknown").to_owned()
}
