use cpc_proto::v1::{SuspendUserRequest, User};

use crate::{
    commands::owner,
    context::Context,
    failure::{Failure, Result},
};

/// Suspends users: their sessions and service tokens end, and they open no more
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user suspend mallory
  cpcctl user list --state suspended")]
pub(crate) struct Args {
    /// The names, or ids
    #[arg(required = true, value_name = "NAME|ID")]
    users: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.users {
            [user] => format!("Suspend {user}?"),
            users => format!("Suspend {} users?", users.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<User>();
        for user in self.users {
            let request = SuspendUserRequest { id: owner::id(context, Some(&user)).await? };
            let answer = context.call(async |client| client.identity().suspend_user(request.clone()).await).await?;
            list.push(answer.user.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
