use cpc_proto::v1::{CallerKind, GetCallerRequest, GetCallerResponse, PermissionRule};
use serde::Serialize;

use super::user;
use crate::{
    clock,
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    output::Show,
};

/// Shows who the server takes you for, and what you may do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl whoami
  cpcctl --local whoami
  cpcctl whoami -o json | jq -r .user.id
  cpcctl whoami --can 'write nodes' || echo 'ask an administrator'
  cpcctl whoami --can nodes=write@label=region:eu-west")]
pub(crate) struct Args {
    /// Asks whether you may: 'write nodes' or nodes=write, and after @ on what; ends with 9 if not
    #[arg(long, value_name = "LEVEL RESOURCE", value_parser = user::question)]
    can: Option<PermissionRule>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
        let Some(wanted) = self.can else { return context.output.record(&caller) };
        let permission = user::rule(&wanted);
        match caller.permissions.iter().find(|held| user::covers(held, &wanted)) {
            Some(held) => context.output.record(&Answer { permission, held: user::rule(held) }),
            None => {
                let held = user::rules(&caller.permissions);
                let text = format!("{} may not: {permission} is not held", caller.name());
                Err(Failure::new(Exit::CheckFailed, "NOT_PERMITTED", text).hint(format_args!("what is held: {held}")))
            }
        }
    }
}

/// What was asked for, and what it is held by.
#[derive(Debug, Serialize)]
struct Answer {
    permission: String,
    held: String,
}

impl Show for Answer {
    fn name(&self) -> String {
        self.permission.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("May", self.permission.clone()), ("Held by", self.held.clone())]
    }
}

impl Show for GetCallerResponse {
    fn name(&self) -> String {
        match (&self.user, self.kind()) {
            (Some(user), _) => user.username.clone(),
            (None, CallerKind::Service) => {
                self.service_token.as_ref().map(|token| token.name.clone()).unwrap_or_default()
            }
            (None, CallerKind::LocalAdmin) => "local administrator".to_owned(),
            (None, CallerKind::Node) => "node".to_owned(),
            (None, CallerKind::User) => "user".to_owned(),
            (None, CallerKind::Anonymous | CallerKind::Unspecified) => "anonymous".to_owned(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = match (&self.user, &self.service_token) {
            (Some(user), _) => user::fields(user),
            (None, Some(token)) => {
                vec![
                    ("Service token", token.name.clone()),
                    ("Id", token.id.clone()),
                    ("Acts for", token.owner_id.clone()),
                ]
            }
            (None, None) => vec![("Caller", self.name())],
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
