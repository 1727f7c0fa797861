use cpc_proto::v1::{ApproveUserRequest, User};

use crate::{
    commands::owner,
    context::Context,
    failure::{Failure, Result},
};

/// Lets users in who wait for approval; `user suspend` turns them away
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user list --state pending
  cpcctl user approve bob carol
  cpcctl user list --state pending -o name | xargs cpcctl user approve")]
pub(crate) struct Args {
    /// The names, or ids
    #[arg(required = true, value_name = "NAME|ID")]
    users: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let output = context.output.clone();
        let mut list = output.list::<User>();
        for user in self.users {
            let request = ApproveUserRequest { id: owner::id(context, Some(&user)).await? };
            let answer = context.call(async |client| client.identity().approve_user(request.clone()).await).await?;
            list.push(answer.user.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
