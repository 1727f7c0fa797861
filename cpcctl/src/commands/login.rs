use std::path::PathBuf;

use cpc_proto::v1::GetCallerRequest;
use serde::Serialize;

use crate::{
    context::Context,
    contexts::SavedContext,
    exit::Exit,
    failure::{Failure, Result},
    joining::{self, Joining},
    key_choice::KeyChoice,
    output::Show,
    session::{self, Errand},
    signer::Signer,
};

/// Logs in with a key, and remembers server, key and session as a context
///
/// The first login keeps the server's id. Later ones sign only for that server, until --repin says that it was set up anew.
/// With an invite it also makes the account; the invite says which server to sign for and, if it knows, where that is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl login
  cpcctl login --key ~/.ssh/id_ed25519
  cpcctl login --key agent                         # the ssh-agent's only Ed25519 key
  cpcctl login --key agent:alice@work              # one of several, by comment, fingerprint or peer id
  cpcctl login --endpoint https://cpcd.example:50051 --ca-file ca.pem --context lab
  cpcctl login --invite-file invite.txt --username bob
  ssh admin@host cpcctl --local invite create --kind user -o name | cpcctl login --invite - --username bob
  cpcctl --context lab whoami")]
pub(crate) struct Args {
    /// The private key file, also one made by ssh-keygen -t ed25519, or a key of the ssh-agent [default: the context's, else your own default key]
    #[arg(long, value_name = "FILE|agent[:KEY]")]
    key: Option<KeyChoice>,
    /// Take the server's id as it is now, in place of the one that was kept
    #[arg(long)]
    repin: bool,
    /// Join by an invite that is read from stdin: - and nothing else, for it is a secret; CPCCTL_INVITE holds the invite itself
    #[arg(long, value_name = "-", value_parser = joining::only_stdin, conflicts_with = "invite_file", allow_hyphen_values = true)]
    invite: Option<PathBuf>,
    /// Join by an invite that is read from a file, - for stdin
    #[arg(long, value_name = "FILE")]
    invite_file: Option<PathBuf>,
    /// The name to have when joining: 1 to 50 of a-z 0-9 . _ -
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let choice = context.key(self.key);
        let signer = Signer::open(&choice, context.agent_socket.as_deref(), &context.prompt, "").await?;
        let file = self.invite_file.or(self.invite);
        let joining = Joining::read(file.as_deref(), context.invite.as_ref(), self.username)?;
        let invited = joining.invite.as_ref().map(|(_, invite)| invite.server_id());
        if let Some((_, invite)) = &joining.invite {
            context.follow_invite(&invite.endpoints, invite.tls_pin)?;
        }
        if context.endpoint.is_exposed() {
            context.output.warning(format_args!("the connection to {} is not encrypted", context.endpoint));
        }

        let kept = context.saved.as_ref().filter(|_| !self.repin).and_then(|saved| saved.server_id.clone());
        if let (Some(kept), Some(invited)) = (&kept, &invited)
            && kept != invited
        {
            let name = &context.name;
            return Err(Failure::new(
                Exit::Conflict,
                "SERVER_CHANGED",
                format_args!(
                    "the invite is for the server {invited}, but context {name} is for {kept}: nothing was signed"
                ),
            )
            .hint("join into another context with --context NAME"));
        }
        let pinned = invited.or(kept);
        let client = context.anonymous().await?;
        let errand = Errand::UserLogin;
        let session = session::log_in(&client, &signer, errand, pinned.as_deref(), &joining, context.timeout()).await;
        let session = session.map_err(explained)?.at(&context.endpoint);
        if pinned.is_none() {
            context.output.note(format_args!("the server's id is {}; it is kept for later logins", session.server_id));
        }
        context.use_token(&client, session.access_token.clone())?;
        let caller = context.call(async |client| client.identity().get_caller(GetCallerRequest {}).await).await?;
        let user = caller.user.ok_or_else(Failure::empty_answer)?;

        let login = Login {
            context: context.name.clone(),
            username: user.username.clone(),
            user_id: user.id,
            endpoint: context.endpoint.to_string(),
            server_id: session.server_id.clone(),
            expires_at: session.expires_at.to_string(),
        };
        let key = signer.kept(choice);
        let trust = context.trust.clone();
        let keep = |saved: &mut SavedContext| {
            saved.ca_file = trust.ca_file;
            saved.tls_pin = trust.pin.map(|pin| pin.to_string());
            saved.endpoint = session.endpoint.clone();
            saved.server_id = Some(session.server_id.clone());
            saved.key = Some(key);
            saved.username = Some(user.username);
        };
        context.contexts.save(&context.name, keep, session.clone())?;
        if context.saved.is_none() && context.is_overridden {
            context.output.note(format_args!(
                "commands use it with --context {0}, or without after `cpcctl context use {0}`",
                context.name
            ));
        }
        context.output.record(&login)
    }
}

/// Says what to do about a login that was refused: logging in is what was tried.
fn explained(failure: Failure) -> Failure {
    match failure.reason.as_str() {
        "LOGIN_REFUSED" => {
            failure.hint("join by an invite with --invite-file FILE --username NAME, or ask for an account")
        }
        "INVITE_INVALID" | "INVITE_EXPIRED" | "INVITE_USED_UP" | "INVITE_REVOKED" => {
            failure.hint("ask for a new invite; somebody who may makes it with `cpcctl invite create --kind user`")
        }
        "APPROVAL_PENDING" => {
            failure.hint("an administrator lets you in with `cpcctl user approve NAME`; then log in again")
        }
        "JOIN_CLOSED" => failure.hint("ask an administrator for an account: cpcctl user create NAME --key KEY"),
        _ => failure,
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
