use std::{collections::HashMap, path::PathBuf};

use cpc_proto::v1::{NodeResources, Placement, PlacementStrategy, ResourceAllocation, ResourceRequest};
use serde::Serialize;

use super::{tickets, wait};
use crate::{
    context::Context,
    failure::{Failure, Result},
    nodes::profile::label,
    output::Show,
    units,
};

/// Leases resources of one node or of several, all or none
///
/// What is leased lasts until its deadline, or for as long as it is renewed. The server keeps it on nodes that live: where one is lost, the part moves and the allocation's epoch rises. A broken connection is asked again under the same request id, so that nothing is leased twice.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation request --cpu 500m --memory 512MiB
  cpcctl alloc request --cpu 2 --memory 4GiB --bandwidth 100Mbit --nodes 3 --spread-over rack --ttl 1h
  cpcctl alloc request --cpu 1 --region eu-west --node-label disk=ssd --wait --timeout 5m -o name
  cpcctl alloc request --memory 1GiB --exclusive --request-id job-17 --ticket-file job-17.tickets")]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    place: Place,
    /// On so many nodes, no two parts on the same one; all are granted or none
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    nodes: u32,
    /// Fill nodes that have little room left, rather than those that have most
    #[arg(long)]
    binpack: bool,
    /// Never on two nodes at once: where one is lost, the next follows only after the old deadline and 5 s
    #[arg(long)]
    exclusive: bool,
    /// What the allocation is called by in lists and permissions
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// How long until the deadline, and how much a renewal puts it off: 90s, 10m, 12h [default: the server's]
    #[arg(long, value_name = "TIME", value_parser = units::lease)]
    ttl: Option<u32>,
    /// A name for the request: the same again has the same answer, and leases nothing more [default: a random one]
    #[arg(long, value_name = "NAME")]
    request_id: Option<String>,
    /// Be pending rather than refused where there is no room now
    #[arg(long)]
    may_wait: bool,
    /// Return only once each part has a node, for as long as --timeout says; says --may-wait too
    #[arg(long)]
    wait: bool,
    /// Where to write the tickets that prove the lease to the nodes: one a line, readable by you alone
    #[arg(long, value_name = "FILE")]
    ticket_file: Option<PathBuf>,
}

/// What is wanted of each node.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Wanted {
    /// Processor of each node: cores, as in 2 or 0.5, or thousandths of one, as in 500m
    #[arg(long, value_name = "CORES", value_parser = units::cpu)]
    cpu: Option<u64>,
    /// Memory of each node, as in 512MiB or 2GB
    #[arg(long, value_name = "BYTES", value_parser = units::memory)]
    memory: Option<u64>,
    /// Bandwidth of each node, as in 100Mbit
    #[arg(long, value_name = "BITS", value_parser = units::bandwidth)]
    bandwidth: Option<u64>,
}

impl Wanted {
    /// Gives the amounts; those that are not said are 0.
    fn resources(self) -> NodeResources {
        NodeResources {
            cpu_millicores: self.cpu.unwrap_or_default(),
            memory_bytes: self.memory.unwrap_or_default(),
            bandwidth_bits_per_second: self.bandwidth.unwrap_or_default(),
        }
    }
}

/// Where the parts may lie.
#[derive(Debug, clap::Args)]
struct Place {
    /// Only on nodes with this label
    #[arg(long = "node-label", value_name = "NAME=VALUE", value_parser = label)]
    node_labels: Vec<(String, String)>,
    /// Only on nodes whose label region says this
    #[arg(long, value_name = "REGION", default_value = "", hide_default_value = true)]
    region: String,
    /// Only on nodes of this realm
    #[arg(long, value_name = "REALM", default_value = "", hide_default_value = true)]
    realm: String,
    /// Only on this node; several times for several
    #[arg(long = "node", value_name = "ID|PEER_ID")]
    on_nodes: Vec<String>,
    /// Not on this node
    #[arg(long = "exclude", value_name = "ID|PEER_ID")]
    excluded: Vec<String>,
    /// On a node that provides for this allocation
    #[arg(long = "with", value_name = "ALLOCATION")]
    with: Vec<String>,
    /// On no node that provides for this allocation
    #[arg(long = "apart-from", value_name = "ALLOCATION")]
    apart_from: Vec<String>,
    /// On nodes with as many different values of this label as there are
    #[arg(long, value_name = "LABEL", default_value = "", hide_default_value = true)]
    spread_over: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let (is_awaited, is_dry) = (self.wait, context.is_rehearsal());
        let ticket_file = self.ticket_file.clone();
        let request = self.request()?;
        if is_dry {
            return context.output.record(&Asked(request));
        }
        let mut allocation = ask(context, &request).await?;
        if is_awaited {
            allocation = wait::until_active(context, allocation).await?;
        }
        if let Some(path) = ticket_file {
            // It is leased: its id must be seen, whatever happens to the file.
            let written = tickets::write(&path, &allocation);
            context.output.record(&allocation)?;
            return written;
        }
        context.output.record(&allocation)
    }

    fn request(self) -> Result<ResourceRequest> {
        let place = self.place;
        Ok(ResourceRequest {
            resources: Some(self.wanted.resources()),
            nodes: self.nodes,
            placement: Some(Placement {
                labels: unique(place.node_labels, "--node-label")?,
                region: place.region,
                realm: place.realm,
                node_ids: place.on_nodes,
                excluded_node_ids: place.excluded,
                with_allocation_ids: place.with,
                apart_from_allocation_ids: place.apart_from,
                spread_over_label: place.spread_over,
            })
            .filter(|placement| *placement != Placement::default()),
            strategy: if self.binpack { PlacementStrategy::Binpack } else { PlacementStrategy::Spread }.into(),
            exclusive: self.exclusive,
            ttl_seconds: self.ttl.unwrap_or_default(),
            request_id: match self.request_id {
                Some(name) => name,
                None => random_name()?,
            },
            labels: unique(self.labels, "--label")?,
            wait: self.may_wait || self.wait,
        })
    }
}

/// Failures after which the server may have leased something.
const UNCLEAR: [&str; 3] = ["CONNECTION_LOST", "OUTCOME_UNKNOWN", "TIMEOUT"];

/// Asks, and once more where it is not known whether the server heard it: the request's name makes that safe.
async fn ask(context: &mut Context, request: &ResourceRequest) -> Result<ResourceAllocation> {
    let asked = async |context: &mut Context| {
        context.call(async |client| client.nodes().request_resources(request.clone()).await).await
    };
    match asked(context).await {
        Err(failure) if UNCLEAR.contains(&&*failure.reason) => {
            context.forget_connection();
            asked(context).await
        }
        other => other,
    }
    .map_err(|failure| {
        if UNCLEAR.contains(&&*failure.reason) {
            let name = &request.request_id;
            return failure.hint(format_args!("ask again with --request-id {name}: it is leased once at most"));
        }
        failure
    })
}

fn unique(labels: Vec<(String, String)>, flag: &str) -> Result<HashMap<String, String>> {
    let count = labels.len();
    let labels: HashMap<_, _> = labels.into_iter().collect();
    if labels.len() == count {
        return Ok(labels);
    }
    Err(Failure::usage(format_args!("{flag}: a name is given twice")))
}

/// Gives a name that no other request has.
pub(crate) fn random_name() -> Result<String> {
    let (high, low) = (getrandom::u64(), getrandom::u64());
    match (high, low) {
        (Ok(high), Ok(low)) => Ok(format!("cpcctl-{high:016x}{low:016x}")),
        _ => Err(Failure::usage("this machine has no random numbers; name the request with --request-id")),
    }
}

/// What would be asked for.
#[derive(Debug, Serialize)]
struct Asked(ResourceRequest);

impl Show for Asked {
    fn name(&self) -> String {
        self.0.request_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        // An allocation of it shows the same, but for what only a lease has.
        let fields = ResourceAllocation { request: Some(self.0.clone()), ..ResourceAllocation::default() }.fields();
        let mut asked = vec![("Nodes", self.0.nodes.to_string())];
        asked.extend(fields.into_iter().filter(|(name, _)| ["Each", "Placement", "Strategy", "Labels"].contains(name)));
        asked.push(("Request id", self.0.request_id.clone()));
        asked
    }
}
