//! What each command gets: output, prompt, progress, and the way to the server as the right caller.

use std::{
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use directories::ProjectDirs;
use tonic::{Response, Status, metadata::MetadataMap};

use crate::{
    client::Client,
    clock,
    contexts::{self, Contexts, SavedContext},
    endpoint::{self, Endpoint},
    environment::{Environment, Token},
    exit::Exit,
    failure::{Failure, Result},
    global::{Global, context_name},
    joining::Joining,
    key_file,
    output::Output,
    private_file,
    progress::ProgressMode,
    prompt::Prompt,
    session,
};

/// A token that ends sooner than this is renewed before it is used.
const MARGIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(20);

/// As whom the server is called.
#[derive(Debug, Clone)]
enum Caller {
    /// Without a token: anonymous, or the administrator on the daemon's own socket.
    Nobody,
    /// With a token that was handed over; it is not renewed.
    Token(Token),
    /// With the session of the context, renewed by its key.
    Context(SavedContext),
}

/// What each command gets.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) prompt: Prompt,
    pub(crate) progress: ProgressMode,
    pub(crate) contexts: Contexts,
    pub(crate) name: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) saved: Option<SavedContext>,
    /// The invite that the environment holds.
    pub(crate) invite: Option<Token>,
    /// The server's version, once it has answered anything.
    pub(crate) server_version: Option<String>,
    timeout: Duration,
    is_local: bool,
    is_named: bool,
    /// Whether flag, environment or context say where the server is.
    is_endpoint_named: bool,
    token_file: Option<PathBuf>,
    token: Option<Token>,
    caller: Option<Caller>,
    client: Option<Client>,
}

impl Context {
    /// Puts together flags, environment and the saved context: the first that says something wins.
    pub(crate) fn new(global: &Global, environment: Environment) -> Result<Self> {
        let output = Output::new(global.shape(), &environment);
        let contexts = Contexts::new(match environment.config_dir {
            Some(folder) => folder,
            None => project("cpcctl")?.config_dir().to_owned(),
        });
        let is_named = global.context.is_some() || environment.context.is_some();
        let name = global.context.clone().or(environment.context).unwrap_or_else(|| contexts::DEFAULT.to_owned());
        let name = context_name(&name).map_err(|why| Failure::usage(format_args!("CPCCTL_CONTEXT: {why}")))?;
        let saved = contexts.load(&name)?;

        let is_local = global.local || global.socket.is_some();
        let is_endpoint_named =
            is_local || global.endpoint.is_some() || environment.endpoint.is_some() || saved.is_some();
        let parse = |text: &str, origin: &str| {
            text.parse::<Endpoint>().map_err(|why| Failure::usage(format_args!("{origin}: {why}")))
        };
        let endpoint = if is_local {
            let socket = global.socket.clone().or(environment.socket);
            let socket = match socket {
                Some(socket) => socket,
                None => project("cpcd")?.data_dir().join("cpcd.sock"),
            };
            Endpoint::Unix(private_file::absolute(&socket))
        } else if let Some(endpoint) = &global.endpoint {
            endpoint.clone()
        } else if let Some(text) = &environment.endpoint {
            let endpoint = parse(text, "CPCCTL_ENDPOINT")?;
            let other =
                saved.as_ref().filter(|saved| global.context.is_some() && saved.endpoint != endpoint.to_string());
            if let Some(saved) = other {
                output.warning(format_args!(
                    "CPCCTL_ENDPOINT ({endpoint}) is used in place of {}, which context {name} names",
                    saved.endpoint
                ));
            }
            endpoint
        } else {
            parse(saved.as_ref().map_or(endpoint::DEFAULT, |saved| &saved.endpoint), "the context's endpoint")?
        };
        Ok(Self {
            output,
            prompt: Prompt::new(global.yes),
            progress: global.progress,
            contexts,
            name,
            endpoint,
            saved,
            invite: environment.invite,
            server_version: None,
            timeout: global.timeout,
            is_local,
            is_named,
            is_endpoint_named,
            token_file: global.token_file.clone(),
            token: environment.token,
            caller: None,
            client: None,
        })
    }

    /// Calls the server as the right caller; logs in again, once, if the session has ended.
    pub(crate) async fn call<T>(
        &mut self,
        make: impl AsyncFn(Client) -> std::result::Result<Response<T>, Status>,
    ) -> Result<T> {
        let client = self.client().await?;
        match self.attempt(client, &make).await {
            Err(failure) if failure.is_unauthenticated() => {
                let client = self.renewed(failure).await?;
                self.attempt(client, &make).await
            }
            other => other,
        }
    }

    /// Connects if that has not happened yet, with a token that is good for a while.
    pub(crate) async fn client(&mut self) -> Result<Client> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let caller = self.caller()?;
        let nobody = Client::connect(&self.endpoint, self.timeout).await?;
        let client = match &caller {
            Caller::Nobody => nobody,
            Caller::Token(token) => nobody.with_token(Some(token))?,
            Caller::Context(saved) => {
                let session = self.contexts.session(&self.name)?;
                match session.filter(|session| session.expires_at > clock::now() + MARGIN) {
                    Some(session) => nobody.with_token(Some(&session.access_token))?,
                    None => self.open_again(&nobody, saved).await?,
                }
            }
        };
        self.caller = Some(caller);
        self.client = Some(client.clone());
        Ok(client)
    }

    /// Connects anew, as after a broken connection.
    pub(crate) async fn reconnected(&mut self) -> Result<Client> {
        self.client = None;
        self.client().await
    }

    /// Takes the endpoint of an invite, where neither flag, environment nor context names one.
    pub(crate) fn follow_invite(&mut self, endpoints: &[String]) -> Result<()> {
        if self.is_endpoint_named {
            return Ok(());
        }
        let Some(first) = endpoints.first() else { return Ok(()) };
        self.endpoint = first.parse().map_err(|why| Failure::usage(format_args!("the invite's endpoint: {why}")))?;
        Ok(())
    }

    /// Connects as nobody, as the login does.
    pub(crate) async fn anonymous(&self) -> Result<Client> {
        Client::connect(&self.endpoint, self.timeout).await
    }

    /// Makes further calls with this token.
    pub(crate) fn use_token(&mut self, client: &Client, token: Token) -> Result<()> {
        self.client = Some(client.with_token(Some(&token))?);
        self.caller = Some(Caller::Token(token));
        Ok(())
    }

    /// Opens a new session after the server has refused the old one; hands the refusal back if there is no way to.
    pub(crate) async fn renewed(&mut self, refusal: Failure) -> Result<Client> {
        let (Some(Caller::Context(saved)), Some(client)) = (self.caller.clone(), self.client.clone()) else {
            return Err(self.explained(refusal));
        };
        let client = self.open_again(&client.with_token(None)?, &saved).await?;
        self.client = Some(client.clone());
        Ok(client)
    }

    /// The limit for one answer.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn attempt<T>(
        &mut self,
        client: Client,
        make: &impl AsyncFn(Client) -> std::result::Result<Response<T>, Status>,
    ) -> Result<T> {
        match tokio::time::timeout(self.timeout, make(client)).await {
            Err(_) => Err(Failure::timeout(self.timeout)),
            Ok(Ok(response)) => {
                self.note_version(response.metadata());
                Ok(response.into_inner())
            }
            Ok(Err(status)) => {
                self.note_version(status.metadata());
                Err(status.into())
            }
        }
    }

    fn note_version(&mut self, metadata: &MetadataMap) {
        let version = metadata.get("cpc-version").and_then(|version| version.to_str().ok());
        self.server_version = version.map(str::to_owned).or_else(|| self.server_version.take());
    }

    fn caller(&self) -> Result<Caller> {
        if let Some(path) = &self.token_file {
            return Ok(Caller::Token(read_token(path)?));
        }
        if let Some(token) = &self.token {
            return Ok(Caller::Token(token.clone()));
        }
        // A session's token goes to the server that gave it, and nowhere else.
        let is_here = |saved: &&SavedContext| !self.is_local && saved.endpoint == self.endpoint.to_string();
        if let Some(saved) = self.saved.as_ref().filter(is_here) {
            return Ok(Caller::Context(saved.clone()));
        }
        if self.is_named && self.saved.is_none() && !self.is_local {
            let name = &self.name;
            return Err(Failure::new(Exit::NotFound, "CONTEXT_NOT_FOUND", format_args!("there is no context {name}"))
                .hint(format_args!("`cpcctl login --context {name}` makes it")));
        }
        Ok(Caller::Nobody)
    }

    /// Forgets the session of the context, if that is what calls are made with.
    pub(crate) fn forget_session(&self) -> Result<()> {
        match self.caller {
            Some(Caller::Context(_)) => self.contexts.forget_session(&self.name),
            Some(Caller::Nobody | Caller::Token(_)) | None => Ok(()),
        }
    }

    /// Renews the session by its refresh token, or opens another by the key.
    async fn open_again(&self, nobody: &Client, saved: &SavedContext) -> Result<Client> {
        let Some(ended) = self.contexts.session(&self.name)? else {
            return Err(login_needed(&format!("nobody is logged in with context {}", self.name)));
        };
        let token = ended.refresh_token.as_ref().filter(|_| ended.server_id == saved.server_id);
        if let Some(token) = token {
            let renewal = session::renew(nobody, token, &saved.server_id);
            match tokio::time::timeout(self.timeout, renewal).await.map_err(|_| Failure::timeout(self.timeout))? {
                Ok(session) => {
                    // Kept before it is used: the token that it came for is good no longer.
                    self.contexts.save_session(&self.name, session.clone())?;
                    return nobody.with_token(Some(&session.access_token));
                }
                Err(failure) if failure.exit == Exit::Unreachable => return Err(failure),
                // Expired, revoked or used by another: the key opens a new session.
                Err(_) => {}
            }
        }
        self.log_in_again(nobody, saved).await
    }

    async fn log_in_again(&self, nobody: &Client, saved: &SavedContext) -> Result<Client> {
        let ask = || {
            if !self.prompt.is_interactive() {
                return Err(login_needed("the session has ended, and its key has a passphrase"));
            }
            self.output.note("the session has ended");
            self.prompt.passphrase(&format!("Passphrase of {}", saved.key_path.display()))
        };
        let key = key_file::read_secret(&saved.key_path, ask).map_err(|failure| match failure.reason.as_str() {
            "LOGIN_NEEDED" | "PASSPHRASE_WRONG" | "FILE_NOT_PRIVATE" => failure,
            _ => login_needed(&format!("the session has ended, and its key cannot be used: {}", failure.message)),
        })?;
        let plain = Joining::default();
        let login = session::log_in(nobody, &key, Some(&saved.server_id), &plain);
        let session = tokio::time::timeout(self.timeout, login).await.map_err(|_| Failure::timeout(self.timeout))??;
        let client = nobody.with_token(Some(&session.saved.access_token))?;
        self.contexts.save_session(&self.name, session.saved)?;
        Ok(client)
    }

    /// Says why no session was used, where there is one for another server.
    fn explained(&self, refusal: Failure) -> Failure {
        let Some(saved) = self.saved.as_ref().filter(|_| matches!(self.caller, Some(Caller::Nobody))) else {
            return refusal;
        };
        let (name, endpoint) = (&self.name, &self.endpoint);
        if self.is_local {
            return refusal;
        }
        refusal.hint(format_args!(
            "context {name} is for {} and its token is not sent elsewhere; \
             log in here with `cpcctl login --endpoint {endpoint} --context NAME`",
            saved.endpoint
        ))
    }
}

fn login_needed(message: &str) -> Failure {
    Failure::new(Exit::Denied, "LOGIN_NEEDED", message).hint("run `cpcctl login`")
}

fn project(name: &str) -> Result<ProjectDirs> {
    ProjectDirs::from("", "", name).ok_or_else(|| {
        Failure::new(Exit::Failure, "NO_HOME", "the home directory is not known")
            .hint("set HOME, or CPCCTL_CONFIG_DIR and --socket")
    })
}

fn read_token(path: &Path) -> Result<Token> {
    let mut text = zeroize::Zeroizing::new(String::new());
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::file(Path::new("stdin"), &error))?;
    } else {
        let bytes = private_file::read_public(path)?;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    match text.trim() {
        "" => Err(Failure::usage(format_args!("{}: there is no token in it", path.display()))),
        token => Ok(Token(token.to_owned())),
    }
}
