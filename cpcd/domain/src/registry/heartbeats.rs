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
    Config, Registrations,
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
}

/// What a node is told.
pub struct Beaten {
    /// The sequence number of the heartbeat.
    pub sequence: u64,
    /// When the next heartbeat is expected.
    pub next: Duration,
    /// What the node is taken for; nothing if it is not known, and must register again.
    pub status: Option<NodeStatus>,
    /// A fresh token, when the old one is near its end.
    pub tokens: Option<TokenPair>,
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
}

impl Heartbeats {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        config: &Config,
        table: Arc<Table>,
        pace: Arc<Pace>,
        identity: &Identity,
        registrations: Registrations,
    ) -> Self {
        let (store, clock, rules) = (store.clone(), clock.clone(), config.rules());
        Self { store, clock, rules, table, pace, opener: identity.opener.clone(), registrations }
    }

    /// Takes a heartbeat that says nothing new, of a node that is followed here: without a statement, and without waiting.
    /// Nothing if it is neither; then [`Heartbeats::take`] is to be asked.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` if the caller is no node, `FIELD_INVALID`, `ENGINE_AWAY` while only other replicas can be of use.
    pub fn take_plain(&self, caller: &Caller, beat: &Beat) -> Result<Option<Beaten>> {
        let (node, session) = sender(caller)?;
        if beat.capacity.is_some() || beat.record.is_some() {
            return Ok(None);
        }
        self.note(node, &session, beat)
    }

    /// Takes any heartbeat. Needs to be a node.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `FIELD_INVALID`, `RATE_LIMITED`; of a new record or capacity what registration says of them.
    pub async fn take(&self, caller: &Caller, beat: &Beat) -> Result<Beaten> {
        let (node, session) = sender(caller)?;
        let is_news = beat.capacity.is_some() || beat.record.is_some();
        let every = self.rules.interval / 3;
        // A heartbeat is not rated as registrations are, so what it may write is.
        if is_news && !self.table.may_update(node, self.clock.tick(), every) {
            let text = format!("a node changes what is stored of it once in {} s; say it again later", every.as_secs());
            return Err(Error::new(Reason::RateLimited, text).with_retry_after(every));
        }
        if is_news && !self.registrations.update(node, beat.record.as_deref(), beat.capacity).await? {
            return Ok(self.unknown(node, beat));
        }
        if let Some(beaten) = self.note(node, &session, beat)? {
            return Ok(beaten);
        }
        // Registered at another replica, or not any more.
        let Some(known) = self.store.get_node(node).await? else { return Ok(self.unknown(node, beat)) };
        let realm = self.table.realms.number(&known.realm);
        self.table.follow(node, known.status, realm, self.clock.tick());
        let beaten = self.note(node, &session, beat)?;
        Ok(beaten.unwrap_or_else(|| self.unknown(node, beat)))
    }

    fn note(&self, node: NodeId, session: &Session, beat: &Beat) -> Result<Option<Beaten>> {
        if let Some(used) = beat.used {
            used.check("used")?;
        }
        if self.table.is_cut_off() {
            let text = "this replica cannot tell the others whom it hears; send the heartbeat to another one";
            return Err(Error::new(Reason::EngineAway, text).with_retry_after(Duration::from_secs(1)));
        }
        let told = |arrival| self.pace.next(node, beat.sequence, arrival);
        let heard = self.table.beat(node, beat.used, || self.clock.tick(), told, &self.rules);
        let Some((status, next)) = heard else { return Ok(None) };
        let tokens = self.opener.renew_node(node, session, self.clock.now())?;
        Ok(Some(Beaten { sequence: beat.sequence, next, status: Some(status), tokens }))
    }

    fn unknown(&self, node: NodeId, beat: &Beat) -> Beaten {
        let next = self.pace.next(node, beat.sequence, Arrival { is_first: true, is_fair: true });
        Beaten { sequence: beat.sequence, next, status: None, tokens: None }
    }
}

/// Gives the node that speaks.
fn sender(caller: &Caller) -> Result<(NodeId, Session)> {
    match (caller.subject(), caller.session()) {
        (Subject::Node(id), Some(session)) => Ok((id, session)),
        (Subject::Anonymous, _) => Err(Error::new(Reason::TokenMissing, "a heartbeat needs the node's token")),
        (Subject::Node(_) | Subject::User(_) | Subject::LocalAdmin | Subject::System, _) => Err(Error::new(
            Reason::PermissionDenied,
            "only a node has a heartbeat; register one, or log in with its key and kind node",
        )),
    }
}
