//! Content.

use clap::Subcommand;
use cpc_proto::v1::{Content, PublishOutcome, PublishResponse, Visibility};

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod bulk;
mod delete;
mod get;
mod list;
mod metadata;
mod publish;
mod settle;

/// Publishes, shows, lists and deletes content
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Publish(Box<publish::Args>),
    #[command(alias = "show")]
    Get(get::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "rm")]
    Delete(delete::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Publish(args) => args.run(context).await,
            Self::Get(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Delete(args) => args.run(context).await,
        }
    }
}

/// The columns of content, in lists and among hits.
pub(super) const COLUMNS: &[&str] = &["TITLE", "TAGS", "AVAILABILITY", "ID"];

/// The cells of content, in lists and among hits.
pub(super) fn cells(content: &Content) -> Vec<String> {
    let (title, tags) =
        content.metadata.as_ref().map(|said| (said.title.clone(), said.tags.join(", "))).unwrap_or_default();
    vec![title, tags, content.availability.to_string(), content.id.clone()]
}

impl Row for Content {
    const COLUMNS: &'static [&'static str] = COLUMNS;
    const WHOLE: usize = COLUMNS.len() - 1;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        cells(self)
    }
}

impl Show for Content {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let said = self.metadata.clone().unwrap_or_default();
        let visibility = match said.visibility() {
            Visibility::Private => "private",
            Visibility::Friends => "friends",
            Visibility::Public | Visibility::Unspecified => "public",
        };
        let time = |seconds: i64, nanos: i32| clock::rfc3339(seconds, nanos);
        let mut fields = vec![
            ("Title", said.title),
            ("Id", self.id.clone()),
            ("Owner", self.owner_id.clone()),
            ("Tags", said.tags.join(", ")),
            ("CID", said.cid),
            ("Size", if said.size_bytes > 0 { format!("{} bytes", said.size_bytes) } else { String::new() }),
            ("Media type", said.media_type),
            ("Visibility", visibility.to_owned()),
            ("Availability", self.availability.to_string()),
            ("Version", self.version.to_string()),
            ("Created", self.created_at.as_ref().map(|at| time(at.seconds, at.nanos)).unwrap_or_default()),
            ("Updated", self.updated_at.as_ref().map(|at| time(at.seconds, at.nanos)).unwrap_or_default()),
            ("Description", said.description),
        ];
        fields.retain(|(_, value)| !value.is_empty());
        fields
    }
}

/// What publishing did, in a word.
fn outcome(response: &PublishResponse) -> &'static str {
    match response.outcome() {
        PublishOutcome::Created => "published",
        PublishOutcome::Updated => "updated",
        PublishOutcome::Unchanged => "unchanged",
        PublishOutcome::Unspecified => "",
    }
}

impl Show for PublishResponse {
    fn name(&self) -> String {
        self.content.as_ref().map(|content| content.id.clone()).unwrap_or_default()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("Outcome", outcome(self).to_owned())];
        fields.extend(self.content.iter().flat_map(Show::fields));
        fields
    }
}
