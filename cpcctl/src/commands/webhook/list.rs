use cpc_proto::v1::ListWebhooksRequest;

use crate::{
    commands::{owner, pages},
    context::Context,
    failure::Result,
};

/// Lists webhooks, your own or those of a user
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl webhook list
  cpcctl webhook list -o ndjson | jq -r 'select(.disabledAt) | [.url, .lastError] | @tsv'
  cpcctl --local webhook list --user alice")]
pub(crate) struct Args {
    /// Whose: a name or an id [default: your own]
    #[arg(long, value_name = "NAME|ID")]
    user: Option<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let owner_id = owner::id(context, self.user.as_deref()).await?;
        pages::show(context, "no webhooks", async |context, page_token| {
            let request = ListWebhooksRequest { page_size: pages::PAGE, page_token, owner_id: owner_id.clone() };
            let page = context.call(async |client| client.events().list_webhooks(request.clone()).await).await?;
            Ok((page.webhooks, page.next_page_token))
        })
        .await
    }
}
