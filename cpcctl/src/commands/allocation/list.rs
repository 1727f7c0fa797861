use clap::ValueEnum;
use cpc_proto::v1::{AllocationState, ListAllocationsRequest, ResourceAllocation};

use crate::{commands::owner, context::Context, failure::Result, nodes::profile::label};

/// Lists allocations, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation list
  cpcctl alloc ls --state pending --owner me
  cpcctl alloc ls --node 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --limit 0 -o ndjson
  cpcctl alloc ls --label job=render -o name | xargs cpcctl alloc release --yes")]
pub(crate) struct Args {
    /// Only those that are so far
    #[arg(long, value_enum)]
    state: Option<State>,
    /// Only those of this user: a name, an id, or me
    #[arg(long, value_name = "NAME|ID|me")]
    owner: Option<String>,
    /// Only those that this node provides for
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    node: String,
    /// Only those with this label
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    label: Option<(String, String)>,
    /// Those that are over, too, for as long as the server keeps them
    #[arg(long, short)]
    all: bool,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Go on where a page ended
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    page_token: String,
}

/// How far an allocation can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// A part of it has no node
    Pending,
    /// Each part has a node
    Active,
    /// Given back
    Released,
    /// Not renewed in time
    Expired,
}

/// Large enough for few round trips, small enough that a page of many parts stays light.
const PAGE: usize = 100;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let state = match self.state {
            None => AllocationState::Unspecified,
            Some(State::Pending) => AllocationState::Pending,
            Some(State::Active) => AllocationState::Active,
            Some(State::Released) => AllocationState::Released,
            Some(State::Expired) => AllocationState::Expired,
        };
        let mut request = ListAllocationsRequest {
            page_size: 0,
            page_token: self.page_token,
            state: state.into(),
            owner_id: owner::id(context, self.owner.as_deref()).await?,
            node_id: self.node,
            label: self.label.map(|(name, value)| format!("{name}={value}")).unwrap_or_default(),
            with_ended: self.all || matches!(self.state, Some(State::Released | State::Expired)),
        };
        let mut left = if self.limit == 0 { usize::MAX } else { self.limit };
        let output = context.output.clone();
        let mut list = output.list::<ResourceAllocation>();
        loop {
            request.page_size = left.min(PAGE) as i32;
            let page = context.call(async |client| client.nodes().list_allocations(request.clone()).await).await?;
            left = left.saturating_sub(page.allocations.len());
            page.allocations.into_iter().try_for_each(|allocation| list.push(allocation))?;
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() || left == 0 {
                break;
            }
        }
        let shown = list.finish("no allocations")?;
        if !request.page_token.is_empty() {
            output.more(&request.page_token, shown, None);
        }
        Ok(())
    }
}
