use cpc_proto::v1::{ListInvitesRequest, SubjectKind};

use super::Kind;
use crate::{commands::pages, context::Context, failure::Result};

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

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let kind = self.kind.map_or(SubjectKind::Unspecified, Kind::message);
        pages::show(
            context,
            "no invites: make one with `cpcctl invite create --kind user`",
            async |context, page_token| {
                let request = ListInvitesRequest { kind: kind.into(), page_size: pages::PAGE, page_token };
                let page = context.call(async |client| client.identity().list_invites(request.clone()).await).await?;
                Ok((page.invites, page.next_page_token))
            },
        )
        .await
    }
}
