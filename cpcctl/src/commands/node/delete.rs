use cpc_proto::v1::DeleteNodeRequest;

use crate::{commands::deleted::Deleted, context::Context, failure::Result};

/// Deletes nodes and takes their tokens back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node delete 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl node list --status offline -o name | xargs cpcctl node delete --yes")]
pub(crate) struct Args {
    /// The ids, or peer ids
    #[arg(required = true, value_name = "ID|PEER_ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.ids {
            [id] => format!("Delete node {id}?"),
            ids => format!("Delete {} nodes?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<Deleted>();
        for id in self.ids {
            let request = DeleteNodeRequest { id: id.clone() };
            context.call(async |client| client.nodes().delete_node(request.clone()).await).await?;
            list.push(Deleted { id })?;
        }
        list.finish("").map(drop)
    }
}
