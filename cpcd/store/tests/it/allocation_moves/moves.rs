//! Each move by itself.

use std::time::Duration;

use cpcd_model::{
    allocation::{AllocationRequest, AllocationState, PartState, Requester},
    id::{AllocationId, NodeId},
    node::{NodeStatus, Scheduling},
    time::Timestamp,
};
use cpcd_store::{
    Store,
    sql::{EXCLUSIVE_WAIT, Moved, NewAnswer, Outcome, PartKey, Placing},
};

use super::world::{asks, become_, check, cpu, die, get, grant, node, user, write};
use crate::harness::{events, for_each_engine, now};

fn key(allocation_id: AllocationId, number: u32) -> PartKey {
    PartKey { allocation_id, number }
}

fn seconds(seconds: u64) -> Timestamp {
    now() + Duration::from_secs(seconds)
}

async fn place(
    store: &Store,
    part: PartKey,
    from: Option<NodeId>,
    candidates: &[NodeId],
    at: Timestamp,
) -> (Outcome, Vec<Moved>) {
    let wanted = vec![Placing { part, from, candidates: candidates.to_vec(), reason: "moved".into() }];
    let (outcomes, moved) =
        write(store, move |tx| Box::pin(async move { tx.place_parts(&wanted, at).await })).await.unwrap();
    (outcomes[0], moved)
}

async fn answer(store: &Store, node: NodeId, id: AllocationId, epoch: u64, refusal: Option<&str>) -> Vec<Moved> {
    let answers = [NewAnswer { allocation_id: id, number: 0, epoch, refusal: refusal.map(Into::into) }];
    write(store, move |tx| Box::pin(async move { tx.answer_parts(node, &answers, now()).await })).await.unwrap()
}

async fn schedule(store: &Store, node: NodeId, from: Scheduling, to: Scheduling) {
    let changed = write(store, move |tx| Box::pin(async move { tx.set_scheduling(node, from, to, now()).await }));
    assert_eq!(changed.await.unwrap().unwrap().to, to);
}

#[tokio::test]
async fn death_takes_parts_off_and_another_node_gets_them() {
    for_each_engine(async |store| {
        let (dies, lives, asks_for_it) = (node(&store, 1000).await, node(&store, 1000).await, node(&store, 0).await);
        let requester = Requester::Node(asks_for_it);
        let id = grant(&store, asks(600, 1), &[dies], requester, now()).await.unwrap().unwrap();
        let full = grant(&store, asks(600, 1), &[lives], user(), now()).await.unwrap().unwrap();
        let nodes = [dies, lives, asks_for_it];

        let moved = die(&store, &[dies], now()).await.unwrap();
        assert_eq!(moved.len(), 1);
        assert_eq!((moved[0].allocation_id, moved[0].kind, moved[0].epoch), (id, "allocation.waiting", 2));
        let told: Vec<_> = moved[0].nodes.iter().map(|(id, _)| *id).collect();
        assert_eq!(told, [dies, asks_for_it]);
        assert_eq!(moved[0].event().payload["labels"]["app"], "web");
        let waiting = get(&store, id).await;
        assert_eq!((waiting.state, waiting.parts[0].state), (AllocationState::Pending, PartState::Waiting));
        assert_eq!(waiting.parts[0].reason, "its node went offline");
        assert!(die(&store, &[dies], now()).await.unwrap().is_empty(), "the same again changes nothing");
        check(&store, &nodes).await;

        let listed = store.list_waiting(None, now(), 10).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.part).collect::<Vec<_>>(), [key(id, 0)]);
        assert_eq!(place(&store, key(id, 0), None, &[lives, dies], now()).await.0, Outcome::NoRoom);
        let reasons = [(key(id, 0), "no node has room".to_owned())];
        let again = reasons.clone();
        let said = write(&store, move |tx| Box::pin(async move { tx.update_part_reasons(&reasons).await }));
        assert_eq!(said.await.unwrap(), 1);
        let said = write(&store, move |tx| Box::pin(async move { tx.update_part_reasons(&again).await }));
        assert_eq!(said.await.unwrap(), 0, "once is enough");
        assert_eq!(get(&store, id).await.parts[0].reason, "no node has room");

        let ended = write(&store, move |tx| {
            Box::pin(async move { tx.end_allocations(&[full], AllocationState::Released, None, now()).await })
        });
        assert_eq!(ended.await.unwrap()[0].kind, "allocation.released");
        let (outcome, moved) = place(&store, key(id, 0), None, &[dies, lives], now()).await;
        assert_eq!(outcome, Outcome::Placed(lives), "the dead node is none");
        assert_eq!((moved[0].kind, moved[0].epoch), ("allocation.moved", 3));
        assert_eq!(place(&store, key(id, 0), None, &[lives], now()).await.0, Outcome::Gone, "it waits no more");
        let placed = get(&store, id).await;
        assert_eq!((placed.state, placed.parts[0].epoch), (AllocationState::Active, 3));
        check(&store, &nodes).await;
        let told: Vec<_> = events(&store).await.0;
        assert_eq!(told, ["allocation.waiting", "allocation.released", "allocation.moved"]);
        let directives = store.get_directives(lives).await.unwrap().unwrap();
        assert_eq!(directives.given.len(), 1);
        let given = &directives.given[0];
        assert_eq!((given.allocation_id, given.epoch, given.resources), (id, 3, cpu(600)));
        assert!(given.requester_key.is_some() && given.requester == requester);
        assert_eq!(directives.version, moved[0].nodes.iter().find(|(id, _)| *id == lives).unwrap().1);
        assert!(store.get_directives(dies).await.unwrap().unwrap().given.is_empty());
        assert!(store.get_directives(NodeId::generate()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn parts_of_an_allocation_never_share_a_node() {
    for_each_engine(async |store| {
        let (one, other, third) = (node(&store, 1000).await, node(&store, 1000).await, node(&store, 1000).await);
        let id = grant(&store, asks(100, 2), &[one, other], user(), now()).await.unwrap().unwrap();
        die(&store, &[other], now()).await.unwrap();
        let listed = store.list_waiting(None, now(), 10).await.unwrap();
        assert_eq!(listed[0].siblings, [one.uuid()]);
        assert_eq!(place(&store, key(id, 1), None, &[one], now()).await.0, Outcome::NoRoom);
        assert_eq!(place(&store, key(id, 1), None, &[one, third], now()).await.0, Outcome::Placed(third));
        check(&store, &[one, other, third]).await;
        assert_eq!(get(&store, id).await.epoch, 3);
        // Both at once: one epoch more.
        let moved = die(&store, &[one, third], now()).await.unwrap();
        assert_eq!((moved.len(), moved[0].epoch), (1, 4));
        let after = store.list_waiting(None, now(), 1).await.unwrap();
        let next = store.list_waiting(Some((after[0].since, after[0].part)), now(), 10).await.unwrap();
        assert_eq!(next.iter().map(|one| one.part).collect::<Vec<_>>(), [key(id, 1)], "page after page");
        check(&store, &[one, other, third]).await;
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_part_waits_for_its_old_deadline() {
    for_each_engine(async |store| {
        let (dies, lives) = (node(&store, 1000).await, node(&store, 1000).await);
        let request = AllocationRequest { is_exclusive: true, ..asks(100, 1) };
        let id = grant(&store, request, &[dies], user(), now()).await.unwrap().unwrap();
        die(&store, &[dies], now()).await.unwrap();
        let not_before = get(&store, id).await.parts[0].not_before.unwrap();
        assert_eq!(not_before, seconds(60) + EXCLUSIVE_WAIT);
        // Its holder keeps it alive meanwhile; the part waits all the same.
        let renewed =
            write(&store, move |tx| Box::pin(async move { tx.renew_allocation(id, 2, seconds(600), now()).await }));
        assert!(renewed.await.unwrap());
        let early = not_before - Duration::from_micros(1);
        assert!(store.list_waiting(None, early, 10).await.unwrap().is_empty());
        assert_eq!(place(&store, key(id, 0), None, &[lives], early).await.0, Outcome::Gone);
        assert_eq!(store.list_waiting(None, not_before, 10).await.unwrap().len(), 1);
        assert_eq!(place(&store, key(id, 0), None, &[lives], not_before).await.0, Outcome::Placed(lives));
        check(&store, &[dies, lives]).await;

        // While its node is drained nobody else gets it either.
        let third = node(&store, 1000).await;
        schedule(&store, lives, Scheduling::Active, Scheduling::Draining).await;
        let (outcome, moved) = place(&store, key(id, 0), Some(lives), &[third], not_before).await;
        assert_eq!((outcome, moved[0].kind), (Outcome::Waits, "allocation.waiting"));
        assert_eq!(get(&store, id).await.parts[0].not_before, Some(seconds(600) + EXCLUSIVE_WAIT));
        check(&store, &[dies, lives, third]).await;
    })
    .await;
}

#[tokio::test]
async fn a_node_accepts_or_refuses_what_it_has() {
    for_each_engine(async |store| {
        let (one, other) = (node(&store, 1000).await, node(&store, 1000).await);
        let request = AllocationRequest { is_exclusive: true, ..asks(100, 1) };
        let id = grant(&store, request, &[one], user(), now()).await.unwrap().unwrap();
        assert!(answer(&store, other, id, 1, Some("not mine")).await.is_empty(), "another node says nothing of it");
        assert!(answer(&store, one, id, 9, Some("late")).await.is_empty(), "nor does another epoch");
        let accepted = answer(&store, one, id, 1, None).await;
        assert_eq!((accepted[0].kind, accepted[0].epoch), ("allocation.accepted", 1));
        assert!(answer(&store, one, id, 1, None).await.is_empty(), "the same again changes nothing");
        assert_eq!(get(&store, id).await.parts[0].state, PartState::Accepted);

        let refused = answer(&store, one, id, 1, Some("its disk is full")).await;
        assert_eq!((refused[0].kind, refused[0].epoch), ("allocation.waiting", 2));
        let part = get(&store, id).await.parts.remove(0);
        assert_eq!((part.reason.as_str(), part.refused.as_slice()), ("its disk is full", &[one.uuid()][..]));
        assert_eq!(part.not_before, None, "who refuses does not provide for it");
        assert_eq!(place(&store, key(id, 0), None, &[one], now()).await.0, Outcome::NoRoom, "never there again");
        assert_eq!(place(&store, key(id, 0), None, &[one, other], now()).await.0, Outcome::Placed(other));
        assert!(answer(&store, one, id, 1, Some("late")).await.is_empty());
        check(&store, &[one, other]).await;
    })
    .await;
}

#[tokio::test]
async fn a_drained_node_keeps_its_parts_until_another_has_room() {
    for_each_engine(async |store| {
        let (drains, other) = (node(&store, 1000).await, node(&store, 1000).await);
        let nodes = [drains, other];
        let id = grant(&store, asks(600, 1), &[drains], user(), now()).await.unwrap().unwrap();
        let full = grant(&store, asks(600, 1), &[other], user(), now()).await.unwrap().unwrap();
        assert_eq!(
            place(&store, key(id, 0), Some(drains), &[other], now()).await.0,
            Outcome::Gone,
            "it is not drained"
        );
        schedule(&store, drains, Scheduling::Active, Scheduling::Draining).await;
        assert_eq!(store.list_draining(None, 10).await.unwrap(), [(drains, true)]);
        assert_eq!(store.list_parts_on(&[drains], 10).await.unwrap()[0].node, Some(drains));
        assert_eq!(place(&store, key(id, 0), Some(drains), &[other], now()).await.0, Outcome::NoRoom);
        assert_eq!(get(&store, id).await.parts[0].node_id, Some(drains), "it stays");
        let mark = async || {
            write(&store, move |tx| Box::pin(async move { tx.mark_drained(&[drains, other], now()).await })).await
        };
        assert!(mark().await.unwrap().is_empty(), "something is left on it");

        let overdue = store.list_overdue(seconds(60), 10).await.unwrap();
        assert_eq!(overdue, [id, full]);
        let ended = write(&store, move |tx| {
            Box::pin(
                async move { tx.end_allocations(&[full], AllocationState::Expired, Some(seconds(60)), now()).await },
            )
        });
        assert_eq!(ended.await.unwrap()[0].kind, "allocation.expired");
        let (outcome, moved) = place(&store, key(id, 0), Some(drains), &[other], now()).await;
        assert_eq!(outcome, Outcome::Placed(other));
        assert_eq!(moved[0].nodes.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [drains, other], "both are told");
        let drained = mark().await.unwrap();
        assert_eq!((drained.len(), drained[0].node, drained[0].to), (1, drains, Scheduling::Drained));
        assert!(store.list_draining(None, 10).await.unwrap().is_empty());
        let kept = check(&store, &nodes).await;
        assert_eq!(kept.iter().find(|one| one.id == full).unwrap().state, AllocationState::Expired);
    })
    .await;
}

#[tokio::test]
async fn only_what_is_overdue_expires() {
    for_each_engine(async |store| {
        let (one, requester) = (node(&store, 1000).await, node(&store, 0).await);
        let id = grant(&store, asks(100, 1), &[one], Requester::Node(requester), now()).await.unwrap().unwrap();
        assert!(store.list_overdue(seconds(59), 10).await.unwrap().is_empty());
        let expire = async |due_by: Timestamp| {
            let ended = write(&store, move |tx| {
                Box::pin(async move { tx.end_allocations(&[id], AllocationState::Expired, Some(due_by), due_by).await })
            });
            ended.await.unwrap()
        };
        assert!(expire(seconds(59)).await.is_empty(), "it was renewed since it was listed");
        let told: Vec<_> = expire(seconds(60)).await[0].nodes.iter().map(|(id, _)| *id).collect();
        assert_eq!(told, [one, requester]);
        assert!(expire(seconds(60)).await.is_empty(), "once");
        check(&store, &[one, requester]).await;

        // A node that has less than before gets nothing more, and is fine again when enough is given back.
        let id = grant(&store, asks(900, 1), &[one], user(), now()).await.unwrap().unwrap();
        let mut less = store.get_node(one).await.unwrap().unwrap();
        less.capacity = cpu(500);
        less.capacity.memory_bytes = 1 << 30;
        write(&store, move |tx| Box::pin(async move { tx.update_node(&less).await })).await.unwrap();
        check(&store, &[one]).await;
        assert!(grant(&store, asks(1, 1), &[one], user(), now()).await.unwrap().is_none());
        die(&store, &[one], now()).await.unwrap();
        become_(&store, &[one], NodeStatus::Online, now()).await.unwrap();
        assert!(!store.get_node(one).await.unwrap().unwrap().is_overcommitted);
        assert_eq!(get(&store, id).await.state, AllocationState::Pending);
        check(&store, &[one]).await;
    })
    .await;
}
