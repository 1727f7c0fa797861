use serde::Serialize;

use crate::{
    clock,
    context::Context,
    contexts::{SavedContext, SavedSession},
    failure::Result,
    global::context_name,
    output,
};

/// Shows a context: its server, its key, and whether a session is open
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl context show
  cpcctl context show lab -o json | jq -r .serverId")]
pub(crate) struct Args {
    /// Which [default: the one that commands use here]
    #[arg(value_parser = context_name)]
    name: Option<String>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<()> {
        let name = self.name.as_ref().unwrap_or(&context.name);
        let saved = context.contexts.load(name)?.ok_or_else(|| context.contexts.missing(name))?;
        context.output.record(&Shown::of(context, name, saved)?)
    }
}

/// A context as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    pub(super) name: String,
    /// Whether commands use it here and now.
    pub(super) is_current: bool,
    #[serde(flatten)]
    pub(super) saved: SavedContext,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
}

/// What is told of a session: never its tokens.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    /// When the access token ends.
    token_expires_at: String,
    is_renewable: bool,
    #[serde(skip)]
    has_ended: bool,
}

impl From<SavedSession> for Session {
    fn from(session: SavedSession) -> Self {
        Self {
            token_expires_at: clock::rfc3339(session.expires_at.as_second(), 0),
            is_renewable: session.refresh_token.is_some(),
            has_ended: session.expires_at <= clock::now(),
        }
    }
}

impl Session {
    /// Says in a word what a command would find.
    pub(super) fn state(&self) -> &'static str {
        match (self.has_ended, self.is_renewable) {
            (false, _) => "open",
            (true, true) => "to be renewed",
            (true, false) => "ended",
        }
    }
}

impl Shown {
    pub(super) fn of(context: &Context, name: &str, saved: SavedContext) -> Result<Self> {
        let session = context.contexts.session(name)?.filter(|session| saved.owns(session)).map(Session::from);
        Ok(Self { name: name.to_owned(), is_current: name == context.name, saved, session })
    }
}

impl output::Show for Shown {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let or = |value: Option<String>, default: &str| value.unwrap_or_else(|| default.to_owned());
        let session = self.session.as_ref().map(|session| match session.has_ended {
            false => format!("open, token until {}", session.token_expires_at),
            true => session.state().to_owned(),
        });
        vec![
            ("Context", self.name.clone()),
            ("Current", if self.is_current { "yes" } else { "no" }.to_owned()),
            ("Endpoint", self.saved.endpoint.clone()),
            ("Server id", or(self.saved.server_id.clone(), "kept at the first login")),
            ("Key", or(self.saved.key.as_ref().map(ToString::to_string), "the default one")),
            ("User", or(self.saved.username.clone(), "nobody yet")),
            ("Session", or(session, "none")),
        ]
    }
}
