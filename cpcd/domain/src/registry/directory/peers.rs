//! Peers: nodes as other nodes find them.

use std::{collections::HashMap, sync::Arc};

use cpc_signing::{PeerId, PublicKey, Reach, parse_address};
use cpcd_model::{
    Error, Reason, Result,
    id::NodeId,
    labels::{self, Labels},
    namespace,
    node::{Node, NodeStatus},
    page,
    permission::{Level, Resource, Scopes},
    time::Clock,
};
use cpcd_store::Store;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Directory, Follower, Query, RoundTrip,
    cursor::Cursor,
    hash, host,
    nearness::Nearness,
    rank::{SETTLED, Standing},
    ring::Member,
    walk::Walk,
};
use crate::{
    Caller,
    caller::Subject,
    registry::{Nodes, PeersConfig, access, reachability::Reached, table::Table},
};

const PAGE_DEFAULT: u32 = 20;
const PAGE_MAX: u32 = 100;
const MOST_IDS: usize = 100;
/// How often one page asks the store for rows: again if some of what it picked is not for the caller.
const READS: usize = 4;

/// How a peer is reached; the better first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// At an address of its own that we have reached lately.
    Verified,
    /// At an address of its own, as it says.
    Direct,
    /// Through a relay.
    Relayed,
}

/// Which peers to find, as it came.
#[derive(Clone, Debug, Default)]
pub struct FindRequest {
    /// At most so many; 0 means 20.
    pub page_size: i32,
    /// Token of the page before.
    pub page_token: String,
    /// Only these.
    pub peer_ids: Vec<String>,
    /// Only those of this namespace; empty means any.
    pub namespace: String,
    /// Only those with these labels.
    pub labels: Vec<(String, String)>,
    /// Only those of this realm; empty means all that the caller may find.
    pub realm: String,
}

/// A peer that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The node, without what the caller may not know.
    pub node: Node,
    /// How it is reached.
    pub route: Route,
    /// Estimated round trip to the caller in microseconds.
    pub round_trip: Option<u32>,
}

/// Where a public peer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The peer.
    pub peer_id: PeerId,
    /// Its public addresses.
    pub addresses: Vec<String>,
}

/// Finds peers.
#[derive(Clone)]
pub struct Peers {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    directory: Arc<Directory>,
    nearness: Arc<Nearness>,
    reached: Arc<Reached>,
    nodes: Nodes,
    config: PeersConfig,
}

/// What a caller may find.
struct View<'a> {
    caller: &'a Caller,
    /// The caller's own realm.
    realm: Option<String>,
    /// Fingerprint of its key, if it is a node.
    key: Option<u32>,
    /// Whether it finds nodes of no realm, whoever it is.
    is_open: bool,
}

impl View<'_> {
    /// Says whether a node is for the caller to find.
    fn may_find(&self, node: &Node) -> bool {
        self.is_open && node.realm.is_empty() || access::may_see(self.caller, self.realm.as_deref(), node)
    }

    /// Takes away what the caller may not know.
    fn show(&self, mut node: Node, namespace: &str) -> Node {
        if !access::may_see(self.caller, self.realm.as_deref(), &node) {
            node.labels.clear();
            node.namespaces.retain(|known| known == namespace);
        }
        access::for_caller(self.caller, self.realm.as_deref(), node)
    }

    /// Says whether the caller may know addresses that only a realm's own network reaches.
    fn is_inside(&self, realm: u64) -> bool {
        self.realm.as_ref().is_some_and(|own| !own.is_empty() && hash::of(own.as_bytes()) == realm)
            || self.caller.allowed_scopes(Resource::Nodes, Level::Admin) != Scopes::Only(Vec::new())
    }
}

impl Peers {
    pub(in crate::registry) fn new(
        store: &Store,
        clock: &Clock,
        table: Arc<Table>,
        nodes: Nodes,
        reached: Arc<Reached>,
        config: &PeersConfig,
    ) -> Self {
        let (store, clock) = (store.clone(), clock.clone());
        let (directory, nearness) = (Arc::default(), Arc::default());
        Self { store, clock, table, directory, nearness, reached, nodes, config: config.clone() }
    }

    /// Follows what is stored until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        Follower::new(&self.store, self.directory, self.nearness).run(stop).await;
    }

    /// Takes what a node measured.
    pub(in crate::registry) fn measured(&self, node: NodeId, round_trips: &[RoundTrip]) {
        if let Some(own) = self.directory.key(node) {
            self.nearness.take(own, round_trips);
        }
    }

    /// Gives a caller what anybody may do on a listener.
    #[must_use]
    pub fn at(&self, caller: Caller, listener: std::net::IpAddr) -> Caller {
        caller.finding_peers(self.config.anonymous.allows(listener))
    }

    /// Gives a caller what anybody may do who asks for one peer by its id on a listener.
    #[must_use]
    pub fn routing(&self, caller: Caller, listener: std::net::IpAddr) -> Caller {
        caller.finding_peers(self.config.routing.allows(listener))
    }

    /// Says whether a caller finds public nodes, whoever it is.
    fn is_open(&self, caller: &Caller) -> bool {
        caller.finds_peers() || self.config.logged_in && caller.subject() != Subject::Anonymous
    }

    /// Finds peers; gives the token of the next page. Needs a login, or read on nodes where the directory is closed. Those of a realm
    /// are found from inside it, or with read on nodes.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID`, `FIELD_TOO_LONG`.
    pub async fn find(&self, caller: &Caller, request: &FindRequest) -> Result<(Vec<Found>, String)> {
        if caller.subject() == Subject::Anonymous && !caller.finds_peers() {
            caller.require(Resource::Nodes, Level::Read)?;
        }
        self.nodes.require_let_in(caller).await?;
        let size = page::size(request.page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let labels = labels::clean("labels", request.labels.iter().cloned())?;
        let namespace = match request.namespace.as_str() {
            "" => String::new(),
            given => namespace::one("namespace", given)?,
        };
        let is_open = self.is_open(caller);
        let key = match caller.subject() {
            Subject::Node(id) => self.directory.key(id),
            Subject::User(_) | Subject::Service(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System => None,
        };
        let view = View { caller, realm: self.nodes.realm_of(caller).await?, key, is_open };
        let realms = self.realms(&view, &request.realm)?;
        let wanted = Wanted { namespace, labels, realm: request.realm.clone() };
        if !request.peer_ids.is_empty() {
            return Ok((self.find_these(&view, &wanted, &request.peer_ids).await?, String::new()));
        }
        self.walk(&view, &wanted, realms, size, &request.page_token).await
    }

    /// Finds a public peer by its id: its public addresses, if it lives. Needs what finding public peers needs.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PERMISSION_DENIED`; what the store says.
    pub async fn locate(&self, caller: &Caller, peer_id: &PeerId) -> Result<Option<Located>> {
        if !self.is_open(caller) {
            caller.require_some(Resource::Nodes, Level::Read)?;
        }
        if !caller.finds_peers() {
            self.nodes.require_let_in(caller).await?;
        }
        let Some(key) = peer_id.public_key() else { return Ok(None) };
        let node = self.store.get_node_by_key(key.as_bytes()).await?;
        let may = |node: &Node| self.is_open(caller) || access::may_see(caller, None, node);
        let Some(node) = node.filter(|node| node.realm.is_empty() && self.is_to_be_found(node) && may(node)) else {
            return Ok(None);
        };
        let is_public = |text: &String| {
            let reach = parse_address(text).ok().and_then(|address| Reach::of(&address).ok());
            reach.is_some_and(|reach| reach != Reach::Private)
        };
        let addresses: Vec<_> = node.addresses.into_iter().filter(is_public).collect();
        Ok((!addresses.is_empty()).then_some(Located { peer_id: *peer_id, addresses }))
    }

    /// Gives the rings to walk, the caller's own realm's first.
    fn realms(&self, view: &View<'_>, wanted: &str) -> Result<Vec<u64>> {
        let reads = view.caller.allowed_scopes(Resource::Nodes, Level::Read) != Scopes::Only(Vec::new());
        let own = view.realm.as_deref().filter(|own| !own.is_empty());
        if !wanted.is_empty() {
            if own != Some(wanted) {
                view.caller.require_some(Resource::Nodes, Level::Read)?;
            }
            return Ok(vec![hash::of(wanted.as_bytes())]);
        }
        let mut realms: Vec<_> = own.map(|own| hash::of(own.as_bytes())).into_iter().collect();
        if view.is_open || reads {
            realms.push(hash::of(b""));
        }
        if reads {
            let mut others = self.directory.realms();
            others.retain(|realm| !realms.contains(realm));
            // Their numbers are this replica's alone.
            others.sort_unstable();
            realms.append(&mut others);
        }
        if realms.is_empty() {
            view.caller.require_some(Resource::Nodes, Level::Read)?;
        }
        Ok(realms)
    }

    async fn walk(
        &self,
        view: &View<'_>,
        wanted: &Wanted,
        realms: Vec<u64>,
        size: u32,
        token: &str,
    ) -> Result<(Vec<Found>, String)> {
        let binding = format!("peers:{}:{}:{:?}", wanted.realm, wanted.namespace, wanted.labels);
        let cursor = Cursor::read(&binding, token)?;
        let mut query = Query::new(&wanted.namespace, &wanted.labels);
        if view.caller.allowed_scopes(Resource::Nodes, Level::Read) != Scopes::All {
            // How far the walk gets tells who has the labels: they narrow it only where the caller sees them all.
            let own = view.realm.as_deref().filter(|own| !own.is_empty());
            query.labelled = Some(own.map_or(0, |own| hash::of(own.as_bytes())));
        }
        let seed = hash::mix(Uuid::now_v7().as_u64_pair().1);
        let size = size as usize;
        let mut walk = Walk::new(&self.directory, query, realms, cursor, seed, size);
        let mut found = Vec::with_capacity(size);
        for _ in 0..READS {
            let judge = |realm, member: &Member| self.stand(view, realm, member);
            let picked = walk.pick(size - found.len(), judge);
            if picked.is_empty() {
                break;
            }
            let ids: Vec<_> = picked.iter().map(|candidate| candidate.id).collect();
            let mut nodes: HashMap<_, _> =
                self.store.get_nodes(&ids).await?.into_iter().map(|node| (node.id, node)).collect();
            for candidate in picked {
                let node = nodes.remove(&candidate.id).filter(|node| wanted.fits(view, node));
                found.extend(node.and_then(|node| self.found(view, wanted, node)));
            }
            if found.len() == size {
                break;
            }
        }
        let next = walk.rest(|realm, member| self.stand(view, realm, member));
        Ok((found, next.map(|cursor| cursor.write(&binding)).unwrap_or_default()))
    }

    /// Finds peers by their ids, in the order in which they are asked for.
    async fn find_these(&self, view: &View<'_>, wanted: &Wanted, peer_ids: &[String]) -> Result<Vec<Found>> {
        if peer_ids.len() > MOST_IDS {
            let text = format!("has {} ids, at most {MOST_IDS} are allowed", peer_ids.len());
            return Err(Error::field(Reason::FieldTooLong, "peer_ids", text));
        }
        let mut keys = Vec::with_capacity(peer_ids.len());
        for text in peer_ids {
            let peer_id = PeerId::parse(text)
                .map_err(|error| Error::field(Reason::FieldInvalid, "peer_ids", format!("has '{text}': {error}")))?;
            // One that is a hash, or of a key of another type, is nobody's here.
            if let Some(key) = peer_id.public_key().map(|key: PublicKey| *key.as_bytes())
                && !keys.contains(&key)
            {
                keys.push(key);
            }
        }
        let nodes = self.store.get_nodes_by_keys(&keys).await?;
        let mut nodes: HashMap<_, _> = nodes.into_iter().map(|node| (node.public_key, node)).collect();
        let found = keys.iter().filter_map(|key| nodes.remove(key)).filter(|node| wanted.fits(view, node));
        Ok(found.filter_map(|node| self.found(view, wanted, node)).collect())
    }

    /// Gives a node as the caller finds it; nothing if it is not to be found, or not to be reached by all that the caller may know.
    fn found(&self, view: &View<'_>, wanted: &Wanted, node: Node) -> Option<Found> {
        if !self.is_to_be_found(&node) || !view.may_find(&node) {
            return None;
        }
        let node = view.show(node, &wanted.namespace);
        let (_, reaches) = host::judge(&node.addresses);
        let is_reached = self.reached.has_one_of(node.id, &node.addresses, self.clock.tick());
        let route = route(reaches, is_reached)?;
        let round_trip = self.estimate(view, hash::fingerprint(&node.public_key));
        Some(Found { route, round_trip, node })
    }

    /// Says whether a node lives and is let in.
    fn is_to_be_found(&self, node: &Node) -> bool {
        let lives = self.table.view(node.id).map_or(node.status, |view| view.status) != NodeStatus::Offline;
        lives && !node.is_pending && node.expires_at.is_none_or(|end| self.clock.now() < end)
    }

    /// Says how a node of a ring stands to the caller; nothing if it is not to be found now.
    fn stand(&self, view: &View<'_>, realm: u64, member: &Member) -> Option<Standing> {
        if view.caller.subject() == Subject::Node(member.id) {
            return None;
        }
        let status = self.table.view(member.id)?.status;
        let is_inside = view.is_inside(realm);
        let hidden = if is_inside { 0 } else { host::PRIVATE };
        let is_reached = self.reached.has(member.id, is_inside, self.clock.tick());
        let route = route(member.reaches & !hidden, is_reached)?;
        (status != NodeStatus::Offline).then(|| Standing {
            is_degraded: status == NodeStatus::Degraded,
            route,
            is_settled: self.age_ms(member.id) >= SETTLED.as_millis(),
            round_trip: self.estimate(view, member.key),
        })
    }

    /// Estimates the round trip between the caller and a peer.
    fn estimate(&self, view: &View<'_>, key: u32) -> Option<u32> {
        self.nearness.estimate(view.key?, key)
    }

    /// Gives how long ago a node was registered: its id says when (RFC 9562, version 7).
    fn age_ms(&self, id: NodeId) -> u128 {
        let (time, _) = id.uuid().as_u64_pair();
        let now = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        now.saturating_sub(time >> 16).into()
    }
}

/// Gives how a node with these ways is reached; nothing if in none.
fn route(reaches: u8, is_reached: bool) -> Option<Route> {
    match reaches {
        0 => None,
        _ if is_reached => Some(Route::Verified),
        host::RELAYED => Some(Route::Relayed),
        _ => Some(Route::Direct),
    }
}

/// What is asked for, in its clean form.
struct Wanted {
    namespace: String,
    labels: Labels,
    realm: String,
}

impl Wanted {
    /// Says whether a node is what is asked for, as far as the caller may know.
    fn fits(&self, view: &View<'_>, node: &Node) -> bool {
        let has = |(name, value): (&String, &String)| node.labels.get(name) == Some(value);
        (self.realm.is_empty() || self.realm == node.realm)
            && (self.namespace.is_empty() || node.namespaces.contains(&self.namespace))
            && (self.labels.is_empty()
                || self.labels.iter().all(has) && access::may_see(view.caller, view.realm.as_deref(), node))
    }
}
