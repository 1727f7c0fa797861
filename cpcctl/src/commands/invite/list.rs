use cpc_proto::v1::{Invite, ListInvitesRequest, SubjectKind};

use super::Kind;
use crate::{context::Context, failure::Result};

/// Lists invites, also those that are used up, revoked or have ended
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local invite list
  cpcctl invite list --kind node -o ndjson | jq -r 'select(.usesLeft > 0) | .id'")]
pub(crate) struct Args {
    /// Only those for users, or for nodes
    #[arg(long, value_enum)]
    kind: Option<Kind>,
}

/// The largest page that the server gives.
const PAGE: i32 = 500;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let kind = self.kind.map_or(SubjectKind::Unspecified, Kind::message);
        let mut page_token = String::new();
        let output = context.output.clone();
        let mut list = output.list::<Invite>();
        loop {
            let request = ListInvitesRequest { kind: kind.into(), page_size: PAGE, page_token };
            let page = context.call(async |client| client.identity().list_invites(request.clone()).await).await?;
            page.invites.into_iter().try_for_each(|invite| list.push(invite))?;
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        list.finish("no invites: make one with `cpcctl invite create --kind user`").map(drop)
    }
}
