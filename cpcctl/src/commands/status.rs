use cpc_proto::v1::{EngineStatus, GetStatusRequest, GetStatusResponse};

use crate::{clock, context::Context, failure::Result, output::Show};

/// Shows what runs: version, engines, counts, and how far the index is behind
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local status
  cpcctl status -o json | jq -r .version")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let status = context.call(async |client| client.admin().get_status(GetStatusRequest {}).await).await?;
        context.output.record(&status)
    }
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
        vec![
            ("Version", self.version.clone()),
            ("Server id", self.server_id.clone()),
            ("Started", started_at.unwrap_or_default()),
            ("gRPC", self.grpc_address.clone()),
            ("REST", self.rest_address.clone()),
            ("Engines", self.engines.iter().map(engine).collect::<Vec<_>>().join("\n")),
            ("Users", self.users.to_string()),
            ("Contents", self.contents.to_string()),
            ("Index", format!("{} changes wait, the oldest for {} ms", self.index_pending, self.index_lag_ms)),
        ]
    }
}
