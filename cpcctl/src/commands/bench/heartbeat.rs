use std::{
    collections::BTreeMap,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::task::{JoinSet, LocalSet};

use crate::{
    client::Client,
    context::Context,
    endpoint::Endpoint,
    exit::Exit,
    failure::{Failure, Result},
    global::duration,
    load::{
        agents::{Agents, LoadNode},
        enrol::enrol,
        lane::{Lane, Pace, Way},
        process::{self, Used},
        record::Record,
    },
    output::Show,
};

/// Loads a daemon with the heartbeats of many nodes, and says what came of it
///
/// Registers as many nodes as are missing in the agents file, as whoever is logged in or with --local; they stay registered.
/// Three shapes: as many heartbeats as are answered (the default), a rate that does not wait for answers (--rate), or each
/// node when it is told (--paced), which also outlives an absence of the daemon. Latencies are measured from the time that a
/// heartbeat was meant to be sent, so that a daemon that stops for a while does not hide it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local bench heartbeat --to http://127.0.0.1:50051 --agents-file agents --nodes 1000 --duration 10s
  cpcctl bench heartbeat --agents-file agents --nodes 100000 --unary --connections 256 --rate 3333
  cpcctl bench heartbeat --agents-file agents --nodes 10000 --paced --connections 200 --streams-per-connection 50
  cpcctl bench heartbeat --agents-file agents --nodes 512 --connections 32 --streams-per-connection 16 --daemon-pid 4711")]
pub(crate) struct Args {
    /// How many nodes
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    nodes: u32,
    /// Where the keys and tokens of the nodes are kept for the next time [default: nowhere]
    #[arg(long, value_name = "FILE")]
    agents_file: Option<PathBuf>,
    /// Over how many connections
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    connections: u32,
    /// How many heartbeats or streams are under way on each connection
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    streams_per_connection: u32,
    /// Heartbeats a second, whether they are answered or not
    #[arg(long, value_name = "N", conflicts_with = "paced", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Each node sends its next heartbeat when the answer tells it to
    #[arg(long)]
    paced: bool,
    /// A call for each heartbeat
    #[arg(long, conflicts_with = "stream")]
    unary: bool,
    /// A stream for each node; the default
    #[arg(long)]
    stream: bool,
    /// How long to measure
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    duration: Duration,
    /// How long to load before measuring
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    warmup: Duration,
    /// Where the load goes [default: where the nodes are registered]
    #[arg(long, value_name = "URL")]
    to: Option<Endpoint>,
    /// The daemon's process on this machine: also says what cpu time an answer costs and how the memory grows (Linux)
    #[arg(long, value_name = "PID")]
    daemon_pid: Option<u32>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let lanes = self.lanes()?;
        self.daemon_pid.map(process::read).transpose()?;
        let mut agents = self.agents_file.as_deref().map(Agents::load).transpose()?.unwrap_or_default();
        let enrolled = enrol(context, &mut agents, self.nodes as usize).await;
        if let Some(path) = &self.agents_file {
            // Also what was registered before something failed.
            agents.save(path)?;
        }
        enrolled?;
        let spare = agents.nodes.split_off(self.nodes as usize);
        let endpoint = self.to.as_ref().unwrap_or(&context.endpoint);
        let mut clients = Vec::new();
        for _ in 0..self.connections.min(self.nodes) {
            clients.push(Client::connect(endpoint, &context.trust, context.timeout()).await?);
        }
        context.output.note(format_args!("{} nodes over {} connections", self.nodes, clients.len()));
        let local = LocalSet::new();
        let (report, nodes) = local.run_until(self.load(&agents, clients, lanes, context.timeout())).await?;
        if let Some(path) = &self.agents_file {
            agents.nodes = nodes;
            agents.nodes.extend(spare);
            agents.save(path)?;
        }
        context.output.record(&report)?;
        match report.errors.values().sum::<u64>() {
            0 => Ok(()),
            count if report.answers == 0 => {
                let message = format!("none of {count} heartbeats was answered");
                Err(Failure::new(Exit::Failure, "NOTHING_ANSWERED", message))
            }
            count => {
                let message = format!("{count} heartbeats were not answered, or were refused");
                Err(Failure::new(Exit::Partial, "HEARTBEATS_FAILED", message))
            }
        }
    }

    fn way(&self) -> Way {
        if self.unary { Way::Unary } else { Way::Stream }
    }

    /// Gives how many heartbeats are under way at once; each node of a stream has its own.
    fn lanes(&self) -> Result<usize> {
        let room = self.connections as usize * self.streams_per_connection as usize;
        let nodes = self.nodes as usize;
        let needs_room = self.paced || (self.rate.is_some() && self.way() == Way::Stream);
        if needs_room && room < nodes {
            return Err(Failure::usage(format_args!(
                "{nodes} nodes do not fit into {} connections with {} streams each",
                self.connections, self.streams_per_connection
            ))
            .hint(
                "raise --connections or --streams-per-connection (a server takes 64 by default), or use --unary --rate",
            ));
        }
        Ok(room.min(nodes))
    }

    fn pace(&self, lanes: usize) -> Pace {
        match self.rate {
            _ if self.paced => Pace::Told,
            Some(rate) => Pace::Every(Duration::from_secs_f64(lanes as f64 / f64::from(rate))),
            None => Pace::Saturated,
        }
    }

    /// Runs the load; gives the report, and the nodes with their tokens of now.
    async fn load(
        &self,
        agents: &Agents,
        clients: Vec<Client>,
        lanes: usize,
        limit: Duration,
    ) -> Result<(Report, Vec<LoadNode>)> {
        let (begin, pace) = (Instant::now(), self.pace(lanes));
        let record = Rc::new(Record::new(begin + self.warmup, begin + self.warmup + self.duration));
        // Those that come when they are told begin spread over the warm-up, and those of a rate over its first round.
        let spread = match pace {
            Pace::Saturated => Duration::ZERO,
            Pace::Every(gap) => gap,
            Pace::Told => self.warmup,
        };
        let mut running = JoinSet::new();
        for number in 0..lanes {
            let nodes: Vec<_> = agents.nodes.iter().skip(number).step_by(lanes).cloned().collect();
            let lane = Lane {
                client: clients[number % clients.len()].clone(),
                server_id: agents.server_id.clone(),
                nodes,
                way: self.way(),
                pace,
                first: begin + spread.mul_f64(number as f64 / lanes as f64),
                limit,
                record: record.clone(),
            };
            running.spawn_local(lane.run());
        }
        let used = self.daemon_pid.map(|pid| tokio::task::spawn_local(watch(pid, record.since, record.until)));
        let mut nodes = Vec::new();
        while let Some(lane) = running.join_next().await {
            nodes.extend(lane.map_err(|_| Failure::empty_answer())?);
        }
        let daemon = match used {
            Some(used) => Some(used.await.map_err(|_| Failure::empty_answer())??),
            None => None,
        };
        Ok((self.report(&record, clients.len(), daemon), nodes))
    }

    fn report(&self, record: &Record, connections: usize, daemon: Option<(Used, Used)>) -> Report {
        let answers = record.answers();
        let ms = |share| record.quantile(share).as_secs_f64() * 1000.0;
        Report {
            nodes: self.nodes,
            connections,
            shape: format!(
                "{:?}, {}",
                self.way(),
                match (self.rate, self.paced) {
                    (Some(rate), _) => format!("{rate} a second"),
                    (None, true) => "when told".to_owned(),
                    (None, false) => "saturated".to_owned(),
                }
            )
            .to_lowercase(),
            seconds: self.duration.as_secs_f64(),
            answers,
            rate: answers as f64 / self.duration.as_secs_f64(),
            p50_ms: ms(0.5),
            p95_ms: ms(0.95),
            p99_ms: ms(0.99),
            max_ms: ms(1.0),
            errors: record.errors(),
            daemon: daemon.map(|(before, after)| Daemon {
                cpu_seconds: (after.cpu - before.cpu).as_secs_f64(),
                cpu_micros_per_answer: (after.cpu - before.cpu).as_secs_f64() * 1e6 / (answers.max(1)) as f64,
                resident_bytes_before: before.resident.to_string(),
                resident_bytes_after: after.resident.to_string(),
            }),
        }
    }
}

/// Reads what the daemon has used, when measuring begins and when it ends.
async fn watch(pid: u32, since: Instant, until: Instant) -> Result<(Used, Used)> {
    tokio::time::sleep_until(since.into()).await;
    let before = process::read(pid)?;
    tokio::time::sleep_until(until.into()).await;
    Ok((before, process::read(pid)?))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    nodes: u32,
    connections: usize,
    shape: String,
    seconds: f64,
    #[serde(serialize_with = "as_text")]
    answers: u64,
    rate: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    errors: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    daemon: Option<Daemon>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Daemon {
    cpu_seconds: f64,
    cpu_micros_per_answer: f64,
    resident_bytes_before: String,
    resident_bytes_after: String,
}

fn as_text<S: serde::Serializer>(number: &u64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl Show for Report {
    fn name(&self) -> String {
        format!("{:.0}", self.rate)
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let errors: Vec<_> = self.errors.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        let mut fields = vec![
            ("Load", format!("{} nodes, {} connections, {}", self.nodes, self.connections, self.shape)),
            ("Answers", format!("{} in {} s: {:.0}/s", self.answers, self.seconds, self.rate)),
            (
                "Latency",
                format!(
                    "p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
                    self.p50_ms, self.p95_ms, self.p99_ms, self.max_ms
                ),
            ),
            ("Errors", if errors.is_empty() { "none".to_owned() } else { errors.join("\n") }),
        ];
        if let Some(daemon) = &self.daemon {
            let cpu = format!("{:.2} s, {:.1} us an answer", daemon.cpu_seconds, daemon.cpu_micros_per_answer);
            let mib = |bytes: &str| bytes.parse::<u64>().unwrap_or_default() >> 20;
            let (before, after) = (mib(&daemon.resident_bytes_before), mib(&daemon.resident_bytes_after));
            fields.push(("Daemon's cpu", cpu));
            fields.push(("Daemon's memory", format!("{before} MiB before, {after} MiB after")));
        }
        fields
    }
}
