//! One measurement: a server, a shape, and what came of it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet};

use crate::Outcome;
use crate::client::{Client, LATE, Shared, tick};
use crate::daemon::Server;
use crate::options::{Options, Shape};
use crate::shared::process::cpu;
use crate::shared::record::Record;
use crate::speech::Speech;

/// What one measurement found.
pub(crate) struct Sample {
    pub(crate) rate: f64,
    /// Cpu time of the server for one answer.
    pub(crate) cpu: Duration,
    /// Cores that the generator kept busy.
    pub(crate) generator: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) most: Duration,
    /// Resident memory of the server at the end, in MiB.
    pub(crate) resident: u64,
    /// Statements of each cause while it was measured.
    pub(crate) statements: Vec<(String, u64)>,
}

/// Loads a server.
pub(crate) fn measure(server: &Server, shape: Shape, options: &Options, speech: &Arc<Speech>) -> Outcome<Sample> {
    let warm_up = if shape.in_flight.is_some() { options.warm_up } else { options.open_warm_up };
    let begin = Instant::now();
    let (since, until) = (begin + warm_up, begin + warm_up + options.seconds);
    let record = Rc::new(RefCell::new(Record::new(shape.connections)));
    let shared = Shared { shape, speech: speech.clone(), record: record.clone(), since, until };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (before, after) = LocalSet::new()
        .block_on(&runtime, async {
            let mut clients = JoinSet::new();
            let mut tickers = Vec::new();
            for number in 0..shape.connections {
                let (ticker, ticks) = mpsc::unbounded_channel();
                tickers.push(ticker);
                clients.spawn_local(Client::new(number, shared.clone()).run(server.address, ticks));
            }
            if shape.in_flight.is_none() {
                tokio::task::spawn_local(tick(tickers, shared.clone(), begin));
            }
            let looking = async {
                tokio::time::sleep_until(since.into()).await;
                let before = look(server)?;
                tokio::time::sleep_until(until.into()).await;
                Ok((before, look(server)?))
            };
            tokio::pin!(looking);
            let looks = loop {
                tokio::select! {
                    looks = &mut looking => break looks,
                    // What is measured after something went wrong is not worth having.
                    Some(client) = clients.join_next() => client??,
                }
            };
            while let Some(client) = tokio::time::timeout(LATE, clients.join_next()).await? {
                client??;
            }
            looks
        })
        .map_err(|error: Box<dyn std::error::Error + Send + Sync>| format!("shape {}: {error}", shape.name))?;
    let record = record.borrow();
    let seconds = options.seconds.as_secs_f64();
    let statements = after.statements.into_iter().map(|(cause, count)| {
        let known = before.statements.iter().find(|(known, _)| *known == cause).map_or(0, |(_, count)| *count);
        (cause, count - known)
    });
    Ok(Sample {
        rate: record.total() as f64 / seconds,
        cpu: (after.server - before.server).div_f64((record.total() as f64).max(1.0)),
        generator: (after.generator - before.generator).as_secs_f64() / seconds,
        p50: record.quantile(0.5),
        p99: record.quantile(0.99),
        most: record.quantile(1.0),
        resident: after.resident,
        statements: statements.filter(|(_, count)| *count > 0).collect(),
    })
}

struct Look {
    server: Duration,
    generator: Duration,
    resident: u64,
    statements: Vec<(String, u64)>,
}

fn look(server: &Server) -> Outcome<Look> {
    let statements = server.statements()?;
    Ok(Look { server: server.cpu()?, generator: cpu("self")?, resident: server.resident()?, statements })
}
