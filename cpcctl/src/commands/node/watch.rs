use std::cell::RefCell;

use cpc_proto::v1::{WatchNodesRequest, WatchNodesResponse, watch_nodes_response::Event};
use serde::Serialize;

use crate::{clock, commands::following::follow, context::Context, failure::Result, nodes, output::Row};

/// Follows changes of nodes as they happen
///
/// After a cut it goes on where it was. Where changes are missing it says so: list again then. Each object of -o ndjson has the
/// cursor to go on from; the first one has nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node watch
  cpcctl node watch -o ndjson | jq -r '[.at, .changed.status, .changed.id] | @tsv'
  cpcctl node watch --cursor AQIDBAUG... --limit 10")]
pub(crate) struct Args {
    /// Go on from here [default: from now on]
    #[arg(long, value_name = "CURSOR", default_value = "", hide_default_value = true)]
    cursor: String,
    /// End after so many changes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let output = context.output.clone();
        let (cursor, mut left) = (RefCell::new(self.cursor), self.limit);
        let mut list = output.list();
        follow(
            context,
            async |client| {
                let request = WatchNodesRequest { cursor: cursor.borrow().clone() };
                client.nodes().watch_nodes(request).await
            },
            |response: WatchNodesResponse| {
                cursor.borrow_mut().clone_from(&response.cursor);
                let is_change = response.event.is_some();
                list.push_now(Watched { at: format!("{:.3}", clock::now()), response }, &WIDTHS)?;
                if let Some(left) = left.as_mut().filter(|_| is_change) {
                    *left -= 1;
                }
                Ok(left == Some(0))
            },
        )
        .await?;
        list.finish("").map(drop)
    }
}

/// A change, and when it came.
#[derive(Debug, Serialize)]
struct Watched {
    at: String,
    #[serde(flatten)]
    response: WatchNodesResponse,
}

/// Of time, what happened, and the peer; the id is last.
const WIDTHS: [usize; 3] = [24, 10, 9];

impl Row for Watched {
    const COLUMNS: &'static [&'static str] = &["AT", "CHANGE", "PEER", "ID"];
    const WHOLE: usize = 3;

    fn name(&self) -> String {
        match &self.response.event {
            Some(Event::Changed(node)) => node.id.clone(),
            Some(Event::DeletedId(id)) => id.clone(),
            Some(Event::Gap(_)) | None => String::new(),
        }
    }

    fn cells(&self) -> Vec<String> {
        let cells =
            |change: &str, peer: String, id: &str| vec![self.at.clone(), change.to_owned(), peer, id.to_owned()];
        match &self.response.event {
            Some(Event::Changed(node)) => cells(&nodes::word(node.status()), super::short(&node.peer_id), &node.id),
            Some(Event::DeletedId(id)) => cells("deleted", String::new(), id),
            Some(Event::Gap(_)) => cells("gap", String::new(), "changes are missing: list again"),
            None => cells("watching", String::new(), &self.response.cursor),
        }
    }
}
