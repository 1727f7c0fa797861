use cpc_proto::v1::{ListWebhooksRequest, Webhook};

use crate::{commands::owner, context::Context, failure::Result};

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

/// The largest page that the server gives.
const PAGE: i32 = 500;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let owner_id = owner::id(context, self.user.as_deref()).await?;
        let mut page_token = String::new();
        let output = context.output.clone();
        let mut list = output.list::<Webhook>();
        loop {
            let request = ListWebhooksRequest { page_size: PAGE, page_token, owner_id: owner_id.clone() };
            let page = context.call(async |client| client.events().list_webhooks(request.clone()).await).await?;
            page.webhooks.into_iter().try_for_each(|webhook| list.push(webhook))?;
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        list.finish("no webhooks").map(drop)
    }
}
