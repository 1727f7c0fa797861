use cpc_proto::v1::{ReleaseAllocationRequest, ResourceAllocation};

use super::wait;
use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Gives allocations back before their deadline
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation release 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl alloc release ID --epoch 3 --yes
  cpcctl alloc ls --label job=render -o name | xargs cpcctl alloc release --yes")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Only if this is its epoch: refused where a part has moved since
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    epoch: u64,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.epoch != 0 && self.ids.len() > 1 {
            return Err(Failure::usage("--epoch is of one allocation: name one id"));
        }
        let question = match &*self.ids {
            [id] => format!("Give allocation {id} back?"),
            ids => format!("Give {} allocations back?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<ResourceAllocation>();
        for id in self.ids {
            if context.is_rehearsal() {
                list.push(wait::get(context, &id).await?)?;
                continue;
            }
            let request = ReleaseAllocationRequest { id, epoch: self.epoch };
            let answer = context.call(async |client| client.nodes().release_allocation(request.clone()).await).await?;
            list.push(answer.allocation.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
