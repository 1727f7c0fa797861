use std::time::{Duration, Instant};

use cpc_proto::v1::{EngineStatus, GetStatusRequest, GetStatusResponse, NodeQuota};

use crate::{clock, context::Context, exit::Exit, failure::Result, output::Show};

/// Shows what runs: version, engines, counts, and how far the index is behind
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local status
  cpcctl --local --timeout 1m status --wait
  cpcctl status -o json | jq -r .version")]
pub(crate) struct Args {
    /// Wait until the daemon answers, for as long as --timeout says
    #[arg(long)]
    wait: bool,
}

/// Between two looks at a daemon that does not answer yet.
const PAUSE: Duration = Duration::from_millis(100);

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let deadline = Instant::now() + context.timeout();
        let status = loop {
            match context.call(async |client| client.admin().get_status(GetStatusRequest {}).await).await {
                Err(failure) if self.wait && failure.exit == Exit::Unreachable && Instant::now() < deadline => {
                    tokio::time::sleep(PAUSE).await;
                }
                done => break done?,
            }
        };
        context.output.record(&status)
    }
}

/// Says how far a limit of new nodes is used.
fn limit(quota: &NodeQuota) -> String {
    let most = if quota.most == 0 { "any number".to_owned() } else { quota.most.to_string() };
    let network = if quota.network.is_empty() { String::new() } else { format!(" in {}", quota.network) };
    let refused = if quota.refused == 0 { String::new() } else { format!("; {} refused", quota.refused) };
    format!("{}: {} of {most}{network}{refused}", quota.limit, quota.used)
}

impl Show for GetStatusResponse {
    fn name(&self) -> String {
        self.server_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let engine = |engine: &EngineStatus| {
            let state = if engine.is_ok { "ok" } else { "away" };
            let why = if engine.message.is_empty() { String::new() } else { format!(": {}", engine.message) };
            format!("{} {} {state}{why}", engine.role, engine.engine)
        };
        let started_at = self.started_at.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
        let index = match self.index_pending {
            0 => "up to date".to_owned(),
            1 => format!("1 change waits, for {} ms", self.index_lag_ms),
            pending => format!("{pending} changes wait, the oldest for {} ms", self.index_lag_ms),
        };
        let index = match self.index_failures {
            0 => index,
            failed => format!("{index}; {failed} contents are refused, see cpcctl index status"),
        };
        let revocations = match self.revocations_age_ms {
            age @ 0..5_000 => format!("confirmed {age} ms ago"),
            age => format!("not confirmed for {age} ms: calls with a token are refused until the store answers"),
        };
        let nodes = format!(
            "{} online, {} degraded, {} offline; {} wait for approval",
            self.nodes_online, self.nodes_degraded, self.nodes_offline, self.nodes_pending
        );
        let limits: Vec<_> = self.node_quotas.iter().map(limit).collect();
        vec![
            ("Version", self.version.clone()),
            ("Server id", self.server_id.clone()),
            ("Started", started_at.unwrap_or_default()),
            ("gRPC", self.grpc_address.clone()),
            ("REST", self.rest_address.clone()),
            ("Engines", self.engines.iter().map(engine).collect::<Vec<_>>().join("\n")),
            ("Nodes", nodes),
            ("Limits", limits.join("\n")),
            ("Users", self.users.to_string()),
            ("Contents", self.contents.to_string()),
            ("Index", index),
            ("Revocations", revocations),
        ]
    }
}
