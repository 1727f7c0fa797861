//! Single things of any resource, as far as a caller may know of them.

use cpcd_model::{
    Result,
    content::Visibility,
    id::{AllocationId, ContentId, NodeId, UserId},
    labels::Labels,
    permission::{Level, Resource, Target},
};
use cpcd_store::Store;
use uuid::Uuid;

use crate::{
    Caller,
    caller::Subject,
    discovery,
    registry::{self, Nodes},
};

/// Finds things.
#[derive(Clone)]
pub(super) struct Things {
    store: Store,
    nodes: Nodes,
}

/// A thing that the caller may know of.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) resource: Resource,
    pub(super) id: Uuid,
    pub(super) labels: Labels,
    /// The user whose it is.
    pub(super) owner: Option<UserId>,
    /// Whether it is content for everybody.
    pub(super) is_public: bool,
    /// Whether it is content for the friends of its owner, and the caller is one.
    pub(super) is_of_friend: bool,
}

impl Thing {
    /// Gives it as what something is to be done to.
    pub(super) fn target(&self) -> Target<'_> {
        Target { labels: Some(&self.labels), owner: self.owner, object: Some(self.id) }
    }

    /// Says whether it is the caller's own.
    pub(super) fn is_own(&self, caller: &Caller) -> bool {
        matches!(caller.subject(), Subject::User(id) if self.owner == Some(id))
    }

    /// Says whether the caller has admin on it: by a right, or because it is their own.
    pub(super) fn has_admin(&self, caller: &Caller) -> bool {
        self.is_own(caller) || caller.may(self.resource, Level::Admin, &self.target())
    }
}

impl Things {
    pub(super) fn new(store: &Store, nodes: &Nodes) -> Self {
        Self { store: store.clone(), nodes: nodes.clone() }
    }

    /// Finds a thing that a caller may know of.
    ///
    /// # Errors
    /// `CONTENT_NOT_FOUND`, `NODE_NOT_FOUND`, `ALLOCATION_NOT_FOUND`, also for what is not for the caller.
    pub(super) async fn find(&self, caller: &Caller, resource: Resource, id: Uuid) -> Result<Option<Thing>> {
        let thing = |owner, labels| Thing { resource, id, labels, owner, is_public: false, is_of_friend: false };
        match resource {
            Resource::Content => self.content(caller, id.into()).await,
            Resource::Nodes => {
                let Some(node) = self.store.get_node(NodeId::from(id)).await? else { return Ok(None) };
                let realm = self.nodes.realm_of(caller).await?;
                let is_seen = registry::may_see(caller, realm.as_deref(), &node);
                Ok(is_seen.then(|| thing(node.owner_id, node.labels)))
            }
            Resource::Allocations => {
                let Some(allocation) = self.store.get_allocation(AllocationId::from(id)).await? else {
                    return Ok(None);
                };
                let is_seen = registry::may_see_allocation(caller, &allocation);
                Ok(is_seen.then(|| thing(allocation.owner_id.map(UserId::from), allocation.request.labels)))
            }
            Resource::Users | Resource::Metrics | Resource::System => Ok(None),
        }
    }

    async fn content(&self, caller: &Caller, id: ContentId) -> Result<Option<Thing>> {
        let Some(content) = self.store.get_content(id).await? else { return Ok(None) };
        let is_for_friends = content.metadata.visibility == Visibility::Friends;
        let is_of_friend = match caller.subject().owner() {
            Some(user) if is_for_friends => self.store.are_friends(user, content.owner_id).await?,
            Some(_) | None => false,
        };
        Ok(discovery::is_shown(caller, &content, is_of_friend).then(|| Thing {
            resource: Resource::Content,
            id: content.id.uuid(),
            labels: Labels::new(),
            owner: Some(content.owner_id),
            is_public: content.metadata.visibility == Visibility::Public,
            is_of_friend,
        }))
    }
}
