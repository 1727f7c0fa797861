use cpc_proto::v1::{CreateWebhookRequest, Webhook};
use serde::Serialize;

use crate::{
    context::Context,
    failure::{Failure, Result},
    output::Show,
};

/// Has events sent to a URL, and shows the secret that signs them, this once
///
/// Sent is what you may see when it is sent, to hosts that the operator allows (events.webhook_allow). With -o name the secret alone is
/// printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl webhook add https://hooks.example.org/cpc
  cpcctl webhook add https://hooks.example.org/cpc --kind allocation. --kind node.status -o json > webhook.json")]
pub(crate) struct Args {
    /// Where they are sent
    url: String,
    /// Only events whose kind begins so, such as node. or allocation.moved
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let request = CreateWebhookRequest { url: self.url, kinds: self.kinds };
        let answer = context.call(async |client| client.events().create_webhook(request.clone()).await).await?;
        let webhook = answer.webhook.ok_or_else(Failure::empty_answer)?;
        context.output.note("the secret is not shown again");
        context.output.record(&Made { webhook, secret: answer.secret })
    }
}

#[derive(Debug, Serialize)]
struct Made {
    #[serde(flatten)]
    webhook: Webhook,
    secret: String,
}

impl Show for Made {
    fn name(&self) -> String {
        self.secret.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Webhook", self.webhook.id.clone()),
            ("URL", self.webhook.url.clone()),
            ("Kinds", super::kinds(&self.webhook)),
            ("Secret", self.secret.clone()),
        ]
    }
}
