//! Keys on this machine.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod generate;
mod show;

/// Makes and shows keys
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "create")]
    Generate(generate::Args),
    #[command(alias = "get")]
    Show(show::Args),
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Generate(args) => args.run(context),
            Self::Show(args) => args.run(context),
        }
    }
}
