use cpc_proto::v1::{RevokeTokensRequest, revoke_tokens_request::Target};
use serde::Serialize;

use crate::{context::Context, failure::Result, output::Row};

/// Ends sessions with all their tokens
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl session end 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl session list -o name | xargs cpcctl session end")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let output = context.output.clone();
        let mut list = output.list::<Ended>();
        for id in self.ids {
            let request = RevokeTokensRequest { target: Some(Target::SessionId(id.clone())), before: None };
            context.call(async |client| client.identity().revoke_tokens(request.clone()).await).await?;
            list.push(Ended { id })?;
        }
        list.finish("").map(drop)
    }
}

#[derive(Debug, Serialize)]
struct Ended {
    id: String,
}

impl Row for Ended {
    const COLUMNS: &'static [&'static str] = &["ENDED"];
    const WHOLE: usize = 0;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}
