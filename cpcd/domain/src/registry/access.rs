//! Who may see and change a node.

use cpc_signing::{Reach, parse_address};
use cpcd_model::{
    Error, Reason, Result,
    node::Node,
    permission::{Level, Resource, Target},
};

use crate::{
    Caller,
    caller::{Service, Subject},
};

/// Gives a node as what something is to be done to.
fn target(node: &Node) -> Target<'_> {
    Target { labels: Some(&node.labels), owner: node.owner_id, object: Some(node.id.uuid()) }
}

/// Says whether a node is for a caller to see: read on nodes, or it is their own, or themselves, or of their realm.
pub(crate) fn may_see(caller: &Caller, own_realm: Option<&str>, node: &Node) -> bool {
    // A program sees what is its owner's only if it was given that.
    let is_program = matches!(caller.subject(), Subject::Service(_));
    caller.may(Resource::Nodes, Level::Read, &target(node))
        || !is_program && is_own(caller, node)
        || is_inside(own_realm, node)
}

/// Says whether a caller that is a node is of a node's realm.
fn is_inside(own_realm: Option<&str>, node: &Node) -> bool {
    own_realm.is_some_and(|realm| !realm.is_empty() && realm == node.realm)
}

/// Asks for what changing or deleting a node needs: admin on nodes, write and to own it, or to be it.
pub(super) fn may_change(caller: &Caller, node: &Node) -> Result<()> {
    if caller.subject() == Subject::Node(node.id) || caller.may(Resource::Nodes, Level::Admin, &target(node)) {
        return Ok(());
    }
    caller.require_on(Resource::Nodes, Level::Write, &target(node))?;
    if is_own(caller, node) {
        return Ok(());
    }
    Err(Error::new(Reason::NotOwner, format!("node {} belongs to somebody else", node.id)))
}

/// Asks for what operating a node needs: to be allowed to change it, and not to be it while it waits for approval.
pub(super) fn may_operate(caller: &Caller, node: &Node) -> Result<()> {
    if node.is_pending && caller.subject() == Subject::Node(node.id) {
        let text =
            format!("node {} waits for an administrator's approval; until then it may heartbeat, and go", node.id);
        return Err(Error::new(Reason::NodePending, text));
    }
    may_change(caller, node)
}

/// Says whether a caller owns a node, or is it.
fn is_own(caller: &Caller, node: &Node) -> bool {
    match caller.subject() {
        Subject::User(id) | Subject::Service(Service { owner: id, .. }) => node.owner_id == Some(id),
        Subject::Node(id) => node.id == id,
        Subject::Anonymous | Subject::LocalAdmin | Subject::System => false,
    }
}

/// Takes away what a caller outside a node's realm may not know: private addresses, and with them the record that names them.
pub(super) fn for_caller(caller: &Caller, own_realm: Option<&str>, mut node: Node) -> Node {
    if is_inside(own_realm, &node) || is_own(caller, &node) || caller.may(Resource::Nodes, Level::Admin, &target(&node))
    {
        return node;
    }
    node.joined.network.clear();
    let total = node.addresses.len();
    node.addresses.retain(|address| {
        parse_address(address)
            .ok()
            .and_then(|address| Reach::of(&address).ok())
            .is_some_and(|reach| reach != Reach::Private)
    });
    if node.addresses.len() < total {
        node.record.clear();
    }
    node
}

/// Makes the error of a node that is not there, or not for the caller.
pub(super) fn not_found(name: &str) -> Error {
    Error::new(Reason::NodeNotFound, format!("there is no node {name}"))
}
