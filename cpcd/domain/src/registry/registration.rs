//! Registration: a node proves its key, says where it is and what it has, and gets its first token.

use std::{sync::Arc, time::Duration};

use cpc_signing::{Kind, PublicKey, Purpose, SignedPeerRecord};
use cpcd_model::{
    Error, Reason, Result,
    id::{NodeId, UserId},
    labels::{self, Labels},
    namespace,
    node::{Joined, Node, Resources},
    permission::{Level, Resource},
    text,
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{Asked, NewEvent, Priority, Tx},
};
use serde_json::json;

use super::{
    Config,
    intake::{Intake, Newcomer},
    joining::quota::{Quota, Quotas},
    pace::Pace,
    placement::Placements,
    record,
    table::{Arrival, Table},
};
use crate::{
    Caller,
    identity::{
        Identity, InviteKind, Joining, Opener, Proof, Proofs, Proven, Terms, Ticket, TokenPair, use_up, write_session,
    },
};

const LONGEST_AGENT: usize = 100;

/// A node that registers, as it came.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Signed peer record of either dialect.
    pub record: Vec<u8>,
    /// A challenge of purpose register, signed by the node's key.
    pub proof: Proof,
    /// What it has to give.
    pub capacity: Resources,
    /// What it says of itself.
    pub labels: Vec<(String, String)>,
    /// The agent's name and version.
    pub agent_version: String,
    /// Rendezvous namespaces that it is to be found under.
    pub namespaces: Vec<String>,
    /// Whether it goes by itself some minutes after it was last heard of.
    pub is_ephemeral: bool,
    /// The network that it comes from, such as 203.0.113.0/24; empty if it counts for none.
    pub network: String,
}

/// What holds for the node from now on.
pub struct Registered {
    /// The node.
    pub node: Node,
    /// Its tokens.
    pub tokens: TokenPair,
    /// When its first heartbeat is expected.
    pub next: Duration,
}

/// Registers nodes.
#[derive(Clone)]
pub struct Registrations {
    store: Store,
    clock: Clock,
    config: Arc<Config>,
    table: Arc<Table>,
    pace: Arc<Pace>,
    proofs: Proofs,
    opener: Opener,
    joining: Joining,
    intake: Intake,
    quotas: Arc<Quotas>,
    placements: Placements,
}

/// A registration whose every part holds by itself.
struct Checked {
    signed: SignedPeerRecord,
    capacity: Resources,
    labels: Labels,
    agent_version: String,
    namespaces: Vec<String>,
    is_ephemeral: bool,
    network: String,
}

/// What lets a new node in.
enum Admission {
    /// It is not new.
    Known,
    /// The right of whoever registers it.
    Right(Option<UserId>),
    /// What the join policy asks.
    Ticket(Ticket),
}

impl Registrations {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        config: Arc<Config>,
        table: Arc<Table>,
        pace: Arc<Pace>,
        identity: &Identity,
        placements: Placements,
    ) -> Self {
        let (store, clock) = (store.clone(), clock.clone());
        let (proofs, opener) = (identity.proofs.clone(), identity.opener.clone());
        let quotas = Arc::new(Quotas::new(&config));
        let intake = Intake::new(&store, &clock, table.clone(), quotas.clone());
        let joining = identity.joining.clone();
        Self { store, clock, config, table, pace, proofs, opener, joining, intake, quotas, placements }
    }

    /// Gives how often each of the [`super::LIMITS`] has kept a node out here.
    #[must_use]
    pub fn refused(&self) -> [u64; 4] {
        self.quotas.refused()
    }

    /// Gives how far the limits of new nodes are used. Needs nothing: the edge asks for read on system.
    ///
    /// # Errors
    /// What the store says.
    pub async fn quotas(&self) -> Result<Vec<Quota>> {
        self.quotas.used(&self.store).await
    }

    /// Gives the number of nodes that wait for approval. Needs nothing: the edge asks for read on metrics.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.table.pending.count()
    }

    /// Registers a node, or brings up to date what is known of it. Needs a proof by the node's key; a new node also needs what
    /// the join policy asks, or a caller with write on nodes, to whom it then belongs.
    ///
    /// # Errors
    /// `RECORD_INVALID`, `RECORD_KEY_MISMATCH`, `RECORD_STALE`, `ADDRESS_NOT_ALLOWED`, `KEY_WEAK`, `KEY_INVALID`,
    /// `SIGNATURE_INVALID`, `QUOTA_EXCEEDED`, the challenge's and the invite's faults, or a field's.
    pub async fn register(&self, caller: &Caller, registration: Registration) -> Result<Registered> {
        let now = self.clock.now();
        let checked = check(&registration, self.proofs.key(&registration.proof, Purpose::Register, now).as_ref())?;
        let proven = self.proofs.check(&registration.proof, Purpose::Register, now).await?;
        if proven.challenge.kind != Kind::Node || proven.challenge.public_key != checked.signed.key() {
            let text = "is for another key than the one that signed the peer record";
            return Err(Error::field(Reason::RecordKeyMismatch, "proof.challenge", text));
        }
        let public_key = *proven.challenge.public_key.as_bytes();
        let (challenge_id, expires_at) = (proven.challenge.id, proven.challenge.expires_at);
        let admission = self.admit(caller, &registration.proof.invite, now);
        // Whoever needs no more than the policy or a right goes in with others, unless it is in already.
        let terms = match &admission {
            Ok(Admission::Right(owner_id)) => Some(by_right(*owner_id)),
            Ok(Admission::Ticket(ticket)) if ticket.is_free() => Some(ticket.free_terms()),
            Ok(_) | Err(_) => None,
        };
        let mut full = None;
        if let Some(terms) = terms {
            // What is refused a newcomer may be right for one who is known, under the rules of its own realm.
            if let Ok(node) = new_node(&self.config, &checked, public_key, now, terms) {
                full = self.quotas.known_full(&node, now);
                if full.is_none() {
                    let opened = self.opener.open_node(node.id, now)?;
                    let challenge = (challenge_id, expires_at);
                    let (session, asked) = (opened.session, Asked::current());
                    let newcomer = Newcomer { node, challenge, session, registered_at: now, asked };
                    if let Some(node) = self.intake.take(newcomer).await? {
                        return Ok(self.registered(&proven, node, opened.tokens, now).await);
                    }
                }
            }
        }
        let admission = match self.store.get_node_by_key(&public_key).await? {
            Some(_) => Admission::Known,
            None => match full {
                Some(full) => return Err(full.error()),
                None => admission?,
            },
        };
        let (config, opener, quotas) = (self.config.clone(), self.opener.clone(), self.quotas.clone());
        let (node, tokens) = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    use_up(tx, &challenge_id, expires_at).await?;
                    let node = match tx.lock_node_by_key(&public_key).await? {
                        Some(node) => renew(tx, &config, node, checked, now).await?,
                        None => insert(tx, &config, &quotas, admission, checked, public_key, now).await?,
                    };
                    let opened = opener.open_node(node.id, now)?;
                    write_session(tx, &opened.session, now).await?;
                    Ok((node, opened.tokens))
                })
            })
            .await?;
        Ok(self.registered(&proven, node, tokens, now).await)
    }

    /// Follows a node from now on, and tells it when to come.
    async fn registered(&self, proven: &Proven, node: Node, tokens: TokenPair, now: Timestamp) -> Registered {
        self.proofs.remember(proven, now).await;
        self.table.pending.set(node.id, node.is_pending);
        let next = self.pace.next(node.id, 0, Arrival { is_first: true, is_fair: true });
        let realm = self.table.realms.number(&node.realm);
        self.table.greet(node.id, node.status, realm, next, || self.clock.tick());
        self.placements.note(std::slice::from_ref(&node));
        Registered { node, tokens, next }
    }

    /// Finds what lets a new node in: the right of whoever registers it, unless there is an invite, or what the join policy asks.
    fn admit(&self, caller: &Caller, invite: &str, now: Timestamp) -> Result<Admission> {
        if invite.is_empty() && caller.require(Resource::Nodes, Level::Write).is_ok() {
            return Ok(Admission::Right(caller.subject().owner()));
        }
        self.joining.admit(InviteKind::Node, invite, now).map(Admission::Ticket)
    }

    /// Brings up to date what a registered node says of its addresses and its capacity.
    ///
    /// # Errors
    /// As [`Registrations::register`]; false if the node is not there.
    pub(super) async fn update(&self, id: NodeId, signed: Option<&[u8]>, capacity: Option<Resources>) -> Result<bool> {
        let signed = signed.map(|signed| record::open(signed, None)).transpose()?;
        if let Some(capacity) = capacity {
            capacity.check("capacity")?;
        }
        let (config, now) = (self.config.clone(), self.clock.now());
        let is_there = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    let Some(mut node) = tx.lock_node(id).await? else { return Ok(false) };
                    let before = node.clone();
                    if let Some(signed) = &signed {
                        if *signed.key().as_bytes() != node.public_key {
                            let text = "is signed by another key than the node's";
                            return Err(Error::field(Reason::RecordKeyMismatch, "signed_peer_record", text));
                        }
                        record::check_addresses(&config, signed, &node.realm)?;
                        record::put(&mut node, signed)?;
                    }
                    node.capacity = capacity.unwrap_or(node.capacity);
                    write_changes(tx, &before, &node, now).await?;
                    Ok(true)
                })
            })
            .await?;
        if is_there && capacity.is_some() {
            self.placements.refresh(&[id]).await?;
        }
        Ok(is_there)
    }
}

/// Checks everything that needs no statement; `known` is a key that was accepted before.
fn check(registration: &Registration, known: Option<&PublicKey>) -> Result<Checked> {
    let signed = record::open(&registration.record, known)?;
    registration.capacity.check("capacity")?;
    Ok(Checked {
        signed,
        capacity: registration.capacity,
        labels: labels::clean("labels", registration.labels.iter().cloned())?,
        agent_version: text::clean("agent_version", &registration.agent_version, LONGEST_AGENT, false)?,
        namespaces: namespace::clean("namespaces", &registration.namespaces)?,
        is_ephemeral: registration.is_ephemeral,
        network: registration.network.clone(),
    })
}

async fn insert(
    tx: &mut Tx,
    config: &Config,
    quotas: &Quotas,
    admission: Admission,
    checked: Checked,
    public_key: [u8; 32],
    now: Timestamp,
) -> Result<Node> {
    let terms = match admission {
        Admission::Right(owner_id) => by_right(owner_id),
        Admission::Ticket(ticket) => ticket.redeem(tx, now).await?,
        Admission::Known => {
            return Err(Error::new(Reason::WriteConflict, "the node was deleted meanwhile; register again"));
        }
    };
    let node = new_node(config, &checked, public_key, now, terms)?;
    tx.insert_node(&node).await?;
    tx.insert_events(&[registered_event(&node)], now).await?;
    match quotas.take(tx, std::slice::from_ref(&node), now).await?.pop().flatten() {
        Some(full) => Err(full.error()),
        None => Ok(node),
    }
}

/// Gives the terms of a node that somebody registers who needs nobody's leave.
fn by_right(owner_id: Option<UserId>) -> Terms {
    Terms { owner_id, is_uncounted: true, ..Terms::default() }
}

/// Makes the row of a new node on the terms that let it in.
fn new_node(config: &Config, checked: &Checked, public_key: [u8; 32], now: Timestamp, terms: Terms) -> Result<Node> {
    let granted_labels = terms.labels;
    let joined = Joined {
        ttl_seconds: terms.node_ttl_seconds,
        is_ephemeral: terms.is_ephemeral,
        namespaces: terms.namespaces,
        network: if terms.is_uncounted { String::new() } else { checked.network.clone() },
        invite_id: terms.invite_id,
    };
    namespace::within("namespaces", &checked.namespaces, &joined.namespaces)?;
    let mut node = Node {
        owner_id: terms.owner_id,
        capacity: checked.capacity,
        labels: labels::granted_over("labels", checked.labels.clone(), &granted_labels)?,
        granted_labels,
        realm: terms.realm.unwrap_or_default(),
        agent_version: checked.agent_version.clone(),
        namespaces: checked.namespaces.clone(),
        is_ephemeral: checked.is_ephemeral || joined.is_ephemeral,
        is_pending: terms.is_pending,
        expires_at: put_off(&joined, None, now),
        joined,
        // It has just proven that it lives.
        ..Node::new(NodeId::generate_at(now), public_key, now)
    };
    record::check_addresses(config, &checked.signed, &node.realm)?;
    record::put(&mut node, &checked.signed)?;
    Ok(node)
}

/// Makes the event of a new node.
pub(super) fn registered_event(node: &Node) -> NewEvent {
    let mut payload = json!({ "status": node.status.as_str(), "owner_id": node.owner_id.map(|id| id.to_string()) });
    if node.is_pending {
        payload["is_pending"] = true.into();
    }
    NewEvent { kind: "node.registered", subject_id: node.id.uuid(), payload }
}

/// Gives when a node expires that registers now: each time as much later as its invite says.
fn put_off(joined: &Joined, expires_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    joined.ttl_seconds.map_or(expires_at, |ttl| Some(now + Duration::from_secs(ttl)))
}

async fn renew(tx: &mut Tx, config: &Config, mut node: Node, checked: Checked, now: Timestamp) -> Result<Node> {
    let before = node.clone();
    namespace::within("namespaces", &checked.namespaces, &node.joined.namespaces)?;
    record::check_addresses(config, &checked.signed, &node.realm)?;
    record::put(&mut node, &checked.signed)?;
    node.capacity = checked.capacity;
    node.labels = labels::granted_over("labels", checked.labels, &node.granted_labels)?;
    node.agent_version = checked.agent_version;
    node.namespaces = checked.namespaces;
    node.is_ephemeral = checked.is_ephemeral || node.joined.is_ephemeral;
    node.expires_at = put_off(&node.joined, node.expires_at, now);
    if node.expires_at != before.expires_at {
        tx.update_node_terms(&node).await?;
    }
    write_changes(tx, &before, &node, now).await?;
    Ok(node)
}

/// Writes what a node says of itself, if that is news.
async fn write_changes(tx: &mut Tx, before: &Node, node: &Node, now: Timestamp) -> Result<()> {
    if before == node {
        return Ok(());
    }
    tx.update_node(node).await?;
    let mut payload = json!({ "status": node.status.as_str() });
    if before.labels != node.labels {
        // Who saw it by its labels and does not any more is told by these.
        payload["labels_before"] = json!(before.labels);
    }
    tx.insert_events(&[NewEvent { kind: "node.updated", subject_id: node.id.uuid(), payload }], now).await
}
