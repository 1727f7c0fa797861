use cpc_proto::v1::friend_request::Action;

use crate::{context::Context, failure::Result};

/// Asks somebody to be friends; if they have asked, you are
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl friend request alice
  cpcctl friend request 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 -o json")]
pub(crate) struct Args {
    /// The name or the id
    #[arg(value_name = "NAME|ID")]
    user: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        super::act(context, &self.user, Action::Request).await
    }
}
