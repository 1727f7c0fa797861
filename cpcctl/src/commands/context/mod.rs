//! Contexts: servers, and who one is there.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod delete;
mod list;
mod set;
mod show;
mod switch;

/// Keeps servers, and who you are there, under names
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "get")]
    Show(show::Args),
    Set(set::Args),
    Use(switch::Args),
    #[command(alias = "rm")]
    Delete(delete::Args),
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::List(args) => args.run(context),
            Self::Show(args) => args.run(context),
            Self::Set(args) => args.run(context),
            Self::Use(args) => args.run(context),
            Self::Delete(args) => args.run(context),
        }
    }
}
