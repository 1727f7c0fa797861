//! Nodes and allocations to move, and what must hold of them whatever happened.

use std::collections::{BTreeMap, HashMap, HashSet};

use cpcd_model::{
    Result,
    allocation::{Allocation, AllocationRequest, AllocationState, Part, PartState, Placement, Requester, Strategy},
    id::{AllocationId, NodeId, UserId},
    node::{Node, NodeStatus, Resources},
    time::Timestamp,
};
use cpcd_store::{
    Store,
    sql::{AllocationFilter, GrantChange, Moved, Priority, Totals, Transition, Tx},
};
use futures_util::future::BoxFuture;

use crate::harness::now;

pub(super) const OWNER: uuid::Uuid = uuid::Uuid::from_u128(7);

pub(super) fn cpu(cpu_millicores: u64) -> Resources {
    Resources { cpu_millicores, memory_bytes: 1 << 20, ..Resources::default() }
}

pub(super) fn asks(cpu_millicores: u64, nodes: u32) -> AllocationRequest {
    AllocationRequest {
        resources: cpu(cpu_millicores),
        nodes,
        placement: Placement::default(),
        strategy: Strategy::Spread,
        is_exclusive: false,
        ttl_seconds: 60,
        labels: [("app".to_owned(), "web".to_owned())].into(),
        may_wait: true,
    }
}

pub(super) async fn write<T: Send + 'static>(
    store: &Store,
    job: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
) -> Result<T> {
    store.write(Priority::Registry, job).await
}

/// Adds a node with so much cpu.
pub(super) async fn node(store: &Store, cpu_millicores: u64) -> NodeId {
    let id = NodeId::generate();
    let mut key = [0; 32];
    key[..16].copy_from_slice(id.uuid().as_bytes());
    let capacity = Resources { cpu_millicores, memory_bytes: 1 << 30, ..Resources::default() };
    let node = Node { capacity, ..Node::new(id, key, now()) };
    write(store, move |tx| Box::pin(async move { tx.insert_node(&node).await })).await.unwrap();
    id
}

/// Grants an allocation on nodes; where there are fewer than were asked for, the other parts wait. Nothing if there is no room.
pub(super) async fn grant(
    store: &Store,
    request: AllocationRequest,
    nodes: &[NodeId],
    requester: Requester,
    at: Timestamp,
) -> Result<Option<AllocationId>> {
    let part = |number: u32| Part {
        number,
        state: if (number as usize) < nodes.len() { PartState::Placed } else { PartState::Waiting },
        node_id: nodes.get(number as usize).copied(),
        epoch: 1,
        reason: String::new(),
        refused: Vec::new(),
        not_before: None,
        since: at,
    };
    let parts: Vec<_> = (0..request.nodes).map(part).collect();
    let state = if nodes.len() < parts.len() { AllocationState::Pending } else { AllocationState::Active };
    let deadline = at + std::time::Duration::from_secs(request.ttl_seconds.into());
    let id = AllocationId::generate();
    let count = u64::from(request.nodes);
    let amount = request.resources;
    let more = Totals {
        allocations: 1,
        resources: Resources {
            cpu_millicores: amount.cpu_millicores * count,
            memory_bytes: amount.memory_bytes * count,
            bandwidth_bits_per_second: 0,
        },
    };
    let allocation = Allocation {
        id,
        requester,
        owner_id: Some(OWNER),
        request_id: None,
        request,
        state,
        epoch: 1,
        deadline,
        created_at: at,
        ended_at: None,
        parts,
    };
    let changes: Vec<_> = nodes.iter().map(|id| GrantChange::take(*id, amount)).collect();
    let granted = write(store, move |tx| {
        Box::pin(async move {
            if !changes.is_empty() && tx.change_grants(&changes).await?.len() < changes.len() {
                return Err(cpcd_model::Error::new(cpcd_model::Reason::NodeNotFound, "no room"));
            }
            assert!(tx.insert_allocation(&allocation, &[0; 32]).await?);
            assert!(tx.count_to_owner(OWNER, &more, &Totals::default()).await?);
            Ok(())
        })
    })
    .await;
    match granted {
        Ok(()) => Ok(Some(id)),
        Err(error) if error.reason() == cpcd_model::Reason::NodeNotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes nodes for dead, as the detector does.
pub(super) async fn die(store: &Store, nodes: &[NodeId], at: Timestamp) -> Result<Vec<Moved>> {
    become_(store, nodes, NodeStatus::Offline, at).await
}

/// Takes nodes for something, and their parts off those that are dead.
pub(super) async fn become_(store: &Store, nodes: &[NodeId], to: NodeStatus, at: Timestamp) -> Result<Vec<Moved>> {
    let nodes = nodes.to_vec();
    write(store, move |tx| {
        Box::pin(async move {
            tx.lock_nodes_to_unplace(&nodes).await?;
            let change = |id: &NodeId| Transition { id: *id, to, last_seen: None, unless_seen: None };
            let changed = tx.update_statuses(&nodes.iter().map(change).collect::<Vec<_>>()).await?;
            let dead: Vec<_> =
                changed.into_iter().filter(|(_, to)| *to == NodeStatus::Offline).map(|(id, _)| id).collect();
            tx.unplace_nodes(&dead, "its node went offline", at).await
        })
    })
    .await
}

pub(super) async fn get(store: &Store, id: AllocationId) -> Allocation {
    store.get_allocation(id).await.unwrap().unwrap()
}

pub(super) fn user() -> Requester {
    Requester::User(UserId::from(OWNER))
}

/// Holds everything in the store against what must always hold; gives the allocations.
pub(super) async fn check(store: &Store, nodes: &[NodeId]) -> Vec<Allocation> {
    let filter = AllocationFilter { with_ended: true, ..AllocationFilter::default() };
    let allocations = store.list_allocations(&filter, 100_000).await.unwrap();
    let mut granted: HashMap<NodeId, [u64; 2]> = HashMap::new();
    let (mut count, mut totals) = (0, [0, 0]);
    for one in &allocations {
        let amount = [one.request.resources.cpu_millicores, one.request.resources.memory_bytes];
        assert_eq!(one.state.has_ended(), one.parts.is_empty(), "an end leaves nothing: {one:?}");
        if one.state.has_ended() {
            continue;
        }
        count += 1;
        assert_eq!(one.parts.len(), one.request.nodes as usize, "no part is lost or doubled");
        let waits = one.parts.iter().any(|part| part.state == PartState::Waiting);
        assert_eq!(waits, one.state == AllocationState::Pending, "{one:?}");
        let mut on = HashSet::new();
        for part in &one.parts {
            (0..2).for_each(|at| totals[at] += amount[at]);
            assert!(part.epoch <= one.epoch, "{one:?}");
            assert_eq!(part.node_id.is_none(), part.state == PartState::Waiting);
            if let Some(node) = part.node_id {
                assert!(on.insert(node), "two parts on one node: {one:?}");
                let sums = granted.entry(node).or_default();
                (0..2).for_each(|at| sums[at] += amount[at]);
            }
        }
    }
    let known: BTreeMap<_, _> = store.get_nodes(nodes).await.unwrap().into_iter().map(|node| (node.id, node)).collect();
    for node in known.values() {
        let sums = granted.remove(&node.id).unwrap_or_default();
        assert_eq!(sums, [node.granted.cpu_millicores, node.granted.memory_bytes], "what is granted of {node:?}");
        let is_over = sums[0] > node.capacity.cpu_millicores || sums[1] > node.capacity.memory_bytes;
        assert_eq!(is_over, node.is_overcommitted, "never more than it has, unless it has less than it had: {node:?}");
        assert!(node.status != NodeStatus::Offline || sums == [0, 0], "nothing is on the dead: {node:?}");
    }
    assert!(granted.is_empty(), "nothing is on nodes that are not there: {granted:?}");
    let counted = store.get_owner_totals(OWNER).await.unwrap();
    assert_eq!(
        (counted.allocations, counted.resources.cpu_millicores, counted.resources.memory_bytes),
        (count, totals[0], totals[1]),
        "what the owner has"
    );
    allocations
}
