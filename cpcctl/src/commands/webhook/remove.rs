use cpc_proto::v1::DeleteWebhookRequest;

use crate::{commands::deleted::Deleted, context::Context, failure::Result};

/// Removes webhooks: nothing is sent there any more
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl webhook remove 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl webhook list -o name | xargs cpcctl webhook remove --yes")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.ids {
            [id] => format!("Remove webhook {id}?"),
            ids => format!("Remove {} webhooks?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<Deleted>();
        for id in self.ids {
            let request = DeleteWebhookRequest { id: id.clone() };
            context.call(async |client| client.events().delete_webhook(request.clone()).await).await?;
            list.push(Deleted { id })?;
        }
        list.finish("").map(drop)
    }
}
