use cpc_proto::v1::{Content, ListContentRequest};

use crate::{commands::owner, context::Context, failure::Result};

/// Lists the content that you may see, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl content list
  cpcctl content list --owner me --limit 10
  cpcctl content list --limit 0 -o ndjson > all.ndjson")]
pub(crate) struct Args {
    /// Only content of this user: an id, a name, or me
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Go on where a page ended
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    page_token: String,
}

/// Large enough for few round trips, small enough that a page of long descriptions stays light.
const PAGE: usize = 100;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let owner_id = owner::id(context, self.owner.as_deref()).await?;
        let mut left = if self.limit == 0 { usize::MAX } else { self.limit };
        let mut request = ListContentRequest { page_size: 0, page_token: self.page_token, owner_id };
        let output = context.output.clone();
        let mut list = output.list::<Content>();
        loop {
            request.page_size = left.min(PAGE) as i32;
            let page = context.call(async |client| client.discovery().list_content(request.clone()).await).await?;
            left = left.saturating_sub(page.contents.len());
            page.contents.into_iter().try_for_each(|content| list.push(content))?;
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() || left == 0 {
                break;
            }
        }
        let shown = list.finish("no content")?;
        if !request.page_token.is_empty() {
            output.more(&request.page_token, shown, None);
        }
        Ok(())
    }
}
