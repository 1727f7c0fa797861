//! Each way of losing a node.

use cpc_proto::v1;

use super::{FAST, asks, place, provider, surplus};
use crate::harness::{Daemon, Engine, TestNode, eventually, for_each_engine, reason};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_dead_had_goes_to_the_living() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &FAST).await;
        let (one, other, holder) = (daemon.node().await, daemon.node().await, daemon.node().await);
        let request = v1::ResourceRequest {
            placement: Some(v1::Placement { excluded_node_ids: vec![holder.id.clone()], ..Default::default() }),
            ..asks(3000, 1)
        };
        let granted = daemon.registry(Some(&holder.token)).await.request_resources(request).await.unwrap().into_inner();
        let (dies, lives) = provider(&granted, &one, &other);
        let given = daemon.told(dies, 0).await;
        assert_eq!((given.given.len(), given.given[0].epoch), (1, 1));
        let held = daemon.told(&holder, 0).await;
        assert_eq!(place(&held.held[0]).as_deref(), Some(dies.id.as_str()));
        assert!(!held.held[0].parts[0].ticket.is_empty(), "whoever holds it can prove it");

        // The promise is five seconds after the death was found; here the deadline is looser, and the trial measures.
        daemon
            .beat_until(&[lives, &holder], "it is on another node", async || {
                place(&daemon.allocation(&granted.id).await).as_deref() == Some(lives.id.as_str())
            })
            .await;
        let moved = daemon.allocation(&granted.id).await;
        assert_eq!(moved.state(), v1::AllocationState::Active);
        assert!(moved.epoch > granted.epoch && moved.parts[0].epoch == moved.epoch);
        let taken = daemon.told(lives, 0).await;
        assert_eq!(taken.given[0].epoch, moved.epoch);
        let route = daemon.told(&holder, held.version).await;
        assert_eq!(place(&route.held[0]).as_deref(), Some(lives.id.as_str()), "the holder has a new route");

        // Whoever came late with the old epoch gives nothing back.
        let late = v1::ReleaseAllocationRequest { id: granted.id.clone(), epoch: granted.epoch };
        let refused = daemon.registry(Some(&holder.token)).await.release_allocation(late).await.unwrap_err();
        assert_eq!(reason(&refused), "EPOCH_STALE");
        let back = daemon.told(dies, given.version).await;
        assert!(back.given.is_empty(), "back from the dead it learns that it has nothing");
        assert_eq!(surplus(&daemon, &engine).await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_refuses_is_not_asked_again() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &FAST).await;
        let (one, other) = (daemon.node().await, daemon.node().await);
        let granted = daemon.allocate(asks(3000, 1)).await;
        let (first, second) = provider(&granted, &one, &other);
        let answer = |given: &v1::GivenPart, refused: bool, reason: &str| v1::PartAnswer {
            allocation_id: given.allocation_id.clone(),
            number: given.number,
            epoch: given.epoch,
            refused,
            reason: reason.into(),
        };
        let given = daemon.told(first, 0).await;
        let say = async |node: &TestNode, answers: Vec<v1::PartAnswer>| {
            // It may say something once in a thirtieth of an interval.
            eventually("its answer is taken", async || {
                let ping = v1::NodePing { answers: answers.clone(), ..Default::default() };
                match daemon.registry(Some(&node.token)).await.heartbeat(ping).await {
                    Ok(_) => true,
                    Err(status) if reason(&status) == "RATE_LIMITED" => false,
                    Err(status) => panic!("{status:?}"),
                }
            })
            .await;
        };
        say(first, vec![answer(&given.given[0], false, "")]).await;
        assert_eq!(daemon.allocation(&granted.id).await.parts[0].state(), v1::PartState::Accepted);
        say(first, vec![answer(&given.given[0], true, "its disk is full")]).await;
        daemon
            .beat_until(&[first, second], "the other node has it", async || {
                place(&daemon.allocation(&granted.id).await).as_deref() == Some(second.id.as_str())
            })
            .await;
        let given = daemon.told(second, 0).await;
        say(second, vec![answer(&given.given[0], true, "")]).await;
        daemon
            .beat_until(&[first, second], "it says why it waits", async || {
                let waits = daemon.allocation(&granted.id).await;
                place(&waits).is_none() && waits.parts[0].reason.contains("2 refused it")
            })
            .await;
        assert_eq!(daemon.allocation(&granted.id).await.state(), v1::AllocationState::Pending);
        let third = daemon.node().await;
        daemon
            .beat_until(&[first, second, &third], "it is placed when there is room", async || {
                place(&daemon.allocation(&granted.id).await).as_deref() == Some(third.id.as_str())
            })
            .await;
        assert_eq!(surplus(&daemon, &engine).await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusive_part_never_has_two_holders() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &FAST).await;
        let (one, other) = (daemon.node().await, daemon.node().await);
        let granted = daemon.allocate(v1::ResourceRequest { exclusive: true, ttl_seconds: 8, ..asks(1000, 1) }).await;
        let (dies, lives) = provider(&granted, &one, &other);
        let mut last_told = granted.deadline.unwrap();
        let renew = async || {
            let request = v1::RenewAllocationRequest { id: granted.id.clone(), ..Default::default() };
            let renewed = daemon.local_registry().await.renew_allocation(request).await.unwrap().into_inner();
            renewed.allocation.unwrap()
        };
        daemon
            .beat_until(&[lives], "it has lost its node", async || {
                let renewed = renew().await;
                if place(&renewed).is_some() {
                    last_told = renewed.deadline.unwrap();
                }
                place(&daemon.allocation(&granted.id).await).is_none()
            })
            .await;
        let not_before = daemon.allocation(&granted.id).await.parts[0].not_before.unwrap();
        assert_eq!((not_before.seconds, not_before.nanos), (last_told.seconds + 5, last_told.nanos));
        daemon
            .beat_until(&[lives], "it has another node", async || {
                renew().await;
                place(&daemon.allocation(&granted.id).await).is_some()
            })
            .await;
        let placed = daemon.allocation(&granted.id).await;
        assert_eq!(place(&placed).as_deref(), Some(lives.id.as_str()));
        let since = placed.parts[0].since.unwrap();
        assert!((since.seconds, since.nanos) >= (not_before.seconds, not_before.nanos), "{since:?} {not_before:?}");
        assert_ne!(place(&placed).as_deref(), Some(dies.id.as_str()));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_drained_and_another_deleted() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &FAST).await;
        let (one, other) = (daemon.node().await, daemon.node().await);
        let granted = daemon.allocate(asks(3000, 1)).await;
        let (drains, stays) = provider(&granted, &one, &other);
        let full = daemon.allocate(asks(3000, 1)).await;
        assert_eq!(place(&full).as_deref(), Some(stays.id.as_str()));
        let drain = format!("UPDATE nodes SET scheduling = 'draining' WHERE id = {}", literal(&engine, &drains.id));
        daemon.execute(&engine, &drain).await;
        let release = v1::ReleaseAllocationRequest { id: full.id.clone(), epoch: 0 };
        daemon.local_registry().await.release_allocation(release).await.unwrap();
        daemon
            .beat_until(&[drains, stays], "nothing is left on it", async || {
                daemon.look(&drains.id).await.unwrap().scheduling() == v1::NodeScheduling::Drained
            })
            .await;
        let moved = daemon.allocation(&granted.id).await;
        assert_eq!(place(&moved).as_deref(), Some(stays.id.as_str()));
        assert_eq!(moved.epoch, granted.epoch + 1, "it was never without a node");
        let told = daemon.told(drains, 0).await;
        assert_eq!((told.scheduling(), told.given.len()), (v1::NodeScheduling::Drained, 0));

        let third = daemon.node().await;
        let request = v1::DeleteNodeRequest { id: stays.id.clone() };
        daemon.local_registry().await.delete_node(request).await.unwrap();
        daemon
            .beat_until(&[drains, &third], "it is on the third node", async || {
                place(&daemon.allocation(&granted.id).await).as_deref() == Some(third.id.as_str())
            })
            .await;
        assert_eq!(surplus(&daemon, &engine).await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_renewed_ends() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &FAST).await;
        let node = daemon.node().await;
        let granted = daemon.allocate(v1::ResourceRequest { ttl_seconds: 1, ..asks(3000, 1) }).await;
        let seen = daemon.told(&node, 0).await.version;
        daemon
            .beat_until(&[&node], "it has ended", async || {
                daemon.allocation(&granted.id).await.state() == v1::AllocationState::Expired
            })
            .await;
        let told = daemon.told(&node, seen).await;
        assert!(told.given.is_empty());
        assert_eq!(surplus(&daemon, &engine).await, 0);
        let waits = v1::ResourceRequest { wait: true, ..asks(4000, 1) };
        assert!(place(&daemon.allocate(waits).await).is_some(), "there is room again");
        daemon.stop().await;
    })
    .await;
}

/// Writes an id as the engine wants it in a statement.
fn literal(engine: &Engine, id: &str) -> String {
    if engine.url.is_empty() { format!("x'{}'", id.replace('-', "")) } else { format!("'{id}'") }
}
