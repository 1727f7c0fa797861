//! Events.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod cursor_file;
mod watch;

/// Follows what happens to nodes and allocations
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Watch(watch::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Watch(args) => args.run(context).await,
        }
    }
}
