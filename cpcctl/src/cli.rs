//! The command line: global flags and the list of groups.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    commands::{
        allocation, audit, bench, completion, config, content, context as contexts, events, friend, generate, grant,
        index, invite, key, login, logout, migrate, node, peers, recover, search, session, status, token, token_key,
        user, version, webhook, whoami,
    },
    context::Context,
    failure::{Failure, Result},
    global::Global,
};

const EXAMPLES: &str = "\
From nothing to a search result, beside a running cpcd:
  cpcctl key generate
  cpcctl --local user create alice
  cpcctl login
  cpcctl content publish --title 'Ubuntu handbook' --tag docs
  cpcctl search handbook

Data goes to stdout, everything else to stderr. Exit codes are in cpcctl(1).";

/// Manages and uses a CPC Orchestrator: keys, users, nodes, content, search.
#[derive(Debug, Parser)]
#[command(name = "cpcctl", version, max_term_width = 100, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(subcommand, alias = "keys")]
    Key(key::Command),
    #[command(subcommand, alias = "users")]
    User(user::Command),
    #[command(subcommand, alias = "friends")]
    Friend(friend::Command),
    #[command(subcommand, alias = "grants")]
    Grant(grant::Command),
    #[command(subcommand, alias = "invites")]
    Invite(invite::Command),
    Login(login::Args),
    Logout(logout::Args),
    Recover(recover::Args),
    Whoami(whoami::Args),
    #[command(subcommand, alias = "contexts")]
    Context(contexts::Command),
    #[command(subcommand)]
    Config(config::Command),
    #[command(subcommand, alias = "sessions")]
    Session(session::Command),
    #[command(subcommand, alias = "nodes")]
    Node(node::Command),
    #[command(subcommand, aliases = ["alloc", "allocations"])]
    Allocation(allocation::Command),
    #[command(subcommand, alias = "event")]
    Events(events::Command),
    #[command(subcommand, alias = "webhooks")]
    Webhook(webhook::Command),
    #[command(subcommand)]
    Audit(audit::Command),
    #[command(subcommand, alias = "peer")]
    Peers(peers::Command),
    #[command(subcommand, alias = "tokens")]
    Token(token::Command),
    #[command(subcommand, alias = "token-keys")]
    TokenKey(token_key::Command),
    #[command(subcommand, alias = "contents")]
    Content(content::Command),
    #[command(subcommand, alias = "migrations")]
    Migrate(migrate::Command),
    Search(search::Args),
    #[command(subcommand)]
    Index(index::Command),
    Status(status::Args),
    #[command(subcommand)]
    Bench(bench::Command),
    Version(version::Args),
    Completion(completion::Args),
    #[command(hide = true)]
    Generate(generate::Args),
}

impl Command {
    /// Tells whether it writes files of this machine, or runs until it is told to end: what a rehearsal of calls says nothing of.
    const fn is_beyond_rehearsal(&self) -> bool {
        match self {
            Self::Key(command) => !matches!(command, key::Command::Show(_)),
            Self::Context(command) => !matches!(command, contexts::Command::List(_) | contexts::Command::Show(_)),
            Self::Node(command) => matches!(command, node::Command::Register(_) | node::Command::Run(_)),
            Self::Login(_) | Self::Logout(_) | Self::Recover(_) | Self::Bench(_) | Self::Generate(_) => true,
            Self::User(_)
            | Self::Friend(_)
            | Self::Grant(_)
            | Self::Invite(_)
            | Self::Whoami(_)
            | Self::Config(_)
            | Self::Session(_)
            | Self::Allocation(_)
            | Self::Events(_)
            | Self::Webhook(_)
            | Self::Audit(_)
            | Self::Peers(_)
            | Self::Token(_)
            | Self::TokenKey(_)
            | Self::Content(_)
            | Self::Migrate(_)
            | Self::Search(_)
            | Self::Index(_)
            | Self::Status(_)
            | Self::Version(_)
            | Self::Completion(_) => false,
        }
    }
}

impl Cli {
    /// Reads a command line.
    pub(crate) fn read(arguments: &[OsString]) -> clap::error::Result<Self> {
        let matches = definition().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut definition()))?;
        cli.global.note(&matches);
        Ok(cli)
    }

    /// Runs the command.
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.global.dry_run && self.command.is_beyond_rehearsal() {
            return Err(Failure::usage(
                "this command has no --dry-run: it changes files of this machine, or loads the server",
            ));
        }
        match self.command {
            Command::Key(command) => command.run(context).await,
            Command::Context(command) => command.run(context),
            Command::Config(command) => command.run(context),
            Command::User(command) => command.run(context).await,
            Command::Friend(command) => command.run(context).await,
            Command::Grant(command) => command.run(context).await,
            Command::Invite(command) => command.run(context).await,
            Command::Login(args) => args.run(context).await,
            Command::Logout(args) => args.run(context).await,
            Command::Recover(args) => args.run(context).await,
            Command::Session(command) => command.run(context).await,
            Command::Token(command) => command.run(context).await,
            Command::TokenKey(command) => command.run(context).await,
            Command::Whoami(args) => args.run(context).await,
            Command::Content(command) => command.run(context).await,
            Command::Node(command) => command.run(context).await,
            Command::Allocation(command) => command.run(context).await,
            Command::Events(command) => command.run(context).await,
            Command::Webhook(command) => command.run(context).await,
            Command::Audit(command) => command.run(context).await,
            Command::Peers(command) => command.run(context).await,
            Command::Migrate(command) => command.run(context).await,
            Command::Search(args) => args.run(context).await,
            Command::Index(command) => command.run(context).await,
            Command::Bench(command) => command.run(context).await,
            Command::Status(args) => args.run(context).await,
            Command::Version(args) => args.run(context).await,
            Command::Completion(args) => args.run(definition()),
            Command::Generate(args) => args.run(definition(), context),
        }
    }
}

/// Gives the definition that is parsed, completed and documented.
pub fn definition() -> clap::Command {
    Cli::command()
}
