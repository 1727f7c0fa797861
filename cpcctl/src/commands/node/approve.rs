use cpc_proto::v1::{ApproveNodeRequest, Node};

use crate::{
    commands::owner,
    context::Context,
    failure::{Failure, Result},
    nodes::profile::label,
};

/// Lets nodes in that wait for approval; `node delete` turns them away
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node list --pending
  cpcctl node approve 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --realm lab --label region=eu-west --owner alice
  cpcctl node list --pending -o name | xargs cpcctl node approve")]
pub(crate) struct Args {
    /// The ids, or peer ids
    #[arg(required = true, value_name = "ID|PEER_ID")]
    ids: Vec<String>,
    /// A label that they are granted
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Their realm
    #[arg(long, value_name = "REALM", default_value = "", hide_default_value = true)]
    realm: String,
    /// The user whom they belong to from now on: a name, an id, or me
    #[arg(long, value_name = "NAME|ID|me")]
    owner: Option<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let count = self.labels.len();
        let owner_id = owner::id(context, self.owner.as_deref()).await?;
        let terms = ApproveNodeRequest {
            labels: self.labels.into_iter().collect(),
            realm: self.realm,
            owner_id,
            ..Default::default()
        };
        if terms.labels.len() != count {
            return Err(Failure::usage("--label: a name is given twice"));
        }
        let output = context.output.clone();
        let mut list = output.list::<Node>();
        for id in self.ids {
            let request = ApproveNodeRequest { id, ..terms.clone() };
            let answer = context.call(async |client| client.nodes().approve_node(request.clone()).await).await?;
            list.push(answer.node.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
