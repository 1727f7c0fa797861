use cpcd_model::time::Timestamp;
use proptest::prelude::*;

use super::*;

const ID: Uuid = Uuid::from_u128(7);
const START: i64 = 1_000_000;

fn tick(ms: i64) -> Tick {
    Tick::from_millis(u64::try_from(ms).unwrap())
}

/// A batch of the replica that began at [`START`], said as many seconds later as its number.
fn batch(seq: u64, after: u64) -> Batch {
    let through_ms = START + i64::try_from(seq).unwrap() * 1000;
    Batch { replica: ID, started_ms: START, seq, after, through_ms, is_last: false, reports: Vec::new() }
}

fn row(seen_ms: i64) -> LivenessReplica {
    let at = |ms| Timestamp::from_millisecond(ms).unwrap();
    LivenessReplica { id: ID, started_at: at(START), seen_at: at(seen_ms), is_warm: true, is_deaf: false }
}

fn look(peers: &mut Peers, second: i64) -> Option<i64> {
    let ms = START + second * 1000;
    peers.look(tick(ms), ms).through_ms.map(|through| (through - START) / 1000)
}

#[test]
fn nothing_is_known_beyond_the_first_hole() {
    let mut peers = Peers::since(START - 1);
    peers.register([row(START)]);
    assert_eq!(look(&mut peers, 0), Some(0), "it is waited for before it has said anything");
    assert!(peers.take(&batch(1, 0)) && peers.take(&batch(2, 1)));
    assert_eq!(look(&mut peers, 2), Some(2));
    assert!(!peers.take(&batch(2, 1)), "the same again is no news");
    assert!(peers.take(&batch(5, 4)) && !peers.take(&batch(5, 4)), "nor while it waits");
    assert_eq!(look(&mut peers, 5), Some(2));
    assert!(peers.take(&batch(3, 2)));
    assert_eq!(look(&mut peers, 6), Some(3));
    assert!(peers.take(&batch(4, 3)));
    assert_eq!(look(&mut peers, 7), Some(5));
    // What could not be passed on is in the next.
    assert!(peers.take(&batch(9, 5)));
    assert_eq!((look(&mut peers, 9), peers.known()), (Some(9), vec![(ID, 9)]));
    assert!(!peers.take(&batch(7, 5)), "that was said already");
    assert_eq!(peers.take_doubts(), []);
}

#[test]
fn what_does_not_come_is_given_up_and_doubted() {
    let mut peers = Peers::since(START - 1);
    peers.take(&batch(1, 0));
    peers.take(&batch(3, 2));
    assert_eq!(look(&mut peers, 3), Some(1));
    peers.take(&batch(4, 3));
    assert_eq!(look(&mut peers, 7), Some(1));
    assert_eq!(peers.take_doubts(), []);
    assert_eq!(look(&mut peers, 8), Some(4));
    assert_eq!(peers.take_doubts(), [Doubt::Lost(ID)]);
    assert_eq!(look(&mut peers, 9), Some(4));
    assert_eq!(peers.take_doubts(), []);
}

#[test]
fn who_falls_silent_is_doubted_and_who_says_goodbye_is_not() {
    let mut peers = Peers::since(START - 1);
    peers.register([row(START)]);
    peers.take(&batch(1, 0));
    assert_eq!(look(&mut peers, 15), Some(1), "its batch is a sign of life too");
    peers.register([row(START + 4000)]);
    assert_eq!(look(&mut peers, 18), Some(1));
    assert_eq!(look(&mut peers, 19), None, "nobody waits for it any longer");
    assert_eq!(peers.take_doubts(), [Doubt::Vanished(ID)]);
    assert_eq!(look(&mut peers, 30), None);
    assert_eq!(peers.take_doubts(), []);
    // It was only held up, and tells all that it heard meanwhile.
    peers.take(&batch(31, 1));
    assert_eq!(look(&mut peers, 31), Some(31));
    let last = Batch { is_last: true, ..batch(33, 32) };
    peers.take(&last);
    peers.register([]);
    assert_eq!(look(&mut peers, 33), Some(31), "a goodbye counts when all before it is known");
    peers.take(&batch(32, 31));
    assert_eq!(look(&mut peers, 34), None);
    assert_eq!(look(&mut peers, 100), None);
    assert_eq!(peers.take_doubts(), []);
    assert!(!peers.take(&last), "it is remembered for a while");
    assert_eq!(look(&mut peers, 4000), None);
    assert_eq!(peers.known(), []);
}

#[test]
fn of_who_began_before_us_the_chain_begins_with_what_comes_first() {
    let mut peers = Peers::since(START + 50_000);
    peers.register([row(START + 50_000)]);
    assert_eq!(look(&mut peers, 50), Some(50));
    assert_eq!(peers.known(), [], "so whatever is there is read");
    assert!(peers.take(&batch(48, 47)));
    assert!(peers.take(&batch(49, 48)));
    assert_eq!(look(&mut peers, 51), Some(49));
    assert_eq!(peers.take_doubts(), []);
}

#[test]
fn what_replicas_say_of_themselves_is_told() {
    let mut peers = Peers::since(START - 1);
    assert_eq!(
        peers.look(tick(START), START),
        Told { through_ms: None, live: 0, is_warm: false, is_deaf: false, is_mute: false }
    );
    let deaf = LivenessReplica { id: Uuid::from_u128(8), is_warm: false, is_deaf: true, ..row(START) };
    peers.register([row(START), deaf]);
    let told = peers.look(tick(START), START);
    let all = Told { through_ms: Some(START), live: 2, is_warm: true, is_deaf: true, is_mute: false };
    assert_eq!(told, all);
    // They live by their rows, and nothing of what they tell arrives.
    let deaf = LivenessReplica { id: Uuid::from_u128(8), is_warm: false, is_deaf: true, ..row(START + 15_000) };
    peers.register([row(START + 15_000), deaf]);
    assert_eq!(peers.look(tick(START + 15_000), START + 15_000), Told { is_mute: true, ..all });
}

proptest! {
    /// Batches come in any order, twice or never: what is known never goes beyond the first that is missing, and where nothing is
    /// missing there is no doubt.
    #[test]
    fn a_hole_is_never_overlooked(
        lost in proptest::collection::btree_set(1u64..30, 0..4),
        order in Just((1u64..30).collect::<Vec<_>>()).prop_shuffle(),
        twice in proptest::collection::vec(1u64..30, 0..10),
    ) {
        let mut peers = Peers::since(START - 1);
        peers.register([row(START)]);
        let mut came = Vec::new();
        for seq in order.into_iter().chain(twice).filter(|seq| !lost.contains(seq)) {
            prop_assert_eq!(peers.take(&batch(seq, seq - 1)), !came.contains(&seq));
            came.push(seq);
            let whole = (1..30).take_while(|seq| came.contains(seq)).last().unwrap_or(0);
            prop_assert_eq!(look(&mut peers, 1), Some(i64::try_from(whole).unwrap()));
        }
        prop_assert_eq!(peers.take_doubts(), []);
        // All that came is known in the end, one doubt for each hole before something that came.
        for second in (2..60).step_by(6) {
            peers.register([row(START + second * 1000)]);
            look(&mut peers, second);
        }
        let last = (1..30).rev().find(|seq| !lost.contains(seq)).unwrap();
        prop_assert_eq!(peers.known(), vec![(ID, last)]);
        let holes = lost.iter().filter(|seq| **seq < last && !lost.contains(&(**seq + 1))).count();
        prop_assert_eq!(peers.take_doubts().len(), holes);
    }
}
