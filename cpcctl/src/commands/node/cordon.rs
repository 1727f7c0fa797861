use cpc_proto::v1::{CordonNodeRequest, Node};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Places nothing new on nodes; what they have stays
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node cordon 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl node list --label rack=7 -o name | xargs cpcctl node cordon")]
pub(crate) struct Args {
    /// The ids, or peer ids
    #[arg(required = true, value_name = "ID|PEER_ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let output = context.output.clone();
        let mut list = output.list::<Node>();
        for id in self.ids {
            let request = CordonNodeRequest { id };
            let answer = context.call(async |client| client.nodes().cordon_node(request.clone()).await).await?;
            list.push(answer.node.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
