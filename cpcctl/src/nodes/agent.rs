//! The agent: registers this machine as a node, says that it lives, and outlives the server's absence.

use std::time::{Duration, Instant};

use cpc_proto::v1::{
    Directives, HeartbeatResponse, NodePing, NodeScheduling, NodeStatus, ResourceAllocation, TokenPair,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    backoff::Backoff,
    held::Held,
    line::Line,
    measuring::Measuring,
    profile::Profile,
    providing::{Order, Providing},
    registering,
    usage::Usage,
    word,
};
use crate::{
    client::Client,
    clock,
    context::Context,
    environment::Token,
    exit::Exit,
    failure::{Failure, Result},
    session::{self, Errand},
    signer::Signer,
};

/// A token that ends sooner than this is not worth opening a line with.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// An agent at work.
pub(crate) struct Agent<'a> {
    context: &'a mut Context,
    profile: Profile,
    usage: Usage,
    /// Heartbeats go one by one.
    is_unary: bool,
    node_id: String,
    token: Option<(Token, Timestamp)>,
    sequence: u64,
    status: Option<NodeStatus>,
    /// What it provides; nothing where one heartbeat is all there is.
    providing: Option<Providing>,
    /// Version of the directives that were handed on.
    directives_seen: u64,
    scheduling: NodeScheduling,
    /// Allocations that the node asked for.
    held: Held,
    /// Measures round trips to peers; nothing where that is not asked for.
    measuring: Option<Measuring>,
    due: Instant,
    backoff: Backoff,
    /// Since when nothing has worked.
    failed_since: Option<Instant>,
    /// The same, once it was said.
    away_since: Option<Instant>,
}

/// Something that happened, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    at: String,
    event: &'a str,
    node_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_heartbeat_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocation: Option<&'a ResourceAllocation>,
}

/// What a heartbeat by itself shows.
pub(crate) struct Beaten {
    pub(crate) node_id: String,
    pub(crate) ping: NodePing,
    pub(crate) answer: HeartbeatResponse,
}

impl<'a> Agent<'a> {
    /// Makes an agent that has done nothing yet.
    pub(crate) fn new(context: &'a mut Context, profile: Profile, usage: Usage, is_unary: bool) -> Self {
        Self {
            context,
            profile,
            usage,
            is_unary,
            node_id: String::new(),
            token: None,
            sequence: 0,
            status: None,
            providing: None,
            directives_seen: 0,
            scheduling: NodeScheduling::Unspecified,
            held: Held::default(),
            measuring: None,
            due: Instant::now(),
            backoff: Backoff::default(),
            failed_since: None,
            away_since: None,
        }
    }

    /// Has round trips to peers measured.
    pub(crate) fn measuring(self) -> Self {
        Self { measuring: Some(Measuring::default()), ..self }
    }

    /// Runs until something fails that waiting does not mend; what the node provides ends with it then.
    pub(crate) async fn run(mut self, providing: Providing) -> Result<()> {
        self.providing = Some(providing.clone());
        let result = self.live().await;
        providing.end("the agent has ended").await;
        result
    }

    async fn live(&mut self) -> Result<()> {
        loop {
            let Err(failure) = self.connection().await;
            if failure.is_unauthenticated() && self.token.take().is_some() {
                // The next connection logs in by key.
                self.tell("token-ended", "the token has ended; logging in by key", Some(&failure));
            } else if !may_pass(&failure) {
                return Err(failure);
            } else if self.failed_since.is_none() {
                // A connection may end for many reasons, its age among them: the next one shows whether the server is away.
                self.failed_since = Some(Instant::now());
            } else if self.away_since.is_none() {
                self.away_since = self.failed_since;
                let words = format!("the server is away ({}); trying until it is back", failure.message);
                self.tell("away", &words, Some(&failure));
            }
            let wait = failure.retry_after.unwrap_or_default() + self.backoff.wait();
            tokio::time::sleep(wait).await;
        }
    }

    /// Registers and sends one heartbeat.
    pub(crate) async fn once(mut self) -> Result<Beaten> {
        let client = self.context.anonymous().await?;
        let token = self.credentials(&client).await?;
        // What is in use is measured over a time.
        tokio::time::sleep(super::usage::SHORTEST).await;
        let ping = self.ping();
        let mut line = Line::new(&client, &token, self.context.timeout())?.unary();
        let answer = line.beat(ping.clone()).await?;
        Ok(Beaten { node_id: self.node_id, ping, answer })
    }

    /// Lives over one connection, until it breaks.
    async fn connection(&mut self) -> Result<std::convert::Infallible> {
        let client = self.context.anonymous().await?;
        loop {
            let token = self.credentials(&client).await?;
            let line = Line::new(&client, &token, self.context.timeout())?;
            let mut line = if self.is_unary { line.unary() } else { line };
            // Ends only where the server has forgotten the node: it registers again.
            while self.beat(&mut line).await? {}
            self.token = None;
            self.node_id.clear();
        }
    }

    /// Sends the next heartbeat when it is due; gives whether the server still knows the node.
    async fn beat(&mut self, line: &mut Line) -> Result<bool> {
        tokio::select! {
            () = tokio::time::sleep_until(self.due.into()) => {}
            failure = line.cut() => return Err(failure),
        }
        let was_unary = line.is_unary();
        let ping = self.ping();
        let (said, measured) = (ping.answers.len(), ping.round_trips.len());
        // A lease that the answer gives counts from here: so it ends here before it does at the server.
        let (sent, asked) = (Instant::now(), clock::now());
        let mut answer = line.beat(ping).await?;
        self.returned();
        if let Some(providing) = &self.providing {
            providing.heard(said);
        }
        if let Some(measuring) = &self.measuring {
            measuring.heard(measured);
            measuring.look(line.client(), self.context.timeout());
        }
        if line.is_unary() && !was_unary {
            self.tell("unary", "streams do not pass; heartbeats go one by one", None);
        }
        self.due = Instant::now() + Duration::from_millis(answer.next_heartbeat_ms.into());
        if answer.register_again {
            self.tell("forgotten", "the server does not know this node any more; registering again", None);
            return Ok(false);
        }
        if let Some(tokens) = answer.tokens.clone() {
            self.keep(tokens)?;
            if let Some((token, _)) = &self.token {
                line.renew(token)?;
            }
        }
        if let Some(directives) = answer.directives.take() {
            self.heed(directives, sent, asked);
        }
        self.note(&answer);
        Ok(true)
    }

    /// Does what the server says, or hands it on.
    fn heed(&mut self, directives: Directives, sent: Instant, asked: Timestamp) {
        self.directives_seen = directives.version;
        let scheduling = directives.scheduling();
        let before = std::mem::replace(&mut self.scheduling, scheduling);
        let is_usual = before == NodeScheduling::Unspecified && scheduling == NodeScheduling::Active;
        if scheduling != before && !is_usual {
            let (name, words) = told(scheduling);
            self.tell(name, words, None);
        }
        for (allocation, words) in self.held.heed(&directives.held) {
            let mut event = self.event("held");
            event.allocation = Some(&allocation);
            self.context.output.event(format_args!("{} {words}", event.at), &event);
        }
        if let Some(providing) = &self.providing {
            providing.heed(Order { node_id: self.node_id.clone(), directives, sent, asked });
        }
    }

    /// Gives a token that is good for a while: the one at hand, else one for a login by key, else one for a registration.
    async fn credentials(&mut self, client: &Client) -> Result<Token> {
        if let Some((token, _)) = self.token.as_ref().filter(|(_, end)| *end > clock::now() + MARGIN) {
            return Ok(token.clone());
        }
        if !self.node_id.is_empty() {
            let signer = Signer::Key(self.profile.key.clone());
            let pinned = registering::pinned(self.context, &self.profile);
            let (limit, plain) = (self.context.timeout(), Default::default());
            match session::log_in(client, &signer, Errand::NodeLogin, pinned.as_deref(), &plain, limit).await {
                Ok(session) => {
                    let (token, end) = session.into_access();
                    self.token = Some((token.clone(), end));
                    self.due = Instant::now();
                    self.tell("logged-in", "logged in by key", None);
                    return Ok(token);
                }
                Err(failure) if failure.reason == "LOGIN_REFUSED" => {}
                Err(failure) => return Err(registering::explained(failure)),
            }
        }
        self.register().await
    }

    async fn register(&mut self) -> Result<Token> {
        // A connection of before may be a dead one.
        self.context.forget_connection();
        let answer = registering::register(self.context, &mut self.profile).await?;
        self.node_id.clone_from(&answer.node_id);
        self.due = Instant::now() + Duration::from_millis(answer.next_heartbeat_ms.into());
        self.returned();
        let tokens = answer.tokens.ok_or_else(Failure::empty_answer)?;
        self.keep(tokens)?;
        let words = format!("registered as node {} ({})", answer.node_id, answer.peer_id);
        self.tell("registered", &words, None);
        // Whatever was said to another node of this key is said again.
        self.directives_seen = 0;
        if answer.is_pending {
            let words =
                "an administrator has to approve this node (`cpcctl node approve`); until then it gets nothing to do";
            self.tell("pending", words, None);
        }
        self.token.as_ref().map(|(token, _)| token.clone()).ok_or_else(Failure::empty_answer)
    }

    fn keep(&mut self, tokens: TokenPair) -> Result<()> {
        self.token = Some(session::access(tokens)?);
        Ok(())
    }

    fn ping(&mut self) -> NodePing {
        self.sequence += 1;
        NodePing {
            sequence: self.sequence,
            used: Some(self.usage.look()),
            directives_seen: self.directives_seen,
            answers: self.providing.as_ref().map(Providing::answers).unwrap_or_default(),
            round_trips: self.measuring.as_ref().map(Measuring::measured).unwrap_or_default(),
            ..NodePing::default()
        }
    }

    /// Notes that the server answers, and says so if it was away.
    fn returned(&mut self) {
        self.backoff.reset();
        self.failed_since = None;
        if let Some(since) = self.away_since.take() {
            let words = format!("the server is back after {:.1} s", since.elapsed().as_secs_f64());
            self.tell("back", &words, None);
        }
    }

    /// Notes an answer; people hear of it only if what the node is taken for has changed.
    fn note(&mut self, answer: &HeartbeatResponse) {
        let status = answer.status();
        let is_news = self.status.replace(status) != Some(status);
        if is_news || self.context.output.is_json() {
            let event = Event {
                status: Some(word(status)),
                sequence: Some(answer.sequence.to_string()),
                next_heartbeat_ms: Some(answer.next_heartbeat_ms),
                ..self.event("heartbeat")
            };
            self.context.output.event(format_args!("{} {}", event.at, word(status)), &event);
        }
    }

    fn tell(&self, name: &str, words: &str, failure: Option<&Failure>) {
        let mut event = self.event(name);
        event.reason = failure.map(|failure| failure.reason.as_str());
        event.message = failure.map(|failure| failure.message.as_str());
        self.context.output.event(format_args!("{} {words}", event.at), &event);
    }

    fn event<'e>(&'e self, event: &'e str) -> Event<'e> {
        Event {
            at: format!("{:.3}", clock::now()),
            event,
            node_id: &self.node_id,
            status: None,
            sequence: None,
            next_heartbeat_ms: None,
            reason: None,
            message: None,
            allocation: None,
        }
    }
}

/// Names what may be placed on the node, and says what that means.
fn told(scheduling: NodeScheduling) -> (&'static str, &'static str) {
    match scheduling {
        NodeScheduling::Unspecified | NodeScheduling::Active => ("active", "takes allocations again"),
        NodeScheduling::Cordoned => ("cordoned", "is cordoned: it keeps what it provides and gets nothing new"),
        NodeScheduling::Draining => ("draining", "is draining: what it provides is being moved elsewhere"),
        NodeScheduling::Drained => ("drained", "is drained: nothing is left on it, it can be stopped"),
    }
}

/// Tells whether a failure may be over later: the server is away, or has too much to do.
pub(crate) fn may_pass(failure: &Failure) -> bool {
    matches!(failure.exit, Exit::Unreachable | Exit::Busy)
        || failure.retry_after.is_some()
        || ["internal", "cancelled", "aborted"].contains(&failure.code)
}
