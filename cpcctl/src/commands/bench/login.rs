use std::{collections::BTreeMap, hint::black_box, sync::Arc, time::Instant};

use cpc_signing::SecretKey;
use serde::Serialize;

use crate::{
    client::Client,
    context::Context,
    failure::{Failure, Result},
    joining::Joining,
    load::{
        crowd::{Came, Crowd},
        process,
    },
    output::Show,
    session::{self, Errand},
    signer::Signer,
};

/// So many signatures are checked to say what one check takes here.
const CHECKS: u32 = 2000;

/// Logs in again and again as fast as it is taken, and says how fast that was
///
/// With the key in use; the sessions stay until they end, or until they are ended (`cpcctl session end`).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl bench login --count 20000 --at-once 64
  cpcctl bench login --daemon-pid \"$(pidof cpcd)\" -o json     # also what a login costs, in checks of a signature")]
pub(crate) struct Args {
    /// How many logins
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// How many logins are under way at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    at_once: u32,
    /// Over how many connections
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1024))]
    connections: u32,
    /// The daemon's process on this machine: also says what cpu time a login costs it (Linux)
    #[arg(long, value_name = "PID")]
    daemon_pid: Option<u32>,
    /// Failures after which to give up
    #[arg(long, value_name = "N", default_value_t = 100)]
    failures: u64,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let choice = context.key(None);
        let signer = Arc::new(Signer::open(&choice, context.agent_socket.as_deref(), &context.prompt, "").await?);
        let pinned = context.saved.as_ref().and_then(|saved| saved.server_id.clone());
        let limit = context.timeout();
        let mut clients = Vec::new();
        for _ in 0..self.connections {
            clients.push(Client::connect(&context.endpoint, &context.trust, limit).await?);
        }
        let used = || self.daemon_pid.map(process::read).transpose();
        let check = check_micros()?;
        let (before, mut turn) = (used()?, 0);
        let crowd = Crowd { count: self.count, at_once: self.at_once, failures: self.failures };
        let begin = || {
            turn += 1;
            let (client, signer, pinned) = (clients[turn % clients.len()].clone(), signer.clone(), pinned.clone());
            Ok(async move {
                let plain = Joining::default();
                session::log_in(&client, &signer, Errand::UserLogin, pinned.as_deref(), &plain, limit).await.map(drop)
            })
        };
        let Came { seconds, errors } = crowd.run(begin, |()| Ok(())).await?;
        let cost = before
            .zip(used()?)
            .map(|(before, after)| after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1e6 / f64::from(self.count));
        let report = Report {
            logins: self.count,
            seconds,
            rate: f64::from(self.count) / seconds,
            check_micros: check,
            daemon_cpu_micros: cost,
            checks: cost.map(|cost| cost / check),
            errors,
        };
        context.output.record(&report)?;
        Came::outcome(&report.errors, "logins")
    }
}

/// Measures what one strict check of a signature takes on this machine, in microseconds.
fn check_micros() -> Result<f64> {
    let key = SecretKey::generate();
    let (public, message) = (key.public(), [7; 200]);
    let signature = key.sign(&message);
    let began = Instant::now();
    for _ in 0..CHECKS {
        black_box(&public).verify(black_box(&message), black_box(&signature)).map_err(Failure::usage)?;
    }
    Ok(began.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    logins: u32,
    seconds: f64,
    rate: f64,
    check_micros: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    daemon_cpu_micros: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<f64>,
    errors: BTreeMap<String, u64>,
}

impl Show for Report {
    fn name(&self) -> String {
        format!("{:.0}", self.rate)
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("Logins", format!("{} in {:.2} s: {:.0}/s", self.logins, self.seconds, self.rate)),
            ("A check", format!("{:.1} us for one strict check of a signature here", self.check_micros)),
        ];
        if let (Some(cost), Some(checks)) = (self.daemon_cpu_micros, self.checks) {
            fields.push(("A login", format!("{cost:.1} us of the daemon's cpu: as much as {checks:.2} checks")));
        }
        fields.push(("Failed", Came::failed(&self.errors)));
        fields
    }
}
