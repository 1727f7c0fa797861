//! Allocations whose node dies, is drained, is deleted or refuses: where they go, and who is told.

mod directives;
mod moves;
mod replicas;

use std::time::{Duration, Instant};

use cpc_proto::v1;

use crate::harness::{Daemon, Engine, TestNode};

pub(super) type Setting = (&'static str, &'static str);

/// Thirty times as fast as usual, without the time of grace and without the brake.
pub(super) const FAST: [Setting; 7] = [
    ("registry.heartbeat_seconds", "1"),
    ("registry.degraded_seconds", "2"),
    ("registry.offline_seconds", "4"),
    ("registry.grace_seconds", "0"),
    ("registry.damping_seconds", "0"),
    ("registry.brake_percent", "0"),
    ("registry.allocations.min_ttl_seconds", "1"),
];

/// Asks for so much cpu of each of some nodes.
pub(super) fn asks(cpu_millicores: u64, nodes: u32) -> v1::ResourceRequest {
    let resources = Some(v1::NodeResources { cpu_millicores, ..Default::default() });
    v1::ResourceRequest { resources, nodes, ttl_seconds: 600, ..Default::default() }
}

impl Daemon {
    /// Requests resources as the local administrator.
    pub(super) async fn allocate(&self, request: v1::ResourceRequest) -> v1::ResourceAllocation {
        self.local_registry().await.request_resources(request).await.expect("a grant").into_inner()
    }

    pub(super) async fn allocation(&self, id: &str) -> v1::ResourceAllocation {
        let request = v1::GetAllocationRequest { id: id.into() };
        let answer = self.local_registry().await.get_allocation(request).await.expect("an allocation").into_inner();
        answer.allocation.expect("an allocation")
    }

    /// Sends a heartbeat with what a node has seen and says.
    pub(super) async fn say(&self, node: &TestNode, seen: u64, answers: Vec<v1::PartAnswer>) -> v1::HeartbeatResponse {
        let ping = v1::NodePing { sequence: seen, directives_seen: seen, answers, ..Default::default() };
        self.registry(Some(&node.token)).await.heartbeat(ping).await.expect("a heartbeat").into_inner()
    }

    /// Sends heartbeats of a node that has seen something until it is told something else.
    pub(super) async fn told(&self, node: &TestNode, seen: u64) -> v1::Directives {
        let mut directives = None;
        // What it says is a heartbeat, and any other would take the answer from it: it is told once in a third of an interval.
        self.beat_until(&[], "the node is told what to do", async || {
            directives = self.say(node, seen, Vec::new()).await.directives.or(directives.take());
            directives.is_some()
        })
        .await;
        directives.expect("directives")
    }

    /// Sends heartbeats of nodes until something holds.
    pub(super) async fn beat_until(&self, nodes: &[&TestNode], what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(120);
        let mut sequence = 0;
        loop {
            sequence += 1;
            for node in nodes {
                self.beat(&node.token, sequence).await.expect("a heartbeat");
            }
            if condition().await {
                return;
            }
            assert!(Instant::now() < deadline, "not within two minutes: {what}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Gives the node of the first part, if it has one.
pub(super) fn place(allocation: &v1::ResourceAllocation) -> Option<String> {
    Some(allocation.parts[0].node_id.clone()).filter(|id| !id.is_empty())
}

/// Gives the node that provides, and the other one.
pub(super) fn provider<'a>(
    allocation: &v1::ResourceAllocation,
    one: &'a TestNode,
    other: &'a TestNode,
) -> (&'a TestNode, &'a TestNode) {
    if place(allocation).as_deref() == Some(one.id.as_str()) { (one, other) } else { (other, one) }
}

/// Counts what the store says is granted of all nodes, less what the parts on them take: always nothing.
pub(super) async fn surplus(daemon: &Daemon, engine: &Engine) -> i64 {
    let query = "SELECT CAST(coalesce(sum(granted_cpu), 0) - (SELECT coalesce(sum(cpu), 0) FROM allocation_parts
         WHERE node_id IS NOT NULL) AS BIGINT) FROM nodes";
    daemon.count(engine, query).await
}
