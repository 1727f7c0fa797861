//! Allocations: requested, renewed, given back, seen, through both edges.

use cpc_proto::v1;
use cpc_signing::{Dialect, PeerId, SecretKey, Ticket};
use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use tonic::Status;

use super::heartbeats::statements;
use crate::harness::{ADDRESS, Daemon, Engine, TestNode, eventually, everywhere, for_each_engine, reason, record};

/// What is asked for of each node, of which a test's node has four.
fn core() -> Option<v1::NodeResources> {
    Some(v1::NodeResources { cpu_millicores: 1000, memory_bytes: 1 << 30, ..Default::default() })
}

fn request(nodes: u32) -> v1::ResourceRequest {
    v1::ResourceRequest { resources: core(), nodes, ..Default::default() }
}

async fn ask(daemon: &Daemon, token: &str, request: v1::ResourceRequest) -> Result<v1::ResourceAllocation, Status> {
    daemon.registry(Some(token)).await.request_resources(request).await.map(tonic::Response::into_inner)
}

/// Asks until every replica knows of the nodes there are.
async fn ask_until_granted(daemon: &Daemon, token: &str, request: v1::ResourceRequest) -> v1::ResourceAllocation {
    let granted = tokio::sync::Mutex::new(None);
    eventually("there is room", async || match ask(daemon, token, request.clone()).await {
        Ok(allocation) => {
            *granted.lock().await = Some(allocation);
            true
        }
        Err(status) => {
            assert_eq!(reason(&status), "NO_CAPACITY", "{status:?}");
            false
        }
    })
    .await;
    granted.into_inner().expect("it is granted")
}

/// Waits until each replica knows of the nodes there are.
async fn known_everywhere(daemon: &Daemon, engine: &Engine) {
    let probe = daemon.person("probe", &["allocations=write"]).await;
    everywhere(engine, "there is room", async || match ask(daemon, &probe.token, request(1)).await {
        Ok(granted) => release(daemon, &probe.token, &granted.id, 0).await.is_ok(),
        Err(_) => false,
    })
    .await;
}

async fn get(daemon: &Daemon, token: &str, id: &str) -> Result<v1::ResourceAllocation, Status> {
    let request = v1::GetAllocationRequest { id: id.into() };
    let answer = daemon.registry(Some(token)).await.get_allocation(request).await?;
    Ok(answer.into_inner().allocation.expect("an allocation"))
}

async fn release(daemon: &Daemon, token: &str, id: &str, epoch: u64) -> Result<v1::ResourceAllocation, Status> {
    let request = v1::ReleaseAllocationRequest { id: id.into(), epoch };
    let answer = daemon.registry(Some(token)).await.release_allocation(request).await?;
    Ok(answer.into_inner().allocation.expect("an allocation"))
}

async fn renew(daemon: &Daemon, token: &str, id: &str, epoch: u64, ttl: u32) -> Result<v1::ResourceAllocation, Status> {
    let request = v1::RenewAllocationRequest { id: id.into(), epoch, ttl_seconds: ttl };
    let answer = daemon.registry(Some(token)).await.renew_allocation(request).await?;
    Ok(answer.into_inner().allocation.expect("an allocation"))
}

/// Registers a node with labels in somebody's name.
async fn node_of(daemon: &Daemon, token: &str, labels: &[(&str, &str)]) -> TestNode {
    let key = SecretKey::generate();
    let mut info = daemon.node_info(&key, record(&key, 1, &[ADDRESS], Dialect::Standard)).await;
    info.labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let answer = daemon.registry(Some(token)).await.register_node(info).await.expect("it registers").into_inner();
    TestNode { key, id: answer.node_id, token: answer.tokens.expect("tokens").access_token }
}

fn nodes_of(allocation: &v1::ResourceAllocation) -> Vec<String> {
    let mut nodes: Vec<_> = allocation.parts.iter().map(|part| part.node_id.clone()).collect();
    nodes.sort_unstable();
    nodes
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_leased_renewed_and_given_back() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let nodes = [daemon.node().await, daemon.node().await];
        let alice = daemon.person("alice", &["allocations=write"]).await;
        let granted = ask_until_granted(&daemon, &alice.token, request(2)).await;
        assert_eq!(
            (granted.state(), granted.epoch, granted.owner_id.as_str()),
            (v1::AllocationState::Active, 1, alice.id.as_str())
        );
        let mut ids: Vec<_> = nodes.iter().map(|node| node.id.clone()).collect();
        ids.sort_unstable();
        assert_eq!(nodes_of(&granted), ids, "each once");
        assert!(granted.expires_in_ms > 200_000 && granted.expires_in_ms <= 300_000, "{}", granted.expires_in_ms);
        for part in &granted.parts {
            let node = nodes.iter().find(|node| node.id == part.node_id).unwrap();
            assert_eq!(part.addresses, [ADDRESS]);
            let peer = PeerId::parse(&part.peer_id).unwrap();
            assert_eq!(peer, node.key.public().peer_id());
            // What the node does, with nothing but the server's id.
            let server = PeerId::parse(&server_id(&daemon).await).unwrap().public_key().unwrap();
            let deadline = granted.deadline.as_ref().unwrap();
            let deadline_ms = u64::try_from(deadline.seconds * 1000 + i64::from(deadline.nanos) / 1_000_000).unwrap();
            let ticket = Ticket::verify(&part.ticket, &server, &peer, deadline_ms - 1).unwrap();
            assert_eq!((ticket.cpu_millicores, ticket.epoch, ticket.part), (1000, 1, part.number));
            assert_eq!(ticket.deadline_ms, deadline_ms);
            let seen = daemon.look(&node.id).await.unwrap().granted.unwrap();
            assert_eq!((seen.cpu_millicores, seen.memory_bytes), (1000, 1 << 30));
        }

        let renewed = renew(&daemon, &alice.token, &granted.id, 1, 3600).await.unwrap();
        assert!(renewed.expires_in_ms > 3_500_000);
        let again = renew(&daemon, &alice.token, &granted.id, 0, 60).await.unwrap();
        assert!(again.expires_in_ms > 3_400_000, "a deadline is never sooner");
        let path = format!("/v1/allocations/{}/renew", granted.id);
        let body = json!({ "epoch": "7" }).to_string();
        let answer = daemon.rest(Method::POST, &path, Some(&alice.token), Some(&body)).await;
        assert_eq!((answer.status, answer.reason().as_str()), (400, "FIELD_INVALID"), "no such epoch yet");

        let released = release(&daemon, &alice.token, &granted.id, 1).await.unwrap();
        assert_eq!((released.state(), released.parts.len()), (v1::AllocationState::Released, 0));
        let answer = daemon
            .rest(Method::POST, &format!("/v1/allocations/{}/release", granted.id), Some(&alice.token), None)
            .await;
        assert_eq!(answer.status, 200, "the same again changes nothing");
        assert_eq!(reason(&renew(&daemon, &alice.token, &granted.id, 0, 0).await.unwrap_err()), "ALLOCATION_ENDED");
        for node in &nodes {
            assert_eq!(daemon.look(&node.id).await.unwrap().granted.unwrap().cpu_millicores, 0);
        }
        if engine.replicas == 1 {
            // What is granted of the nodes, the allocation with its parts, what counts for the owner, the event.
            let before = statements(&daemon, "ResourceRequest").await;
            let one = ask(&daemon, &alice.token, request(2)).await.unwrap();
            let counted = statements(&daemon, "ResourceRequest").await - before;
            assert_eq!(counted, if engine.url.is_empty() { 5 } else { 4 }, "on {}", engine.name);
            release(&daemon, &alice.token, &one.id, 0).await.unwrap();
        }
        let kinds = "SELECT count(*) FROM events WHERE kind IN ('allocation.granted', 'allocation.released')";
        assert_eq!(daemon.count(&engine, kinds).await, if engine.replicas == 1 { 4 } else { 2 });
        daemon.stop().await;
    })
    .await;
}

async fn server_id(daemon: &Daemon) -> String {
    let begin = v1::ChallengeRequest {
        public_key: SecretKey::generate().public().as_bytes().to_vec(),
        kind: v1::SubjectKind::User.into(),
        purpose: v1::ChallengePurpose::Login.into(),
    };
    let step = Some(v1::auth_request::Step::Begin(begin));
    let answer = daemon.identity(None).await.authenticate(v1::AuthRequest { step }).await.unwrap().into_inner();
    match answer.result {
        Some(v1::auth_response::Result::Challenge(challenge)) => challenge.server_id,
        other => panic!("no challenge but {other:?}"),
    }
}

/// Fifty at once, on all replicas, for what eight can have: eight have it, and nothing is granted twice.
#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_granted_than_there_is() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let nodes = [daemon.node().await, daemon.node().await];
        let alice = daemon.person("alice", &["allocations=write"]).await;
        let asked = (0..50).map(|_| ask(&daemon, &alice.token, request(1)));
        let answers = join_all(asked.collect::<Vec<_>>()).await;
        let granted = answers.iter().filter(|answer| answer.is_ok()).count();
        for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert!(["NO_CAPACITY", "WRITE_CONFLICT"].contains(&reason(status).as_str()), "{status:?}");
        }
        assert!((1..=8).contains(&granted), "{granted}");
        // Whatever contention has left over goes to those who ask again.
        for _ in granted..8 {
            ask_until_granted(&daemon, &alice.token, request(1)).await;
        }
        assert_eq!(reason(&ask(&daemon, &alice.token, request(1)).await.unwrap_err()), "NO_CAPACITY");
        for node in &nodes {
            assert_eq!(daemon.look(&node.id).await.unwrap().granted.unwrap().cpu_millicores, 4000);
        }
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM allocation_parts").await, 8);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_granted_or_none() {
    let engine = Engine::sqlite();
    let daemon = Daemon::start(&engine).await;
    let nodes = [daemon.node().await, daemon.node().await];
    let alice = daemon.person("alice", &["allocations=write"]).await;
    let status = ask(&daemon, &alice.token, request(3)).await.unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&status);
    assert_eq!(details.error_info().unwrap().metadata["lacks"], "placement");
    let large = v1::NodeResources { cpu_millicores: 4001, ..Default::default() };
    let status = ask(&daemon, &alice.token, v1::ResourceRequest { resources: Some(large), ..request(1) }).await;
    let details = tonic_types::StatusExt::get_error_details(&status.unwrap_err());
    assert_eq!(details.error_info().unwrap().metadata["lacks"], "cpu_millicores");
    for node in &nodes {
        assert_eq!(daemon.look(&node.id).await.unwrap().granted.unwrap().cpu_millicores, 0);
    }
    let waiting = ask(&daemon, &alice.token, v1::ResourceRequest { wait: true, ..request(3) }).await.unwrap();
    assert_eq!((waiting.state(), waiting.parts.len()), (v1::AllocationState::Pending, 3));
    assert!(waiting.parts.iter().all(|part| part.state() == v1::PartState::Waiting && part.ticket.is_empty()));
    assert_eq!(waiting.parts[0].reason, "no room: placement");
    release(&daemon, &alice.token, &waiting.id, 0).await.unwrap();
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_has_the_same_answer() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        daemon.node().await;
        known_everywhere(&daemon, &engine).await;
        let alice = daemon.person("alice", &["allocations=write"]).await;
        let bob = daemon.person("bob", &["allocations=write"]).await;
        let named = |nodes| v1::ResourceRequest { request_id: "mine".into(), ..request(nodes) };
        let first = ask_until_granted(&daemon, &alice.token, named(1)).await;
        // Twelve more at once, and over REST.
        let again = join_all((0..12).map(|_| ask(&daemon, &alice.token, named(1))).collect::<Vec<_>>()).await;
        assert!(again.into_iter().all(|again| again.unwrap().id == first.id));
        let body =
            json!({ "resources": { "cpuMillicores": "1000", "memoryBytes": "1073741824" }, "requestId": "mine" });
        let answer = daemon.rest(Method::POST, "/v1/allocations", Some(&alice.token), Some(&body.to_string())).await;
        assert!(answer.text().contains(&first.id), "one node is what 0 means, too: {}", answer.text());
        let other = ask(&daemon, &alice.token, named(2)).await.unwrap_err();
        assert_eq!(reason(&other), "REQUEST_ID_REUSED");
        // The name is Alice's: Bob gets one of his own.
        let bobs = ask(&daemon, &bob.token, named(1)).await.unwrap();
        assert_ne!(bobs.id, first.id);
        // Two who are new and named alike: one allocation.
        let twin = v1::ResourceRequest { request_id: "twin".into(), ..request(1) };
        let twins = join_all((0..8).map(|_| ask(&daemon, &bob.token, twin.clone())).collect::<Vec<_>>()).await;
        let mut ids: Vec<_> = twins.into_iter().map(|twin| twin.unwrap().id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1);
        let running = "SELECT count(*) FROM allocations WHERE ended_at IS NULL";
        assert_eq!(daemon.count(&engine, running).await, 3);
        // It is kept after its end, and even then the answer is the same.
        release(&daemon, &alice.token, &first.id, 0).await.unwrap();
        let late = ask(&daemon, &alice.token, named(1)).await.unwrap();
        assert_eq!((late.id, late.state), (first.id, v1::AllocationState::Released.into()));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_has_no_more_than_they_may() {
    for_each_engine(async |engine: Engine| {
        let quota = [("registry.allocations.most_of_owner", "3"), ("registry.allocations.most_cpu_millicores", "2500")];
        let daemon = Daemon::start_with(&engine, &quota).await;
        let alice = daemon.person("alice", &["allocations=write", "nodes=write"]).await;
        let node = node_of(&daemon, &alice.token, &[]).await;
        known_everywhere(&daemon, &engine).await;
        let first = ask_until_granted(&daemon, &alice.token, request(1)).await;
        // What her node asks for counts for her.
        let second = ask_until_granted(&daemon, &node.token, request(1)).await;
        assert_eq!((second.owner_id.as_str(), second.requester_id.as_str()), (alice.id.as_str(), node.id.as_str()));
        let over = async |request| {
            let status = ask(&daemon, &alice.token, request).await.unwrap_err();
            assert_eq!(reason(&status), "QUOTA_EXCEEDED", "{status:?}");
            tonic_types::StatusExt::get_error_details(&status).error_info().unwrap().metadata["quota"].clone()
        };
        assert_eq!(over(request(1)).await, "cpu_millicores");
        let small = Some(v1::NodeResources { cpu_millicores: 1, ..Default::default() });
        let small = v1::ResourceRequest { resources: small, ..Default::default() };
        ask(&daemon, &alice.token, small.clone()).await.unwrap();
        assert_eq!(over(small.clone()).await, "allocations");
        // Nothing of what was refused is left.
        assert_eq!(daemon.look(&node.id).await.unwrap().granted.unwrap().cpu_millicores, 2001);
        release(&daemon, &alice.token, &first.id, 0).await.unwrap();
        ask(&daemon, &alice.token, small).await.unwrap();
        // The administrator has no quota.
        let local = daemon.local_registry().await.request_resources(request(1)).await.unwrap().into_inner();
        assert_eq!((local.owner_id.as_str(), local.requester_id.as_str()), ("", ""));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_epoch_changes_nothing() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        daemon.node().await;
        let alice = daemon.person("alice", &["allocations=write"]).await;
        let granted = ask_until_granted(&daemon, &alice.token, request(1)).await;
        // As if a part had moved.
        daemon.execute(&engine, "UPDATE allocations SET epoch = 5").await;
        daemon.execute(&engine, "UPDATE allocation_parts SET epoch = 5").await;
        assert_eq!(reason(&release(&daemon, &alice.token, &granted.id, 1).await.unwrap_err()), "EPOCH_STALE");
        assert_eq!(reason(&renew(&daemon, &alice.token, &granted.id, 4, 0).await.unwrap_err()), "EPOCH_STALE");
        assert_eq!(get(&daemon, &alice.token, &granted.id).await.unwrap().epoch, 5);
        renew(&daemon, &alice.token, &granted.id, 5, 0).await.unwrap();
        // A lease whose time is over is not to be renewed, whoever has not noticed yet.
        let past = match engine.url.is_empty() {
            true => "UPDATE allocations SET deadline = '2020-01-01T00:00:00.000000Z'",
            false => "UPDATE allocations SET deadline = '2020-01-01T00:00:00Z'",
        };
        daemon.execute(&engine, past).await;
        assert_eq!(reason(&renew(&daemon, &alice.token, &granted.id, 5, 0).await.unwrap_err()), "ALLOCATION_ENDED");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_is_for_those_it_concerns() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &["allocations=write"]).await;
        let (provider, idle) = (daemon.node().await, daemon.node().await);
        let labels = [("app".to_owned(), "web".to_owned())].into();
        let placement = Some(v1::Placement { node_ids: vec![provider.id.clone()], ..Default::default() });
        let granted =
            ask_until_granted(&daemon, &alice.token, v1::ResourceRequest { labels, placement, ..request(1) }).await;
        let stranger = daemon.person("stranger", &["content=read"]).await;
        let reader = daemon.person("reader", &["allocations=read@label:app:web"]).await;
        let other = daemon.person("other", &["allocations=read@label:app:db"]).await;
        let writer = daemon.person("writer", &["allocations=write"]).await;
        let admin = daemon.person("admin", &["allocations=admin@label:app:web"]).await;
        for (token, has_ticket) in [(&alice.token, true), (&reader.token, false), (&provider.token, false)] {
            let seen = get(&daemon, token, &granted.id).await.unwrap();
            assert_eq!(seen.parts[0].ticket.is_empty(), !has_ticket, "a ticket is for who holds the allocation");
        }
        let list = async |token: &str, filter: v1::ListAllocationsRequest| {
            let answer = daemon.registry(Some(token)).await.list_allocations(filter).await.unwrap().into_inner();
            answer.allocations.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        for token in [&stranger.token, &other.token, &idle.token] {
            assert_eq!(reason(&get(&daemon, token, &granted.id).await.unwrap_err()), "ALLOCATION_NOT_FOUND");
            assert_eq!(reason(&release(&daemon, token, &granted.id, 0).await.unwrap_err()), "ALLOCATION_NOT_FOUND");
            assert!(list(token, Default::default()).await.is_empty());
            let near = v1::Placement { with_allocation_ids: vec![granted.id.clone()], ..Default::default() };
            let near = v1::ResourceRequest { placement: Some(near), ..request(1) };
            let refused = reason(&ask(&daemon, token, near).await.unwrap_err());
            let expected = if *token == idle.token { "ALLOCATION_NOT_FOUND" } else { "PERMISSION_DENIED" };
            assert_eq!(refused, expected, "who lies beside it learns where it is");
        }
        for token in [&alice.token, &reader.token, &provider.token, &writer.token, &admin.token] {
            assert_eq!(list(token, Default::default()).await, std::slice::from_ref(&granted.id));
        }
        let of = |owner_id: &str, node_id: &str, label: &str| v1::ListAllocationsRequest {
            owner_id: owner_id.into(),
            node_id: node_id.into(),
            label: label.into(),
            ..Default::default()
        };
        assert_eq!(list(&admin.token, of(&alice.id, &provider.id, "app=web")).await.len(), 1);
        assert_eq!(list(&admin.token, of(&alice.id, &idle.id, "")).await.len(), 0);
        assert_eq!(list(&alice.token, of(&reader.id, "", "")).await.len(), 0);
        for (token, expected) in
            [(&reader.token, "PERMISSION_DENIED"), (&provider.token, "PERMISSION_DENIED"), (&writer.token, "NOT_OWNER")]
        {
            assert_eq!(reason(&release(&daemon, token, &granted.id, 0).await.unwrap_err()), expected);
        }
        release(&daemon, &admin.token, &granted.id, 0).await.unwrap();
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_lie_where_the_request_says() {
    let engine = Engine::sqlite();
    let daemon = Daemon::start(&engine).await;
    let alice = daemon.person("alice", &["allocations=write", "nodes=write"]).await;
    let mut nodes = Vec::new();
    for (region, rack) in [("eu", "1"), ("eu", "1"), ("eu", "2"), ("us", "3")] {
        nodes.push(node_of(&daemon, &alice.token, &[("region", region), ("rack", rack)]).await.id);
    }
    let place = async |placement: v1::Placement, count: u32| {
        let request = v1::ResourceRequest { placement: Some(placement), ..request(count) };
        ask(&daemon, &alice.token, request).await
    };
    let lack = |status: &Status| {
        assert_eq!(reason(status), "NO_CAPACITY");
        tonic_types::StatusExt::get_error_details(status).error_info().unwrap().metadata["lacks"].clone()
    };
    let region = |region: &str| v1::Placement { region: region.into(), ..Default::default() };
    let us = place(region("us"), 1).await.unwrap();
    assert_eq!(nodes_of(&us), [nodes[3].clone()]);
    assert_eq!(lack(&place(region("moon"), 1).await.unwrap_err()), "placement");
    let spread = v1::Placement { spread_over_label: "rack".into(), ..region("eu") };
    assert!(nodes_of(&place(spread, 2).await.unwrap()).contains(&nodes[2]), "both racks");
    let excluded = v1::Placement { excluded_node_ids: nodes[..2].to_vec(), ..region("eu") };
    assert_eq!(nodes_of(&place(excluded, 1).await.unwrap()), [nodes[2].clone()]);
    let with = v1::Placement { with_allocation_ids: vec![us.id.clone()], ..Default::default() };
    assert_eq!(nodes_of(&place(with, 1).await.unwrap()), [nodes[3].clone()]);
    let apart = v1::Placement { apart_from_allocation_ids: vec![us.id.clone()], ..Default::default() };
    assert!(!nodes_of(&place(apart, 3).await.unwrap()).contains(&nodes[3]));
    let contradiction = v1::Placement { labels: [("region".to_owned(), "eu".to_owned())].into(), ..region("us") };
    assert_eq!(reason(&place(contradiction, 1).await.unwrap_err()), "FIELD_INVALID");
    let nobody = v1::Placement { node_ids: vec![uuid::Uuid::now_v7().to_string()], ..Default::default() };
    assert_eq!(reason(&place(nobody, 1).await.unwrap_err()), "NODE_NOT_FOUND");
    daemon.stop().await;
}

/// A node of a realm is for that realm, for its owner, and for whoever may read it.
#[tokio::test(flavor = "multi_thread")]
async fn a_realm_is_for_its_own() {
    let engine = Engine::sqlite();
    let daemon = Daemon::start(&engine).await;
    let owner = daemon.person("owner", &["allocations=write", "nodes=write"]).await;
    let stranger = daemon.person("stranger", &["allocations=write"]).await;
    let reader = daemon.person("reader", &["allocations=write", "nodes=read@label:app:web"]).await;
    let inside = node_of(&daemon, &owner.token, &[("app", "web")]).await;
    daemon.execute(&engine, "UPDATE nodes SET realm = 'lab'").await;
    let daemon = daemon.restart(&engine).await;
    let outside = node_of(&daemon, &stranger_node_owner(&daemon).await, &[]).await;
    daemon
        .execute(&engine, &format!("UPDATE nodes SET scheduling = 'cordoned' WHERE id <> x'{}'", hex(&inside.id)))
        .await;
    let outcome = async |token: &str| match ask(&daemon, token, request(1)).await {
        Ok(granted) => granted.parts[0].node_id.clone(),
        Err(status) => reason(&status),
    };
    assert_eq!(outcome(&stranger.token).await, "NO_CAPACITY");
    assert_eq!(outcome(&outside.token).await, "NO_CAPACITY");
    for token in [&owner.token, &reader.token, &inside.token] {
        assert_eq!(outcome(token).await, inside.id);
    }
    daemon.stop().await;
}

/// Gives a token of somebody who may register nodes.
async fn stranger_node_owner(daemon: &Daemon) -> String {
    daemon.person("keeper", &["nodes=write"]).await.token
}

fn hex(id: &str) -> String {
    id.replace('-', "")
}

/// Less than was granted: the node keeps what it gave, gives no more, and its registration passes.
#[tokio::test(flavor = "multi_thread")]
async fn lowered_capacity_marks_a_node_and_fails_nothing() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let node = daemon.node().await;
        let alice = daemon.person("alice", &["allocations=write"]).await;
        let large = Some(v1::NodeResources { cpu_millicores: 3000, ..Default::default() });
        let large = v1::ResourceRequest { resources: large, ..Default::default() };
        let granted = ask_until_granted(&daemon, &alice.token, large).await;
        let mut info = daemon.node_info(&node.key, record(&node.key, 2, &[ADDRESS], Dialect::Standard)).await;
        info.capacity = Some(v1::NodeResources { cpu_millicores: 2000, memory_bytes: 8 << 30, ..Default::default() });
        daemon.registry(None).await.register_node(info).await.expect("a registration never fails for that");
        let seen = daemon.look(&node.id).await.unwrap();
        assert!(seen.is_overcommitted);
        let small = v1::NodeResources { cpu_millicores: 1, ..Default::default() };
        let small = v1::ResourceRequest { resources: Some(small), ..Default::default() };
        assert_eq!(reason(&ask(&daemon, &alice.token, small.clone()).await.unwrap_err()), "NO_CAPACITY");
        release(&daemon, &alice.token, &granted.id, 0).await.unwrap();
        assert!(!daemon.look(&node.id).await.unwrap().is_overcommitted);
        ask_until_granted(&daemon, &alice.token, small).await;
        daemon.stop().await;
    })
    .await;
}
