use std::path::PathBuf;

use cpc_proto::v1::GetCallerRequest;
use serde::Serialize;

use crate::{
    context::Context,
    contexts::SavedContext,
    failure::{Failure, Result},
    key_file,
    output::Show,
    private_file, session,
};

/// Logs in with a key, and remembers server, key and session as a context
///
/// The first login keeps the server's id. Later ones sign only for that server, until --repin says that it was set up anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl login
  cpcctl login --key ~/.ssh/id_ed25519
  cpcctl login --endpoint https://cpcd.example:50051 --ca-file ca.pem --context lab
  cpcctl --context lab whoami")]
pub(crate) struct Args {
    /// The private key file, also one made by ssh-keygen -t ed25519 [default: the context's, else your own default key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Take the server's id as it is now, in place of the one that was kept
    #[arg(long)]
    repin: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let saved = context.saved.clone();
        let saved_key = saved.as_ref().map(|saved| saved.key_path.clone());
        let key_path = self.key.or(saved_key).unwrap_or_else(|| context.contexts.default_key());
        let key_path = private_file::absolute(&key_path);
        let ask = || context.prompt.passphrase(&format!("Passphrase of {}", key_path.display()));
        let key = key_file::read_secret(&key_path, ask).map_err(|failure| {
            if failure.reason == "FILE_NOT_FOUND" {
                failure.hint("make a key with `cpcctl key generate`")
            } else {
                failure
            }
        })?;
        if context.endpoint.is_exposed() {
            context.output.warning(format_args!("the connection to {} is not encrypted", context.endpoint));
        }

        let pinned = saved.filter(|_| !self.repin).map(|saved| saved.server_id);
        let client = context.anonymous().await?;
        let session = tokio::time::timeout(context.timeout(), session::log_in(&client, &key, pinned.as_deref()))
            .await
            .map_err(|_| Failure::timeout(context.timeout()))??;
        if pinned.is_none() {
            context.output.note(format_args!("the server's id is {}; it is kept for later logins", session.server_id));
        }
        context.use_token(&client, session.saved.access_token.clone())?;
        let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
        let user = caller.user.ok_or_else(Failure::empty_answer)?;

        let login = Login {
            context: context.name.clone(),
            username: user.username.clone(),
            user_id: user.id,
            endpoint: context.endpoint.to_string(),
            server_id: session.server_id.clone(),
            expires_at: session.saved.expires_at.to_string(),
        };
        let saved = SavedContext {
            endpoint: login.endpoint.clone(),
            server_id: session.server_id,
            key_path,
            username: user.username,
            ca_file: context.trust.ca_file.clone(),
            tls_pin: context.trust.pin.map(|pin| pin.to_string()),
        };
        context.contexts.save(&context.name, saved, session.saved)?;
        context.output.record(&login)
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    context: String,
    username: String,
    user_id: String,
    endpoint: String,
    server_id: String,
    expires_at: String,
}

impl Show for Login {
    fn name(&self) -> String {
        self.username.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("User", self.username.clone()),
            ("User id", self.user_id.clone()),
            ("Context", self.context.clone()),
            ("Endpoint", self.endpoint.clone()),
            ("Server id", self.server_id.clone()),
            ("Token ends", self.expires_at.clone()),
        ]
    }
}
