//! Webhooks.

use clap::Subcommand;
use cpc_proto::v1::Webhook;

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod add;
mod list;
mod remove;
mod test;

/// Has events sent to URLs
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "create")]
    Add(add::Args),
    #[command(alias = "ls")]
    List(list::Args),
    Test(test::Args),
    #[command(aliases = ["delete", "rm"])]
    Remove(remove::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Add(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Test(args) => args.run(context).await,
            Self::Remove(args) => args.run(context).await,
        }
    }
}

/// Says how it goes with a webhook.
fn state(webhook: &Webhook) -> &'static str {
    match webhook {
        Webhook { disabled_at: Some(_), .. } => "given up",
        Webhook { failures: 0, .. } => "well",
        Webhook { .. } => "failing",
    }
}

fn time(seconds: Option<i64>) -> String {
    seconds.map(|seconds| clock::rfc3339(seconds, 0)).unwrap_or_default()
}

fn kinds(webhook: &Webhook) -> String {
    if webhook.kinds.is_empty() { "all".to_owned() } else { webhook.kinds.join(", ") }
}

impl Row for Webhook {
    const COLUMNS: &'static [&'static str] = &["STATE", "KINDS", "SENT", "URL", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            state(self).to_owned(),
            kinds(self),
            time(self.delivered_at.as_ref().map(|time| time.seconds)),
            self.url.clone(),
            self.id.clone(),
        ]
    }
}

impl Show for Webhook {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Webhook", self.id.clone()),
            ("URL", self.url.clone()),
            ("Kinds", kinds(self)),
            ("State", state(self).to_owned()),
            ("Failures", self.failures.to_string()),
            ("Last error", self.last_error.clone()),
            ("Next attempt", time(self.next_attempt_at.as_ref().map(|time| time.seconds))),
            ("Sent", time(self.delivered_at.as_ref().map(|time| time.seconds))),
            ("Made", time(self.created_at.as_ref().map(|time| time.seconds))),
        ]
    }
}
