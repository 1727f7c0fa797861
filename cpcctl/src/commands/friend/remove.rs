use cpc_proto::v1::friend_request::Action;

use crate::{context::Context, failure::Result};

/// Ends a friendship
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl friend remove bob
  cpcctl friend remove 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --yes -o json")]
pub(crate) struct Args {
    /// The name or the id
    #[arg(value_name = "NAME|ID")]
    user: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        context.prompt.confirm(&format!("End the friendship with {}?", self.user))?;
        super::act(context, &self.user, Action::Remove).await
    }
}
