use cpc_proto::v1::{RenewAllocationRequest, ResourceAllocation};

use super::wait;
use crate::{
    context::Context,
    failure::{Failure, Result},
    units,
};

/// Puts the deadline of allocations off
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation renew 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl alloc renew ID --epoch 3 --ttl 1h
  cpcctl alloc ls --owner me -o name | xargs cpcctl alloc renew")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Only if this is its epoch: refused where a part has moved since
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    epoch: u64,
    /// From now, as in 90s, 10m, 12h [default: what it was asked for with]
    #[arg(long, value_name = "TIME", value_parser = units::lease)]
    ttl: Option<u32>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.epoch != 0 && self.ids.len() > 1 {
            return Err(Failure::usage("--epoch is of one allocation: name one id"));
        }
        let output = context.output.clone();
        let mut list = output.list::<ResourceAllocation>();
        for id in self.ids {
            if context.is_rehearsal() {
                list.push(wait::get(context, &id).await?)?;
                continue;
            }
            let ttl_seconds = self.ttl.unwrap_or_default();
            let request = RenewAllocationRequest { id, epoch: self.epoch, ttl_seconds };
            let answer = context.call(async |client| client.nodes().renew_allocation(request.clone()).await).await?;
            list.push(answer.allocation.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
