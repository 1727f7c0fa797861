use cpc_proto::v1::MigrationDirection;

use super::{apply, plan};
use crate::{context::Context, failure::Result};

/// Takes migrations back, the last one first, before an older version is started
///
/// The daemon must have been started with `cpcd --maintenance`, and no other may be on the store. What the migrations brought is lost.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local migrate down --to 9 --dry-run
  cpcctl --local migrate down --to 9
  cpcctl --local migrate down --to 9 --yes -o json")]
pub(crate) struct Args {
    /// The last migration that stays; 0 takes everything back
    #[arg(long, value_name = "VERSION")]
    to: u64,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let direction = MigrationDirection::Down;
        if context.is_rehearsal() {
            return plan::show(context, direction, Some(self.to)).await;
        }
        let listed = super::list(context).await?;
        let planned = super::planned(listed.migrations, direction, Some(self.to))?;
        if !planned.is_empty() {
            let names: Vec<_> = planned.iter().map(|known| super::name(known.version, &known.name)).collect();
            let losses: Vec<_> = planned.iter().flat_map(|known| &known.losses).map(String::as_str).collect();
            let lost = if losses.is_empty() { "nothing".to_owned() } else { losses.join(", ") };
            let question = format!("Take back {}? It loses {lost}.", names.join(", "));
            context.prompt.confirm(&question)?;
        }
        apply::run(context, direction, Some(self.to)).await
    }
}
