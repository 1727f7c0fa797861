use cpc_proto::v1::ListServiceTokensRequest;

use crate::{
    commands::{owner, pages},
    context::Context,
    failure::Result,
};

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

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let owner_id = owner::id(context, self.user.as_deref()).await?;
        pages::show(
            context,
            "no service tokens: make one with `cpcctl token create NAME --permission RESOURCE=LEVEL`",
            async |context, page_token| {
                let request =
                    ListServiceTokensRequest { page_size: pages::PAGE, page_token, owner_id: owner_id.clone() };
                let page =
                    context.call(async |client| client.identity().list_service_tokens(request.clone()).await).await?;
                Ok((page.service_tokens, page.next_page_token))
            },
        )
        .await
    }
}
