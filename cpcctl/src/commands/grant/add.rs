use std::time::Duration;

use cpc_proto::v1::{CreateGrantRequest, Level, Resource, create_grant_request::Grantee};

use super::Kind;
use crate::{
    clock,
    commands::owner,
    context::Context,
    failure::{Failure, Result},
    units,
};

/// Opens a single node, allocation or content to a user, or to the friends of its owner
///
/// Needs admin on it, which its owner has. If it is open to them already, level and end are set anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl grant add content 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --to bob
  cpcctl grant add content 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --to bob --level write --for 7d
  cpcctl grant add node 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c22 --to-friends -o name")]
pub(crate) struct Args {
    /// What it is
    #[arg(value_enum)]
    kind: Kind,
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
    /// To a user: a name or an id
    #[arg(long, value_name = "NAME|ID", required_unless_present = "to_friends", conflicts_with = "to_friends")]
    to: Option<String>,
    /// To the friends of its owner, whoever is one at the time
    #[arg(long)]
    to_friends: bool,
    /// How much
    #[arg(long, value_enum, default_value_t = Opened::Read)]
    level: Opened,
    /// How long: 90s, 12h, 7d [default: until it is revoked]
    #[arg(long = "for", value_name = "DURATION", value_parser = units::lease)]
    lasting: Option<u32>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Opened {
    /// See it
    Read,
    /// Change it, where that is not for its owner alone
    Write,
    /// Everything, also to open it to others
    Admin,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let grantee = match self.to {
            None => Grantee::Friends(true),
            Some(id) if owner::is_id(&id) => Grantee::UserId(id),
            Some(name) => Grantee::Username(name),
        };
        let level = match self.level {
            Opened::Read => Level::Read,
            Opened::Write => Level::Write,
            Opened::Admin => Level::Admin,
        };
        let mut request = CreateGrantRequest {
            resource: Resource::from(self.kind).into(),
            object_id: self.id,
            level: level.into(),
            grantee: Some(grantee),
            expires_at: None,
        };
        if let Some(seconds) = self.lasting {
            let end = clock::now() + Duration::from_secs(seconds.into());
            let message = request.expires_at.get_or_insert_default();
            (message.seconds, message.nanos) = (end.as_second(), 0);
        }
        let answer = context.call(async |client| client.identity().create_grant(request.clone()).await).await?;
        context.output.record(&answer.grant.ok_or_else(Failure::empty_answer)?)
    }
}
