//! Measurements of a running daemon.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod heartbeat;
mod register;

/// Measures a running daemon
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "heartbeats")]
    Heartbeat(heartbeat::Args),
    Register(register::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Heartbeat(args) => args.run(context).await,
            Self::Register(args) => args.run(context).await,
        }
    }
}
