use cpc_proto::v1::{ListKeysRequest, UserKey};

use crate::{
    commands::{owner, pages},
    context::Context,
    failure::Result,
};

/// Lists the keys that you can log in with, or those of a user
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user key list
  cpcctl --local user key list --user alice -o ndjson | jq -r .peerId")]
pub(crate) struct Args {
    /// Whose: a name or an id [default: your own]
    #[arg(long, value_name = "NAME|ID")]
    user: Option<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let user_id = owner::id(context, self.user.as_deref()).await?;
        let keys = all(context, &user_id).await?;
        let output = context.output.clone();
        let mut list = output.list::<UserKey>();
        keys.into_iter().try_for_each(|key| list.push(key))?;
        list.finish("no keys").map(drop)
    }
}

/// Gives all keys of a user; of the caller without one.
pub(super) async fn all(context: &mut Context, user_id: &str) -> Result<Vec<UserKey>> {
    let (mut keys, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListKeysRequest { page_size: pages::PAGE, page_token, user_id: user_id.to_owned() };
        let page = context.call(async |client| client.identity().list_keys(request.clone()).await).await?;
        keys.extend(page.keys);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(keys);
        }
    }
}
