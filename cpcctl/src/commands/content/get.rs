use cpc_proto::v1::GetContentRequest;

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Shows content by its id
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl content get 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl content get 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 -o json | jq -r .metadata.description")]
pub(crate) struct Args {
    /// The id
    id: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = GetContentRequest { id: self.id };
        let answer = context.call(async |client| client.discovery().get_content(request.clone()).await).await?;
        context.output.record(&answer.content.ok_or_else(Failure::empty_answer)?)
    }
}
