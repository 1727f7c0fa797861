//! Allocations: resources of nodes, leased until a deadline.

use clap::Subcommand;

use crate::{context::Context, failure::Result};

mod list;
mod release;
mod renew;
mod request;
mod show;
mod shown;
mod tickets;
mod verify;
mod wait;
mod watch;

pub(crate) use request::random_name;

/// Leases resources of nodes, and follows what was leased
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Request(request::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "get")]
    Show(show::Args),
    Watch(watch::Args),
    Renew(renew::Args),
    #[command(aliases = ["delete", "rm"])]
    Release(release::Args),
    Verify(verify::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Request(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Watch(args) => args.run(context).await,
            Self::Renew(args) => args.run(context).await,
            Self::Release(args) => args.run(context).await,
            Self::Verify(args) => args.run(context),
        }
    }
}
