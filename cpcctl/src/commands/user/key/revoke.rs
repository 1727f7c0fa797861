use cpc_proto::v1::{RevokeKeyRequest, UserKey};

use crate::{
    context::Context,
    failure::{Failure, Result},
};

/// Takes keys back, and ends the sessions that they opened; your last key stays
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user key revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl --local user key revoke 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21 --yes")]
pub(crate) struct Args {
    /// The ids, as `user key list` shows them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.ids {
            [id] => format!("Revoke key {id}?"),
            ids => format!("Revoke {} keys?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<UserKey>();
        for id in self.ids {
            let request = RevokeKeyRequest { id, confirmation: None };
            let revoked = context.call_confirmed(async |client, confirmation| {
                client.identity().revoke_key(RevokeKeyRequest { confirmation, ..request.clone() }).await
            });
            list.push(revoked.await?.key.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}
