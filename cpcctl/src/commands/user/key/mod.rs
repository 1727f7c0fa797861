//! The keys of a user, as the server knows them.

use clap::Subcommand;
use cpc_proto::v1::UserKey;

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod add;
mod list;
mod revoke;
mod rotate;

/// Lists, adds and takes back the keys that you log in with
///
/// The keys are those that the server knows of you; `cpcctl key` makes and shows the files that they are in.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Add(add::Args),
    #[command(alias = "ls")]
    List(list::Args),
    Rotate(rotate::Args),
    #[command(aliases = ["delete", "rm"])]
    Revoke(revoke::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Add(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Rotate(args) => args.run(context).await,
            Self::Revoke(args) => args.run(context).await,
        }
    }
}

fn time(seconds: Option<i64>) -> String {
    seconds.map(|seconds| clock::rfc3339(seconds, 0)).unwrap_or_default()
}

impl Row for UserKey {
    const COLUMNS: &'static [&'static str] = &["NAME", "PEER ID", "ADDED", "USED", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.peer_id.clone(),
            time(self.created_at.as_ref().map(|time| time.seconds)),
            time(self.last_used_at.as_ref().map(|time| time.seconds)),
            self.id.clone(),
        ]
    }
}

impl Show for UserKey {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Key", self.id.clone()),
            ("Name", self.name.clone()),
            ("Peer id", self.peer_id.clone()),
            ("Added", time(self.created_at.as_ref().map(|time| time.seconds))),
            ("Last used", time(self.last_used_at.as_ref().map(|time| time.seconds))),
        ]
    }
}
