//! The loops: what is taken at most, and what becomes of more.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    sync::mpsc::{self, UnboundedSender},
    task::{JoinSet, LocalSet},
};

use crate::{
    Outcome,
    calls::Calls,
    client::{Client, Shared, Tally, tick},
    options::Options,
    sampler::{Seen, sample},
    shared::process::{cpu, resident},
};

/// Calls under way at once while it is found what is taken at most.
const AT_ONCE: usize = 64;
/// How long that takes, and how long it is not yet counted.
const CLOSED: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(2);

/// Runs them and prints a line of JSON.
pub(crate) fn run(options: &Options, calls: &Rc<Calls>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    let line = LocalSet::new().block_on(&runtime, async {
        closed(options, calls, WARM_UP).await?;
        let before_cpu = cpu(&options.pid)?;
        let taken = closed(options, calls, CLOSED).await?.answered.total();
        let most = taken as f64 / CLOSED.as_secs_f64();
        let micros = (cpu(&options.pid)? - before_cpu).as_secs_f64() * 1e6 / taken.max(1) as f64;
        let resident = resident(&options.pid)?;
        let begun = Instant::now();
        let (generator, daemon) = (cpu("self")?, cpu(&options.pid)?);
        let (tally, seen, resident_most) = open(options, calls, most * options.times).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let cores = |now: Duration, before: Duration| (now - before).as_secs_f64() / seconds;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(json!({
            "most": most,
            "cpuMicros": micros,
            "offered": (tally.answered.total() + tally.refused.total() + tally.open) as f64 / options.seconds.as_secs_f64(),
            "answered": tally.answered.total() as f64 / options.seconds.as_secs_f64(),
            "answeredP99Ms": milliseconds(tally.answered.quantile(0.99)),
            "refused": tally.refused.total(),
            "refusedP50Ms": milliseconds(tally.refused.quantile(0.5)),
            "refusedP99Ms": milliseconds(tally.refused.quantile(0.99)),
            "reset": tally.reset,
            "open": tally.open,
            "sampled": seen.refused,
            "sampledWrong": seen.wrong,
            "residentMiB": resident,
            "residentMostMiB": resident_most,
            "daemonCores": cores(cpu(&options.pid)?, daemon),
            "generatorCores": cores(cpu("self")?, generator),
        }))
    })?;
    println!("{line}");
    Ok(())
}

/// Keeps as many calls under way as it takes to keep the daemon busy.
async fn closed(options: &Options, calls: &Rc<Calls>, length: Duration) -> Outcome<Tally> {
    let connections = options.connections.min(AT_ONCE);
    let until = Instant::now() + length;
    let (clients, _) = connect(options, calls, until, connections, AT_ONCE / connections);
    clients.end().await
}

/// Makes so many calls a second, whatever becomes of them.
async fn open(options: &Options, calls: &Rc<Calls>, rate: f64) -> Outcome<(Tally, Seen, u64)> {
    let until = Instant::now() + options.seconds;
    let (clients, tickers) = connect(options, calls, until, options.connections, 0);
    let ticking = tokio::task::spawn_local(tick(tickers, rate, until));
    let sampling = tokio::task::spawn_local(sample(options.address, calls.clone(), until));
    let mut most = 0;
    while Instant::now() < until {
        most = most.max(resident(&options.pid)?);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    ticking.await?;
    Ok((clients.end().await?, sampling.await??, most))
}

/// Connections at work.
struct Clients {
    running: JoinSet<Outcome<()>>,
    tally: Rc<RefCell<Tally>>,
}

impl Clients {
    /// Waits for the end of all.
    async fn end(mut self) -> Outcome<Tally> {
        while let Some(client) = self.running.join_next().await {
            client??;
        }
        Ok(self.tally.replace(Tally::new()))
    }
}

fn connect(
    options: &Options,
    calls: &Rc<Calls>,
    until: Instant,
    connections: usize,
    at_once: usize,
) -> (Clients, Vec<UnboundedSender<Instant>>) {
    let mut clients = Clients { running: JoinSet::new(), tally: Rc::new(RefCell::new(Tally::new())) };
    let mut tickers = Vec::new();
    for _ in 0..connections {
        let (ticker, ticks) = mpsc::unbounded_channel();
        let shared = Shared { calls: calls.clone(), tally: clients.tally.clone(), until };
        clients.running.spawn_local(Client::new(shared, at_once).run(options.address, ticks));
        tickers.push(ticker);
    }
    (clients, tickers)
}
