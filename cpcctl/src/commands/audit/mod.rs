//! The audit: who did what, and whether anybody has changed what it says.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod chain;
mod export;
mod list;
mod verify;

/// Shows the audit, and checks that nobody has changed it
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "ls")]
    List(list::Args),
    Verify(verify::Args),
    Export(export::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::List(args) => args.run(context).await,
            Self::Verify(args) => args.run(context).await,
            Self::Export(args) => args.run(context).await,
        }
    }
}
