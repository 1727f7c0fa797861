use std::{cell::RefCell, path::PathBuf};

use cpc_proto::v1::{Event, WatchEventsRequest, WatchEventsResponse, event::Subject, watch_events_response::What};
use serde::Serialize;

use super::cursor_file::CursorFile;
use crate::{clock, commands::following::follow, context::Context, failure::Result, nodes, output::Row};

/// Follows events as they happen
///
/// Shown is what you may see. After a cut it goes on where it was. Where events are missing it says so on stderr: list again then. Each
/// object of -o ndjson has the cursor to go on from; some have nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl events watch
  cpcctl events watch --kind allocation. --kind node.status -o ndjson | jq -r '.event | select(.) | [.time, .kind, .reason] | @tsv'
  cpcctl events watch --kind allocation.moved --from-file moved.cursor -o ndjson")]
pub(crate) struct Args {
    /// Only events whose kind begins so, such as node. or allocation.moved
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Only events of this node or allocation
    #[arg(long = "subject", value_name = "ID")]
    subjects: Vec<String>,
    /// Go on from here [default: from now on]
    #[arg(long, value_name = "CURSOR", default_value = "", hide_default_value = true)]
    cursor: String,
    /// Go on from the cursor in this file, and keep it there
    #[arg(long, value_name = "FILE", conflicts_with = "cursor")]
    from_file: Option<PathBuf>,
    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let output = context.output.clone();
        let file = self.from_file.as_deref().map(CursorFile::new);
        let from = file.as_ref().map(CursorFile::read).transpose()?.unwrap_or(self.cursor);
        let request = WatchEventsRequest { cursor: from, kinds: self.kinds, subject_ids: self.subjects };
        let (request, mut left) = (RefCell::new(request), self.limit);
        let mut list = output.list();
        follow(
            context,
            async |client| {
                let request = request.borrow().clone();
                client.events().watch_events(request).await
            },
            |response: WatchEventsResponse| {
                request.borrow_mut().cursor.clone_from(&response.cursor);
                let cursor = response.cursor.clone();
                let is_event = matches!(response.what, Some(What::Event(_)));
                if matches!(response.what, Some(What::Gap(_))) {
                    output.warning("events are missing: list again");
                }
                // A cursor alone is for programs.
                if response.what.is_some() || output.is_json() {
                    list.push_now(Watched(response), &WIDTHS)?;
                }
                // After it was written, so that what was not is shown again.
                file.as_ref().map_or(Ok(()), |file| file.write(&cursor))?;
                if let Some(left) = left.as_mut().filter(|_| is_event) {
                    *left -= 1;
                }
                Ok(left == Some(0))
            },
        )
        .await?;
        list.finish("").map(drop)
    }
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Watched(WatchEventsResponse);

/// Of time, kind and what it is now; the id and the reason are last.
const WIDTHS: [usize; 4] = [24, 20, 10, 36];

/// Says what a subject is now, in a word.
fn state(event: &Event) -> String {
    match &event.subject {
        Some(Subject::Node(node)) => nodes::word(node.status()),
        Some(Subject::Allocation(allocation)) => {
            allocation.state().as_str_name().trim_start_matches("ALLOCATION_STATE_").to_lowercase()
        }
        Some(Subject::GoneId(_)) => "gone".to_owned(),
        None => String::new(),
    }
}

impl Row for Watched {
    const COLUMNS: &'static [&'static str] = &["AT", "KIND", "NOW", "ID", "REASON"];
    const WHOLE: usize = 3;

    fn name(&self) -> String {
        match &self.0.what {
            Some(What::Event(event)) => event.subject_id.clone(),
            Some(What::Gap(_)) | None => String::new(),
        }
    }

    fn cells(&self) -> Vec<String> {
        match &self.0.what {
            Some(What::Event(event)) => {
                let at = event.time.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
                vec![
                    at.unwrap_or_default(),
                    event.kind.clone(),
                    state(event),
                    event.subject_id.clone(),
                    event.reason.clone(),
                ]
            }
            Some(What::Gap(_)) => vec![String::new(), "gap".to_owned(), String::new(), String::new(), String::new()],
            None => vec![String::new(); 5],
        }
    }
}
