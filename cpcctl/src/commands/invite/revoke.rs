use cpc_proto::v1::{Invite, RevokeInviteRequest};
use serde::Serialize;

use super::kind;
use crate::{
    context::Context,
    failure::{Failure, Result},
    output::Row,
};

/// Takes invites back; who has joined by them stays, unless --end-what-it-let-in says otherwise
///
/// With it users who came by the invite are suspended (you yourself are not), and nodes removed: all of them with --yes, or after
/// --dry-run has said how many that are.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl invite revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl invite list -o name | xargs cpcctl invite revoke
  cpcctl invite revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --end-what-it-let-in --dry-run
  cpcctl invite revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --end-what-it-let-in --yes")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Also suspends the users and removes the nodes that came by them
    #[arg(long)]
    end_what_it_let_in: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.end_what_it_let_in {
            context.prompt.confirm("Suspend all users and remove all nodes that came by it?")?;
        }
        let output = context.output.clone();
        let mut list = output.list::<Revoked>();
        for id in self.ids {
            let request = RevokeInviteRequest {
                id,
                end_what_it_let_in: self.end_what_it_let_in,
                dry_run: context.is_rehearsal(),
            };
            let answer = context.call(async |client| client.identity().revoke_invite(request.clone()).await).await?;
            let invite = answer.invite.ok_or_else(Failure::empty_answer)?;
            let (users_suspended, nodes_removed) = (answer.users_suspended, answer.nodes_removed);
            list.push(Revoked { invite, users_suspended, nodes_removed })?;
        }
        list.finish("").map(drop)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    #[serde(flatten)]
    invite: Invite,
    #[serde(serialize_with = "as_text")]
    users_suspended: u64,
    #[serde(serialize_with = "as_text")]
    nodes_removed: u64,
}

/// Writes a number as proto JSON writes those of 64 bits.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference to the field")]
fn as_text<S: serde::Serializer>(number: &u64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl Row for Revoked {
    const COLUMNS: &'static [&'static str] = &["FOR", "REVOKED", "SUSPENDED", "REMOVED", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.invite.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            kind(&self.invite),
            if self.invite.revoked_at.is_some() { "yes" } else { "" }.to_owned(),
            self.users_suspended.to_string(),
            self.nodes_removed.to_string(),
            self.invite.id.clone(),
        ]
    }
}
