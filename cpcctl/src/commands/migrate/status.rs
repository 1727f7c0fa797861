use cpc_proto::v1::{Migration, ServiceState};

use crate::{context::Context, failure::Result};

/// Lists the migrations that the store has, and those that it waits for
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local migrate status
  cpcctl --local migrate status -o ndjson | jq -r 'select(.isApplied | not) | .name'")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let listed = super::list(context).await?;
        let output = context.output.clone();
        let state = listed.state();
        let mut list = output.list::<Migration>();
        listed.migrations.into_iter().try_for_each(|migration| list.push(migration))?;
        list.finish("no migrations")?;
        match state {
            ServiceState::Pending => output.note("only administration is served until `cpcctl --local migrate up`"),
            ServiceState::Maintenance => {
                output.note("only administration is served: cpcd was started with --maintenance")
            }
            ServiceState::Serving | ServiceState::Unspecified => {}
        }
        Ok(())
    }
}
