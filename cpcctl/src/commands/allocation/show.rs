use std::path::PathBuf;

use super::{tickets, wait};
use crate::{context::Context, failure::Result};

/// Shows an allocation: where its parts are, how long it lasts, and its epoch
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation show 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl alloc show ID --wait --timeout 5m -o json | jq -r '.parts[].addresses[]'
  cpcctl alloc show ID --ticket-file job.tickets")]
pub(crate) struct Args {
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
    /// Return only once each part has a node, for as long as --timeout says
    #[arg(long)]
    wait: bool,
    /// Where to write the tickets that prove the lease to the nodes: one a line, readable by you alone
    #[arg(long, value_name = "FILE")]
    ticket_file: Option<PathBuf>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut allocation = wait::get(context, &self.id).await?;
        if self.wait {
            allocation = wait::until_active(context, allocation).await?;
        }
        if let Some(path) = &self.ticket_file {
            tickets::write(path, &allocation)?;
        }
        context.output.record(&allocation)
    }
}
