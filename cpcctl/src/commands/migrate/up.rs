use cpc_proto::v1::MigrationDirection;

use super::{apply, plan};
use crate::{context::Context, failure::Result};

/// Does the migrations that the store waits for
///
/// Each is whole or not there; after a cut the same command goes on. The daemon then serves everything, without a restart.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local migrate up
  cpcctl --local migrate up --dry-run
  cpcctl --local migrate up --to 9 -o json")]
pub(crate) struct Args {
    /// The last migration to do [default: the newest]
    #[arg(long, value_name = "VERSION")]
    to: Option<u64>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if context.is_rehearsal() {
            return plan::show(context, MigrationDirection::Up, self.to).await;
        }
        apply::run(context, MigrationDirection::Up, self.to).await
    }
}
