//! Measures what a heartbeat costs the daemon, against a server that does nothing with it.
//!
//! `cargo bench -p cpcd --profile dist --bench heartbeats [-- --pairs 5 --seconds 60 --nodes 100000 --shapes A,B,C,AS,BS --etcd etcd]`
//!
//! The daemon runs on one core and the generator on another, over loopback without TLS. Every node has a real token, every
//! message has 64 bytes. The empty handler is a tonic server with the same builder settings and none of our layers. Each pair
//! measures both under one shape, in turn first, and etcd's leases beside them if asked to; medians of all pairs are told. Tables in Markdown go to stdout. Without
//! `--bench` (as `cargo test --benches` runs it) or with `--quick` it is a short check that everything works.
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement is a length of time, and no runtime runs on the threads that sleep"
)]

mod client;
mod daemon;
mod empty;
mod etcd;
mod fleet;
mod huffman;
mod load;
#[cfg(feature = "trials")]
mod loader;
mod options;
mod report;
#[path = "../shared/mod.rs"]
#[allow(dead_code, reason = "each bench uses its part")]
mod shared;
mod speech;
mod storm;

use std::process::ExitCode;

use options::{Options, Role, Target};
use report::Cells;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What everything here answers; the text of the error is for the person at the terminal.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let outcome = match options::parse(std::env::args().skip(1)) {
        Ok(Role::Empty) => empty::serve(),
        Ok(Role::Bench(options)) => bench(&options),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("heartbeats: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Outcome<()> {
    report::head(options);
    let temporary = tempfile::tempdir()?;
    let folder = options.folder.as_deref().unwrap_or(temporary.path());
    if options.silent > 0 {
        return if storm::run(options, folder)? { Ok(()) } else { Err("the storm was felt, or was none".into()) };
    }
    let fleet = match options.is_loaded {
        true => fleet::loaded(folder, "", options.nodes)?,
        false => fleet::register(folder, options.nodes)?,
    };
    let etcd = options.etcd.as_ref().map(|program| etcd::Etcd::prepare(program, folder, options.nodes)).transpose()?;
    shared::pin::generator()?;
    let mut cells = Cells::default();
    for pair in 0..options.pairs {
        for shape in &options.shapes {
            eprintln!("heartbeats: pair {} of {}, shape {}", pair + 1, options.pairs, shape.name);
            for turn in 0..2 {
                if options.is_alone && (turn + pair) % 2 != 0 {
                    continue;
                }
                let (target, server) = if (turn + pair) % 2 == 0 {
                    (Target::Cpcd, daemon::Server::daemon(folder)?)
                } else {
                    (Target::Empty, daemon::Server::empty()?)
                };
                let sample = load::measure(&server, *shape, options, fleet.of(shape.call))?;
                if options.is_json {
                    report::line(shape.name, target, &sample, &server.gauges("cpcd_nodes{")?);
                }
                cells.add(shape.name, target, sample);
            }
            if let Some(etcd) = &etcd {
                let shape = options::Shape { call: options::Call::Stream, ..*shape };
                cells.add(shape.name, Target::Etcd, load::measure(&etcd.start()?, shape, options, etcd.speech())?);
            }
        }
    }
    report::tables(options, &cells);
    Ok(())
}
