use cpc_proto::v1::{GetUserRequest, get_user_request::By};

use crate::{
    commands::owner,
    context::Context,
    failure::{Failure, Result},
};

/// Shows a user
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user show alice
  cpcctl user show 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 -o json")]
pub(crate) struct Args {
    /// The name or the id
    #[arg(value_name = "NAME|ID")]
    user: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let by = if owner::is_id(&self.user) { By::Id(self.user) } else { By::Username(self.user) };
        let request = GetUserRequest { by: Some(by) };
        let answer = context.call(async |client| client.identity().get_user(request.clone()).await).await?;
        context.output.record(&answer.user.ok_or_else(Failure::empty_answer)?)
    }
}
