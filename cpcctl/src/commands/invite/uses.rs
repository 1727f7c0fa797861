use cpc_proto::v1::{InviteUse, ListInviteUsesRequest, SubjectKind};

use crate::{clock, commands::pages, context::Context, failure::Result, output::Row};

/// Lists who came by an invite and is still there
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl invite uses 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl invite uses 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 -o ndjson | jq -r .peerId")]
pub(crate) struct Args {
    /// The invite's id
    #[arg(value_name = "ID")]
    id: String,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        pages::show(context, "nobody came by it, or is still there", async |context, page_token| {
            let request = ListInviteUsesRequest { id: self.id.clone(), page_size: pages::PAGE, page_token };
            let page = context.call(async |client| client.identity().list_invite_uses(request.clone()).await).await?;
            Ok((page.uses, page.next_page_token))
        })
        .await
    }
}

impl Row for InviteUse {
    const COLUMNS: &'static [&'static str] = &["WHO", "JOINED", "SUSPENDED", "ID"];
    const WHOLE: usize = 3;

    fn name(&self) -> String {
        self.subject_id.clone()
    }

    fn cells(&self) -> Vec<String> {
        let joined_at = self.joined_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        vec![
            if self.kind() == SubjectKind::Node { self.peer_id.clone() } else { self.username.clone() },
            joined_at.unwrap_or_default(),
            if self.is_suspended { "yes" } else { "" }.to_owned(),
            self.subject_id.clone(),
        ]
    }
}
