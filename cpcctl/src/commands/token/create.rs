use std::time::Duration;

use cpc_proto::v1::{CreateServiceTokenRequest, PermissionRule, ServiceToken};
use serde::Serialize;

use crate::{
    commands::{
        invite,
        user::{permission, resolve},
    },
    context::Context,
    failure::{Failure, Result},
    output::Show,
};

/// Makes a service token, with which a program acts for you, and shows its text, this once
///
/// It may do what you name here, as long as you may do it yourself, and never what has to do with who you are: keys, tokens,
/// permissions. Programs give it in CPCCTL_TOKEN or with --token-file. With -o name the text alone is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl token create deploy --permission content=write
  cpcctl token create nightly --permission nodes=read --permission allocations=write --ttl 30d
  cpcctl token create watch --permission nodes=read@owner=me -o name > watch.token
  CPCCTL_TOKEN=$(cat watch.token) cpcctl node list")]
pub(crate) struct Args {
    /// What it is called
    name: String,
    /// What it may do: a resource and a level, and after @ what it is narrowed to
    #[arg(long = "permission", value_name = "RESOURCE=LEVEL[@SCOPE]", value_parser = permission, required = true)]
    permissions: Vec<PermissionRule>,
    /// How long it is good: 30m, 12h, 7d; at most 365d
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = invite::ttl)]
    ttl: Duration,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut permissions = self.permissions;
        for rule in &mut permissions {
            resolve(context, rule.scope.as_mut()).await?;
        }
        let request = CreateServiceTokenRequest {
            name: self.name,
            permissions,
            ttl_seconds: self.ttl.as_secs(),
            confirmation: None,
        };
        let made = context.call_confirmed(async |client, confirmation| {
            let request = CreateServiceTokenRequest { confirmation, ..request.clone() };
            client.identity().create_service_token(request).await
        });
        let answer = made.await?;
        let token = answer.service_token.ok_or_else(Failure::empty_answer)?;
        context.output.note("the token is a secret, and is not shown again");
        context.output.record(&Made { service_token: token, token: answer.token })
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    service_token: ServiceToken,
    token: String,
}

impl Show for Made {
    fn name(&self) -> String {
        self.token.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = super::fields(&self.service_token);
        fields.retain(|(label, _)| *label != "Last used" && *label != "Revoked");
        fields.push(("Token", self.token.clone()));
        fields
    }
}
