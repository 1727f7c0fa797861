use clap::ValueEnum;
use cpc_proto::v1::{ListUsersRequest, User, UserState};

use crate::{context::Context, failure::Result};

/// Lists users in the order in which they were made
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl --local user list
  cpcctl user list --state pending
  cpcctl user list -o ndjson | jq -r .peerId")]
pub(crate) struct Args {
    /// Only those of a state
    #[arg(long, value_enum)]
    state: Option<State>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 0)]
    limit: usize,
    /// Go on where a page ended
    #[arg(long, value_name = "TOKEN", default_value = "", hide_default_value = true)]
    page_token: String,
}

/// A state of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// Those that may be used
    Active,
    /// Those that wait for approval
    Pending,
    /// Those that are suspended
    Suspended,
}

impl State {
    fn message(self) -> UserState {
        match self {
            Self::Active => UserState::Active,
            Self::Pending => UserState::Pending,
            Self::Suspended => UserState::Suspended,
        }
    }
}

const NOBODY: &str = "no users yet: make one with `cpcctl --local user create NAME`";
/// The largest page that the server gives.
const PAGE: usize = 500;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let state = self.state.map_or(UserState::Unspecified, State::message).into();
        let mut left = if self.limit == 0 { usize::MAX } else { self.limit };
        let mut page_token = self.page_token;
        let output = context.output.clone();
        let mut list = output.list::<User>();
        loop {
            let request = ListUsersRequest { page_size: left.min(PAGE) as i32, page_token, state };
            let page = context.call(async |client| client.identity().list_users(request.clone()).await).await?;
            left = left.saturating_sub(page.users.len());
            page.users.into_iter().try_for_each(|user| list.push(user))?;
            page_token = page.next_page_token;
            if page_token.is_empty() || left == 0 {
                break;
            }
        }
        let shown = list.finish(if self.state.is_some() { "no such users" } else { NOBODY })?;
        if !page_token.is_empty() {
            output.more(&page_token, shown, None);
        }
        Ok(())
    }
}
