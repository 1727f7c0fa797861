//! A fleet in simulated time: `cargo bench -p cpcd-domain --features trials --bench fleet -- [--seed N] [--nodes 10000] [--hours 72]`.
//!
//! Prints what came of it, and fails if a living node was called dead or a dead one was not. Without `--bench` (as
//! `cargo test --benches` runs it) it is a short check.

use std::{
    process::ExitCode,
    time::{Instant, SystemTime},
};

use cpcd_domain::registry::fleet::{Plan, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_full = arguments.iter().any(|argument| argument == "--bench");
    let random = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64 % 1_000_000_007);
    let mut plan =
        Plan { seed: random, nodes: if is_full { 10_000 } else { 300 }, hours: if is_full { 72 } else { 4 } };
    let mut rest = arguments.iter().filter(|argument| *argument != "--bench");
    while let Some(argument) = rest.next() {
        let Some(number) = rest.next().and_then(|text| text.parse::<u64>().ok()) else {
            eprintln!("fleet: {argument} takes a number; there are --seed, --nodes and --hours");
            return ExitCode::FAILURE;
        };
        match argument.as_str() {
            "--seed" => plan.seed = number,
            "--nodes" => plan.nodes = u32::try_from(number).unwrap_or(u32::MAX).clamp(100, 1_000_000),
            "--hours" => plan.hours = number.clamp(1, 10_000),
            other => {
                eprintln!("fleet: unknown argument {other}; there are --seed, --nodes and --hours");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("seed {}: {} nodes, {} hours", plan.seed, plan.nodes, plan.hours);
    let begin = Instant::now();
    let outcome = run(plan);
    println!("{outcome}\ntook {:.1} s", begin.elapsed().as_secs_f64());
    // Days without an outage that puts a brake on would say nothing of brakes.
    if outcome.holds() && (!is_full || outcome.brakes > 0) {
        println!("verdict: who was dead was called so, and nobody else (seed {})", plan.seed);
        ExitCode::SUCCESS
    } else {
        println!("verdict: FAILED");
        ExitCode::FAILURE
    }
}
