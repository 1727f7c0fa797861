use cpc_proto::v1::{ResumeUserRequest, User};

use crate::{
    commands::owner,
    context::Context,
    failure::{Failure, Result},
};

/// Takes suspensions back: the users can log in again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user resume bob")]
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
            let request = ResumeUserRequest { id: owner::id(context, Some(&user)).await? };
            let answer = context.call(async |client| client.identity().resume_user(request.clone()).await).await?;
            list.push(answer.user.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
