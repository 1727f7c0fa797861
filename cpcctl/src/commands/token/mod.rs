//! Service tokens.

use clap::Subcommand;
use cpc_proto::v1::ServiceToken;

use super::user::rules;
use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod create;
mod list;
mod revoke;

/// Makes, lists and takes back service tokens, with which programs act for you
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "new")]
    Create(create::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(aliases = ["delete", "rm"])]
    Revoke(revoke::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Create(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Revoke(args) => args.run(context).await,
        }
    }
}

fn time(seconds: Option<i64>) -> String {
    seconds.map(|seconds| clock::rfc3339(seconds, 0)).unwrap_or_default()
}

/// The fields of a service token.
fn fields(token: &ServiceToken) -> Vec<(&'static str, String)> {
    vec![
        ("Service token", token.name.clone()),
        ("Id", token.id.clone()),
        ("Acts for", token.owner_id.clone()),
        ("Permissions", rules(&token.permissions)),
        ("Made", time(token.created_at.as_ref().map(|time| time.seconds))),
        ("Ends", time(token.expires_at.as_ref().map(|time| time.seconds))),
        ("Last used", time(token.last_used_at.as_ref().map(|time| time.seconds))),
        ("Revoked", time(token.revoked_at.as_ref().map(|time| time.seconds))),
    ]
}

impl Row for ServiceToken {
    const COLUMNS: &'static [&'static str] = &["NAME", "PERMISSIONS", "USED", "ENDS", "REVOKED", "ID"];
    const WHOLE: usize = 5;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            rules(&self.permissions),
            time(self.last_used_at.as_ref().map(|time| time.seconds)),
            time(self.expires_at.as_ref().map(|time| time.seconds)),
            if self.revoked_at.is_some() { "yes" } else { "" }.to_owned(),
            self.id.clone(),
        ]
    }
}

impl Show for ServiceToken {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        fields(self)
    }
}
