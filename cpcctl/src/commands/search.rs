use cpc_proto::v1::{SearchHit, SearchQuery};

use super::{content, owner};
use crate::{context::Context, failure::Result, output::Row};

/// Searches the content that you may see
///
/// All words have to occur, in any form ("search" finds "searching"). "Words in quotes" have to stand together, a word with a minus before it must not occur; write -- before the first such word.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl search pdf to text
  cpcctl search '\"pdf reader\"' --tag utils --limit 50
  cpcctl search -- editor -emacs
  cpcctl search --owner me --tag docs -o name")]
pub(crate) struct Args {
    /// Words, \"phrases\" and -exclusions, joined by blanks
    #[arg(value_name = "WORDS", required_unless_present_any = ["tags", "owner"])]
    words: Vec<String>,
    /// Only content with this tag; several: with all of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only content of this user: an id, a name, or me
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// At most so many hits
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Go on where a page ended
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    page_token: String,
}

/// The largest page that the server gives.
const PAGE: u32 = 100;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let owner_id = owner::id(context, self.owner.as_deref()).await?;
        let mut left = self.limit;
        let mut query = SearchQuery {
            q: self.words.join(" "),
            tags: self.tags,
            owner_id,
            page_size: 0,
            page_token: self.page_token,
        };
        let output = context.output.clone();
        let mut list = output.list::<SearchHit>();
        let (mut is_warned, mut is_behind) = (false, false);
        let total = loop {
            query.page_size = left.min(PAGE) as i32;
            let page = context.call(async |client| client.discovery().search_content(query.clone()).await).await?;
            if page.degraded && !std::mem::replace(&mut is_warned, true) {
                output
                    .warning("the search index is away: the store searched itself, with fewer hits in a rougher order");
            }
            // Ours to say only where it is complete: an index that is behind finds more later.
            is_behind |= !page.degraded && !page.total_is_exact;
            left = left.saturating_sub(page.hits.len() as u32);
            page.hits.into_iter().try_for_each(|hit| list.push(hit))?;
            query.page_token = page.next_page_token;
            if query.page_token.is_empty() || left == 0 {
                break page.total;
            }
        };
        let shown = list.finish(if is_behind { "nothing found yet" } else { "nothing found" })?;
        if shown == 0 && is_behind {
            output.warning("the index does not have everything yet; `cpcctl index status` says how much it lacks");
        }
        if !query.page_token.is_empty() {
            output.more(&query.page_token, shown, Some(total));
        }
        Ok(())
    }
}

impl Row for SearchHit {
    const COLUMNS: &'static [&'static str] = content::COLUMNS;
    const WHOLE: usize = content::COLUMNS.len() - 1;

    fn name(&self) -> String {
        self.content.as_ref().map(|content| content.id.clone()).unwrap_or_default()
    }

    fn cells(&self) -> Vec<String> {
        self.content.as_ref().map(content::cells).unwrap_or_default()
    }
}
