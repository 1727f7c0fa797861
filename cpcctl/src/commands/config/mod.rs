//! The settings of cpcctl.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod show;

/// Shows the settings that are in force
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(aliases = ["get", "list", "ls"])]
    Show(show::Args),
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Show(args) => args.run(context),
        }
    }
}
