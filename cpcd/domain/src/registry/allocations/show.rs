//! Allocations as callers see them: with the nodes as far as they may know them, and tickets for who holds them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use cpc_signing::{PeerId, Ticket};
use cpcd_model::{
    Result,
    allocation::{Allocation, Part},
    id::{AllocationId, NodeId},
    node::Node,
    time,
};

use super::{Allocations, access};
use crate::{Caller, registry::access as nodes};

/// An allocation as a caller sees it.
#[derive(Clone, Debug)]
pub struct ShownAllocation {
    /// The allocation; its parts are beside it.
    pub allocation: Allocation,
    /// What is left of it.
    pub expires_in: Duration,
    /// Its parts.
    pub parts: Vec<ShownPart>,
}

/// A part as a caller sees it.
#[derive(Clone, Debug)]
pub struct ShownPart {
    /// The part.
    pub part: Part,
    /// The node's peer id; empty while it waits.
    pub peer_id: String,
    /// The node's addresses, as far as the caller may know them.
    pub addresses: Vec<String>,
    /// What proves the lease to the node; empty for those who do not hold it.
    pub ticket: Vec<u8>,
}

impl Allocations {
    /// Shows an allocation; `known` are nodes that need not be read.
    pub(super) async fn show(
        &self,
        caller: &Caller,
        allocation: Allocation,
        known: Option<Vec<Node>>,
    ) -> Result<ShownAllocation> {
        let nodes = match known {
            Some(known) => known,
            None => self.read_nodes(std::slice::from_ref(&allocation)).await?,
        };
        let realm = self.nodes.realm_of(caller).await?;
        let nodes = nodes.into_iter().map(|node| (node.id, node)).collect();
        let has_tickets = access::holds(caller, &allocation);
        Ok(self.put_together(caller, realm.as_deref(), allocation, &nodes, has_tickets))
    }

    /// Shows allocations without tickets.
    pub(super) async fn show_all(&self, caller: &Caller, all: Vec<Allocation>) -> Result<Vec<ShownAllocation>> {
        let nodes = self.read_nodes(&all).await?.into_iter().map(|node| (node.id, node)).collect();
        let realm = self.nodes.realm_of(caller).await?;
        Ok(all.into_iter().map(|one| self.put_together(caller, realm.as_deref(), one, &nodes, false)).collect())
    }

    /// Shows a node what it asked for and has not given back, the newest first, with its tickets.
    pub(in crate::registry) async fn held_by(
        &self,
        caller: &Caller,
        node: NodeId,
        limit: u32,
    ) -> Result<Vec<ShownAllocation>> {
        let held = self.store.list_allocations_of(node, limit).await?;
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let mut nodes =
            held.iter().flat_map(|one| one.parts.iter().filter_map(|part| part.node_id)).collect::<HashSet<_>>();
        nodes.insert(node);
        let nodes = self.nodes.load(&nodes.into_iter().collect::<Vec<_>>()).await?;
        let nodes: HashMap<_, _> = nodes.into_iter().map(|node| (node.id, node)).collect();
        let realm = nodes.get(&node).map(|node| node.realm.clone());
        Ok(held.into_iter().map(|one| self.put_together(caller, realm.as_deref(), one, &nodes, true)).collect())
    }

    /// Gives those of some allocations that a caller may see, without tickets.
    pub(crate) async fn seen(&self, caller: &Caller, ids: &[AllocationId]) -> Result<Vec<ShownAllocation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.get_allocations(ids).await?;
        self.show_all(caller, found.into_iter().filter(|one| access::may_see(caller, one)).collect()).await
    }

    async fn read_nodes(&self, allocations: &[Allocation]) -> Result<Vec<Node>> {
        let parts = allocations.iter().flat_map(|allocation| &allocation.parts);
        let ids: HashSet<_> = parts.filter_map(|part| part.node_id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.nodes.load(&ids.into_iter().collect::<Vec<_>>()).await
    }

    fn put_together(
        &self,
        caller: &Caller,
        realm: Option<&str>,
        mut allocation: Allocation,
        nodes: &HashMap<NodeId, Node>,
        has_tickets: bool,
    ) -> ShownAllocation {
        let parts = std::mem::take(&mut allocation.parts);
        let shown = parts.into_iter().map(|part| {
            let Some(node) = part.node_id.and_then(|id| nodes.get(&id)) else {
                return ShownPart { part, peer_id: String::new(), addresses: Vec::new(), ticket: Vec::new() };
            };
            let peer_id = PeerId::of_key_bytes(&node.public_key);
            let ticket = if has_tickets { self.ticket(&allocation, &part, peer_id) } else { Vec::new() };
            let addresses = nodes::for_caller(caller, realm, node.clone()).addresses;
            ShownPart { part, peer_id: peer_id.to_string(), addresses, ticket }
        });
        let parts = shown.collect();
        let now = self.clock.now();
        let expires_in =
            if allocation.state.has_ended() { Duration::ZERO } else { time::elapsed(now, allocation.deadline) };
        ShownAllocation { allocation, expires_in, parts }
    }

    fn ticket(&self, allocation: &Allocation, part: &Part, node: PeerId) -> Vec<u8> {
        let resources = allocation.request.resources;
        self.server.sign_ticket(&Ticket {
            allocation_id: *allocation.id.uuid().as_bytes(),
            part: part.number,
            node,
            requester_id: *allocation.requester.uuid().as_bytes(),
            cpu_millicores: resources.cpu_millicores,
            memory_bytes: resources.memory_bytes,
            bandwidth_bits_per_second: resources.bandwidth_bits_per_second,
            epoch: part.epoch,
            deadline_ms: u64::try_from(allocation.deadline.as_millisecond()).unwrap_or_default(),
        })
    }
}
