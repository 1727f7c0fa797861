//! The keys that sign tokens.

use clap::Subcommand;
use cpc_proto::v1::TokenKey;

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod list;
mod rotate;

/// Lists and changes the keys that sign tokens
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "ls")]
    List(list::Args),
    Rotate(rotate::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::List(args) => args.run(context).await,
            Self::Rotate(args) => args.run(context).await,
        }
    }
}

/// Names what a key is to tokens.
fn state(key: &TokenKey) -> String {
    key.state().as_str_name().trim_start_matches("TOKEN_KEY_STATE_").to_lowercase()
}

fn time(seconds: Option<i64>) -> String {
    seconds.map(|seconds| clock::rfc3339(seconds, 0)).unwrap_or_default()
}

impl Row for TokenKey {
    const COLUMNS: &'static [&'static str] = &["STATE", "MADE", "SIGNS SINCE", "RETIRED", "KNOWN BY", "KID"];
    const WHOLE: usize = 5;

    fn name(&self) -> String {
        self.kid.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            state(self),
            time(self.created_at.as_ref().map(|time| time.seconds)),
            time(self.activated_at.as_ref().map(|time| time.seconds)),
            time(self.retired_at.as_ref().map(|time| time.seconds)),
            self.acknowledged_by.to_string(),
            self.kid.clone(),
        ]
    }
}

impl Show for TokenKey {
    fn name(&self) -> String {
        self.kid.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Key", self.kid.clone()),
            ("State", state(self)),
            ("Made", time(self.created_at.as_ref().map(|time| time.seconds))),
            ("Signs since", time(self.activated_at.as_ref().map(|time| time.seconds))),
        ]
    }
}
