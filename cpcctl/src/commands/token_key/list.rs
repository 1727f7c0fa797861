use cpc_proto::v1::{ListTokenKeysRequest, TokenKey};

use crate::{context::Context, failure::Result};

/// Lists the keys that sign tokens, or did
///
/// A key that waits signs as soon as every live replica knows it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local token-key list
  cpcctl --local token-key list -o ndjson | jq -r 'select(.state == \"TOKEN_KEY_STATE_SIGNING\") | .kid'")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let answer =
            context.call(async |client| client.identity().list_token_keys(ListTokenKeysRequest {}).await).await?;
        let output = context.output.clone();
        let mut list = output.list::<TokenKey>();
        answer.keys.into_iter().try_for_each(|key| list.push(key))?;
        list.finish("no keys")?;
        output.note(format_args!("live replicas: {}", answer.replicas));
        Ok(())
    }
}
