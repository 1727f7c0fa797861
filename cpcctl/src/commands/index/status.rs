use cpc_proto::v1::GetIndexStatusRequest;

use crate::{context::Context, failure::Result};

/// Shows how the search index is: its engine, how far it is behind, what it refuses, the last rebuild
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local index status
  cpcctl --local index status -o json | jq -r '.failures[] | [.contentId, .reason] | @tsv'")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = GetIndexStatusRequest {};
        let status = context.call(async |client| client.admin().get_index_status(request).await).await?;
        context.output.record(&status)
    }
}
