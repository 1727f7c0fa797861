use cpc_signing::PeerId;

use super::show::Shown;
use crate::{
    context::Context,
    contexts::SavedContext,
    failure::{Failure, Result},
    global::context_name,
    key_choice::KeyChoice,
};

/// Makes a context, or changes what it says; flags that are not given change nothing
///
/// With another address, server or key the context's session is forgotten here: its tokens go only where they came from.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl context set lab --endpoint http://192.0.2.7:50051
  cpcctl context set lab --key agent:alice@work
  cpcctl context set lab --server-id 12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq
  cpcctl context set lab --forget-server-id        # the server was set up anew")]
pub(crate) struct Args {
    /// The name
    #[arg(value_parser = context_name)]
    name: String,
    /// The private key file, or a key of the ssh-agent, that logs in there
    #[arg(long, value_name = "FILE|agent[:KEY]")]
    key: Option<KeyChoice>,
    /// The server's id, as its operator tells it: a server that names another one gets no signature
    #[arg(long, value_name = "ID", value_parser = server_id)]
    server_id: Option<String>,
    /// Keep the server's id anew at the next login
    #[arg(long, conflicts_with = "server_id")]
    forget_server_id: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let Self { name, key, server_id, forget_server_id } = self;
        if context.is_local() {
            return Err(Failure::usage("a context names a socket with --endpoint unix:///PATH"));
        }
        let key = key.map(KeyChoice::absolute);
        if let Some(path) = key.as_ref().and_then(KeyChoice::path).filter(|path| !path.exists()) {
            context.output.warning(format_args!("{}: there is no such file yet", path.display()));
        }
        let endpoint = context.endpoint_flag.as_ref().map(ToString::to_string);
        let had_session = context.contexts.session(&name)?.is_some();
        let saved = context.contexts.update(&name, |before| {
            let mut saved = match (before, &endpoint) {
                (Some(before), _) => before,
                (None, Some(_)) => SavedContext::default(),
                (None, None) => {
                    return Err(Failure::usage(format_args!("there is no context {name}; a new one needs --endpoint")));
                }
            };
            saved.endpoint = endpoint.unwrap_or(saved.endpoint);
            saved.key = key.or(saved.key);
            saved.server_id = server_id.or(saved.server_id).filter(|_| !forget_server_id);
            Ok(saved)
        })?;
        let shown = Shown::of(context, &name, saved)?;
        if had_session && shown.session.is_none() {
            context
                .output
                .note(format_args!("the session was forgotten here: log in with `cpcctl login --context {name}`"));
        }
        context.output.record(&shown)
    }
}

/// Reads a server's id and gives it in the spelling that servers use.
fn server_id(text: &str) -> std::result::Result<String, String> {
    let id = PeerId::parse(text).map_err(|error| error.to_string())?;
    id.public_key().map(|_| id.to_string()).ok_or_else(|| "a server's id holds an Ed25519 key".to_owned())
}
