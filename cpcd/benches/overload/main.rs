//! Offers a daemon that runs already many times the calls that it takes, in an open loop, and says what becomes of them.
//!
//! `cargo bench -p cpcd --profile dist --bench overload -- --address 127.0.0.1:50051 --pid PID --call search|login [--queries FILE
//! --times 10 --seconds 10 --connections 64]`
//!
//! First a closed loop finds what the daemon takes at most; then as many times that come, whether they are answered or not, from one core.
//! A call that is refused is one that ends without an answer; another client, tonic's, looks meanwhile at how. A login is the second step
//! of one, which costs a check and a transaction; its proofs are made before. `dev/trial overload` starts the daemon and judges.
//! Without `--bench` (as `cargo test --benches` runs it) it has no daemon and does nothing.

mod calls;
mod client;
mod load;
mod options;
mod sampler;
#[path = "../shared/mod.rs"]
#[allow(dead_code, reason = "each bench uses its part")]
mod shared;

use std::{process::ExitCode, rc::Rc};

use options::Options;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What everything here answers; the text of the error is for the person at the terminal.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let outcome = match options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => bench(&options),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("overload: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Outcome<()> {
    let calls = Rc::new(calls::prepare(options)?);
    shared::pin::generator()?;
    load::run(options, &calls)
}
