//! Grants on single things.

use clap::Subcommand;
use cpc_proto::v1::{Grant, Level, Resource, grant::Grantee};

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod add;
mod list;
mod revoke;

/// Opens single nodes, allocations and contents to others
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "create")]
    Add(add::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(aliases = ["delete", "rm"])]
    Revoke(revoke::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Add(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Revoke(args) => args.run(context).await,
        }
    }
}

/// What a thing is that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A node
    #[value(alias = "nodes")]
    Node,
    /// An allocation
    #[value(alias = "allocations")]
    Allocation,
    /// Content
    Content,
}

impl From<Kind> for Resource {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Node => Self::Nodes,
            Kind::Allocation => Self::Allocations,
            Kind::Content => Self::Content,
        }
    }
}

fn thing(grant: &Grant) -> String {
    let kind = match grant.resource() {
        Resource::Nodes => "node",
        Resource::Allocations => "allocation",
        Resource::Content => "content",
        Resource::Unspecified | Resource::Users | Resource::Metrics | Resource::System => "?",
    };
    format!("{kind} {}", grant.object_id)
}

fn level(grant: &Grant) -> &'static str {
    match grant.level() {
        Level::Unspecified => "?",
        Level::Read => "read",
        Level::Write => "write",
        Level::Admin => "admin",
    }
}

fn grantee(grant: &Grant) -> String {
    match &grant.grantee {
        Some(Grantee::UserId(_)) => grant.username.clone(),
        Some(Grantee::FriendsOf(_)) => "friends".to_owned(),
        None => String::new(),
    }
}

fn end(grant: &Grant) -> String {
    grant.expires_at.as_ref().map_or_else(|| "never".to_owned(), |time| clock::rfc3339(time.seconds, 0))
}

impl Row for Grant {
    const COLUMNS: &'static [&'static str] = &["TO", "LEVEL", "ENDS", "ON", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![grantee(self), level(self).to_owned(), end(self), thing(self), self.id.clone()]
    }
}

impl Show for Grant {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let created_at = self.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
        vec![
            ("Grant", self.id.clone()),
            ("To", grantee(self)),
            ("Level", level(self).to_owned()),
            ("On", thing(self)),
            ("Made", created_at.unwrap_or_default()),
            ("Ends", end(self)),
        ]
    }
}
