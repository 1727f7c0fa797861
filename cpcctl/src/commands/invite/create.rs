use std::time::Duration;

use cpc_proto::v1::{CreateInviteRequest, Invite, PermissionRule};
use serde::Serialize;

use super::Kind;
use crate::{
    clock,
    commands::user::permission,
    context::Context,
    failure::{Failure, Result},
    nodes::profile::label,
    output::Show,
};

/// Makes an invite and shows its code, this once
///
/// The code is one string that is all a machine needs to join: the server's id, where it is (if the server knows), and a secret.
/// With -o name the code alone is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local invite create --kind user
  cpcctl invite create --kind user --permission content=write --permission users=read --ttl 1d
  cpcctl invite create --kind node --uses 50 --realm lab --label region=eu-west --label rack=7
  cpcctl invite create --kind node --uses 50 --node-ttl 30d --ephemeral
  cpcctl invite create --kind user -o name | ssh host cpcctl login --invite-file - --username bob")]
pub(crate) struct Args {
    /// Who can join by it
    #[arg(long, value_enum)]
    kind: Kind,
    /// How many can
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    uses: u32,
    /// How long it is good: 30m, 12h, 7d; at most 365d
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = ttl)]
    ttl: Duration,
    /// A label of a node that joins
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// The realm of a node that joins
    #[arg(long, value_name = "REALM", default_value = "", hide_default_value = true)]
    realm: String,
    /// How long after each of its registrations a node that joins is removed: 12h, 30d [default: never]
    #[arg(long, value_name = "DURATION", value_parser = ttl)]
    node_ttl: Option<Duration>,
    /// Nodes that join go by themselves some minutes after they were last heard of
    #[arg(long)]
    ephemeral: bool,
    /// A namespace that a node that joins may be found under [default: any]
    #[arg(long = "namespace", value_name = "NAMESPACE")]
    namespaces: Vec<String>,
    /// Nodes that join count for no network, so that no quota of their network keeps them out
    #[arg(long)]
    uncounted: bool,
    /// What a user who joins may do, as in content=write [default: the server's]
    #[arg(long = "permission", value_name = "RESOURCE=LEVEL", value_parser = permission)]
    permissions: Vec<PermissionRule>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let count = self.labels.len();
        let request = CreateInviteRequest {
            kind: self.kind.message().into(),
            uses: self.uses,
            ttl_seconds: self.ttl.as_secs(),
            permissions: self.permissions,
            labels: self.labels.into_iter().collect(),
            realm: self.realm,
            node_ttl_seconds: self.node_ttl.map(|ttl| ttl.as_secs()).unwrap_or_default(),
            is_ephemeral: self.ephemeral,
            namespaces: self.namespaces,
            is_uncounted: self.uncounted,
        };
        if request.labels.len() != count {
            return Err(Failure::usage("--label: a name is given twice"));
        }
        let answer = context.call(async |client| client.identity().create_invite(request.clone()).await).await?;
        let invite = answer.invite.ok_or_else(Failure::empty_answer)?;
        context.output.note("the code is a secret, and is not shown again");
        context.output.record(&Made { invite, code: answer.code })
    }
}

#[derive(Debug, Serialize)]
struct Made {
    #[serde(flatten)]
    invite: Invite,
    code: String,
}

impl Show for Made {
    fn name(&self) -> String {
        self.code.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let ends = self.invite.expires_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        vec![
            ("Invite", self.invite.id.clone()),
            ("For", super::kind(&self.invite)),
            ("Uses", self.invite.uses.to_string()),
            ("Ends", ends.unwrap_or_default()),
            ("Gives", super::gives(&self.invite)),
            ("Code", self.code.clone()),
        ]
    }
}

/// Reads how long something is good, at most a year.
pub(in crate::commands) fn ttl(text: &str) -> std::result::Result<Duration, String> {
    let seconds = super::seconds(text).ok_or("a time is a number and its unit, as in 30m, 12h, 7d")?;
    let is_good = (1..=365 * 86_400).contains(&seconds);
    is_good.then(|| Duration::from_secs(seconds)).ok_or_else(|| "from 1s to 365d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_and_an_end() {
        assert_eq!(ttl("7d"), Ok(Duration::from_secs(604_800)));
        assert_eq!(ttl("90s"), Ok(Duration::from_secs(90)));
        for text in ["", "7", "d", "0d", "366d", "1w", "-1d", "1.5h", "99999999999999999999d"] {
            assert!(ttl(text).is_err(), "{text}");
        }
    }
}
