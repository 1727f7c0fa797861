use cpc_proto::v1::{ListServiceTokensRequest, ServiceToken};

use crate::{commands::owner, context::Context, failure::Result};

/// Lists service tokens, your own or those of a user
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl token list
  cpcctl token list -o ndjson | jq -r 'select(.lastUsedAt | not) | .id'
  cpcctl --local token list --user alice")]
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
        let mut list = output.list::<ServiceToken>();
        loop {
            let request = ListServiceTokensRequest { page_size: PAGE, page_token, owner_id: owner_id.clone() };
            let page =
                context.call(async |client| client.identity().list_service_tokens(request.clone()).await).await?;
            page.service_tokens.into_iter().try_for_each(|token| list.push(token))?;
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        list.finish("no service tokens: make one with `cpcctl token create NAME --permission RESOURCE=LEVEL`").map(drop)
    }
}
