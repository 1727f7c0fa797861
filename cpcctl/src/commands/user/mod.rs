//! Users.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Subcommand;
use cpc_proto::v1::{User, UserState};

use crate::{
    clock,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod approve;
mod create;
mod key;
mod list;
mod permissions;
mod permit;
mod recovery_codes;
mod resume;
mod show;
mod suspend;

pub(super) use permissions::{covers, permission, question, rule, rules};
pub(super) use permit::resolve;

/// Makes, lists and shows users, and says what they may do
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Approve(approve::Args),
    Create(create::Args),
    #[command(subcommand, alias = "keys")]
    Key(key::Command),
    #[command(alias = "ls")]
    List(list::Args),
    Permit(permit::Args),
    RecoveryCodes(recovery_codes::Args),
    Resume(resume::Args),
    #[command(alias = "get")]
    Show(show::Args),
    Suspend(suspend::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Approve(args) => args.run(context).await,
            Self::Resume(args) => args.run(context).await,
            Self::Suspend(args) => args.run(context).await,
            Self::Create(args) => args.run(context).await,
            Self::Key(command) => command.run(context).await,
            Self::RecoveryCodes(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
            Self::Permit(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
        }
    }
}

/// Says whether an account may be used.
fn state(user: &User) -> String {
    match user.state() {
        UserState::Pending => "waits for approval",
        UserState::Suspended => "suspended",
        UserState::Active | UserState::Unspecified => "active",
    }
    .to_owned()
}

/// The fields of a user, also for `whoami`.
pub(super) fn fields(user: &User) -> Vec<(&'static str, String)> {
    let created_at = user.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, time.nanos));
    vec![
        ("User", user.username.clone()),
        ("Id", user.id.clone()),
        ("Peer id", user.peer_id.clone()),
        ("Public key", BASE64_STANDARD.encode(&user.public_key)),
        ("Permissions", rules(&user.permissions)),
        ("State", state(user)),
        ("Created", created_at.unwrap_or_default()),
    ]
}

impl Show for User {
    fn name(&self) -> String {
        self.username.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        fields(self)
    }
}

impl Row for User {
    const COLUMNS: &'static [&'static str] = &["USER", "STATE", "PERMISSIONS", "CREATED", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.username.clone()
    }

    fn cells(&self) -> Vec<String> {
        let created_at = self.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        vec![
            self.username.clone(),
            state(self),
            rules(&self.permissions),
            created_at.unwrap_or_default(),
            self.id.clone(),
        ]
    }
}
