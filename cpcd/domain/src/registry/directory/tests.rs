//! Walks over directories made up: each node once, none twice, nobody in one network's hands.

use std::collections::{BTreeMap, HashMap, HashSet};

use cpcd_model::{id::NodeId, labels::Labels};
use cpcd_store::sql::Listing;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Directory, Query, Route,
    cursor::Cursor,
    hash, host,
    rank::{Candidate, Page, Standing},
    ring::Member,
    walk::Walk,
};

/// A node whose place on the ring, network, realm and label are said.
fn listing(place: u32, network: u16, realm: &str, label: bool) -> Listing {
    let id = Uuid::from_u64_pair(0x0190_0000_0000_7000 | u64::from(network), 0x8000_0000_0000_0000 | u64::from(place));
    let [high, low] = network.to_be_bytes();
    let labels = if label { Labels::from([("gpu".into(), "yes".into())]) } else { Labels::new() };
    Listing {
        id: id.into(),
        public_key: [7; 32],
        realm: realm.into(),
        labels,
        namespaces: if place.is_multiple_of(2) { vec!["even".into()] } else { Vec::new() },
        addresses: vec![format!("/ip4/{}.{low}.1.1/tcp/4001", high | 0x08)],
        is_pending: false,
    }
}

fn standing(member: &Member) -> Option<Standing> {
    let bits = hash::mix(member.id.uuid().as_u128() as u64);
    Some(Standing {
        is_degraded: bits & 1 == 1,
        route: if bits & 2 == 2 { Route::Relayed } else { Route::Direct },
        is_settled: bits & 4 == 4,
        round_trip: (bits & 8 == 8).then_some((bits >> 40) as u32),
    })
}

/// Walks to the end in pages; the estimates change between any two.
fn walk(directory: &Directory, query: &Query, realms: &[u64], seed: u64, size: usize) -> Vec<Vec<Candidate>> {
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let turn = pages.len() as u64;
        let judge = |_: u64, member: &Member| {
            let mut standing = standing(member)?;
            standing.round_trip = standing.round_trip.map(|micros| hash::low(hash::mix(u64::from(micros) + turn)));
            Some(standing)
        };
        let token = cursor.as_ref().map(|cursor: &Cursor| cursor.write("test"));
        let read = token.map(|token| Cursor::read("test", &token).unwrap().unwrap());
        let mut walk = Walk::new(directory, query.clone(), realms.to_vec(), read, seed, size);
        let mut page = Vec::new();
        while page.len() < size {
            let picked = walk.pick((size - page.len()).min(7), judge);
            if picked.is_empty() {
                break;
            }
            page.extend(picked);
        }
        cursor = walk.rest(judge);
        pages.push(page);
        if cursor.is_none() {
            return pages;
        }
        assert!(pages.len() < 3_000, "the walk has no end");
    }
}

fn fleet(listings: &[Listing]) -> Directory {
    let directory = Directory::default();
    listings.iter().for_each(|listing| directory.put(listing));
    directory
}

const NONE: &str = "";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_comes_once_whatever_the_size(
        nodes in prop::collection::vec((any::<u32>(), 0u16..60, any::<bool>(), any::<bool>()), 0..700),
        crowded in any::<bool>(),
        seed in any::<u64>(),
        size in 1usize..100,
    ) {
        let listings: Vec<_> = nodes
            .iter()
            .map(|(place, network, inside, label)| {
                let place = if crowded { place % 5 } else { *place };
                listing(place, *network, if *inside { "home" } else { NONE }, *label)
            })
            .collect();
        let directory = fleet(&listings);
        let realms = [hash::of(b"home"), hash::of(b"")];
        for (namespace, labels) in [(NONE, Labels::new()), ("even", Labels::new()), (NONE, Labels::from([("gpu".into(), "yes".into())]))] {
            let fits = |listing: &Listing| (namespace.is_empty() || listing.namespaces == [namespace])
                && labels.iter().all(|(name, value)| listing.labels.get(name) == Some(value));
            // Later ones of the same id replace earlier ones.
            let last: BTreeMap<NodeId, &Listing> = listings.iter().map(|listing| (listing.id, listing)).collect();
            let wanted: HashSet<_> = last.values().filter(|listing| fits(listing)).map(|listing| listing.id).collect();
            let pages = walk(&directory, &Query::new(namespace, &labels), &realms, seed, size);
            let got: Vec<_> = pages.iter().flatten().map(|candidate| candidate.id).collect();
            let once: HashSet<_> = got.iter().copied().collect();
            prop_assert_eq!(once.len(), got.len(), "nobody twice");
            prop_assert_eq!(once, wanted, "nobody left out");
            for page in &pages {
                let mut networks: HashMap<u32, usize> = HashMap::new();
                page.iter().for_each(|candidate| *networks.entry(candidate.network).or_default() += 1);
                prop_assert!(networks.values().all(|count| *count <= size.div_ceil(4)), "a share of a page each");
            }
        }
    }

    #[test]
    fn a_page_has_the_best_and_as_many_old_as_new(
        nodes in prop::collection::vec((any::<u32>(), any::<u16>()), 1..300),
        seed in any::<u64>(),
        most in 1usize..60,
    ) {
        let mut candidates: Vec<_> = nodes
            .iter()
            .enumerate()
            .map(|(number, (place, network))| {
                let id = listing(*place, *network, NONE, false).id;
                let member = Member { id, network: u32::from(*network) + 1, key: 0, reaches: host::PUBLIC };
                Candidate::new(number, &member, standing(&member).unwrap(), seed)
            })
            .collect();
        let all = candidates.clone();
        let picked = Page::new(most).pick(&mut candidates, most);
        prop_assert_eq!(picked.len() + candidates.len(), all.len(), "nobody is lost");
        let again = Page::new(most).pick(&mut all.clone(), most);
        prop_assert_eq!(&picked, &again, "the same candidates, the same page");
        prop_assert!(picked.is_sorted_by_key(|one| one.standing.class()), "classes come in order");
        // Who is left and better than the last has a network that had its share.
        let mut networks: HashMap<u32, usize> = HashMap::new();
        picked.iter().for_each(|one| *networks.entry(one.network).or_default() += 1);
        let worst = picked.last().map(|one| one.standing.class());
        for left in candidates.iter().filter(|left| Some(left.standing.class()) < worst) {
            prop_assert_eq!(networks.get(&left.network), Some(&most.div_ceil(4)));
        }
        // Within a class neither kind is ahead while there are both.
        let first = picked.first().map(|one| one.standing.class());
        let of_first = |settled| all.iter().filter(|one| Some(one.standing.class()) == first && one.standing.is_settled == settled).count();
        let got = |settled| picked.iter().filter(|one| Some(one.standing.class()) == first && one.standing.is_settled == settled).count();
        let capped = networks.values().any(|count| *count == most.div_ceil(4));
        if !capped && got(true) < of_first(true) && got(false) < of_first(false) {
            prop_assert!(got(true).abs_diff(got(false)) <= 1);
        }
    }
}

#[test]
fn a_flood_from_one_network_takes_a_quarter_of_a_page() {
    let flood = (0..5_000u32).map(|place| listing(place.wrapping_mul(2_654_435_761), 9, NONE, false));
    let honest = (0..500u32).map(|place| listing(place.wrapping_mul(40_503_001), 100 + place as u16, NONE, false));
    let directory = fleet(&flood.chain(honest).collect::<Vec<_>>());
    let flooded = host::judge(&listing(0, 9, NONE, false).addresses).0;
    for seed in 0..50 {
        let realms = [hash::of(b"")];
        let mut walk = Walk::new(&directory, Query::new(NONE, &Labels::new()), realms.to_vec(), None, seed, 20);
        let page = walk.pick(20, |_, member| standing(member));
        let bad = page.iter().filter(|candidate| candidate.network == flooded).count();
        assert!(bad <= 5 && page.len() > 10, "{bad} of {}", page.len());
    }
}

#[test]
fn what_changes_moves_and_what_goes_is_gone() {
    let directory = Directory::default();
    let mut node = listing(2, 9, "home", true);
    let find = |realm: &str, namespace: &str, labels: &Labels| {
        let pages = walk(&directory, &Query::new(namespace, labels), &[hash::of(realm.as_bytes())], 1, 20);
        pages.iter().flatten().count()
    };
    let gpu = Labels::from([("gpu".into(), "yes".into())]);
    directory.put(&node);
    assert_eq!([find("home", NONE, &gpu), find("home", "even", &gpu), find(NONE, NONE, &Labels::new())], [1, 1, 0]);
    node.labels.clear();
    node.namespaces = vec!["other".into()];
    directory.put(&node);
    assert_eq!([find("home", NONE, &gpu), find("home", "even", &Labels::new())], [0, 0]);
    assert_eq!(find("home", "other", &Labels::new()), 1);
    node.is_pending = true;
    directory.put(&node);
    assert_eq!(find("home", NONE, &Labels::new()), 0);
    node.is_pending = false;
    directory.put(&node);
    directory.forget_unless(|id| id != node.id);
    assert_eq!((find("home", NONE, &Labels::new()), directory.ids().len()), (0, 0));
}

/// What the ring gives up is the caller's loss: a cursor of a realm that is closed to the caller meanwhile begins anew.
#[test]
fn a_cursor_of_another_realm_begins_anew() {
    let directory = fleet(&[listing(1, 9, NONE, false)]);
    let cursor = Cursor::new(1, hash::of(b"home"));
    let mut walk = Walk::new(&directory, Query::new(NONE, &Labels::new()), vec![hash::of(b"")], Some(cursor), 1, 20);
    assert_eq!(walk.pick(20, |_, member| standing(member)).len(), 1);
    assert!(walk.rest(|_, member| standing(member)).is_none());
}
