use cpc_proto::v1::{RevokeServiceTokenRequest, ServiceToken};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Takes service tokens back: programs that have them are refused at once
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl token revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl token list -o name | xargs cpcctl token revoke --yes")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.ids {
            [id] => format!("Revoke service token {id}?"),
            ids => format!("Revoke {} service tokens?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<ServiceToken>();
        for id in self.ids {
            let request = RevokeServiceTokenRequest { id };
            let answer =
                context.call(async |client| client.identity().revoke_service_token(request.clone()).await).await?;
            list.push(answer.service_token.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
