//! What is done to nodes: labelled, approved, kept for longer or not.

use std::{sync::Arc, time::Duration};

use cpcd_model::{
    Error, Reason, Result,
    id::{NodeId, UserId},
    labels::{self, Labels},
    node::Node,
    permission::{Level, Resource},
    time::{Clock, Timestamp},
};
use cpcd_store::{
    Store,
    sql::{NewEvent, Priority, Tx},
};
use serde_json::json;

use super::{
    Nodes, Seen, access,
    joining::quota::{self, PENDING},
    table::Table,
};
use crate::{Caller, caller::Subject};

/// The latest that a node expires: ten years ahead.
const LATEST: Duration = Duration::from_secs(10 * 365 * 86_400);

/// How a node's labels change, as it came: by name, so that two who change different labels do not undo each other.
#[derive(Clone, Debug, Default)]
pub struct Labelling {
    /// Labels that it says of itself, to be set.
    pub set: Vec<(String, String)>,
    /// Names of those that are to go.
    pub remove: Vec<String>,
    /// Labels that it is granted, to be set: it cannot change them.
    pub grant: Vec<(String, String)>,
    /// Names of those that are to go.
    pub revoke: Vec<String>,
}

impl Labelling {
    /// Changes a node's labels.
    fn apply(&self, node: &mut Node) -> Result<()> {
        let grant = labels::clean("set_granted_labels", self.grant.iter().cloned())?;
        let set = labels::clean("set_labels", self.set.iter().cloned())?;
        let mut granted = node.granted_labels.clone();
        let mut said: Labels = node.labels.clone();
        said.retain(|name, _| !granted.contains_key(name));
        granted.retain(|name, _| !self.revoke.contains(name));
        granted.extend(grant);
        let is_granted = |field: &str, name: &str| {
            let text = format!(
                "names {name}, which the node is granted; only set_granted_labels and remove_granted_labels change it"
            );
            Error::field(Reason::FieldInvalid, field, text)
        };
        if let Some(name) = self.remove.iter().find(|name| granted.contains_key(*name)) {
            return Err(is_granted("remove_labels", name));
        }
        if let Some(name) = set.keys().find(|name| granted.contains_key(*name)) {
            return Err(is_granted("set_labels", name));
        }
        said.retain(|name, _| !self.remove.contains(name));
        said.extend(set);
        node.labels = labels::granted_over("set_labels", said, &granted)?;
        node.granted_labels = granted;
        Ok(())
    }
}

/// On which terms a node that waits is let in, as it came.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// Labels that it is granted.
    pub labels: Vec<(String, String)>,
    /// Its realm; empty for none.
    pub realm: String,
    /// The user that it belongs to from now on; empty for nobody.
    pub owner_id: String,
}

/// What is done to nodes.
#[derive(Clone)]
pub struct Operations {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    nodes: Nodes,
}

impl Operations {
    pub(super) fn new(store: &Store, clock: &Clock, table: Arc<Table>, nodes: Nodes) -> Self {
        Self { store: store.clone(), clock: clock.clone(), table, nodes }
    }

    /// Changes a node's labels. Needs write on nodes and to own it, admin on nodes, or to be it; what it is granted: admin on nodes.
    ///
    /// # Errors
    /// `NODE_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED`, `TOKEN_MISSING`, `NODE_PENDING`, or a field's fault.
    pub async fn label(&self, caller: &Caller, name: &str, labelling: Labelling) -> Result<Seen> {
        let id = self.find(caller, name).await?;
        if !labelling.grant.is_empty() || !labelling.revoke.is_empty() {
            caller.require(Resource::Nodes, Level::Admin)?;
        }
        let now = self.clock.now();
        let node = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move { change(tx, id, "node.updated", now, |node| labelling.apply(node)).await })
            })
            .await?;
        self.show(caller, node).await
    }

    /// Lets a node in that waits for approval; the same again changes nothing. Needs admin on nodes.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, `NODE_NOT_FOUND`, `NODE_NOT_PENDING` if it was let in on other terms, or a field's fault.
    pub async fn approve(&self, caller: &Caller, name: &str, approval: Approval) -> Result<Seen> {
        caller.require(Resource::Nodes, Level::Admin)?;
        let id = self.nodes.find(name).await?.ok_or_else(|| access::not_found(name))?.id;
        let granted = labels::clean("labels", approval.labels)?;
        let realm = labels::realm("realm", &approval.realm)?.unwrap_or_default();
        let owner =
            (!approval.owner_id.is_empty()).then(|| UserId::parse("owner_id", &approval.owner_id)).transpose()?;
        let now = self.clock.now();
        let node = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    if let Some(owner) = owner
                        && tx.get_user(owner).await?.is_none()
                    {
                        return Err(Error::new(Reason::UserNotFound, format!("there is no user {owner}")));
                    }
                    let node = tx.lock_node(id).await?.ok_or_else(|| access::not_found(&id.to_string()))?;
                    if !node.is_pending {
                        let is_same = node.realm == realm
                            && node.owner_id == owner
                            && granted.iter().all(|(name, value)| node.granted_labels.get(name) == Some(value));
                        let text = format!("node {id} does not wait for approval: it was let in on other terms");
                        return if is_same { Ok(node) } else { Err(Error::new(Reason::NodeNotPending, text)) };
                    }
                    let node = change(tx, id, "node.approved", now, |node| {
                        node.is_pending = false;
                        (node.realm, node.owner_id) = (realm, owner);
                        node.granted_labels.extend(granted);
                        node.labels =
                            labels::granted_over("labels", std::mem::take(&mut node.labels), &node.granted_labels)?;
                        Ok(())
                    })
                    .await?;
                    quota::give_back(tx, &[PENDING.to_owned()], now).await?;
                    Ok(node)
                })
            })
            .await?;
        self.table.pending.set(id, false);
        self.table.follow(id, node.status, self.table.realms.number(&node.realm), self.clock.tick());
        self.show(caller, node).await
    }

    /// Says when a node is removed: at a time, after a while, or never; from now on registering does not put it off. Needs write on
    /// nodes and to own it, admin on nodes, or to be it.
    ///
    /// # Errors
    /// `NODE_NOT_FOUND`, `NOT_OWNER`, `PERMISSION_DENIED` (also of a node that would stay longer than it may), `TOKEN_MISSING`,
    /// `NODE_PENDING`, `FIELD_REQUIRED` if it is not said when,
    /// `FIELD_INVALID` for more than ten years.
    pub async fn expire(&self, caller: &Caller, name: &str, when: Option<Expiry>) -> Result<Seen> {
        let id = self.find(caller, name).await?;
        let when = when.ok_or_else(|| Error::required("when"))?;
        let (now, is_itself) = (self.clock.now(), caller.subject() == Subject::Node(id));
        let expires_at = match when {
            Expiry::Never => None,
            Expiry::After(after) if after <= LATEST => Some(now + after),
            Expiry::At(at) if at <= now + LATEST => Some(at.max(now)),
            Expiry::After(_) => {
                return Err(Error::field(Reason::FieldInvalid, "ttl_seconds", "must be at most ten years"));
            }
            Expiry::At(_) => {
                return Err(Error::field(Reason::FieldInvalid, "expires_at", "must be at most ten years ahead"));
            }
        };
        let node = self
            .store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    change(tx, id, "node.updated", now, |node| {
                        if is_itself && node.expires_at.is_some_and(|end| expires_at.is_none_or(|new| new > end)) {
                            let text = "a node may go sooner than it is to, and not stay longer; its owner or an administrator puts it off";
                            return Err(Error::new(Reason::PermissionDenied, text));
                        }
                        node.expires_at = expires_at;
                        node.joined.ttl_seconds = None;
                        Ok(())
                    })
                    .await
                })
            })
            .await?;
        self.show(caller, node).await
    }

    /// Finds a node that the caller may operate.
    async fn find(&self, caller: &Caller, name: &str) -> Result<NodeId> {
        let node = self.nodes.find_to_change(caller, name).await?;
        access::may_operate(caller, &node)?;
        Ok(node.id)
    }

    async fn show(&self, caller: &Caller, node: Node) -> Result<Seen> {
        let realm = self.nodes.realm_of(caller).await?;
        Ok(self.nodes.show(caller, realm.as_deref(), node))
    }
}

/// When a node is to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// At a time; one that has passed means now.
    At(Timestamp),
    /// After a while; none means now.
    After(Duration),
}

/// Changes the terms of a node, with an event if that is news.
async fn change(
    tx: &mut Tx,
    id: NodeId,
    kind: &'static str,
    now: Timestamp,
    edit: impl FnOnce(&mut Node) -> Result<()>,
) -> Result<Node> {
    let before = tx.lock_node(id).await?.ok_or_else(|| access::not_found(&id.to_string()))?;
    let mut node = before.clone();
    edit(&mut node)?;
    if node == before {
        return Ok(node);
    }
    tx.update_node_terms(&node).await?;
    let mut payload = json!({
        "status": node.status.as_str(),
        "owner_id": node.owner_id.map(|owner| owner.to_string()),
    });
    if before.labels != node.labels {
        // Who saw it by its labels and does not any more is told by these.
        payload["labels_before"] = json!(before.labels);
    }
    tx.insert_events(&[NewEvent { kind, subject_id: id.uuid(), payload }], now).await?;
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn node() -> Node {
        let granted: Labels = pairs(&[("region", "eu")]).into_iter().collect();
        Node {
            labels: pairs(&[("region", "eu"), ("disk", "ssd")]).into_iter().collect(),
            granted_labels: granted,
            ..Node::new(NodeId::generate(), [7; 32], Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn labels_change_by_name() {
        let mut node = node();
        let labelling = Labelling { set: pairs(&[("rack", "7")]), remove: vec!["disk".into()], ..Labelling::default() };
        labelling.apply(&mut node).unwrap();
        assert_eq!(node.labels, pairs(&[("rack", "7"), ("region", "eu")]).into_iter().collect());
        let twice = node.clone();
        labelling.apply(&mut node).unwrap();
        assert_eq!(node, twice, "the same again changes nothing");
        let labelling =
            Labelling { grant: pairs(&[("rack", "8")]), revoke: vec!["region".into()], ..Labelling::default() };
        labelling.apply(&mut node).unwrap();
        assert_eq!(
            node.labels,
            pairs(&[("rack", "8")]).into_iter().collect(),
            "what was granted goes, and what is said yields"
        );
        assert_eq!(node.granted_labels, node.labels);
    }

    #[test]
    fn what_is_granted_is_not_said() {
        let fault = |labelling: Labelling| {
            let error = labelling.apply(&mut node()).unwrap_err();
            (error.reason(), error.fields()[0].field.clone())
        };
        let set = Labelling { set: pairs(&[("region", "moon")]), ..Labelling::default() };
        assert_eq!(fault(set), (Reason::FieldInvalid, "set_labels".into()));
        let remove = Labelling { remove: vec!["region".into()], ..Labelling::default() };
        assert_eq!(fault(remove), (Reason::FieldInvalid, "remove_labels".into()));
    }
}
