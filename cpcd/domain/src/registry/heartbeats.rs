//! Heartbeats: a node says that it lives, and is told what to do.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    id::NodeId,
    node::{NodeStatus, Resources},
    time::Clock,
};
use cpcd_store::Store;

use super::{
    Config, Peers, Registrations, RoundTrip,
    directives::{self, Answer, Directing, Directives},
    entry::Entry,
    pace::Pace,
    rules::Rules,
    table::{Arrival, Table},
};
use crate::{
    Caller,
    caller::{Session, Subject},
    identity::{Identity, Opener, TokenPair},
};

/// A heartbeat, as it came.
#[derive(Clone, Debug, Default)]
pub struct Beat {
    /// Rises with each heartbeat of a run of the agent.
    pub sequence: u64,
    /// What is in use now.
    pub used: Option<Resources>,
    /// What the node has to give, if that changed.
    pub capacity: Option<Resources>,
    /// A new peer record, if the addresses changed.
    pub record: Option<Vec<u8>>,
    /// Version of the directives that the node has carried out.
    pub directives_seen: u64,
    /// What the node says of parts that it was given.
    pub answers: Vec<Answer>,
    /// Round trips to other nodes, measured since the last one.
    pub round_trips: Vec<RoundTrip>,
}

/// What a node is told.
pub struct Beaten {
    /// The sequence number of the heartbeat.
    pub sequence: u64,
    /// When the next heartbeat is expected.
    pub next: Duration,
    /// What the node is taken for; nothing if it is not known, and must register again.
    pub status: Option<NodeStatus>,
    /// Whether the node waits for approval.
    pub is_pending: bool,
    /// A fresh token, when the old one is near its end.
    pub tokens: Option<TokenPair>,
    /// What the node is to do, when it has not seen that yet.
    pub directives: Option<Box<Directives>>,
}

/// Takes heartbeats.
#[derive(Clone)]
pub struct Heartbeats {
    store: Store,
    clock: Clock,
    rules: Rules,
    table: Arc<Table>,
    pace: Arc<Pace>,
    opener: Opener,
    registrations: Registrations,
    directing: Directing,
    peers: Peers,
}

impl Heartbeats {
    pub(super) fn new(
        config: &Config,
        pace: Arc<Pace>,
        identity: &Identity,
        registrations: Registrations,
        directing: Directing,
        peers: &Peers,
    ) -> Self {
        let (store, clock, table) = (directing.store.clone(), directing.clock.clone(), directing.table.clone());
        let (rules, opener, peers) = (config.rules(), identity.opener.clone(), peers.clone());
        Self { store, clock, rules, table, pace, opener, registrations, directing, peers }
    }

    /// Takes a heartbeat that says nothing new, of a node that is followed here and has nothing to be told: without a statement, and
    /// without waiting.
    /// Nothing if it is neither; then [`Heartbeats::take`] is to be asked. Where nothing `may_be_told` now, since there is too much to do,
    /// it is heard all the same, and told with a later one.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` if the caller is no node, `FIELD_INVALID`, `ENGINE_AWAY` while only other replicas can be of use.
    pub fn take_plain(&self, caller: &Caller, beat: &Beat, may_be_told: bool) -> Result<Option<Beaten>> {
        let (node, session) = sender(caller)?;
        if beat.capacity.is_some() || beat.record.is_some() || !beat.answers.is_empty() {
            return Ok(None);
        }
        self.note(node, &session, beat, may_be_told)
    }

    /// Takes any heartbeat. Needs to be a node.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `FIELD_INVALID`, `RATE_LIMITED`; of a new record or capacity what registration says of them.
    pub async fn take(&self, caller: &Caller, beat: &Beat) -> Result<Beaten> {
        let (node, session) = sender(caller)?;
        let is_news = beat.capacity.is_some() || beat.record.is_some();
        let answers = directives::check(&beat.answers)?;
        // Whoever speaks lives, whatever becomes of the rest of what it says.
        let heard = self.note(node, &session, beat, false)?;
        let third = self.rules.interval / 3;
        // What it says of its parts is awaited; so it may follow sooner.
        let every = if is_news { third } else { self.rules.interval / 30 };
        // A heartbeat is not rated as registrations are, so what it may write is.
        if (is_news || !answers.is_empty()) && !self.table.may_update(node, self.clock.tick(), every) {
            let text =
                format!("a node changes what is stored of it once in {} ms; say it again later", every.as_millis());
            return Err(Error::new(Reason::RateLimited, text).with_retry_after(every));
        }
        if is_news && !self.registrations.update(node, beat.record.as_deref(), beat.capacity).await? {
            return Ok(self.unknown(node, beat));
        }
        if !answers.is_empty() {
            self.directing.take(node, answers).await?;
        }
        if let Some(beaten) = heard {
            let directives = self.directing.tell(caller, node, beat.directives_seen, third).await;
            return Ok(Beaten { directives: directives.map(Box::new), ..beaten });
        }
        // Registered at another replica, or not any more.
        let Some(known) = self.store.get_node(node).await? else { return Ok(self.unknown(node, beat)) };
        let realm = self.table.realms.number(&known.realm);
        self.table.follow(node, known.status, realm, self.clock.tick());
        self.table.direct(node, known.directives);
        self.table.pending.set(node, known.is_pending);
        let beaten = self.note(node, &session, beat, false)?;
        Ok(beaten.unwrap_or_else(|| self.unknown(node, beat)))
    }

    /// Notes a heartbeat; nothing if the node is not followed here, or it `must_be_plain` and the node is to be told something.
    fn note(&self, node: NodeId, session: &Session, beat: &Beat, must_be_plain: bool) -> Result<Option<Beaten>> {
        if let Some(used) = beat.used {
            used.check("used")?;
        }
        if self.table.is_cut_off() {
            let text = "this replica cannot tell the others whom it hears; send the heartbeat to another one";
            return Err(Error::new(Reason::EngineAway, text).with_retry_after(Duration::from_secs(1)));
        }
        let told = |arrival| self.pace.next(node, beat.sequence, arrival);
        let is_to_direct = |entry: &Entry, now| {
            must_be_plain && entry.is_to_direct(beat.directives_seen, now, self.rules.interval / 3)
        };
        let heard = self.table.beat_unless(node, beat.used, || self.clock.tick(), told, &self.rules, is_to_direct);
        let Some((status, next)) = heard else { return Ok(None) };
        if !beat.round_trips.is_empty() {
            self.peers.measured(node, &beat.round_trips);
        }
        let tokens = self.opener.renew_node(node, session, self.clock.now())?;
        let is_pending = self.table.pending.contains(node);
        Ok(Some(Beaten { sequence: beat.sequence, next, status: Some(status), is_pending, tokens, directives: None }))
    }

    fn unknown(&self, node: NodeId, beat: &Beat) -> Beaten {
        let next = self.pace.next(node, beat.sequence, Arrival { is_first: true, is_fair: true });
        Beaten { sequence: beat.sequence, next, status: None, is_pending: false, tokens: None, directives: None }
    }
}

/// Gives the node that speaks.
fn sender(caller: &Caller) -> Result<(NodeId, Session)> {
    match (caller.subject(), caller.session()) {
        (Subject::Node(id), Some(session)) => Ok((id, session)),
        (Subject::Anonymous, _) => Err(Error::new(Reason::TokenMissing, "a heartbeat needs the node's token")),
        (Subject::Node(_) | Subject::User(_) | Subject::Service(_) | Subject::LocalAdmin | Subject::System, _) => {
            Err(Error::new(
                Reason::PermissionDenied,
                "only a node has a heartbeat; register one, or log in with its key and kind node",
            ))
        }
    }
}
