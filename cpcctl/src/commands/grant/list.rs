use cpc_proto::v1::{ListGrantsRequest, Resource};

use super::Kind;
use crate::{
    commands::{owner, pages},
    context::Context,
    failure::Result,
};

/// Lists what is open to you, or to whom a single thing is open
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl grant list
  cpcctl grant list content 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl grant list node 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c22 -o name | xargs cpcctl grant revoke --yes
  cpcctl --local grant list --user alice")]
pub(crate) struct Args {
    /// What the thing is
    #[arg(value_enum, requires = "id")]
    kind: Option<Kind>,
    /// Its id
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// What is open to this user: a name or an id [default: to you]
    #[arg(long, value_name = "NAME|ID", conflicts_with = "kind")]
    user: Option<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let user_id = owner::id(context, self.user.as_deref()).await?;
        let resource = self.kind.map_or(Resource::Unspecified, Resource::from);
        let object_id = self.id.unwrap_or_default();
        pages::show(context, "no grants", async |context, page_token| {
            let request = ListGrantsRequest {
                resource: resource.into(),
                object_id: object_id.clone(),
                user_id: user_id.clone(),
                page_size: pages::PAGE,
                page_token,
            };
            let page = context.call(async |client| client.identity().list_grants(request.clone()).await).await?;
            Ok((page.grants, page.next_page_token))
        })
        .await
    }
}
