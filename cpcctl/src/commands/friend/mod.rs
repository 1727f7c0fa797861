//! Friends.

use clap::Subcommand;
use cpc_proto::v1::{
    Friend, FriendAddress, FriendRequest, FriendResponse, FriendState, friend_address::By, friend_request::Action,
};

use crate::{
    clock,
    commands::owner,
    context::Context,
    failure::Result,
    output::{Row, Show},
};

mod accept;
mod block;
mod cancel;
mod decline;
mod list;
mod remove;
mod request;
mod unblock;

/// Asks, answers, ends, blocks and lists friends
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Command {
    Request(request::Args),
    Accept(accept::Args),
    Decline(decline::Args),
    Cancel(cancel::Args),
    #[command(alias = "rm")]
    Remove(remove::Args),
    Block(block::Args),
    Unblock(unblock::Args),
    #[command(alias = "ls")]
    List(list::Args),
}

impl Command {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Request(args) => args.run(context).await,
            Self::Accept(args) => args.run(context).await,
            Self::Decline(args) => args.run(context).await,
            Self::Cancel(args) => args.run(context).await,
            Self::Remove(args) => args.run(context).await,
            Self::Block(args) => args.run(context).await,
            Self::Unblock(args) => args.run(context).await,
            Self::List(args) => args.run(context).await,
        }
    }
}

/// Does something about a user, and shows how it stands then.
async fn act(context: &mut Context, user: &str, action: fn(FriendAddress) -> Action) -> Result<()> {
    let by = if owner::is_id(user) { By::Id(user.to_owned()) } else { By::Username(user.to_owned()) };
    let request = FriendRequest { action: Some(action(FriendAddress { by: Some(by) })) };
    let answer = context.call(async |client| client.identity().manage_friends(request.clone()).await).await?;
    if !answer.has_changed {
        context.output.note("nothing was changed: so it is already");
    }
    context.output.record(&answer)
}

fn state(state: FriendState) -> &'static str {
    match state {
        FriendState::Unspecified | FriendState::None => "nothing",
        FriendState::Incoming => "has asked",
        FriendState::Outgoing => "was asked",
        FriendState::Friends => "friends",
        FriendState::Blocked => "blocked",
    }
}

impl Show for FriendResponse {
    fn name(&self) -> String {
        self.username.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("User", self.username.clone()), ("Id", self.user_id.clone()), ("State", state(self.state()).to_owned())]
    }
}

impl Row for Friend {
    const COLUMNS: &'static [&'static str] = &["USER", "SINCE", "ID"];
    const WHOLE: usize = 2;

    fn name(&self) -> String {
        self.username.clone()
    }

    fn cells(&self) -> Vec<String> {
        let since = self.since.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        vec![self.username.clone(), since.unwrap_or_default(), self.user_id.clone()]
    }
}
