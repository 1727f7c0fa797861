use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    time::{Duration, Instant},
};

use cpc_proto::v1::{
    NodeResources, Placement, PlacementStrategy, ReleaseAllocationRequest, ResourceAllocation, ResourceRequest,
};
use serde::Serialize;
use tokio::task::{JoinSet, LocalSet};

use crate::{
    client::Client,
    commands::allocation::random_name,
    context::Context,
    endpoint::Endpoint,
    exit::Exit,
    failure::{Failure, Result},
    global::duration,
    load::record::Record,
    nodes::{backoff::Backoff, registering::within},
    output::Show,
    units,
};

/// Leases resources as fast as they are granted, and says how fast that was
///
/// Each requester asks, gives back what it was granted before --release-after ago, and asks again: at most so much is held at once.
/// What is still held in the end is given back. Latencies are of the requests alone; refusals are counted by their reason, and are
/// part of the latencies where the server decided (no room, a quota).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local bench allocate --duration 10s
  cpcctl bench allocate --at-once 64 --connections 8 --nodes 3 --release-after 2s -o json
  cpcctl bench allocate --to http://127.0.0.1:50051 --to http://127.0.0.1:50052 --cpu 100m --memory 64MiB")]
pub(crate) struct Args {
    /// How many requesters ask at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=4096))]
    at_once: u32,
    /// Over how many connections to each daemon
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1024))]
    connections: u32,
    /// Of so many nodes each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    nodes: u32,
    /// Processor of each node, as in 2 or 500m
    #[arg(long, value_name = "CORES", default_value = "1m", value_parser = units::cpu)]
    cpu: u64,
    /// Memory of each node, as in 512MiB
    #[arg(long, value_name = "BYTES", default_value = "1MiB", value_parser = units::memory)]
    memory: u64,
    /// Bandwidth of each node, as in 100Mbit
    #[arg(long, value_name = "BITS", default_value = "0bit", value_parser = units::bandwidth)]
    bandwidth: u64,
    /// Only on nodes whose label region says this
    #[arg(long, value_name = "REGION", default_value = "", hide_default_value = true)]
    region: String,
    /// Fill nodes that have little room left
    #[arg(long)]
    binpack: bool,
    /// How long each is held before it is given back [default: not at all]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    release_after: Option<Duration>,
    /// How long to measure
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    duration: Duration,
    /// How long to load before measuring
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = duration)]
    warmup: Duration,
    /// Where to ask, as whoever is logged in; said more than once the daemons take turns [default: the endpoint in use]
    #[arg(long, value_name = "URL")]
    to: Vec<Endpoint>,
}

/// Refusals that are the server's decision, and count as answers.
const DECIDED: [&str; 4] = ["NO_CAPACITY", "QUOTA_EXCEEDED", "RESOURCES_EXHAUSTED", "ALLOCATION_REFUSED"];

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let clients = self.clients(context).await?;
        context.output.note(format_args!(
            "loads {} with {} requesters over {} connections: {} on {} node(s) each, held for {:?}; {:?} to warm up, then {:?}",
            context.endpoint,
            self.at_once,
            clients.len(),
            units::show_resources(&self.resources()),
            self.nodes,
            self.release_after.unwrap_or_default(),
            self.warmup,
            self.duration,
        ));
        let begin = Instant::now();
        let (since, until) = (begin + self.warmup, begin + self.warmup + self.duration);
        let asked = Rc::new(Record::new(since, until));
        let released = Rc::new(Record::new(since, until));
        let mut running = JoinSet::new();
        let local = LocalSet::new();
        for number in 0..self.at_once as usize {
            let requester = Requester {
                client: clients[number % clients.len()].clone(),
                request: self.request(),
                release_after: self.release_after.unwrap_or_default(),
                limit: context.timeout(),
                asked: asked.clone(),
                released: released.clone(),
                held: VecDeque::new(),
                counts: Counts::default(),
            };
            running.spawn_local_on(requester.run(), &local);
        }
        let mut counts = Counts::default();
        local
            .run_until(async {
                while let Some(ended) = running.join_next().await {
                    counts.add(&ended.map_err(|_| Failure::empty_answer())??);
                }
                Ok::<(), Failure>(())
            })
            .await?;
        let report = self.report(&asked, &released, counts);
        context.output.record(&report)?;
        if report.granted == 0 {
            let message = "nothing was granted".to_owned();
            return Err(Failure::new(Exit::Failure, "NOTHING_GRANTED", message)
                .hint("the reasons are in the report; are there nodes that are online and have room?"));
        }
        match report.errors.values().sum::<u64>() {
            0 => Ok(()),
            count => {
                let message = format!("{count} requests were not answered");
                Err(Failure::new(Exit::Partial, "REQUESTS_FAILED", message))
            }
        }
    }

    /// Connects to each daemon so often, as the caller.
    async fn clients(&self, context: &mut Context) -> Result<Vec<Client>> {
        let mut clients = Vec::new();
        let mine = context.client().await?;
        let endpoints = if self.to.is_empty() { std::slice::from_ref(&context.endpoint) } else { &self.to };
        for _ in 0..self.connections.min(self.at_once) {
            for endpoint in endpoints {
                clients.push(Client::connect(endpoint, &context.trust, context.timeout()).await?.calling_as(&mine));
            }
        }
        Ok(clients)
    }

    fn resources(&self) -> NodeResources {
        NodeResources { cpu_millicores: self.cpu, memory_bytes: self.memory, bandwidth_bits_per_second: self.bandwidth }
    }

    fn request(&self) -> ResourceRequest {
        let placement = Placement { region: self.region.clone(), ..Placement::default() };
        ResourceRequest {
            resources: Some(self.resources()),
            nodes: self.nodes,
            placement: (!self.region.is_empty()).then_some(placement),
            strategy: if self.binpack { PlacementStrategy::Binpack } else { PlacementStrategy::Spread }.into(),
            ..ResourceRequest::default()
        }
    }

    fn report(&self, asked: &Record, released: &Record, counts: Counts) -> Report {
        let ms = |record: &Record, share| record.quantile(share).as_secs_f64() * 1000.0;
        Report {
            requesters: self.at_once,
            nodes: self.nodes,
            seconds: self.duration.as_secs_f64(),
            answers: asked.answers(),
            rate: asked.answers() as f64 / self.duration.as_secs_f64(),
            granted: counts.granted,
            refused: counts.refused,
            p50_ms: ms(asked, 0.5),
            p95_ms: ms(asked, 0.95),
            p99_ms: ms(asked, 0.99),
            max_ms: ms(asked, 1.0),
            released: released.answers(),
            release_p50_ms: ms(released, 0.5),
            release_p99_ms: ms(released, 0.99),
            histogram: asked
                .histogram()
                .into_iter()
                .map(|(micros, count)| Bar { up_to_ms: micros as f64 / 1000.0, count })
                .collect(),
            errors: asked.errors(),
        }
    }
}

/// What was granted and refused while it was measured.
#[derive(Debug, Default)]
struct Counts {
    granted: u64,
    refused: BTreeMap<String, u64>,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.granted += other.granted;
        for (reason, count) in &other.refused {
            *self.refused.entry(reason.clone()).or_default() += count;
        }
    }
}

/// One who asks, gives back, and asks again.
struct Requester {
    client: Client,
    request: ResourceRequest,
    release_after: Duration,
    limit: Duration,
    asked: Rc<Record>,
    released: Rc<Record>,
    held: VecDeque<(Instant, String)>,
    counts: Counts,
}

impl Requester {
    async fn run(mut self) -> Result<Counts> {
        let mut backoff = Backoff::default();
        while Instant::now() < self.asked.until {
            self.release(Instant::now()).await;
            let asked = Instant::now();
            match self.ask().await {
                Ok(allocation) => {
                    backoff.reset();
                    self.asked.answer(asked, false);
                    self.counts.granted += u64::from(self.is_measured(asked));
                    self.held.push_back((asked + self.release_after, allocation.id));
                }
                Err(failure) if DECIDED.contains(&&*failure.reason) || is_refusal(&failure) => {
                    self.asked.answer(asked, false);
                    if self.is_measured(asked) {
                        *self.counts.refused.entry(failure.reason.clone()).or_default() += 1;
                    }
                    // Room comes when something is given back.
                    let soon = self
                        .held
                        .front()
                        .map_or(Duration::from_millis(10), |(at, _)| at.saturating_duration_since(Instant::now()));
                    tokio::time::sleep(soon).await;
                }
                Err(failure) => {
                    self.asked.error(asked, &failure.reason);
                    tokio::time::sleep(failure.retry_after.unwrap_or_default() + backoff.wait()).await;
                }
            }
        }
        while let Some((at, _)) = self.held.back() {
            let at = *at;
            self.release(at).await;
        }
        Ok(self.counts)
    }

    fn is_measured(&self, asked: Instant) -> bool {
        (self.asked.since..self.asked.until).contains(&asked)
    }

    async fn ask(&self) -> Result<ResourceAllocation> {
        let request = ResourceRequest { request_id: random_name()?, ..self.request.clone() };
        within(self.limit, self.client.nodes().request_resources(request)).await
    }

    /// Gives back what is due; what cannot be given back ends at its deadline.
    async fn release(&mut self, now: Instant) {
        while self.held.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, id)) = self.held.pop_front() else { return };
            let begun = Instant::now();
            let request = ReleaseAllocationRequest { id, epoch: 0 };
            if within(self.limit, self.client.nodes().release_allocation(request)).await.is_ok() {
                self.released.answer(begun, false);
            }
        }
    }
}

/// Tells whether the server decided that there is nothing to lease, rather than failing to answer.
fn is_refusal(failure: &Failure) -> bool {
    failure.exit == Exit::Conflict || (failure.code == "resource_exhausted" && failure.reason != "RATE_LIMITED")
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    requesters: u32,
    nodes: u32,
    seconds: f64,
    #[serde(serialize_with = "as_text")]
    answers: u64,
    rate: f64,
    #[serde(serialize_with = "as_text")]
    granted: u64,
    refused: BTreeMap<String, u64>,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    #[serde(serialize_with = "as_text")]
    released: u64,
    release_p50_ms: f64,
    release_p99_ms: f64,
    histogram: Vec<Bar>,
    errors: BTreeMap<String, u64>,
}

/// How many answers took longer than the bar before says, and no longer than this one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Bar {
    up_to_ms: f64,
    #[serde(serialize_with = "as_text")]
    count: u64,
}

fn as_text<S: serde::Serializer>(number: &u64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl Show for Report {
    fn name(&self) -> String {
        format!("{:.0}", self.rate)
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let reasons = |counts: &BTreeMap<String, u64>| {
            let reasons: Vec<_> = counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            if reasons.is_empty() { "none".to_owned() } else { reasons.join("\n") }
        };
        let most = self.histogram.iter().map(|bar| bar.count).max().unwrap_or(1).max(1);
        let bars = self.histogram.iter().map(|bar| {
            let width = usize::try_from(bar.count.saturating_mul(40).div_ceil(most)).unwrap_or_default();
            format!("{:>9.2} ms {:>8} {}", bar.up_to_ms, bar.count, "#".repeat(width))
        });
        vec![
            ("Load", format!("{} requesters, {} node(s) each", self.requesters, self.nodes)),
            ("Answers", format!("{} in {} s: {:.0}/s", self.answers, self.seconds, self.rate)),
            ("Granted", self.granted.to_string()),
            ("Refused", reasons(&self.refused)),
            (
                "Latency",
                format!(
                    "p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
                    self.p50_ms, self.p95_ms, self.p99_ms, self.max_ms
                ),
            ),
            ("Up to", bars.collect::<Vec<_>>().join("\n")),
            (
                "Given back",
                format!("{}: p50 {:.2} ms, p99 {:.2} ms", self.released, self.release_p50_ms, self.release_p99_ms),
            ),
            ("Errors", reasons(&self.errors)),
        ]
    }
}
