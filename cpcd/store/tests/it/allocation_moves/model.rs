//! Anything in any order, from printed seeds: what is granted is what the parts take, and never more than there is.

use std::{collections::HashMap, time::Duration};

use cpcd_model::{
    allocation::{AllocationRequest, AllocationState, Requester},
    id::{AllocationId, NodeId},
    node::{NodeStatus, Scheduling},
    time::Timestamp,
};
use cpcd_store::{
    Store,
    sql::{AllocationFilter, NewAnswer, Placing},
};
use futures_util::future::join_all;

use super::world::{asks, become_, check, cpu, die, grant, node, user, write};
use crate::harness::{for_each_engine, now};

const NODES: usize = 8;

/// `SplitMix64`: small, seeded, good enough.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    fn some<T: Copy>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let mut left = of.to_vec();
        let count = (1 + self.roll(most)).min(left.len());
        (0..count).map(|_| left.swap_remove(self.roll(left.len()))).collect()
    }
}

/// Does something to nodes and allocations; what another has done meanwhile may have made it pointless.
async fn act(store: &Store, dice: &mut Dice, nodes: &[NodeId], at: Timestamp) -> cpcd_model::Result<()> {
    match dice.roll(12) {
        0..=2 => {
            let mut request = asks(50 + 50 * dice.roll(8) as u64, 1 + dice.roll(3) as u32);
            request = AllocationRequest { is_exclusive: dice.roll(3) == 0, ..request };
            request.ttl_seconds = 1 + dice.roll(60) as u32;
            let most = request.nodes as usize;
            let chosen = dice.some(nodes, most);
            let requester = if dice.roll(2) == 0 { user() } else { Requester::Node(nodes[dice.roll(nodes.len())]) };
            grant(store, request, &chosen, requester, at).await?;
        }
        3 => drop(die(store, &dice.some(nodes, 3), at).await?),
        4 => drop(become_(store, &dice.some(nodes, 6), NodeStatus::Online, at).await?),
        5 | 6 => {
            let waiting = store.list_waiting(None, at, 20).await?;
            let placing = |dice: &mut Dice, one: &cpcd_store::sql::WaitingPart| Placing {
                part: one.part,
                from: None,
                candidates: dice.some(nodes, 4),
                reason: "moved".into(),
            };
            let wanted: Vec<_> = waiting.iter().map(|one| placing(dice, one)).collect();
            write(store, move |tx| Box::pin(async move { tx.place_parts(&wanted, at).await })).await?;
        }
        7 => {
            let node = nodes[dice.roll(nodes.len())];
            let (from, to) = (Scheduling::ALL[dice.roll(4)], Scheduling::ALL[dice.roll(3)]);
            write(store, move |tx| Box::pin(async move { tx.set_scheduling(node, from, to, at).await })).await?;
        }
        8 => {
            let draining: Vec<_> = store.list_draining(None, 100).await?.into_iter().map(|(id, _)| id).collect();
            let left = store.list_parts_on(&draining, 50).await?;
            let placing = |dice: &mut Dice, one: &cpcd_store::sql::WaitingPart| Placing {
                part: one.part,
                from: one.node,
                candidates: dice.some(nodes, 4),
                reason: "its node is drained".into(),
            };
            let wanted: Vec<_> = left.iter().map(|one| placing(dice, one)).collect();
            write(store, move |tx| {
                Box::pin(async move {
                    tx.place_parts(&wanted, at).await?;
                    Ok(())
                })
            })
            .await?;
            write(store, move |tx| Box::pin(async move { tx.mark_drained(&draining, at).await })).await?;
        }
        9 => {
            let node = nodes[dice.roll(nodes.len())];
            let given = store.get_directives(node).await?.unwrap().given;
            let answers: Vec<_> = given
                .iter()
                .map(|given| NewAnswer {
                    allocation_id: given.allocation_id,
                    number: given.number,
                    epoch: given.epoch,
                    refusal: (dice.roll(2) == 0).then(|| "no".into()),
                })
                .collect();
            write(store, move |tx| Box::pin(async move { tx.answer_parts(node, &answers, at).await })).await?;
        }
        10 => {
            let overdue = store.list_overdue(at, 10).await?;
            let mine = store.list_allocations(&AllocationFilter::default(), 3).await?;
            let released: Vec<_> = mine.iter().map(|one| one.id).collect();
            write(store, move |tx| {
                Box::pin(async move { tx.end_allocations(&overdue, AllocationState::Expired, Some(at), at).await })
            })
            .await?;
            write(store, move |tx| {
                Box::pin(async move { tx.end_allocations(&released, AllocationState::Released, None, at).await })
            })
            .await?;
        }
        _ => {
            let id = nodes[dice.roll(nodes.len())];
            let capacity = 200 + 200 * dice.roll(8) as u64;
            write(store, move |tx| {
                Box::pin(async move {
                    let mut node = tx.lock_node(id).await?.unwrap();
                    node.capacity = cpu(capacity);
                    node.capacity.memory_bytes = 1 << 30;
                    tx.update_node(&node).await
                })
            })
            .await?;
        }
    }
    Ok(())
}

async fn world(store: &Store, dice: &mut Dice) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    for _ in 0..NODES {
        nodes.push(node(store, 500 + 250 * dice.roll(4) as u64).await);
    }
    nodes
}

#[tokio::test]
async fn what_is_granted_is_what_the_parts_take() {
    for_each_engine(async |store| {
        for seed in 0..4 {
            eprintln!("seed {seed}");
            let mut dice = Dice(seed);
            let nodes = world(&store, &mut dice).await;
            let mut at = now();
            let mut epochs: HashMap<AllocationId, u64> = HashMap::new();
            let mut providers: HashMap<AllocationId, HashMap<u32, (NodeId, Timestamp)>> = HashMap::new();
            for _ in 0..120 {
                at += Duration::from_secs(dice.roll(4) as u64);
                act(&store, &mut dice, &nodes, at).await.unwrap();
                let all = store.list_allocations(&AllocationFilter::default(), 100_000).await.unwrap();
                for one in &all {
                    let before = epochs.insert(one.id, one.epoch).unwrap_or_default();
                    assert!(before <= one.epoch, "an epoch never goes back");
                    // Whoever was told an exclusive part keeps it until the deadline; the next comes after that, unless they refused.
                    let told = providers.entry(one.id).or_default();
                    for part in one.parts.iter().filter(|_| one.request.is_exclusive) {
                        let Some(node) = part.node_id else { continue };
                        let before = told.insert(part.number, (node, one.deadline));
                        let Some((old, until)) = before.filter(|(old, _)| *old != node) else { continue };
                        assert!(
                            before.is_some() && (at > until || part.refused.contains(&old.uuid())),
                            "two hold {one:?}"
                        );
                    }
                }
            }
            check(&store, &all_nodes(&store).await).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn and_so_it_is_when_all_act_at_once() {
    for_each_engine(async |store| {
        let mut dice = Dice(42);
        let nodes = world(&store, &mut dice).await;
        let actors = (0..6).map(|seed| {
            let (store, nodes) = (store.clone(), nodes.clone());
            tokio::spawn(async move {
                let mut dice = Dice(1000 + seed);
                let mut conflicts = 0;
                for step in 0..60 {
                    let at = now() + Duration::from_secs(step);
                    match act(&store, &mut dice, &nodes, at).await {
                        Ok(()) => {}
                        // Two that wait for each other: one of them has done nothing.
                        Err(error) if error.reason() == cpcd_model::Reason::WriteConflict => conflicts += 1,
                        Err(error) => panic!("{error:?}"),
                    }
                }
                conflicts
            })
        });
        let conflicts: u32 = join_all(actors.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).sum();
        eprintln!("{conflicts} of 360 came in each other's way");
        assert!(conflicts <= 18, "locks are taken in one order: {conflicts}");
        check(&store, &nodes).await;
    })
    .await;
}

async fn all_nodes(store: &Store) -> Vec<NodeId> {
    store.list_liveness(None, 100_000).await.unwrap().into_iter().map(|row| row.id).collect()
}
