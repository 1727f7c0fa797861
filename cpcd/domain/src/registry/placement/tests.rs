//! The index against a list that is searched from end to end.

use std::collections::{HashMap, HashSet};

use cpcd_model::{
    allocation::Strategy as Order,
    id::{NodeId, UserId},
    labels::Labels,
    node::Resources,
    permission::{Scope, Target},
};
use cpcd_store::sql::Room;
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::{
    Ask, Avoid, Reach,
    choose::{Choice, Dice, Known, TOP},
    index::Index,
};

const ZONES: [&str; 4] = ["", "a", "b", "c"];
const REALMS: [&str; 3] = ["", "lab", "home"];

fn id(number: u16) -> NodeId {
    // As random in their last bytes as real ones are.
    let random = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Uuid::from_u128((u128::from(number) << 64) | u128::from(random)).into()
}

fn user(number: u8) -> UserId {
    Uuid::from_u128(u128::from(number) + 1).into()
}

fn cpu(cpu_millicores: u64) -> Resources {
    Resources { cpu_millicores, ..Resources::default() }
}

#[derive(Clone, Debug)]
enum Change {
    Put(Room),
    Forget(NodeId),
}

fn room() -> impl Strategy<Value = Room> {
    (0..60u16, 1..9u64, 0..9u64, 0..4usize, 0..3u8, 0..3usize, 0..3u8).prop_map(
        |(number, capacity, granted, zone, rack, realm, owner)| {
            let mut labels = Labels::from([("rack".to_owned(), rack.to_string())]);
            if !ZONES[zone].is_empty() {
                labels.insert("zone".into(), ZONES[zone].into());
            }
            Room {
                id: id(number),
                owner_id: (owner > 0).then(|| user(owner)),
                capacity: cpu(capacity),
                granted: cpu(granted.min(capacity)),
                labels,
                realm: REALMS[realm].into(),
            }
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![4 => room().prop_map(Change::Put), 1 => (0..60u16).prop_map(|number| Change::Forget(id(number)))]
}

fn reach() -> impl Strategy<Value = Reach> {
    let some = (0..3usize, 0..3u8, 0..4usize).prop_map(|(realm, owner, zone)| Reach::Some {
        realm: REALMS[realm].into(),
        owner: (owner > 0).then(|| user(owner)),
        scopes: match ZONES[zone] {
            "" => Vec::new(),
            zone => vec![Scope { labels: Labels::from([("zone".into(), zone.into())]), ..Scope::default() }],
        },
    });
    prop_oneof![Just(Reach::All), some]
}

fn ask() -> impl Strategy<Value = Ask> {
    let some = || vec(0..60u16, 0..6).prop_map(|numbers| numbers.into_iter().map(id).collect::<HashSet<_>>());
    let only = prop_oneof![4 => Just(None), 1 => some().prop_map(Some)];
    (1..5u64, any::<bool>(), 0..5usize, 0..3usize, only, some(), any::<bool>(), reach()).prop_map(
        |(amount, packs, zone, realm, only, never, spreads, reach)| Ask {
            amounts: cpu(amount),
            strategy: if packs { Order::Binpack } else { Order::Spread },
            labels: match zone {
                0 => Labels::new(),
                // A zone that no node has, too.
                zone => Labels::from([("zone".into(), ZONES.get(zone).unwrap_or(&"nowhere").to_string())]),
            },
            realm: REALMS[realm].into(),
            only,
            never,
            spread_over: if spreads { "rack".into() } else { String::new() },
            reach,
        },
    )
}

fn may_use(reach: &Reach, room: &Room) -> bool {
    let Reach::Some { realm, owner, scopes } = reach else { return true };
    let target = Target { labels: Some(&room.labels), owner: room.owner_id, object: Some(room.id.uuid()) };
    room.realm.is_empty()
        || *realm == room.realm
        || (owner.is_some() && *owner == room.owner_id)
        || scopes.iter().any(|scope| scope.holds(&target))
}

/// What must hold of a node, said once more and in the plainest way.
fn fits(ask: &Ask, avoid: &Avoid, room: &Room) -> bool {
    ask.labels.iter().all(|(name, value)| room.labels.get(name) == Some(value))
        && (ask.realm.is_empty() || ask.realm == room.realm)
        && ask.only.as_ref().is_none_or(|only| only.contains(&room.id))
        && !ask.never.contains(&room.id)
        && !avoid.nodes.contains(&room.id)
        && !avoid.beside.contains(&room.id)
        && may_use(&ask.reach, room)
        && room.granted.cpu_millicores + ask.amounts.cpu_millicores <= room.capacity.cpu_millicores
}

fn is_online(id: NodeId) -> bool {
    !id.uuid().as_u128().is_multiple_of(3)
}

fn known(id: NodeId) -> Known {
    Known { is_online: is_online(id), used: Resources::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// What is proposed fits, nobody twice, and as many as there are; with values of a label as different as can be.
    #[test]
    fn what_is_proposed_is_what_there_is(
        changes in vec(change(), 0..120),
        ask in ask(),
        avoided in vec(0..60u16, 0..4),
        beside in vec(0..60u16, 0..3),
        count in 1..8usize,
        seed in any::<u64>(),
    ) {
        let (mut index, mut model) = (Index::default(), HashMap::new());
        for change in changes {
            match change {
                Change::Put(room) => {
                    index.put(&room);
                    model.insert(room.id, room);
                }
                Change::Forget(id) => {
                    index.forget(id);
                    model.remove(&id);
                }
            }
        }
        prop_assert_eq!(index.slots.len(), model.len());
        let set = |numbers: Vec<u16>| numbers.into_iter().map(id).collect::<HashSet<_>>();
        let avoid = Avoid { nodes: set(avoided), beside: set(beside) };
        let fitting: Vec<_> = model.values().filter(|room| fits(&ask, &avoid, room)).collect();
        let proposed = Choice::new(&index, &ask, &avoid, &known, Dice::seeded(seed)).nodes(count);
        prop_assert_eq!(proposed.len(), count.min(fitting.len()));
        prop_assert_eq!(proposed.iter().collect::<HashSet<_>>().len(), proposed.len());
        prop_assert!(proposed.iter().all(|id| fits(&ask, &avoid, &model[id])));
        if !ask.spread_over.is_empty() {
            let racks = |rooms: &[&Room]| rooms.iter().map(|room| room.labels["rack"].clone()).collect::<HashSet<_>>();
            let taken: Vec<_> = proposed.iter().map(|id| &model[id]).collect();
            let beside: Vec<_> = avoid.beside.iter().filter_map(|id| model.get(id)).collect();
            let (there, old) = (racks(&fitting), racks(&beside));
            let new = racks(&taken).difference(&old).count();
            prop_assert_eq!(new, there.difference(&old).count().min(proposed.len()));
        }
        if proposed.len() < count {
            let lack = Choice::new(&index, &ask, &avoid, &known, Dice::seeded(seed)).lack(count);
            let allowed = model.values().filter(|room| fits(&Ask { amounts: cpu(0), ..ask.clone() }, &avoid, room));
            let expected = if allowed.count() < count { "placement" } else { "cpu_millicores" };
            prop_assert_eq!(lack.what, expected);
        }
    }
}

fn any_node(amounts: Resources, strategy: Order) -> Ask {
    Ask {
        amounts,
        strategy,
        labels: Labels::new(),
        realm: String::new(),
        only: None,
        never: HashSet::new(),
        spread_over: String::new(),
        reach: Reach::All,
    }
}

fn fleet(count: u16, granted: impl Fn(u16) -> u64) -> Index {
    let mut index = Index::default();
    for number in 0..count {
        let labels = Labels::from([("zone".into(), (number % 7).to_string())]);
        let (capacity, granted) = (cpu(1000), cpu(granted(number)));
        index.put(&Room { id: id(number), owner_id: None, capacity, granted, labels, realm: String::new() });
    }
    index
}

fn numbers(proposed: &[NodeId]) -> Vec<u16> {
    proposed.iter().map(|id| u16::try_from(id.uuid().as_u128() >> 64).unwrap()).collect()
}

#[test]
fn the_best_are_taken_and_not_always_the_same() {
    // As many online as there are places among the best, and all others degraded.
    let index = fleet(500, u64::from);
    let online = |id: NodeId| Known { is_online: numbers(&[id])[0].is_multiple_of(2), used: Resources::default() };
    let mut seen = HashSet::new();
    for seed in 0..400 {
        let choice = |ask: &Ask| Choice::new(&index, ask, &Avoid::default(), &online, Dice::seeded(seed)).nodes(1);
        let spread = numbers(&choice(&any_node(cpu(1), Order::Spread)))[0];
        assert!(spread.is_multiple_of(2) && spread < 128, "{spread} is not among the emptiest that live");
        seen.insert(spread);
        let packed = numbers(&choice(&any_node(cpu(1), Order::Binpack)))[0];
        assert!(packed.is_multiple_of(2) && packed >= 500 - 128, "{packed} is not among the fullest that live");
    }
    assert!(seen.len() >= TOP / 2, "{} different ones", seen.len());
}

#[test]
fn what_a_node_says_that_it_uses_counts() {
    let index = fleet(20, |_| 0);
    let busy = |id: NodeId| Known { is_online: true, used: cpu(if numbers(&[id])[0] < 10 { 900 } else { 0 }) };
    let choice =
        Choice::new(&index, &any_node(cpu(1), Order::Spread), &Avoid::default(), &busy, Dice::seeded(1)).nodes(20);
    assert_eq!(choice.len(), 20, "it is no reason against a node");
    let ask = any_node(cpu(1), Order::Spread);
    let avoid = Avoid::default();
    let found = Choice::new(&index, &ask, &avoid, &busy, Dice::seeded(1)).scores();
    assert!(found.iter().all(|(score, id)| (*score > 0.5) == (numbers(&[*id])[0] < 10)));
}

/// One node with room among many without, at the end of everything: it is found.
#[test]
fn the_last_node_with_room_is_found() {
    let index = fleet(20_000, |number| if number == 12_345 { 0 } else { 1000 });
    let online = |_| Known { is_online: true, used: Resources::default() };
    for strategy in [Order::Spread, Order::Binpack] {
        let mut ask = any_node(cpu(1000), strategy);
        assert_eq!(numbers(&Choice::new(&index, &ask, &Avoid::default(), &online, Dice::seeded(3)).nodes(2)), [12_345]);
        ask.labels = Labels::from([("zone".into(), (12_345 % 7).to_string())]);
        assert_eq!(numbers(&Choice::new(&index, &ask, &Avoid::default(), &online, Dice::seeded(3)).nodes(2)), [12_345]);
        ask.labels = Labels::from([("zone".into(), ((12_345 + 1) % 7).to_string())]);
        assert!(Choice::new(&index, &ask, &Avoid::default(), &online, Dice::seeded(3)).nodes(2).is_empty());
    }
}

/// Nodes that come and go with labels of their own leave nothing behind for good.
#[test]
fn classes_of_nodes_that_are_gone_are_cleared_away() {
    let mut index = fleet(100, |_| 0);
    for number in 0..20_000u16 {
        let labels = Labels::from([("host".into(), number.to_string())]);
        let id = id(1_000 + number % 10);
        index.put(&Room { id, owner_id: None, capacity: cpu(1), granted: cpu(0), labels, realm: "lab".into() });
    }
    assert_eq!(index.slots.len(), 110);
    assert!(index.classes.all.len() < 3_000, "{} classes", index.classes.all.len());
    let mut ask = any_node(cpu(1), Order::Spread);
    ask.labels = Labels::from([("host".into(), "19999".into())]);
    let online = |_| Known { is_online: true, used: Resources::default() };
    assert_eq!(Choice::new(&index, &ask, &Avoid::default(), &online, Dice::seeded(3)).nodes(9), [id(1_009)]);
}
