//! Keys on this machine.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod export;
mod generate;
mod import;
mod show;

/// Makes, shows and converts keys
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "create")]
    Generate(generate::Args),
    #[command(alias = "get")]
    Show(show::Args),
    Import(import::Args),
    Export(export::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Generate(args) => args.run(context),
            Self::Show(args) => args.run(context).await,
            Self::Import(args) => args.run(context),
            Self::Export(args) => args.run(context).await,
        }
    }
}
