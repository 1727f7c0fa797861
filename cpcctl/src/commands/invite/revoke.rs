use cpc_proto::v1::{Invite, RevokeInviteRequest};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Takes invites back; who has joined by them stays
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl invite revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl invite list -o name | xargs cpcctl invite revoke")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let output = context.output.clone();
        let mut list = output.list::<Invite>();
        for id in self.ids {
            let request = RevokeInviteRequest { id };
            let answer = context.call(async |client| client.identity().revoke_invite(request.clone()).await).await?;
            list.push(answer.invite.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
