//! What is looked for: amounts, and where.

use std::collections::HashSet;

use cpcd_model::{
    Result,
    allocation::{AllocationRequest, Requester, Strategy},
    id::{AllocationId, NodeId, UserId},
    labels::Labels,
    node::Resources,
    permission::{Level, Resource, Scope, Scopes},
};
use cpcd_store::Store;

use crate::Caller;

/// What is looked for on each node, and on which.
#[derive(Clone, Debug)]
pub(in crate::registry) struct Ask {
    pub(super) amounts: Resources,
    pub(super) strategy: Strategy,
    pub(super) labels: Labels,
    pub(super) realm: String,
    /// None but these, if any are named.
    pub(super) only: Option<HashSet<NodeId>>,
    pub(super) never: HashSet<NodeId>,
    pub(super) spread_over: String,
    pub(super) reach: Reach,
}

/// What is not to be proposed this time.
#[derive(Clone, Debug, Default)]
pub(in crate::registry) struct Avoid {
    /// None of these nodes.
    pub(in crate::registry) nodes: HashSet<NodeId>,
    /// Nodes of the same allocation's other parts: none of these, and if the parts are spread over a label, other values of it than
    /// theirs as long as there are any.
    pub(in crate::registry) beside: HashSet<NodeId>,
}

/// Whose allocations may be placed where. A node outside all realms is for everybody; one of a realm for the nodes of that realm, for
/// what counts for its owner, and for whoever has read on it.
#[derive(Clone, Debug)]
pub(in crate::registry) enum Reach {
    /// Everywhere.
    All,
    /// Outside realms, and where one of these holds.
    Some {
        /// The requester's own realm.
        realm: String,
        /// The user whom it counts for.
        owner: Option<UserId>,
        /// What read on nodes is held on.
        scopes: Vec<Scope>,
    },
}

impl Reach {
    /// Gives where a caller's allocations may be placed; `realm` and `owner` are those of a caller that is a node.
    pub(in crate::registry) fn of(caller: &Caller, realm: &str, owner: Option<UserId>) -> Self {
        let owner = caller.subject().owner().or(owner);
        Self::within(caller.allowed_scopes(Resource::Nodes, Level::Read), realm, owner)
    }

    /// Gives where the allocations of somebody may be placed who is not there to be asked, as of now.
    ///
    /// # Errors
    /// What the store says.
    pub(in crate::registry) async fn of_requester(store: &Store, requester: Requester) -> Result<Self> {
        let none = Self::within(Scopes::Only(Vec::new()), "", None);
        Ok(match requester {
            Requester::Local => Self::All,
            Requester::User(id) => match store.get_user(id).await? {
                Some(user) => Self::within(user.permissions.scopes(Resource::Nodes, Level::Read), "", Some(id)),
                None => none,
            },
            Requester::Node(id) => match store.get_node(id).await? {
                Some(node) => Self::within(Scopes::Only(Vec::new()), &node.realm, node.owner_id),
                None => none,
            },
        })
    }

    fn within(scopes: Scopes<'_>, realm: &str, owner: Option<UserId>) -> Self {
        match scopes {
            Scopes::All => Self::All,
            Scopes::Only(scopes) => {
                Self::Some { realm: realm.to_owned(), owner, scopes: scopes.into_iter().cloned().collect() }
            }
        }
    }
}

impl Ask {
    /// Finds out what a request means; it names nodes by other allocations, too.
    ///
    /// # Errors
    /// What the store says.
    pub(in crate::registry) async fn of(store: &Store, request: &AllocationRequest, reach: Reach) -> Result<Self> {
        let placement = &request.placement;
        let nodes = |ids: &[uuid::Uuid]| ids.iter().copied().map(NodeId::from).collect::<HashSet<_>>();
        let providers = async |ids: &[uuid::Uuid]| {
            let ids: Vec<_> = ids.iter().copied().map(AllocationId::from).collect();
            if ids.is_empty() {
                Ok(HashSet::new())
            } else {
                Ok(store.list_providers(&ids).await?.into_iter().collect())
            }
        };
        let mut only = (!placement.nodes.is_empty()).then(|| nodes(&placement.nodes));
        if !placement.with.is_empty() {
            let with: HashSet<NodeId> = providers(&placement.with).await?;
            only = Some(match only {
                Some(only) => only.intersection(&with).copied().collect(),
                None => with,
            });
        }
        let mut never = nodes(&placement.excluded);
        never.extend(providers(&placement.apart_from).await?);
        Ok(Self {
            amounts: request.resources,
            strategy: request.strategy,
            labels: placement.labels.clone(),
            realm: placement.realm.clone(),
            only,
            never,
            spread_over: placement.spread_over.clone(),
            reach,
        })
    }
}
