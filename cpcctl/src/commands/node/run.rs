use std::{path::PathBuf, time::Duration};

use serde::Serialize;

use crate::{
    context::Context,
    failure::Result,
    global::duration,
    nodes::{
        agent::{Agent, Beaten},
        profile::ProfileArgs,
        providing::{Hook, Providing},
        usage::Usage,
        word,
    },
    output::Show,
    private_file,
};

/// Runs this machine as a node: registers it and says that it lives, until SIGTERM or Ctrl-C
///
/// Each heartbeat says what of processor, memory and network is in use. The server says when the next one is due. While the
/// server is away the agent tries until it is back; when its token has ended it logs in by its key. What happens goes to
/// stderr, with -o json as an object a line. SIGTERM ends it with exit code 0, and leaves what the node provides as it is.
///
/// What is leased of the node is begun and ended by a program of yours (--on-allocation): it is run once for each part that is
/// given, changed or dropped, and refuses a part by any exit code but 0. A lease that is not renewed ends on time even while the
/// server is away. Without a program every part is accepted, and nothing else is done.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node run --invite-file invite.txt --address /ip4/203.0.113.7/tcp/4001
  cpcctl node run -o json 2>>agent.log
  cpcctl node run --on-allocation /usr/local/bin/provide --hook-timeout 2m
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
    /// The program that begins and ends what the node provides; CPC_EVENT, CPC_ALLOCATION_ID and others say what
    #[arg(long, value_name = "PROGRAM", conflicts_with = "once")]
    on_allocation: Option<PathBuf>,
    /// How long the program may take for one part; one that takes longer is killed, and has refused
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    hook_timeout: Duration,
    /// Measure round trips to some peers each minute, by connecting to their addresses over TCP, and report them
    #[arg(long, conflicts_with = "once")]
    measure_peers: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let usage = Usage::new();
        let profile = self.profile.open(context, &usage)?;
        let output = context.output.clone();
        let hook =
            Hook { program: self.on_allocation.map(|path| private_file::absolute(&path)), limit: self.hook_timeout };
        let key = profile.path.clone();
        let agent = Agent::new(context, profile, usage, self.unary);
        let agent = if self.measure_peers { agent.measuring() } else { agent };
        if self.once {
            let beaten = agent.once().await?;
            return output.record(&Once::from(beaten));
        }
        let providing = Providing::begin(&key, hook, output.clone())?;
        tokio::select! {
            result = agent.run(providing) => result,
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
