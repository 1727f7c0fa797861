use serde::Serialize;

use crate::{
    context::Context,
    failure::Result,
    nodes::{
        agent::{Agent, Beaten},
        profile::ProfileArgs,
        usage::Usage,
        word,
    },
    output::Show,
};

/// Runs this machine as a node: registers it and says that it lives, until SIGTERM or Ctrl-C
///
/// Each heartbeat says what of processor, memory and network is in use. The server says when the next one is due. While the
/// server is away the agent tries until it is back; when its token has ended it logs in by its key. What happens goes to
/// stderr, with -o json as an object a line. SIGTERM ends it with exit code 0.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node run --invite-file invite.txt --address /ip4/203.0.113.7/tcp/4001
  cpcctl node run -o json 2>>agent.log
  cpcctl node run --once -o json       # registers, says that it lives once, and ends")]
pub(crate) struct Args {
    #[command(flatten)]
    profile: ProfileArgs,
    /// Register, send one heartbeat, show its answer and end
    #[arg(long)]
    once: bool,
    /// Send heartbeats one by one, where streams do not pass
    #[arg(long)]
    unary: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let usage = Usage::new();
        let profile = self.profile.open(context, &usage)?;
        let output = context.output.clone();
        let agent = Agent::new(context, profile, usage, self.unary);
        if self.once {
            let beaten = agent.once().await?;
            return output.record(&Once::from(beaten));
        }
        tokio::select! {
            result = agent.run() => result,
            () = terminated() => {
                output.note("ending");
                Ok(())
            }
        }
    }
}

/// Waits for SIGTERM; Ctrl-C ends every command, see `interrupt`.
#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut signals) => drop(signals.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Once {
    node_id: String,
    status: String,
    register_again: bool,
    next_heartbeat_ms: u32,
    used: Option<cpc_proto::v1::NodeResources>,
}

impl From<Beaten> for Once {
    fn from(Beaten { node_id, ping, answer }: Beaten) -> Self {
        Self {
            node_id,
            status: word(answer.status()),
            register_again: answer.register_again,
            next_heartbeat_ms: answer.next_heartbeat_ms,
            used: ping.used,
        }
    }
}

impl Show for Once {
    fn name(&self) -> String {
        self.node_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Node", self.node_id.clone()),
            ("Status", self.status.clone()),
            ("Uses", super::amounts(self.used.as_ref())),
            ("Heartbeat due", format!("in {:.1} s", f64::from(self.next_heartbeat_ms) / 1000.0)),
        ]
    }
}
