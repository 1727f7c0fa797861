//! Invites.

use clap::{Subcommand, ValueEnum};
use cpc_proto::v1::{Invite, SubjectKind};

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
mod show;
mod uses;

pub(super) use create::ttl;

/// Makes, lists and takes back invites, by which others join
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    #[command(alias = "new")]
    Create(create::Args),
    #[command(alias = "ls")]
    List(list::Args),
    #[command(alias = "rm")]
    Revoke(revoke::Args),
    #[command(alias = "get")]
    Show(show::Args),
    Uses(uses::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Create(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Revoke(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Uses(args) => args.run(context).await,
        }
    }
}

/// Who can join by an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// A user
    User,
    /// A node
    Node,
}

impl Kind {
    fn message(self) -> SubjectKind {
        match self {
            Self::User => SubjectKind::User,
            Self::Node => SubjectKind::Node,
        }
    }
}

/// Reads a while: 90s, 30m, 12h, 7d.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let per_unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(per_unit))
}

/// Names for whom an invite is.
fn kind(invite: &Invite) -> String {
    invite.kind().as_str_name().trim_start_matches("SUBJECT_KIND_").to_lowercase()
}

/// Says what an invite gives: permissions, or realm and labels.
fn gives(invite: &Invite) -> String {
    if invite.kind() == SubjectKind::User {
        return if invite.permissions.is_empty() { "the default".to_owned() } else { rules(&invite.permissions) };
    }
    let mut parts: Vec<_> = invite.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    parts.sort();
    if !invite.realm.is_empty() {
        parts.insert(0, format!("realm {}", invite.realm));
    }
    if invite.node_ttl_seconds > 0 {
        parts.push(format!("for {}", clock::span(invite.node_ttl_seconds)));
    }
    if invite.is_ephemeral {
        parts.push("ephemeral".to_owned());
    }
    if !invite.namespaces.is_empty() {
        parts.push(format!("namespaces {}", invite.namespaces.join(" ")));
    }
    if invite.is_uncounted {
        parts.push("uncounted".to_owned());
    }
    if parts.is_empty() { "no labels".to_owned() } else { parts.join(", ") }
}

impl Row for Invite {
    const COLUMNS: &'static [&'static str] = &["FOR", "LEFT", "ENDS", "REVOKED", "GIVES", "ID"];
    const WHOLE: usize = 5;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        let ends = self.expires_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        vec![
            kind(self),
            format!("{} of {}", self.uses_left, self.uses),
            ends.unwrap_or_default(),
            if self.revoked_at.is_some() { "yes" } else { "" }.to_owned(),
            gives(self),
            self.id.clone(),
        ]
    }
}

impl Show for Invite {
    fn name(&self) -> String {
        self.id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let time = |seconds: Option<i64>| seconds.map(|seconds| clock::rfc3339(seconds, 0)).unwrap_or_default();
        vec![
            ("Invite", self.id.clone()),
            ("For", kind(self)),
            ("Left", format!("{} of {}", self.uses_left, self.uses)),
            ("Gives", gives(self)),
            ("Made by", self.made_by.clone()),
            ("Made", time(self.created_at.as_ref().map(|time| time.seconds))),
            ("Ends", time(self.expires_at.as_ref().map(|time| time.seconds))),
            ("Revoked", time(self.revoked_at.as_ref().map(|time| time.seconds))),
        ]
    }
}
