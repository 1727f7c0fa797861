use cpc_proto::v1::{DeleteUserRequest, GetUserRequest, get_user_request::By};

use crate::{
    commands::{deleted::Deleted, owner},
    context::Context,
    failure::{Failure, Result},
};

/// Deletes a user for good, with sessions, friendships, grants, invites, webhooks and, within some minutes, content
///
/// Nodes stay, without an owner.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local user delete mallory
  cpcctl node list --owner bob -o name | xargs cpcctl node delete --yes && cpcctl user delete bob --yes")]
pub(crate) struct Args {
    /// The name or the id
    #[arg(value_name = "NAME|ID")]
    user: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let by = if owner::is_id(&self.user) { By::Id(self.user.clone()) } else { By::Username(self.user.clone()) };
        let request = GetUserRequest { by: Some(by) };
        let answer = context.call(async |client| client.identity().get_user(request.clone()).await).await?;
        let user = answer.user.ok_or_else(Failure::empty_answer)?;
        context.prompt.confirm(&format!("Delete user {} and all that is theirs?", user.username))?;
        let request = DeleteUserRequest { id: user.id.clone() };
        context.call(async |client| client.identity().delete_user(request.clone()).await).await?;
        let output = context.output.clone();
        let mut list = output.list::<Deleted>();
        list.push(Deleted { id: user.id })?;
        list.finish("").map(drop)
    }
}
