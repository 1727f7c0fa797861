//! Measurements of a running daemon.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod allocate;
mod heartbeat;
mod login;
mod register;

/// Measures a running daemon
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "heartbeats")]
    Heartbeat(heartbeat::Args),
    Register(register::Args),
    Login(login::Args),
    Allocate(allocate::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Heartbeat(args) => args.run(context).await,
            Self::Register(args) => args.run(context).await,
            Self::Login(args) => args.run(context).await,
            Self::Allocate(args) => args.run(context).await,
        }
    }
}
