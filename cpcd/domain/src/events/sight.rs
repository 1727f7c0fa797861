//! What an event means to whoever is told: what they may see of it, or nothing.

use std::collections::{BTreeMap, HashMap};

use cpcd_model::{
    id::{AllocationId, NodeId, UserId},
    labels::Labels,
    node::{Node, NodeStatus},
    permission::{Level, Resource, Target},
};
use cpcd_store::sql::Event;
use serde_json::Value;
use uuid::Uuid;

use super::{About, Happened};
use crate::{
    Caller,
    caller::Subject,
    registry::{self, Nodes, ShownAllocation},
};

/// Who is told.
pub(super) struct Viewer {
    pub(super) caller: Caller,
    /// The realm of a caller that is a node.
    pub(super) realm: Option<String>,
}

/// What events are about, as it is now.
pub(super) struct Known<'a> {
    pub(super) source: &'a Nodes,
    pub(super) nodes: HashMap<NodeId, Node>,
    /// Those that the viewer may see.
    pub(super) allocations: HashMap<AllocationId, ShownAllocation>,
}

impl Viewer {
    /// Gives what an event means to the viewer; nothing if it is not for them to know.
    pub(super) fn see(&self, event: &Event, known: &Known<'_>) -> Option<Happened> {
        let area = event.kind.split_once('.').map_or("", |(area, _)| area);
        let (about, details) = match area {
            "node" => (self.node(event, known)?, BTreeMap::new()),
            "allocation" => (self.allocation(event, known)?, BTreeMap::new()),
            "registry" => (self.registry()?, details(&event.payload)),
            "friend" => (self.friend(event)?, friend_details(&event.payload)),
            // Nobody is told of what nobody has said who may know it.
            _ => return None,
        };
        Some(Happened {
            kind: event.kind.clone(),
            subject_id: event.subject_id,
            time: event.created_at,
            reason: event.payload["reason"].as_str().unwrap_or_default().to_owned(),
            about,
            details,
        })
    }

    fn node(&self, event: &Event, known: &Known<'_>) -> Option<About> {
        let id: NodeId = event.subject_id.into();
        if event.kind == "node.deleted" {
            let labels = labels(&event.payload["labels"]).unwrap_or_default();
            let owner = id_of(&event.payload["owner_id"]).map(UserId::from);
            return self.might_see_node(event, &labels, owner).then_some(About::Gone(event.subject_id));
        }
        // One that is gone by now has an event of its own further on.
        let node = known.nodes.get(&id)?;
        if !registry::may_see(&self.caller, self.realm.as_deref(), node) {
            // With this change it left what the viewer may see.
            let before = labels(&event.payload["labels_before"])?;
            return self.might_see_node(event, &before, node.owner_id).then_some(About::Gone(event.subject_id));
        }
        let mut seen = known.source.show(&self.caller, self.realm.as_deref(), node.clone());
        if let Some(status) = event.payload["status"].as_str().and_then(NodeStatus::from_word) {
            seen.node.status = status;
        }
        Some(About::Node(Box::new(seen)))
    }

    /// Says whether the viewer might see the node of an event when it had such labels.
    fn might_see_node(&self, event: &Event, labels: &Labels, owner: Option<UserId>) -> bool {
        let target = Target { labels: Some(labels), owner, object: Some(event.subject_id) };
        let is_owner = matches!(self.caller.subject(), Subject::User(own) if owner == Some(own));
        is_owner || self.caller.may(Resource::Nodes, Level::Read, &target)
    }

    /// Those who may see it, and those who could when it happened: who owned it, asked for it, or was a node that it touched.
    fn allocation(&self, event: &Event, known: &Known<'_>) -> Option<About> {
        if let Some(shown) = known.allocations.get(&event.subject_id.into()) {
            return Some(About::Allocation(Box::new(shown.clone())));
        }
        let payload = &event.payload;
        let labels = labels(&payload["labels"]).unwrap_or_default();
        let owner = id_of(&payload["owner_id"]);
        let target = Target { labels: Some(&labels), owner: owner.map(UserId::from), object: Some(event.subject_id) };
        let own = self.caller.subject().uuid();
        let is_provider = || {
            let touched = payload["nodes"].as_array().into_iter().flatten();
            touched.filter_map(|node| id_of(&node[0])).any(|node| Some(node) == own)
        };
        let is_own = own.is_some() && (owner == own || id_of(&payload["requester_id"]) == own || is_provider());
        (is_own || self.caller.may(Resource::Allocations, Level::Read, &target))
            .then_some(About::Gone(event.subject_id))
    }

    /// Whom it is written for: what one of two is told says nothing of what the other is.
    fn friend(&self, event: &Event) -> Option<About> {
        let of = id_of(&event.payload["for"])?;
        (self.caller.subject() == Subject::User(of.into())).then_some(About::Nothing)
    }

    /// Read on metrics or on system: it is about everybody's nodes.
    fn registry(&self) -> Option<About> {
        let may = |resource| self.caller.may(resource, Level::Read, &Target::default());
        (may(Resource::Metrics) || may(Resource::System)).then_some(About::Nothing)
    }
}

fn labels(value: &Value) -> Option<Labels> {
    serde_json::from_value(value.clone()).ok()
}

fn id_of(value: &Value) -> Option<Uuid> {
    Uuid::try_parse(value.as_str()?).ok()
}

/// Gives whose request it was.
fn friend_details(payload: &Value) -> BTreeMap<String, String> {
    let direction = payload["direction"].as_str().map(|direction| ("direction".to_owned(), direction.to_owned()));
    direction.into_iter().collect()
}

/// Gives what a payload says in words and numbers.
fn details(payload: &Value) -> BTreeMap<String, String> {
    let said = payload.as_object().into_iter().flatten().filter(|(name, _)| *name != "reason");
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    said.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}
