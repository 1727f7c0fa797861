use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
};

use serde::Serialize;

use crate::{
    client::Client,
    context::Context,
    endpoint::Endpoint,
    failure::{Failure, Result},
    load::{
        crowd::{Came, Crowd},
        enrol::Newcomer,
    },
    output::Show,
};

/// Registers new nodes as fast as they are taken, and says how fast that was
///
/// Each has a key of its own, made before the measurement begins; they stay registered. A registration that fails is counted and
/// tried again with another node, so that a daemon may go away and come back meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local bench register --count 10000
  cpcctl bench register --to http://127.0.0.1:50051 --to http://127.0.0.1:50052 --count 100000 --at-once 256
  cpcctl --local bench register --count 20000 --record acknowledged.txt")]
pub(crate) struct Args {
    /// How many nodes
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// How many registrations are under way at once
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=4096))]
    at_once: u32,
    /// Over how many connections to each daemon
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1024))]
    connections: u32,
    /// Where to register, as nobody: they must let everybody join; said more than once the daemons take turns
    /// [default: the endpoint in use, as whoever is logged in]
    #[arg(long, value_name = "URL")]
    to: Vec<Endpoint>,
    /// Where to write the id of each node whose registration was acknowledged, one a line
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Failures after which to give up
    #[arg(long, value_name = "N", default_value_t = 100)]
    failures: u64,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut record = self.record.as_ref().map(open).transpose()?;
        let limit = context.timeout();
        let clients = self.clients(context).await?;
        context.output.note(format_args!("making {} keys", self.count));
        let mut waiting: Vec<_> = (0..self.count).map(|_| Newcomer::generate()).collect::<Result<_>>()?;
        let mut turn = 0;
        let crowd = Crowd { count: self.count, at_once: self.at_once, failures: self.failures };
        let begin = || {
            turn += 1;
            let client = clients[turn % clients.len()].clone();
            // One that failed is made up for by another one.
            let newcomer = waiting.pop().map_or_else(Newcomer::generate, Ok)?;
            Ok(async move { newcomer.register(&client, None, limit).await.map(|(id, ..)| id) })
        };
        let came = crowd.run(begin, |id| match (&mut record, &self.record) {
            (Some(file), Some(path)) => writeln!(file, "{id}").map_err(|error| Failure::file(path, &error)),
            _ => Ok(()),
        });
        let Came { seconds, errors } = came.await?;
        let report = Report { registered: self.count, seconds, rate: f64::from(self.count) / seconds, errors };
        context.output.record(&report)?;
        Came::outcome(&report.errors, "registrations")
    }

    /// Connects to each daemon; without one, as the context does.
    async fn clients(&self, context: &mut Context) -> Result<Vec<Client>> {
        if self.to.is_empty() {
            return Ok(vec![context.client().await?]);
        }
        let mut clients = Vec::new();
        for _ in 0..self.connections {
            for endpoint in &self.to {
                clients.push(Client::connect(endpoint, &context.trust, context.timeout()).await?);
            }
        }
        Ok(clients)
    }
}

/// Opens the record, after whatever is in it.
fn open(path: &PathBuf) -> Result<File> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map_err(|error| Failure::file(path, &error))
}

#[derive(Debug, Serialize)]
struct Report {
    registered: u32,
    seconds: f64,
    rate: f64,
    errors: BTreeMap<String, u64>,
}

impl Show for Report {
    fn name(&self) -> String {
        format!("{:.0}", self.rate)
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Registered", format!("{} in {:.2} s: {:.0}/s", self.registered, self.seconds, self.rate)),
            ("Failed", Came::failed(&self.errors)),
        ]
    }
}
