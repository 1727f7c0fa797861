//! The server process of one cell.

use std::io::{BufRead, Write};
use std::time::Duration;

use tokio::runtime::Builder;

use crate::Outcome;
use crate::listen;
use crate::plan::{Candidate, cores};
use crate::service::Echo;

/// No cell lasts this long: a server that is left behind ends by itself.
const LONGEST: Duration = Duration::from_secs(120);

/// Serves until stdin closes: one line with the port, then one line with the gauges for each line that comes in.
pub(crate) fn run(candidate: Candidate) -> Outcome<()> {
    std::thread::spawn(|| {
        std::thread::sleep(LONGEST);
        std::process::exit(3);
    });
    // The stand-in for the runtime that owns SQL, index and background work. It lives as long as the process.
    let main = match candidate.hop {
        true => Some(Builder::new_multi_thread().worker_threads(cores()).enable_all().build()?),
        false => None,
    };
    let echo = Echo { main: main.as_ref().map(|runtime| runtime.handle().clone()) };
    let edge = listen::start(candidate.placement, &echo)?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", edge.address.port())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        line?;
        let open: Vec<String> = edge.gauges.iter().map(|gauge| gauge.open().to_string()).collect();
        writeln!(out, "{}", open.join(" "))?;
        out.flush()?;
    }
    // Waiting for runtimes that serve for ever would never end.
    std::process::exit(0)
}
