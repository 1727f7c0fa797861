use cpc_proto::v1::{FriendList, ListFriendsRequest};

use crate::{
    commands::{owner, pages},
    context::Context,
    failure::Result,
};

/// Lists friends, or those who have asked, were asked or are blocked
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl friend list
  cpcctl friend list incoming
  cpcctl friend list --mutual-with bob
  cpcctl friend list blocked -o name | xargs -n 1 cpcctl friend unblock
  cpcctl --local friend list --user alice")]
pub(crate) struct Args {
    /// What to list
    #[arg(value_enum, default_value_t = List::Friends)]
    list: List,
    /// Only friends who are friends of this user too: of a friend, or of who has asked to be one
    #[arg(long, value_name = "NAME|ID")]
    mutual_with: Option<String>,
    /// Whose: a name or an id [default: your own]
    #[arg(long, value_name = "NAME|ID")]
    user: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum List {
    /// Friends
    Friends,
    /// Those who have asked
    Incoming,
    /// Those who were asked
    Outgoing,
    /// Those who are blocked
    Blocked,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let user_id = owner::id(context, self.user.as_deref()).await?;
        let mutual_with = self.mutual_with.unwrap_or_default();
        let is_id = owner::is_id(&mutual_with);
        let (by_id, by_name) = if is_id { (mutual_with, String::new()) } else { (String::new(), mutual_with) };
        let (list, nothing) = match self.list {
            List::Friends => (FriendList::Friends, "no friends"),
            List::Incoming => (FriendList::Incoming, "nobody has asked"),
            List::Outgoing => (FriendList::Outgoing, "nobody was asked"),
            List::Blocked => (FriendList::Blocked, "nobody is blocked"),
        };
        pages::show(context, nothing, async |context, page_token| {
            let request = ListFriendsRequest {
                list: list.into(),
                page_size: pages::PAGE,
                page_token,
                user_id: user_id.clone(),
                mutual_with_id: by_id.clone(),
                mutual_with_username: by_name.clone(),
            };
            let page = context.call(async |client| client.identity().list_friends(request.clone()).await).await?;
            Ok((page.friends, page.next_page_token))
        })
        .await
    }
}
