use cpc_proto::v1::RevokeGrantRequest;

use crate::{commands::deleted::Deleted, context::Context, failure::Result};

/// Takes grants back: what was open is closed, here at once and on all replicas within a second
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl grant revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl grant list content 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c22 -o name | xargs cpcctl grant revoke --yes")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.ids {
            [id] => format!("Revoke grant {id}?"),
            ids => format!("Revoke {} grants?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<Deleted>();
        for id in self.ids {
            let request = RevokeGrantRequest { id: id.clone() };
            context.call(async |client| client.identity().revoke_grant(request.clone()).await).await?;
            list.push(Deleted { id })?;
        }
        list.finish("").map(drop)
    }
}
