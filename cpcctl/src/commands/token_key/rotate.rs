use cpc_proto::v1::RotateTokenKeyRequest;

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Makes a new key sign tokens, while everything goes on
///
/// The key waits until every replica accepts it, then signs; the one before is accepted until its last token has ended.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local token-key rotate
  cpcctl --local token-key rotate --now --yes")]
pub(crate) struct Args {
    /// In an emergency: drop all other keys and end all sessions at once
    #[arg(long)]
    now: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.now {
            context.prompt.confirm("All tokens and sessions of everybody will end.")?;
        }
        let request = RotateTokenKeyRequest { drop_others: self.now };
        let answer = context.call(async |client| client.identity().rotate_token_key(request).await).await?;
        context.output.record(&answer.key.ok_or_else(Failure::empty_answer)?)
    }
}
