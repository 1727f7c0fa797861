use std::time::{Duration, Instant};

use cpc_proto::v1::{DrainNodeRequest, GetNodeRequest, Node, NodeScheduling};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Moves what nodes have elsewhere, and places nothing new on them
///
/// Each part stays until another node has room for it. `node uncordon` takes the node into service again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node drain 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl --timeout 10m node drain 12D3KooW... --wait && reboot")]
pub(crate) struct Args {
    /// The ids, or peer ids
    #[arg(required = true, value_name = "ID|PEER_ID")]
    ids: Vec<String>,
    /// Wait until they have nothing left, for as long as --timeout says
    #[arg(long)]
    wait: bool,
}

/// Between two looks at a node that is not drained yet.
const PAUSE: Duration = Duration::from_millis(500);

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let deadline = Instant::now() + context.timeout();
        let mut nodes = Vec::new();
        // All of them begin before any is waited for.
        for id in self.ids {
            let request = DrainNodeRequest { id };
            let answer = context.call(async |client| client.nodes().drain_node(request.clone()).await).await?;
            nodes.push(answer.node.ok_or_else(Failure::empty_answer)?);
        }
        let output = context.output.clone();
        let mut list = output.list::<Node>();
        for mut node in nodes {
            while self.wait && node.scheduling() == NodeScheduling::Draining {
                if Instant::now() >= deadline {
                    return Err(Failure::timeout(context.timeout())
                        .hint("it goes on; wait for longer with --timeout, and see what is left with `cpcctl allocation list`"));
                }
                tokio::time::sleep(PAUSE).await;
                let request = GetNodeRequest { id: node.id.clone() };
                let answer = context.call(async |client| client.nodes().get_node(request.clone()).await).await?;
                node = answer.node.ok_or_else(Failure::empty_answer)?;
            }
            if self.wait && node.scheduling() != NodeScheduling::Drained {
                output
                    .warning(format_args!("node {} is not drained any more: somebody else has changed that", node.id));
            }
            list.push(node)?;
        }
        list.finish("").map(drop)
    }
}
