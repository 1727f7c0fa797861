use cpc_proto::v1::TestWebhookRequest;

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
};

/// Sends a test to a webhook and says what came of it
///
/// A webhook that was given up goes on once a test is taken. If it is not taken the exit code is 9.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl webhook test 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21")]
pub(crate) struct Args {
    /// The id
    #[arg(value_name = "ID")]
    id: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = TestWebhookRequest { id: self.id };
        let answer = context.call(async |client| client.events().test_webhook(request.clone()).await).await?;
        let webhook = answer.webhook.ok_or_else(Failure::empty_answer)?;
        if !answer.was_taken {
            let text = format!("{} did not take the test: {}", webhook.url, answer.error);
            return Err(Failure::new(Exit::CheckFailed, "WEBHOOK_NOT_TAKEN", text));
        }
        context.output.note(format_args!("taken: the answer was {}", answer.status));
        context.output.record(&webhook)
    }
}
