//! Nodes: got, listed, deleted.

use std::sync::Arc;

use cpc_signing::{PeerId, PublicKey};
use cpcd_model::{
    Error, Reason, Result,
    id::{InviteId, NodeId, UserId},
    invite::InviteKind,
    node::{Node, NodeStatus, Resources, Scheduling},
    page,
    permission::{Level, Resource, Scopes},
    time::Clock,
};
use cpcd_store::{
    Store,
    sql::{NodeFilter, Priority},
};

use super::{access, joining::removal::remove, moves::Moves, placement::Placements, table::Table};
use crate::{
    Caller,
    caller::Subject,
    identity::{Revoked, cut_page},
};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;
/// Nodes that one transaction removes: some statements for each.
const CHUNK: u32 = 64;

/// A node as it is shown: what is stored, and what memory knows better.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The node.
    pub node: Node,
    /// What it uses, as it last said.
    pub used: Resources,
}

/// Which nodes to list, as it came.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Only those of this status.
    pub status: Option<NodeStatus>,
    /// Only those of this user; empty means any.
    pub owner_id: String,
    /// Only those with this label, `key=value`; empty means any.
    pub label: String,
    /// Only those that wait for approval.
    pub is_pending: bool,
    /// Only those on which this may be placed.
    pub scheduling: Option<Scheduling>,
    /// Only those of this realm; empty means any.
    pub realm: String,
    /// Only those under this namespace; empty means any.
    pub namespace: String,
    /// At most so many; 0 means 50.
    pub page_size: i32,
    /// Token of the page before.
    pub page_token: String,
}

/// The nodes.
#[derive(Clone)]
pub struct Nodes {
    pub(super) store: Store,
    pub(super) clock: Clock,
    table: Arc<Table>,
    revoked: Revoked,
    pub(super) placements: Placements,
    pub(super) moves: Moves,
}

impl Nodes {
    pub(super) fn new(
        store: &Store,
        clock: &Clock,
        table: Arc<Table>,
        revoked: Revoked,
        placements: Placements,
        moves: Moves,
    ) -> Self {
        Self { store: store.clone(), clock: clock.clone(), table, revoked, placements, moves }
    }

    /// Gets a node by its id or its peer id. Needs read on nodes, to own it, or to be it.
    ///
    /// # Errors
    /// `NODE_NOT_FOUND`, also for those who may not see it; `TOKEN_MISSING`.
    pub async fn get(&self, caller: &Caller, name: &str) -> Result<Seen> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Nodes, Level::Read)?;
        }
        let realm = self.realm_of(caller).await?;
        let node = self.find(name).await?.filter(|node| access::may_see(caller, realm.as_deref(), node));
        let node = node.ok_or_else(|| access::not_found(name))?;
        Ok(self.show(caller, realm.as_deref(), node))
    }

    /// Lists nodes in the order of their registration; gives the token of the next page. Without read on all nodes: those
    /// that it is held on, and one's own.
    ///
    /// # Errors
    /// `TOKEN_MISSING`, `PAGE_TOKEN_INVALID`, `FIELD_INVALID`.
    pub async fn list(&self, caller: &Caller, request: &ListRequest) -> Result<(Vec<Seen>, String)> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Nodes, Level::Read)?;
        }
        let size = page::size(request.page_size, PAGE_DEFAULT, PAGE_MAX)?;
        let owner = (!request.owner_id.is_empty()).then(|| UserId::parse("owner_id", &request.owner_id)).transpose()?;
        let label = match request.label.as_str() {
            "" => None,
            label => Some(
                label
                    .split_once('=')
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .ok_or_else(|| Error::field(Reason::FieldInvalid, "label", "must have the form key=value"))?,
            ),
        };
        // All of what the list is about, in a form that no two requests share.
        let binding = format!("nodes:{:?}", ListRequest { page_size: 0, page_token: String::new(), ..request.clone() });
        let after = page::decode(&binding, &request.page_token)?
            .map(|id| NodeId::parse("page_token", &id).map_err(|_| page::invalid()))
            .transpose()?;
        let filter = NodeFilter {
            after,
            status: request.status,
            owner,
            label,
            is_pending: request.is_pending,
            scheduling: request.scheduling,
            realm: (!request.realm.is_empty()).then(|| request.realm.clone()),
            namespace: (!request.namespace.is_empty()).then(|| request.namespace.clone()),
            within: None,
        };
        let mut nodes = match (caller.subject(), caller.allowed_scopes(Resource::Nodes, Level::Read)) {
            (_, Scopes::All) => self.store.list_nodes(&filter, size + 1).await?,
            (Subject::User(own), Scopes::Only(scopes)) => {
                let within = Some((scopes.into_iter().cloned().collect(), Some(own)));
                self.store.list_nodes(&NodeFilter { within, ..filter }, size + 1).await?
            }
            // Its owner's are the program's to see only if it was given that.
            (Subject::Service(_), Scopes::Only(scopes)) if !scopes.is_empty() => {
                let within = Some((scopes.into_iter().cloned().collect(), None));
                self.store.list_nodes(&NodeFilter { within, ..filter }, size + 1).await?
            }
            (Subject::Node(own), Scopes::Only(_)) if after.is_none() => {
                self.store.get_node(own).await?.into_iter().filter(|node| fits(node, &filter)).collect()
            }
            (_, Scopes::Only(_)) => Vec::new(),
        };
        let next = cut_page(&mut nodes, size, &binding, |node| node.id.to_string());
        let realm = self.realm_of(caller).await?;
        Ok((nodes.into_iter().map(|node| self.show(caller, realm.as_deref(), node)).collect(), next))
    }

    /// Deletes a node and takes its tokens back. Needs admin on nodes, write on nodes and to own it, or to be it.
    ///
    /// # Errors
    /// `NODE_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`, `TOKEN_MISSING`.
    pub async fn delete(&self, caller: &Caller, name: &str) -> Result<()> {
        let id = self.find_to_change(caller, name).await?.id;
        let now = self.clock.now();
        let removed = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.lock_nodes_to_unplace(&[id]).await?;
                    let node = tx.lock_node(id).await?.ok_or_else(|| access::not_found(&id.to_string()))?;
                    remove(tx, &[node], "deleted", now).await
                })
            })
            .await?;
        self.table.forget(id);
        self.placements.forget(id);
        self.moves.note(&removed.moved);
        removed.revocations.iter().for_each(|revocation| self.revoked.add(revocation));
        Ok(())
    }

    /// Removes the nodes that came by an invite; gives how many that were, or would be. Needs admin on nodes.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `TOKEN_MISSING`; those that were removed before stay so, and asking again goes on.
    pub async fn delete_by_invite(&self, caller: &Caller, invite: InviteId, is_dry: bool) -> Result<u64> {
        caller.require(Resource::Nodes, Level::Admin)?;
        if is_dry {
            return self.store.count_invite_uses(InviteKind::Node, invite, None).await;
        }
        let mut deleted = 0;
        loop {
            let ids = self.store.list_nodes_of_invite(invite, CHUNK).await?;
            if ids.is_empty() {
                return Ok(deleted);
            }
            let now = self.clock.now();
            let write = self.store.write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.lock_nodes_to_unplace(&ids).await?;
                    let mut nodes = Vec::with_capacity(ids.len());
                    for id in ids {
                        nodes.extend(tx.lock_node(id).await?);
                    }
                    let gone: Vec<_> = nodes.iter().map(|node| node.id).collect();
                    Ok((remove(tx, &nodes, "its invite was taken back", now).await?, gone))
                })
            });
            let (removed, gone) = write.await?;
            deleted += gone.len() as u64;
            for id in gone {
                self.table.forget(id);
                self.placements.forget(id);
            }
            self.moves.note(&removed.moved);
            removed.revocations.iter().for_each(|revocation| self.revoked.add(revocation));
        }
    }

    /// Forgets the sequence number of a node's record; gives it. Needs what deleting needs.
    ///
    /// # Errors
    /// `NODE_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`, `TOKEN_MISSING`.
    pub async fn reset_sequence(&self, caller: &Caller, name: &str) -> Result<u64> {
        let found = self.find_to_change(caller, name).await?;
        access::may_operate(caller, &found)?;
        let id = found.id;
        self.store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    let mut node = tx.lock_node(id).await?.ok_or_else(|| access::not_found(&id.to_string()))?;
                    let old = node.record_seq.take();
                    tx.update_node(&node).await?;
                    Ok(old.unwrap_or_default())
                })
            })
            .await
    }

    /// Gives the number of nodes of each status: online, degraded, offline. Needs nothing: the edge asks for read on metrics.
    #[must_use]
    pub fn count(&self) -> [u64; 3] {
        self.table.count()
    }

    /// Gives how many realms have their brake on, and how many nodes wait behind them. Needs what counting needs.
    #[must_use]
    pub fn braked(&self) -> [u64; 2] {
        self.table.braked()
    }

    /// Finds a node that the caller may change.
    pub(super) async fn find_to_change(&self, caller: &Caller, name: &str) -> Result<Node> {
        if caller.subject() == Subject::Anonymous {
            caller.require(Resource::Nodes, Level::Write)?;
        }
        let Some(node) = self.find(name).await? else {
            return Err(access::not_found(name));
        };
        if !access::may_see(caller, None, &node) && access::may_change(caller, &node).is_err() {
            return Err(access::not_found(name));
        }
        access::may_change(caller, &node)?;
        Ok(node)
    }

    /// Finds a node by its id or its peer id.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Node>> {
        if name.is_empty() {
            return Err(Error::required("id"));
        }
        if let Ok(id) = NodeId::parse("id", name) {
            return self.store.get_node(id).await;
        }
        let key = PeerId::parse(name).ok().and_then(|peer| peer.public_key());
        let key = key.as_ref().map(PublicKey::as_bytes).ok_or_else(|| {
            let text = "must be a UUID such as 0198c5f0-7a3e-7c52-9d21-3f1b2a4c5d6e, or a peer id such as 12D3KooW...";
            Error::field(Reason::FieldInvalid, "id", text)
        })?;
        self.store.get_node_by_key(key).await
    }

    /// Asks of a caller that is a node not to wait for approval; by its row, since memory may lag behind another replica.
    ///
    /// # Errors
    /// `NODE_PENDING`.
    pub(crate) async fn require_let_in(&self, caller: &Caller) -> Result<()> {
        let Subject::Node(id) = caller.subject() else { return Ok(()) };
        if self.store.get_node(id).await?.is_some_and(|node| node.is_pending) {
            let text = format!("node {id} waits for an administrator's approval; until then it may heartbeat, and go");
            return Err(Error::new(Reason::NodePending, text));
        }
        Ok(())
    }

    /// Gives the realm of a caller that is a node.
    pub(crate) async fn realm_of(&self, caller: &Caller) -> Result<Option<String>> {
        match caller.subject() {
            Subject::Node(id) => Ok(self.store.get_node(id).await?.map(|node| node.realm)),
            Subject::User(_) | Subject::Service(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System => {
                Ok(None)
            }
        }
    }

    /// Gives a node as a caller may see it, with what memory knows better.
    pub(crate) fn show(&self, caller: &Caller, realm: Option<&str>, node: Node) -> Seen {
        let mut node = access::for_caller(caller, realm, node);
        let view = self.table.view(node.id);
        if let Some(view) = view {
            node.status = view.status;
            if let Some(seen) = view.seen {
                let silent = self.clock.tick().since(seen);
                node.last_seen = node.last_seen.max(Some(self.clock.now() - silent));
            }
        }
        Seen { node, used: view.map(|view| view.used).unwrap_or_default() }
    }

    /// Loads nodes, for whoever checks what may be seen of them.
    pub(crate) async fn load(&self, ids: &[NodeId]) -> Result<Vec<Node>> {
        self.store.get_nodes(ids).await
    }
}

/// Says of a node what the store's list says of all.
fn fits(node: &Node, filter: &NodeFilter) -> bool {
    filter.status.is_none_or(|status| node.status == status)
        && filter.owner.is_none_or(|owner| node.owner_id == Some(owner))
        && filter.label.as_ref().is_none_or(|(key, value)| node.labels.get(key) == Some(value))
        && (!filter.is_pending || node.is_pending)
        && filter.scheduling.is_none_or(|scheduling| node.scheduling == scheduling)
        && filter.realm.as_ref().is_none_or(|realm| node.realm == *realm)
        && filter.namespace.as_ref().is_none_or(|namespace| node.namespaces.contains(namespace))
}
