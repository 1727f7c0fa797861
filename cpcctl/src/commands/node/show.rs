use cpc_proto::v1::GetNodeRequest;

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Shows a node: where it is, what it has, what it uses, and whether it lives
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node show 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl node show 12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq -o json")]
pub(crate) struct Args {
    /// Its id, or its peer id
    #[arg(value_name = "ID|PEER_ID")]
    id: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = GetNodeRequest { id: self.id };
        let answer = context.call(async |client| client.nodes().get_node(request.clone()).await).await?;
        context.output.record(&answer.node.ok_or_else(Failure::empty_answer)?)
    }
}
