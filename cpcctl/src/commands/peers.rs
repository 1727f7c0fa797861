//! Peers.

use clap::Subcommand;
use cpc_proto::v1::{FindPeersRequest, FoundPeer, PeerRoute};

use crate::{context::Context, failure::Result, nodes::profile::label, output::Row};

/// Finds nodes to connect to
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Find(Find),
}

/// Finds peers that live, best first
///
/// Found are public nodes, and those of your own realm; with read on nodes those of any realm. -o json has each peer's signed record as the peer made it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl peers find
  cpcctl peers find --namespace chat --limit 5 -o json
  cpcctl --local peers find --realm home --label gpu=yes")]
pub(crate) struct Find {
    /// Only these
    #[arg(value_name = "PEER-ID")]
    peer_ids: Vec<String>,
    /// Only those that are to be found under this namespace
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    namespace: String,
    /// Only those with this label; several: with all of them
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Only those of this realm
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    realm: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// The largest page that the server gives.
const PAGE: u32 = 100;

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Find(args) => args.run(context).await,
        }
    }
}

impl Find {
    async fn run(self, context: &mut Context) -> Result<()> {
        let mut left = self.limit;
        let mut request = FindPeersRequest {
            page_size: 0,
            page_token: String::new(),
            peer_ids: self.peer_ids,
            namespace: self.namespace,
            labels: self.labels.into_iter().collect(),
            realm: self.realm,
        };
        let output = context.output.clone();
        let mut list = output.list::<FoundPeer>();
        while left > 0 {
            request.page_size = left.min(PAGE) as i32;
            let page = context.call(async |client| client.nodes().find_peers(request.clone()).await).await?;
            left = left.saturating_sub(page.peers.len() as u32);
            page.peers.into_iter().try_for_each(|peer| list.push(peer))?;
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        list.finish("no peers").map(drop)
    }
}

impl Row for FoundPeer {
    const COLUMNS: &'static [&'static str] = &["PEER", "ROUTE", "ROUND TRIP", "ADDRESSES"];
    const WHOLE: usize = 0;

    fn name(&self) -> String {
        self.peer_id.clone()
    }

    fn cells(&self) -> Vec<String> {
        let route = match self.route() {
            PeerRoute::Verified => "verified",
            PeerRoute::Direct => "direct",
            PeerRoute::Relayed => "relayed",
            PeerRoute::Unspecified => "",
        };
        let millis = match self.round_trip_micros {
            0 => String::new(),
            micros => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        };
        vec![self.peer_id.clone(), route.into(), millis, self.addresses.join(", ")]
    }
}
