use cpc_proto::v1::LogoutRequest;
use serde::Serialize;

use crate::{context::Context, exit::Exit, failure::Result, output::Show};

/// Ends the session of the context, on the server and here
///
/// Its tokens are refused from then on. The context and its key stay: cpcctl login opens another session.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl logout
  cpcctl --context lab logout
  cpcctl logout --here-only            # where the server cannot be reached")]
pub(crate) struct Args {
    /// Forget the tokens on this machine and tell no server: there they end by themselves
    #[arg(long)]
    here_only: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let is_told = !self.here_only && tell(context).await?;
        if is_told {
            context.forget_session()?;
        } else if !context.contexts.forget_session(&context.name)? {
            context.output.note(format_args!("nobody was logged in with context {}", context.name));
        }
        let (name, endpoint) = (context.name.clone(), context.endpoint.to_string());
        context.output.record(&Logout { context: name, endpoint, is_told })
    }
}

/// Has the server end the session; false if it has ended already.
async fn tell(context: &mut Context) -> Result<bool> {
    // No new session is opened only to be closed.
    context.without_login();
    match context.call(async |client| client.identity().logout(LogoutRequest {}).await).await {
        Ok(_) => Ok(true),
        Err(failure) if failure.reason == "LOGIN_NEEDED" => Ok(false),
        Err(failure) if failure.exit == Exit::Unreachable => {
            Err(failure.hint("to forget the tokens on this machine alone: `cpcctl logout --here-only`"))
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Logout {
    context: String,
    endpoint: String,
    /// Whether the server ended it now.
    is_told: bool,
}

impl Show for Logout {
    fn name(&self) -> String {
        self.context.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("Logged out of", self.context.clone()), ("Endpoint", self.endpoint.clone())]
    }
}
