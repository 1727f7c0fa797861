use cpc_proto::v1::RegistrationResponse;
use serde::Serialize;

use crate::{
    context::Context,
    failure::Result,
    nodes::{profile::ProfileArgs, registering::register, usage::Usage},
    output::Show,
};

/// Registers a key as a node, or brings up to date what is known of it
///
/// A new node needs an invite, or somebody with write on nodes who registers it: whoever is logged in, or --local. The same
/// command again changes nothing; a record with other addresses gets a higher sequence number.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node register --invite-file invite.txt --address /ip4/203.0.113.7/tcp/4001
  cpcctl --local node register --label rack=7
  cpcctl node register --key ipfs.key --legacy-record --cpu-millicores 4000")]
pub(crate) struct Args {
    #[command(flatten)]
    profile: ProfileArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut profile = self.profile.open(context, &Usage::new())?;
        let answer = register(context, &mut profile).await?;
        if answer.is_pending {
            let id = &answer.node_id;
            context
                .output
                .note(format_args!("it waits for approval: an administrator runs `cpcctl node approve {id}`"));
        }
        context.output.record(&Registered::from(&answer))
    }
}

/// A registered node; its token is not shown, since its key opens another at any time.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    node_id: String,
    peer_id: String,
    next_heartbeat_ms: u32,
    degraded_after_ms: u32,
    offline_after_ms: u32,
    is_pending: bool,
}

impl From<&RegistrationResponse> for Registered {
    fn from(answer: &RegistrationResponse) -> Self {
        let limits = answer.limits.unwrap_or_default();
        Self {
            node_id: answer.node_id.clone(),
            peer_id: answer.peer_id.clone(),
            next_heartbeat_ms: answer.next_heartbeat_ms,
            degraded_after_ms: limits.degraded_after_ms,
            offline_after_ms: limits.offline_after_ms,
            is_pending: answer.is_pending,
        }
    }
}

impl Show for Registered {
    fn name(&self) -> String {
        self.node_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let seconds = |ms: u32| format!("{} s of silence", ms / 1000);
        vec![
            ("Node", self.node_id.clone()),
            ("Peer id", self.peer_id.clone()),
            ("Heartbeat due", format!("in {:.1} s", f64::from(self.next_heartbeat_ms) / 1000.0)),
            ("Degraded after", seconds(self.degraded_after_ms)),
            ("Offline after", seconds(self.offline_after_ms)),
            ("Pending", if self.is_pending { "until an administrator approves it" } else { "" }.to_owned()),
        ]
    }
}
