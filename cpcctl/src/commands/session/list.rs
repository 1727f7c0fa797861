use cpc_proto::v1::{ListSessionsRequest, Session};

use crate::{
    clock,
    commands::{owner, pages},
    context::Context,
    failure::Result,
    output::Row,
};

/// Lists sessions that go on, your own or those of a user
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl session list
  cpcctl --local session list --user alice")]
pub(crate) struct Args {
    /// Whose: a name or an id [default: your own]
    #[arg(long, value_name = "NAME|ID")]
    user: Option<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let subject_id = owner::id(context, self.user.as_deref()).await?;
        pages::show(context, "no sessions", async |context, page_token| {
            let request = ListSessionsRequest { page_size: pages::PAGE, page_token, subject_id: subject_id.clone() };
            let page = context.call(async |client| client.identity().list_sessions(request.clone()).await).await?;
            Ok((page.sessions, page.next_page_token))
        })
        .await
    }
}

impl Row for Session {
    const COLUMNS: &'static [&'static str] = &["BEGAN", "RENEWED", "ENDS", "THIS", "ID"];
    const WHOLE: usize = 4;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        let began = self.created_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        let renewed = self.refreshed_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        let ends = self.expires_at.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        let this = if self.is_current { "yes" } else { "" };
        vec![
            began.unwrap_or_default(),
            renewed.unwrap_or_default(),
            ends.unwrap_or_default(),
            this.to_owned(),
            self.id.clone(),
        ]
    }
}
