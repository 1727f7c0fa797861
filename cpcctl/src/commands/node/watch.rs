use std::time::Duration;

use cpc_proto::v1::{WatchNodesRequest, WatchNodesResponse, watch_nodes_response::Event};
use serde::Serialize;
use tonic::Streaming;

use crate::{
    client::Client,
    clock,
    context::Context,
    failure::{Failure, Result},
    nodes::{self, agent::may_pass, backoff::Backoff},
    output::{List, Row},
};

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
        let mut watch = Watch {
            cursor: self.cursor,
            left: self.limit,
            list: output.list(),
            backoff: Backoff::default(),
            is_cut: false,
        };
        let mut client = context.client().await?;
        let mut has_begun = false;
        loop {
            let failure = match watch.follow(&client, context.timeout(), &mut has_begun).await {
                Ok(()) => return watch.list.finish("").map(drop),
                Err(failure) => failure,
            };
            if failure.is_silent {
                return Err(failure);
            } else if failure.is_unauthenticated() {
                client = context.renewed(failure).await?;
                continue;
            } else if !has_begun || !may_pass(&failure) {
                return Err(failure);
            }
            // Said once for each time that the server is away.
            if !std::mem::replace(&mut watch.is_cut, true) {
                output.warning(format_args!("cut ({}); going on from the cursor", failure.message));
            }
            loop {
                tokio::time::sleep(failure.retry_after.unwrap_or_default() + watch.backoff.wait()).await;
                match context.reconnected().await {
                    Ok(connected) => break client = connected,
                    Err(failure) if may_pass(&failure) => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
    }
}

struct Watch<'a> {
    cursor: String,
    left: Option<u64>,
    list: List<'a, Watched>,
    backoff: Backoff,
    is_cut: bool,
}

impl Watch<'_> {
    /// Follows over one connection; ends well when as many changes as were asked for have come.
    async fn follow(&mut self, client: &Client, limit: Duration, has_begun: &mut bool) -> Result<()> {
        let mut changes = open(client, &self.cursor, limit).await?;
        *has_begun = true;
        self.is_cut = false;
        while let Some(response) = changes.message().await? {
            self.backoff.reset();
            self.cursor.clone_from(&response.cursor);
            let is_change = response.event.is_some();
            self.list.push_now(Watched { at: format!("{:.3}", clock::now()), response }, &WIDTHS)?;
            if is_change && let Some(left) = &mut self.left {
                *left -= 1;
                if *left == 0 {
                    return Ok(());
                }
            }
        }
        Err(Failure::lost("the server ended the stream"))
    }
}

async fn open(client: &Client, cursor: &str, limit: Duration) -> Result<Streaming<WatchNodesResponse>> {
    let mut nodes = client.without_deadline().nodes();
    let opening = nodes.watch_nodes(WatchNodesRequest { cursor: cursor.to_owned() });
    let opened = tokio::time::timeout(limit, opening).await.map_err(|_| Failure::timeout(limit))?;
    Ok(opened?.into_inner())
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
