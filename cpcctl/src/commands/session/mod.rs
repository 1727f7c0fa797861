//! Sessions.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod end;
mod list;

/// Lists and ends sessions
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "revoke")]
    End(end::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::List(args) => args.run(context).await,
            Self::End(args) => args.run(context).await,
        }
    }
}
