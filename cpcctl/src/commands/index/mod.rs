//! The search index.

use clap::Subcommand;
use cpc_proto::v1::{GetIndexStatusResponse, RebuildIndexResponse};

use crate::{clock, context::Context, failure::Result, output::Show};

mod rebuild;
mod status;

/// Shows the search index, makes it anew
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(aliases = ["show", "get"])]
    Status(status::Args),
    Rebuild(rebuild::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Status(args) => args.run(context).await,
            Self::Rebuild(args) => args.run(context).await,
        }
    }
}

/// Says how far a rebuild is.
fn progress(rebuild: &RebuildIndexResponse) -> String {
    let RebuildIndexResponse { done, total, started_at, finished_at } = rebuild;
    let time = |seconds| clock::rfc3339(seconds, 0);
    match (finished_at, started_at) {
        (Some(at), _) => format!("{total} contents, done {}", time(at.seconds)),
        (None, Some(at)) => format!("{done} of {total} contents, asked for {}", time(at.seconds)),
        (None, None) => format!("{done} of {total} contents"),
    }
}

impl Show for GetIndexStatusResponse {
    fn name(&self) -> String {
        self.engine.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let state = if self.is_ok { "ok".to_owned() } else { format!("away: {}", self.message) };
        let indexed = if self.is_ok { self.indexed.to_string() } else { "not known".to_owned() };
        let waiting = match self.pending {
            0 => "nothing".to_owned(),
            pending => format!("{pending}, the oldest for {} ms", self.lag_ms),
        };
        let refused = self
            .failures
            .iter()
            .map(|failure| format!("{} version {}: {}", failure.content_id, failure.version, failure.reason));
        let refused: Vec<_> = std::iter::once(self.failed.to_string()).chain(refused).collect();
        vec![
            ("Engine", self.engine.clone()),
            ("State", state),
            ("Contents", self.contents.to_string()),
            ("Indexed", indexed),
            ("Waiting", waiting),
            ("Refused", refused.join("\n")),
            ("Rebuild", self.rebuild.as_ref().map(progress).unwrap_or_default()),
        ]
    }
}

impl Show for RebuildIndexResponse {
    fn name(&self) -> String {
        self.done.to_string()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("Rebuild", progress(self))]
    }
}
