use cpc_proto::v1::GetCallerRequest;
use serde::Serialize;

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    output::Show,
};

/// Shows the versions of cpcctl and of the server
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl version
  cpcctl version --client -o name")]
pub(crate) struct Args {
    /// Show cpcctl's own version and ask no server
    #[arg(long)]
    client: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut version = Version { client: env!("CARGO_PKG_VERSION"), server: None };
        if self.client {
            return context.output.record(&version);
        }
        // Any answer names the version, a refusal too.
        let answer = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await;
        version.server = context.server_version.clone();
        context.output.record(&version)?;
        match (&version.server, answer) {
            (Some(server), _) => {
                let series = |version: &str| version.rsplit_once('.').map(|(series, _)| series.to_owned());
                if series(server) != series(version.client) {
                    context.output.warning(format_args!("cpcctl {} and cpcd {server} differ", version.client));
                }
                Ok(())
            }
            (None, Err(failure)) => Err(failure),
            (None, Ok(_)) => {
                Err(Failure::new(Exit::Failure, "ANSWER_INVALID", "the server did not say its version; is it cpcd?"))
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct Version {
    client: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
}

impl Show for Version {
    fn name(&self) -> String {
        self.server.as_deref().map_or_else(|| self.client.to_owned(), |server| format!("{} {server}", self.client))
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("Client", self.client.to_owned())];
        fields.extend(self.server.clone().map(|server| ("Server", server)));
        fields
    }
}
