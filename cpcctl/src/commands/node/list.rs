use clap::ValueEnum;
use cpc_proto::v1::{ListNodesRequest, NodeScheduling, NodeStatus};

use crate::{
    commands::{owner, pages},
    context::Context,
    failure::Result,
    nodes::profile::label,
};

/// Lists nodes, oldest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node list
  cpcctl node list --status offline -o name
  cpcctl node list --pending
  cpcctl --local node list --owner alice --label region=eu-west")]
pub(crate) struct Args {
    /// Only those that are taken for this
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// Only those of this user: a name, an id, or me
    #[arg(long, value_name = "NAME|ID|me")]
    owner: Option<String>,
    /// Only those with this label
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    label: Option<(String, String)>,
    /// Only those that wait for approval
    #[arg(long)]
    pending: bool,
    /// Only those on which this may be placed
    #[arg(long, value_enum)]
    scheduling: Option<Scheduling>,
    /// Only those of this realm
    #[arg(long, value_name = "REALM", default_value = "", hide_default_value = true)]
    realm: String,
    /// Only those that are to be found under this namespace
    #[arg(long, value_name = "NAMESPACE", default_value = "", hide_default_value = true)]
    namespace: String,
}

/// What may be placed on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheduling {
    /// Allocations
    Active,
    /// Nothing new
    Cordoned,
    /// Nothing new, and what there is is being moved
    Draining,
    /// Nothing
    Drained,
}

/// What a node can be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// Heard within the expected time
    Online,
    /// One heartbeat is overdue
    Degraded,
    /// Not heard of for too long
    Offline,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let status = match self.status {
            None => NodeStatus::Unspecified,
            Some(Status::Online) => NodeStatus::Online,
            Some(Status::Degraded) => NodeStatus::Degraded,
            Some(Status::Offline) => NodeStatus::Offline,
        };
        let scheduling = match self.scheduling {
            None => NodeScheduling::Unspecified,
            Some(Scheduling::Active) => NodeScheduling::Active,
            Some(Scheduling::Cordoned) => NodeScheduling::Cordoned,
            Some(Scheduling::Draining) => NodeScheduling::Draining,
            Some(Scheduling::Drained) => NodeScheduling::Drained,
        };
        let owner_id = owner::id(context, self.owner.as_deref()).await?;
        let label = self.label.map(|(name, value)| format!("{name}={value}")).unwrap_or_default();
        pages::show(context, "no nodes", async |context, page_token| {
            let request = ListNodesRequest {
                page_size: pages::PAGE,
                page_token,
                status: status.into(),
                owner_id: owner_id.clone(),
                label: label.clone(),
                pending: self.pending,
                scheduling: scheduling.into(),
                realm: self.realm.clone(),
                namespace: self.namespace.clone(),
            };
            let page = context.call(async |client| client.nodes().list_nodes(request.clone()).await).await?;
            Ok((page.nodes, page.next_page_token))
        })
        .await
    }
}
