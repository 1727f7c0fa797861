//! What each command gets: output, prompt, progress, and the way to the server as the right caller.

use std::{path::PathBuf, time::Duration};

use cpc_proto::v1::KeyProof;
use tonic::{Response, Status, metadata::MetadataMap};

use crate::{
    choice::{Choice, Origin},
    client::Client,
    clock,
    contexts::{Contexts, SavedContext, SavedSession},
    endpoint::Endpoint,
    environment::{Environment, Token},
    exit::Exit,
    failure::{Failure, Result},
    folders,
    global::Global,
    joining::Joining,
    key_choice::KeyChoice,
    output::Output,
    private_file,
    progress::ProgressMode,
    prompt::Prompt,
    rehearsal::{Came, Rehearsal},
    session::{self, Errand},
    settings::{self, Setting},
    signer::Signer,
    tls::{Pin, Trust},
    token_file,
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
    /// By what the server is known, over https.
    pub(crate) trust: Trust,
    pub(crate) saved: Option<SavedContext>,
    /// The endpoint that a flag names, whatever the context says.
    pub(crate) endpoint_flag: Option<Endpoint>,
    /// Whether a flag or a variable, rather than a file, names the context.
    pub(crate) is_overridden: bool,
    pub(crate) settings: Vec<Setting>,
    pub(crate) agent_socket: Option<PathBuf>,
    /// The invite that the environment holds.
    pub(crate) invite: Option<Token>,
    /// The server's version, once it has answered anything.
    pub(crate) server_version: Option<String>,
    rehearsal: Option<Rehearsal>,
    timeout: Duration,
    is_local: bool,
    is_named: bool,
    /// Whether a key may open a session where one has ended.
    may_log_in: bool,
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
        let rehearsal = global.dry_run.then(Rehearsal::default);
        let output = Output::new(global.shape(), &environment).rehearsing(rehearsal.clone());
        let contexts = Contexts::new(match &environment.config_dir {
            Some(folder) => private_file::absolute(folder),
            None => folders::of("cpcctl")?.config_dir().to_owned(),
        });
        let choice = Choice::new(global, &environment, &contexts, &output)?;
        let trust = trust(global, &environment, &choice)?;
        let settings = settings::list(global, &environment, &choice, &contexts);
        Ok(Self {
            output,
            prompt: Prompt::new(global.yes || global.dry_run),
            progress: global.progress,
            contexts,
            name: choice.name,
            endpoint: choice.endpoint,
            trust,
            saved: choice.saved,
            endpoint_flag: global.endpoint.clone(),
            is_overridden: matches!(choice.name_origin, Origin::Flag(_) | Origin::Variable(_)),
            settings,
            agent_socket: environment.agent_socket,
            invite: environment.invite,
            server_version: None,
            rehearsal,
            timeout: global.timeout,
            is_local: choice.is_local,
            is_named: choice.name_origin != Origin::Default,
            may_log_in: true,
            is_endpoint_named: choice.endpoint_origin != Origin::Default,
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

    /// Calls the server as [`Self::call`] does, and once more with a confirmation by the caller's key if the server wants one.
    pub(crate) async fn call_confirmed<T>(
        &mut self,
        make: impl AsyncFn(Client, Option<KeyProof>) -> std::result::Result<Response<T>, Status>,
    ) -> Result<T> {
        match self.call(async |client| make(client, None).await).await {
            Err(failure) if failure.reason == "CONFIRMATION_REQUIRED" => {
                let confirmation = self.confirmation(failure).await?;
                self.call(async |client| make(client, Some(confirmation.clone())).await).await
            }
            other => other,
        }
    }

    /// Has the caller's key confirm what is asked for; hands the refusal back where the caller is known by a token alone.
    async fn confirmation(&self, refusal: Failure) -> Result<KeyProof> {
        let Some(Caller::Context(_)) = &self.caller else { return Err(refusal) };
        let why = "Your key is needed to confirm this. ";
        let signer = Signer::open(&self.key(None), self.agent_socket.as_deref(), &self.prompt, why).await?;
        self.prove_key(&signer, Errand::Confirmation).await
    }

    /// Has a key sign a challenge, for the server that the context knows.
    pub(crate) async fn prove_key(&self, signer: &Signer, errand: Errand) -> Result<KeyProof> {
        let (nobody, plain) = (self.anonymous().await?, Joining::default());
        let pinned = self.saved.as_ref().and_then(|saved| saved.server_id.as_deref());
        let proven = session::prove(&nobody, signer, errand, pinned, &plain, self.timeout).await?;
        Ok(KeyProof { challenge: proven.proof.challenge, signature: proven.proof.signature })
    }

    /// Connects if that has not happened yet, with a token that is good for a while.
    pub(crate) async fn client(&mut self) -> Result<Client> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let caller = self.caller()?;
        let nobody = self.anonymous().await?;
        let client = match &caller {
            Caller::Nobody => nobody,
            Caller::Token(token) => nobody.with_token(Some(token))?,
            Caller::Context(saved) => {
                let session = self.contexts.session(&self.name)?.filter(|session| saved.owns(session));
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

    /// Lets the next call connect anew.
    pub(crate) fn forget_connection(&mut self) {
        self.client = None;
    }

    /// Takes what an invite says of where the server is and by which key it is known, where neither flag, environment nor context
    /// says so.
    pub(crate) fn follow_invite(&mut self, endpoints: &[String], tls_pin: Option<[u8; 32]>) -> Result<()> {
        self.follow(endpoints.first().map(String::as_str), "the invite's endpoint")?;
        self.rely_on(tls_pin.map(Pin::from));
        Ok(())
    }

    /// Takes an endpoint, where neither flag, environment nor context names one.
    pub(crate) fn follow(&mut self, endpoint: Option<&str>, whose: &str) -> Result<()> {
        if let Some(endpoint) = endpoint.filter(|_| !self.is_endpoint_named) {
            self.endpoint = endpoint.parse().map_err(|why| Failure::usage(format_args!("{whose}: {why}")))?;
        }
        Ok(())
    }

    /// Takes the key that the server is known by, where nothing else says which.
    pub(crate) fn rely_on(&mut self, pin: Option<Pin>) {
        if self.trust == Trust::default() {
            self.trust.pin = pin;
        }
    }

    /// Connects as nobody, as the login does.
    pub(crate) async fn anonymous(&self) -> Result<Client> {
        let connected = Client::connect(&self.endpoint, &self.trust, self.timeout).await?;
        Ok(connected.rehearsing(self.rehearsal.as_ref()))
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

    /// Tells whether nothing is to be changed; who asks shows by itself what would be.
    pub(crate) fn is_rehearsal(&self) -> bool {
        self.rehearsal.as_ref().inspect(|rehearsal| rehearsal.note(Came::Checked)).is_some()
    }

    /// Shows the call that a rehearsal stopped, whatever the command made of that; otherwise leaves the end as it is.
    pub(crate) fn rehearsed(&self, done: Result<()>) -> Result<()> {
        let Some(rehearsal) = &self.rehearsal else { return done };
        let output = self.output.clone().rehearsing(None);
        match rehearsal.came() {
            Came::Stopped(planned) => output.record(&planned)?,
            Came::Checked => done?,
            Came::Nothing => {
                done?;
                output.note("nothing would be changed");
                return Ok(());
            }
        }
        output.note("nothing was changed; this is what would be");
        Ok(())
    }

    /// Tells whether the daemon's socket is used, past every context.
    pub(crate) fn is_local(&self) -> bool {
        self.is_local
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
            return Ok(Caller::Token(token_file::read(path)?));
        }
        if let Some(token) = &self.token {
            return Ok(Caller::Token(token.clone()));
        }
        // A session's token goes to the server that gave it, and nowhere else.
        let is_here = |saved: &&SavedContext| !self.is_local && saved.endpoint == self.endpoint.to_string();
        // Before its first login a context is only an address.
        if let Some(saved) = self.saved.as_ref().filter(is_here).filter(|saved| saved.username.is_some()) {
            return Ok(Caller::Context(saved.clone()));
        }
        if self.is_named && self.saved.is_none() && !self.is_local {
            return Err(self.contexts.missing(&self.name));
        }
        Ok(Caller::Nobody)
    }

    /// Gives the key that opens sessions here: the named one, else the context's, else the default one.
    pub(crate) fn key(&self, named: Option<KeyChoice>) -> KeyChoice {
        let kept = || self.saved.as_ref().and_then(|saved| saved.key.clone());
        named.or_else(kept).unwrap_or_else(|| KeyChoice::File(self.contexts.default_key())).absolute()
    }

    /// Leaves an ended session ended, as where it is only to be closed.
    pub(crate) fn without_login(&mut self) {
        self.may_log_in = false;
    }

    /// Forgets the session of the context, if that is what calls are made with.
    pub(crate) fn forget_session(&self) -> Result<()> {
        match self.caller {
            Some(Caller::Context(_)) => self.contexts.forget_session(&self.name).map(drop),
            Some(Caller::Nobody | Caller::Token(_)) | None => Ok(()),
        }
    }

    /// Renews the session by its refresh token, or opens another by the key.
    async fn open_again(&self, nobody: &Client, saved: &SavedContext) -> Result<Client> {
        let Some(ended) = self.contexts.session(&self.name)? else {
            return Err(login_needed(&format!("nobody is logged in with context {}", self.name)));
        };
        if let Some(token) = ended.refresh_token.as_ref().filter(|_| saved.owns(&ended)) {
            let renewal = session::renew(nobody, token, &ended);
            match tokio::time::timeout(self.timeout, renewal).await.map_err(|_| Failure::timeout(self.timeout))? {
                Ok(session) => {
                    // Kept before it is used: the token that it came for is good no longer.
                    self.contexts.replace_session(&self.name, &ended, session.clone())?;
                    return nobody.with_token(Some(&session.access_token));
                }
                Err(failure) if failure.exit == Exit::Unreachable => return Err(failure),
                // Expired, revoked or used by another: the key opens a new session.
                Err(_) => {}
            }
        }
        if !self.may_log_in {
            return Err(login_needed("the session has ended"));
        }
        self.log_in_again(nobody, saved, &ended).await
    }

    async fn log_in_again(&self, nobody: &Client, saved: &SavedContext, ended: &SavedSession) -> Result<Client> {
        let signer =
            Signer::open(&self.key(None), self.agent_socket.as_deref(), &self.prompt, "The session has ended. ").await;
        let signer = signer.map_err(|failure| match failure.reason.as_str() {
            "PASSPHRASE_WRONG" | "FILE_NOT_PRIVATE" => failure,
            "PASSPHRASE_NEEDED" => login_needed("the session has ended, and its key has a passphrase"),
            _ => login_needed(&format!("the session has ended, and its key cannot be used: {}", failure.message)),
        })?;
        let pinned = saved.server_id.as_deref().unwrap_or(&ended.server_id);
        let plain = Joining::default();
        let session = session::log_in(nobody, &signer, Errand::UserLogin, Some(pinned), &plain, self.timeout).await?;
        let session = session.at(&self.endpoint);
        let client = nobody.with_token(Some(&session.access_token))?;
        self.contexts.replace_session(&self.name, ended, session)?;
        Ok(client)
    }

    /// Says why no session was used, where there is one for another server.
    fn explained(&self, refusal: Failure) -> Failure {
        let Some(saved) = self.saved.as_ref().filter(|_| matches!(self.caller, Some(Caller::Nobody))) else {
            return refusal;
        };
        let (name, endpoint) = (&self.name, &self.endpoint);
        if self.is_local || saved.endpoint == endpoint.to_string() {
            return refusal;
        }
        refusal.hint(format_args!(
            "context {name} is for {} and its token is not sent elsewhere; \
             log in here with `cpcctl login --endpoint {endpoint} --context NAME`",
            saved.endpoint
        ))
    }
}

/// Gives whom to believe that it is the server: what is said now, else what the context keeps for this server.
fn trust(global: &Global, environment: &Environment, choice: &Choice) -> Result<Trust> {
    let ca_file = global.ca_file.clone().or_else(|| environment.ca_file.clone());
    let pin = match (global.tls_pin, &environment.tls_pin) {
        (None, Some(text)) => Some(text.parse().map_err(|why| Failure::usage(format_args!("CPCCTL_TLS_PIN: {why}")))?),
        (pin, _) => pin,
    };
    let said = Trust { ca_file: ca_file.map(|path| private_file::absolute(&path)), pin };
    let is_kept = |saved: &&SavedContext| said == Trust::default() && saved.endpoint == choice.endpoint.to_string();
    let Some(saved) = choice.saved.as_ref().filter(is_kept) else { return Ok(said) };
    let pin = saved.tls_pin.as_deref().map(str::parse).transpose();
    let pin = pin.map_err(|why| Failure::usage(format_args!("the context's pin: {why}")))?;
    Ok(Trust { ca_file: saved.ca_file.clone(), pin })
}

fn login_needed(message: &str) -> Failure {
    Failure::new(Exit::Denied, "LOGIN_NEEDED", message).hint("run `cpcctl login`")
}
