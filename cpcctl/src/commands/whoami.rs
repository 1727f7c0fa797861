use cpc_proto::v1::{
    CallerKind, CheckPermissionRequest, CheckPermissionResponse, DecidedBy, GetCallerRequest, GetCallerResponse,
    PermissionRule,
};
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
  cpcctl whoami --can nodes=write@label=region:eu-west
  cpcctl whoami --can content=write@object=0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21")]
pub(crate) struct Args {
    /// Asks whether you may: 'write nodes' or nodes=write, and after @ on what; ends with 9 if not
    #[arg(long, value_name = "LEVEL RESOURCE", value_parser = user::question)]
    can: Option<PermissionRule>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let Some(wanted) = self.can else {
            let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
            return context.output.record(&caller);
        };
        let permission = user::rule(&wanted);
        let request = CheckPermissionRequest { permission: Some(wanted) };
        let checked = context.call(async |client| client.identity().check_permission(request.clone()).await).await?;
        if checked.is_allowed {
            return context.output.record(&Answer { permission, held: held(&checked) });
        }
        let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
        let text = format!("{} may not: {permission} is not held", caller.name());
        let rules = user::rules(&caller.permissions);
        Err(Failure::new(Exit::CheckFailed, "NOT_PERMITTED", text).hint(format_args!("what is held: {rules}")))
    }
}

/// Says by what the server decided.
fn held(checked: &CheckPermissionResponse) -> String {
    let rule = checked.rule.as_ref().map(user::rule).unwrap_or_default();
    match checked.decided_by() {
        DecidedBy::Unspecified => "nothing".to_owned(),
        DecidedBy::Rule => rule,
        DecidedBy::Floor => format!("{rule}, which anybody may"),
        DecidedBy::Owner => "being the owner".to_owned(),
        DecidedBy::Grant => format!("grant {}: {rule}", checked.grant_id),
        DecidedBy::FriendsGrant => format!("grant {} to friends: {rule}", checked.grant_id),
        DecidedBy::Friend => "being a friend of the owner".to_owned(),
        DecidedBy::LocalAdmin => "being the local administrator".to_owned(),
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
