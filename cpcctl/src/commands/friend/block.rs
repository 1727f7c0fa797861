use cpc_proto::v1::friend_request::Action;

use crate::{context::Context, failure::Result};

/// Blocks somebody: ends friendship and requests, and hears no more of them
///
/// They are told no more than that these are over, and whatever they ask waits for an answer for good.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl friend block mallory
  cpcctl friend block 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --yes -o json")]
pub(crate) struct Args {
    /// The name or the id
    #[arg(value_name = "NAME|ID")]
    user: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        context.prompt.confirm(&format!("Block {}?", self.user))?;
        super::act(context, &self.user, Action::Block).await
    }
}
