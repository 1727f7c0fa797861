//! Allocations, their parts, what of nodes is granted, and what counts for owners, on each engine.

use std::time::Duration;

use cpcd_model::{
    Reason,
    allocation::{Allocation, AllocationRequest, AllocationState, Part, PartState, Placement, Requester, Strategy},
    id::{AllocationId, NodeId, UserId},
    labels::Labels,
    node::{Node, Resources, Scheduling},
    permission::Scope,
};
use cpcd_store::{
    Store,
    sql::{AllocationFilter, GrantChange, Priority, Room, Totals},
};
use futures_util::future::join_all;
use tokio::sync::oneshot;

use crate::harness::{for_each_engine, insert_user, now, write};

const EACH: Resources = Resources { cpu_millicores: 1000, memory_bytes: 1 << 30, bandwidth_bits_per_second: 0 };

fn node(key: u8) -> Node {
    Node {
        capacity: Resources { cpu_millicores: 4000, memory_bytes: 8 << 30, bandwidth_bits_per_second: 0 },
        labels: Labels::from([("region".into(), "eu".into())]),
        realm: "lab".into(),
        ..Node::new(NodeId::generate(), [key; 32], now())
    }
}

async fn insert_node(store: &Store, node: &Node) {
    let node = node.clone();
    write(store, move |tx| Box::pin(async move { tx.insert_node(&node).await })).await;
}

fn allocation(requester: Requester, request_id: Option<&str>, nodes: &[NodeId]) -> Allocation {
    let parts = nodes.iter().enumerate().map(|(number, id)| Part {
        number: u32::try_from(number).unwrap(),
        state: PartState::Placed,
        node_id: Some(*id),
        epoch: 1,
        reason: String::new(),
        refused: Vec::new(),
        not_before: None,
        since: now(),
    });
    Allocation {
        id: AllocationId::generate(),
        requester,
        owner_id: (requester != Requester::Local).then(|| requester.uuid()),
        request_id: request_id.map(Into::into),
        request: AllocationRequest {
            resources: EACH,
            nodes: u32::try_from(nodes.len()).unwrap(),
            placement: Placement { spread_over: "rack".into(), ..Placement::default() },
            strategy: Strategy::Binpack,
            is_exclusive: true,
            ttl_seconds: 60,
            labels: Labels::from([("app".into(), "\"odd\" it's".into())]),
            may_wait: false,
        },
        state: AllocationState::Active,
        epoch: 1,
        deadline: now() + Duration::from_secs(60),
        created_at: now(),
        ended_at: None,
        parts: parts.collect(),
    }
}

async fn insert(store: &Store, allocation: &Allocation) -> bool {
    let allocation = allocation.clone();
    write(store, move |tx| Box::pin(async move { tx.insert_allocation(&allocation, &[7; 32]).await })).await
}

async fn change(store: &Store, changes: &[GrantChange]) -> Vec<Node> {
    let changes = changes.to_vec();
    let mut nodes = write(store, move |tx| Box::pin(async move { tx.change_grants(&changes).await })).await;
    nodes.sort_unstable_by_key(|node| node.id);
    nodes
}

#[tokio::test]
async fn an_allocation_is_kept_found_renewed_and_ended() {
    for_each_engine(async |store| {
        let nodes = [node(1), node(2)];
        for one in &nodes {
            insert_node(&store, one).await;
        }
        let ids: Vec<_> = nodes.iter().map(|node| node.id).collect();
        let user = UserId::generate();
        let first = allocation(Requester::User(user), Some("one"), &ids);
        assert!(insert(&store, &first).await);
        assert_eq!(store.get_allocation(first.id).await.unwrap().as_ref(), Some(&first));
        assert_eq!(store.get_allocation(AllocationId::generate()).await.unwrap(), None);
        let named = store.get_allocation_by_request(first.requester, "one").await.unwrap();
        assert_eq!(named, Some((first.clone(), [7; 32])));
        let twin = Allocation { id: AllocationId::generate(), ..first.clone() };
        assert!(!insert(&store, &twin).await, "the request id is the requester's");
        let other = allocation(Requester::User(UserId::generate()), Some("one"), &ids[..1]);
        assert!(insert(&store, &other).await, "and nobody else's");
        assert!(insert(&store, &allocation(first.requester, None, &ids[..1])).await);
        let some = store.get_allocations(&[first.id, AllocationId::generate(), other.id]).await.unwrap();
        assert_eq!(some, [other.clone(), first.clone()], "the newest first");
        assert_eq!(store.get_allocations(&[]).await.unwrap(), []);
        let mut providers = store.list_providers(&[first.id, other.id]).await.unwrap();
        providers.sort_unstable();
        assert_eq!(providers, ids);
        assert_eq!(store.list_providers(&[]).await.unwrap(), []);

        let renew = async |epoch, deadline, now| {
            let id = first.id;
            write(&store, move |tx| Box::pin(async move { tx.renew_allocation(id, epoch, deadline, now).await })).await
        };
        let (sooner, later) = (now() + Duration::from_secs(9), now() + Duration::from_secs(90));
        assert!(!renew(2, later, now()).await, "another epoch");
        assert!(!renew(1, later, first.deadline).await, "its time is over");
        assert!(renew(1, later, now()).await);
        assert!(renew(1, sooner, now()).await);
        assert_eq!(store.get_allocation(first.id).await.unwrap().unwrap().deadline, later, "never sooner");

        let end = async |epoch| {
            let (id, state) = (first.id, AllocationState::Released);
            write(&store, move |tx| Box::pin(async move { tx.end_allocation(id, epoch, state, now()).await })).await
        };
        assert!(!end(2).await);
        assert!(end(1).await);
        assert!(!end(1).await, "it has ended");
        let ended = store.get_allocation(first.id).await.unwrap().unwrap();
        assert_eq!((ended.state, ended.ended_at, ended.parts.len()), (AllocationState::Released, Some(now()), 0));
        assert!(!renew(1, later, now()).await);
        let clear = async |before| {
            write(&store, move |tx| Box::pin(async move { tx.delete_allocations_ended_before(before, 10).await })).await
        };
        assert_eq!(clear(now()).await, 0);
        assert_eq!(clear(later).await, 1);
        assert_eq!(store.get_allocation(first.id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn lists_of_allocations_are_filtered_and_the_newest_first() {
    for_each_engine(async |store| {
        let (a, b) = (node(1), node(2));
        insert_node(&store, &a).await;
        insert_node(&store, &b).await;
        let owner = insert_user(&store, "owner").await;
        let mut all = vec![
            allocation(Requester::User(owner), None, &[a.id, b.id]),
            allocation(Requester::Node(a.id), None, &[b.id]),
            allocation(Requester::Local, None, &[a.id]),
        ];
        all[1].state = AllocationState::Pending;
        all[2].request.labels = Labels::new();
        for one in &all {
            assert!(insert(&store, one).await);
        }
        let ids: Vec<_> = all.iter().rev().map(|one| one.id).collect();
        let list = async |filter: AllocationFilter, limit| {
            let found = store.list_allocations(&filter, limit).await.unwrap();
            assert!(found.iter().all(|one| all.contains(one)), "they come whole");
            found.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        let any = AllocationFilter::default();
        assert_eq!(list(any.clone(), 9).await, ids);
        assert_eq!(list(any.clone(), 2).await, ids[..2], "pages are of allocations and not of parts");
        assert_eq!(list(AllocationFilter { before: Some(ids[0]), ..any.clone() }, 9).await, ids[1..]);
        let pending = Some(AllocationState::Pending);
        assert_eq!(list(AllocationFilter { state: pending, ..any.clone() }, 9).await, [ids[1]]);
        assert_eq!(list(AllocationFilter { owner: Some(owner.uuid()), ..any.clone() }, 9).await, [ids[2]]);
        assert_eq!(list(AllocationFilter { node: Some(a.id), ..any.clone() }, 9).await, [ids[0], ids[2]]);
        assert_eq!(
            list(AllocationFilter { of_node: Some(a.id), ..any.clone() }, 9).await,
            ids,
            "and what it asked for"
        );
        assert_eq!(list(AllocationFilter { of_node: Some(b.id), ..any.clone() }, 9).await, ids[1..]);
        let label = Some(("app".into(), "\"odd\" it's".into()));
        assert_eq!(list(AllocationFilter { label, ..any.clone() }, 9).await, ids[1..]);
        let within = |scope: Scope, beside| AllocationFilter { within: Some((vec![scope], beside)), ..any.clone() };
        let labels = Labels::from([("app".into(), "\"odd\" it's".into())]);
        let labelled = Scope { labels, ..Scope::default() };
        assert_eq!(list(within(labelled.clone(), None), 9).await, ids[1..]);
        let of_owner = Scope { owner: Some(owner), ..labelled };
        assert_eq!(list(within(of_owner, None), 9).await, [ids[2]]);
        let object = Scope { object: Some(ids[0].uuid()), ..Scope::default() };
        assert_eq!(list(within(object, Some(owner)), 9).await, [ids[0], ids[2]]);
        assert_eq!(list(AllocationFilter { within: Some((Vec::new(), None)), ..any.clone() }, 9).await, []);
        let id = ids[0];
        write(&store, move |tx| {
            Box::pin(async move { tx.end_allocation(id, 1, AllocationState::Expired, now()).await })
        })
        .await;
        assert_eq!(list(any.clone(), 9).await, ids[1..]);
        let with_ended = store.list_allocations(&AllocationFilter { with_ended: true, ..any }, 9).await.unwrap();
        assert_eq!(with_ended.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_a_node_has_is_granted_once() {
    for_each_engine(async |store| {
        let (a, b, gone) = (node(1), node(2), NodeId::generate());
        insert_node(&store, &a).await;
        insert_node(&store, &b).await;
        let three = Resources { cpu_millicores: 3000, ..EACH };
        let made = change(&store, &[GrantChange::take(b.id, EACH), GrantChange::take(a.id, three)]).await;
        assert_eq!(
            made.iter().map(|node| (node.id, node.granted, node.directives)).collect::<Vec<_>>(),
            [(a.id, three, 1), (b.id, EACH, 1)]
        );
        let again = [GrantChange::take(a.id, three), GrantChange::take(b.id, three), GrantChange::take(gone, EACH)];
        let made = change(&store, &again).await;
        assert_eq!(
            made.iter().map(|node| node.id).collect::<Vec<_>>(),
            [b.id],
            "the other has no room, one is not there"
        );
        assert_eq!(made[0].granted.cpu_millicores, 4000, "to the last");
        let moved = [
            GrantChange::give_back(b.id, three),
            GrantChange::touch(b.id),
            GrantChange::take(a.id, EACH),
            GrantChange::touch(gone),
        ];
        let made = change(&store, &moved).await;
        assert_eq!(
            made.iter().map(|node| (node.granted.cpu_millicores, node.directives)).collect::<Vec<_>>(),
            [(4000, 2), (1000, 3)]
        );
        assert_eq!(made[1], store.get_node(b.id).await.unwrap().unwrap(), "as it is now, and whole");

        // One that says that it has less keeps what it gave, and gives no more until that fits again.
        let less = Node { capacity: EACH, ..a.clone() };
        let updated = less.clone();
        write(&store, move |tx| Box::pin(async move { tx.update_node(&updated).await })).await;
        assert!(store.get_node(a.id).await.unwrap().unwrap().is_overcommitted);
        let small = Resources { cpu_millicores: 1, ..Resources::default() };
        assert_eq!(change(&store, &[GrantChange::take(a.id, small)]).await, []);
        let back = change(&store, &[GrantChange::give_back(a.id, EACH)]).await;
        assert!(back[0].is_overcommitted, "still too much");
        let two = Resources { cpu_millicores: 2000, ..EACH };
        let back = change(&store, &[GrantChange::give_back(a.id, two)]).await;
        assert!(!back[0].is_overcommitted);
        assert_eq!(back[0].granted, Resources { cpu_millicores: 1000, ..Resources::default() });
    })
    .await;
}

#[tokio::test]
async fn only_nodes_that_are_open_are_granted_of() {
    for_each_engine(async |store| {
        let mut nodes = vec![node(1), node(2), node(3)];
        let poor = Node { capacity: Resources::default(), ..node(9) };
        insert_node(&store, &poor).await;
        nodes[1].is_pending = true;
        nodes[2].status = cpcd_model::node::NodeStatus::Offline;
        for one in &nodes {
            insert_node(&store, one).await;
        }
        let takes: Vec<_> = nodes.iter().map(|node| GrantChange::take(node.id, EACH)).collect();
        let made = change(&store, &takes).await;
        assert_eq!(made.iter().map(|node| node.id).collect::<Vec<_>>(), [nodes[0].id]);
        assert_eq!(made[0].scheduling, Scheduling::Active);
        let room = Room::of(&made[0]).unwrap();
        assert_eq!((room.granted, room.realm.as_str()), (EACH, "lab"));
        assert_eq!(store.list_rooms(None, 10).await.unwrap(), std::slice::from_ref(&room));
        assert_eq!(store.list_rooms(Some(nodes[0].id), 10).await.unwrap(), []);
        let ids: Vec<_> = nodes.iter().map(|node| node.id).collect();
        assert_eq!(store.get_rooms(&ids).await.unwrap(), [room]);
        let touches = [GrantChange::touch(nodes[1].id), GrantChange::give_back(nodes[2].id, Resources::default())];
        assert_eq!(change(&store, &touches).await.len(), 2, "what grants nothing asks for nothing");
    })
    .await;
}

/// Many at once for what only some can have, each on two nodes, which they name in either order: no deadlock, and never too much.
#[tokio::test(flavor = "multi_thread")]
async fn grants_at_the_same_time_do_not_exceed_what_there_is() {
    for_each_engine(async |store| {
        let (a, b) = (node(1), node(2));
        insert_node(&store, &a).await;
        insert_node(&store, &b).await;
        let granted = (0..24).map(|number| {
            let (store, mut changes) = (store.clone(), [GrantChange::take(a.id, EACH), GrantChange::take(b.id, EACH)]);
            if number % 2 == 0 {
                changes.reverse();
            }
            async move {
                let job = store.write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        let made = tx.change_grants(&changes).await?;
                        let error = || cpcd_model::Error::new(Reason::NoCapacity, "all or none");
                        if made.len() == 2 { Ok(()) } else { Err(error()) }
                    })
                });
                match job.await {
                    Ok(()) => 1,
                    Err(error) => {
                        assert_eq!(error.reason(), Reason::NoCapacity, "{error:?}");
                        0
                    }
                }
            }
        });
        let granted: Vec<u64> = join_all(granted).await;
        assert_eq!(granted.iter().sum::<u64>(), 4);
        for id in [a.id, b.id] {
            assert_eq!(store.get_node(id).await.unwrap().unwrap().granted.cpu_millicores, 4000);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_waited_for_while_it_is_decided() {
    for_each_engine(async |store| {
        let node = node(1);
        insert_node(&store, &node).await;
        let asked = allocation(Requester::User(UserId::generate()), Some("once"), &[node.id]);
        let (has_begun, begun) = oneshot::channel();
        let (go, gone) = oneshot::channel::<()>();
        let (other, first) = (store.clone(), asked.clone());
        let first = tokio::spawn(async move {
            other
                .write(Priority::Registry, move |tx| {
                    Box::pin(async move {
                        tx.lock_request(first.requester, "once").await?;
                        has_begun.send(()).unwrap();
                        gone.await.unwrap();
                        tx.insert_allocation(&first, &[0; 32]).await
                    })
                })
                .await
        });
        begun.await.unwrap();
        let requester = asked.requester;
        let second = write(&store, move |tx| Box::pin(async move { tx.lock_request(requester, "once").await }));
        let mut second = Box::pin(second);
        assert!(futures_util::poll!(&mut second).is_pending());
        go.send(()).unwrap();
        second.await;
        let found = store.get_allocation_by_request(requester, "once").await.unwrap();
        assert_eq!(found.map(|(found, _)| found.id), Some(asked.id));
        assert!(first.await.unwrap().unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_owner_has_is_counted_exactly() {
    for_each_engine(async |store| {
        let owner = UserId::generate().uuid();
        let most = Totals { allocations: 5, resources: Resources { cpu_millicores: 6000, ..Resources::default() } };
        let one = Totals { allocations: 1, resources: EACH };
        let count = |more: Totals| {
            let store = store.clone();
            async move {
                write(&store, move |tx| Box::pin(async move { tx.count_to_owner(owner, &more, &most).await })).await
            }
        };
        assert_eq!(store.get_owner_totals(owner).await.unwrap(), Totals::default());
        let counted = join_all((0..12).map(|_| count(one))).await;
        assert_eq!(counted.iter().filter(|counted| **counted).count(), 5);
        let all =
            Totals { allocations: 5, resources: Resources { cpu_millicores: 5000, memory_bytes: 5 << 30, ..EACH } };
        assert_eq!(store.get_owner_totals(owner).await.unwrap(), all);
        write(&store, move |tx| Box::pin(async move { tx.count_from_owner(owner, &one).await })).await;
        let large = Totals { allocations: 1, resources: Resources { cpu_millicores: 2001, ..Resources::default() } };
        assert!(!count(large).await, "4000 of 6000 are in use");
        let huge = Totals { allocations: 1, resources: Resources { memory_bytes: u64::MAX, ..Resources::default() } };
        assert!(!count(huge).await, "no number overflows");
        let last = Totals { allocations: 1, resources: Resources { cpu_millicores: 2000, ..Resources::default() } };
        assert!(count(last).await);
        let seen = write(&store, move |tx| Box::pin(async move { tx.get_totals(owner).await })).await;
        assert_eq!((seen.allocations, seen.resources.cpu_millicores), (5, 6000));
        let clear = || write(&store, |tx| Box::pin(async move { tx.delete_owners_of_nothing(10).await }));
        assert_eq!(clear().await, 0);
        write(&store, move |tx| Box::pin(async move { tx.count_from_owner(owner, &seen).await })).await;
        assert_eq!(clear().await, 1);
        assert_eq!(store.get_owner_totals(owner).await.unwrap(), Totals::default());
    })
    .await;
}
