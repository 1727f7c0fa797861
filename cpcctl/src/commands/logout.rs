use cpc_proto::v1::LogoutRequest;
use serde::Serialize;

use crate::{context::Context, failure::Result, output::Show};

/// Ends the session of the context, on the server and here
///
/// Its tokens are refused from then on. The context and its key stay: `cpcctl login` opens another session.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl logout
  cpcctl --context lab logout")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        context.call(async |client| client.identity().logout(LogoutRequest {}).await).await?;
        context.forget_session()?;
        context.output.record(&Logout { context: context.name.clone(), endpoint: context.endpoint.to_string() })
    }
}

#[derive(Debug, Serialize)]
struct Logout {
    context: String,
    endpoint: String,
}

impl Show for Logout {
    fn name(&self) -> String {
        self.context.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("Logged out of", self.context.clone()), ("Endpoint", self.endpoint.clone())]
    }
}
