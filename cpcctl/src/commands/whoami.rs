use cpc_proto::v1::{CallerKind, GetCallerRequest, GetCallerResponse};

use super::user;
use crate::{clock, context::Context, failure::Result, output::Show};

/// Shows who the server takes you for, and what you may do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl whoami
  cpcctl --local whoami
  cpcctl whoami -o json | jq -r .user.id")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
        context.output.record(&caller)
    }
}

impl Show for GetCallerResponse {
    fn name(&self) -> String {
        match (&self.user, self.kind()) {
            (Some(user), _) => user.username.clone(),
            (None, CallerKind::LocalAdmin) => "local administrator".to_owned(),
            (None, CallerKind::Node) => "node".to_owned(),
            (None, CallerKind::User) => "user".to_owned(),
            (None, CallerKind::Anonymous | CallerKind::Unspecified) => "anonymous".to_owned(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = match &self.user {
            Some(user) => user::fields(user),
            None => vec![("Caller", self.name())],
        };
        fields.retain(|(label, _)| *label != "Permissions");
        fields.push(("Permissions", user::rules(&self.permissions)));
        if let Some(end) = &self.token_expires_at {
            fields.push(("Token ends", clock::rfc3339(end.seconds, end.nanos)));
        }
        fields.push(("Server id", self.server_id.clone()));
        fields
    }
}
