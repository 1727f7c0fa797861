//! Measures the candidate runtimes of the gRPC edge side by side, in one run.
//!
//! `cargo bench -p cpcd --profile dist --bench runtimes [-- --rounds 3 --seconds 2.5 --warm-up 1]`
//!
//! Each cell (candidate, shape) starts this program once more as the server, so that the server's cpu can be told from
//! the generator's, and loads it over loopback. All cells of a round run before the next round begins, and each round
//! starts at another candidate, so that drift of the machine falls on all alike. Tables in Markdown go to stdout.
//! Without `--bench` (as `cargo test --benches` runs it) or with `--quick` it is a short check that everything works.
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement is a length of time, and no runtime runs on the threads that sleep"
)]

mod cell;
mod child;
mod client;
mod counted;
mod evenness;
mod listen;
mod load;
mod options;
mod plan;
mod report;
mod serve;
mod service;
#[path = "../shared/mod.rs"]
#[allow(dead_code, reason = "each bench uses its part")]
mod shared;
mod template;

use std::process::ExitCode;

use options::{Options, Role};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What everything here answers; the text of the error is for the person at the terminal.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let outcome = match options::parse(std::env::args().skip(1)) {
        Ok(Role::Server(candidate)) => serve::run(candidate),
        Ok(Role::Bench(options)) => bench(&options),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("runtimes: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all rounds and prints the tables.
fn bench(options: &Options) -> Outcome<()> {
    report::head(options);
    let evenness = evenness::measure(options.trials)?;
    let templates = template::Templates::capture()?;
    let mut cells = cell::Cells::default();
    for round in 0..options.rounds {
        eprintln!("runtimes: round {} of {}", round + 1, options.rounds);
        for shape in plan::SHAPES {
            for turn in 0..plan::CANDIDATES.len() {
                let candidate = plan::CANDIDATES[(turn + round) % plan::CANDIDATES.len()];
                cells.add(candidate, shape, cell::measure(candidate, shape, options, &templates)?);
            }
        }
    }
    report::cells(&cells);
    report::hop(&cells);
    report::evenness(&evenness);
    report::foot();
    Ok(())
}
