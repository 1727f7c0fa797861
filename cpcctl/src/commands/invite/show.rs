use cpc_proto::v1::GetInviteRequest;

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Shows an invite, without its code
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl invite show 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21")]
pub(crate) struct Args {
    /// The id
    #[arg(value_name = "ID")]
    id: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = GetInviteRequest { id: self.id };
        let answer = context.call(async |client| client.identity().get_invite(request.clone()).await).await?;
        context.output.record(&answer.invite.ok_or_else(Failure::empty_answer)?)
    }
}
