use std::cell::RefCell;

use cpc_proto::v1::{Event, WatchEventsRequest, WatchEventsResponse, event::Subject, watch_events_response::What};
use serde::Serialize;

use super::shown;
use crate::{clock, commands::following::follow, context::Context, failure::Result, output::Row};

/// Follows changes of allocations as they happen
///
/// After a cut it goes on where it was. Where events are missing it says so: list again then. Each object of -o ndjson has the
/// cursor to go on from; the first one has nothing else. A watch of one allocation ends with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl allocation watch
  cpcctl alloc watch 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 -o ndjson | jq -r '[.event.kind, .event.allocation.epoch] | @tsv'
  cpcctl alloc watch --cursor AQIDBAUG... --limit 10")]
pub(crate) struct Args {
    /// Only these [default: all that you may see]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
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
        let mut list = output.list::<Watched>();
        let (mut left, mut open, mut is_first) = (self.limit, self.ids.clone(), true);
        let kinds = vec!["allocation.".to_owned()];
        let request = RefCell::new(WatchEventsRequest { cursor: self.cursor, kinds, subject_ids: self.ids });
        let is_named = !open.is_empty();
        follow(
            context,
            async |client| {
                let request = request.borrow().clone();
                client.events().watch_events(request).await
            },
            |response: WatchEventsResponse| {
                request.borrow_mut().cursor.clone_from(&response.cursor);
                let ended = ended(&response);
                let is_change = response.what.is_some();
                // After the first one a cursor alone is for programs.
                let is_quiet = !is_change && !is_first && !output.is_json();
                is_first = false;
                if is_quiet {
                    return Ok(false);
                }
                list.push_now(Watched { at: format!("{:.3}", clock::now()), response }, &WIDTHS)?;
                open.retain(|id| Some(id) != ended.as_ref());
                if let Some(left) = left.as_mut().filter(|_| is_change) {
                    *left -= 1;
                }
                Ok(left == Some(0) || (is_named && open.is_empty()))
            },
        )
        .await?;
        list.finish("").map(drop)
    }
}

/// Gives the id of an allocation that is over with this event.
fn ended(response: &WatchEventsResponse) -> Option<String> {
    let Some(What::Event(event)) = &response.what else { return None };
    let is_end = ["allocation.released", "allocation.expired"].contains(&&*event.kind);
    is_end.then(|| event.subject_id.clone())
}

/// An event, and when it came.
#[derive(Debug, Serialize)]
struct Watched {
    at: String,
    #[serde(flatten)]
    response: WatchEventsResponse,
}

/// Of time, what happened, the epoch, the state; the id is last.
const WIDTHS: [usize; 4] = [24, 9, 5, 8];

impl Row for Watched {
    const COLUMNS: &'static [&'static str] = &["AT", "CHANGE", "EPOCH", "STATE", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        match &self.response.what {
            Some(What::Event(event)) => event.subject_id.clone(),
            Some(What::Gap(_)) | None => String::new(),
        }
    }

    fn cells(&self) -> Vec<String> {
        let cells = |change: &str, epoch: String, state: String, rest: String| {
            vec![self.at.clone(), change.to_owned(), epoch, state, rest]
        };
        match &self.response.what {
            Some(What::Event(event)) => {
                let (epoch, state) = now(event);
                let reason = if event.reason.is_empty() { String::new() } else { format!("  {}", event.reason) };
                let change = event.kind.trim_start_matches("allocation.");
                cells(change, epoch, state, format!("{}{reason}", event.subject_id))
            }
            Some(What::Gap(_)) => {
                cells("gap", String::new(), String::new(), "events are missing: list again".to_owned())
            }
            None => cells("watching", String::new(), String::new(), self.response.cursor.clone()),
        }
    }
}

/// Gives the epoch and the state that the allocation has now.
fn now(event: &Event) -> (String, String) {
    match &event.subject {
        Some(Subject::Allocation(allocation)) => (allocation.epoch.to_string(), shown::word(allocation.state())),
        Some(Subject::GoneId(_)) => (String::new(), "gone".to_owned()),
        Some(Subject::Node(_)) | None => (String::new(), String::new()),
    }
}
