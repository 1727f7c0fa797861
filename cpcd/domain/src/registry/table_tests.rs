use super::*;

const RULES: Rules = Rules::USUAL;

fn at(seconds: u64) -> Tick {
    Tick::from_millis(seconds * 1000)
}

fn beat(table: &Table, id: NodeId, second: u64) -> Option<(NodeStatus, bool)> {
    let mut is_first_one = false;
    let told = |arrival: Arrival| {
        is_first_one = arrival.is_first;
        RULES.interval
    };
    let (status, _) = table.beat(id, None, || at(second), told, &RULES)?;
    Some((status, is_first_one))
}

/// Gives who becomes something else; silence counts until `as_of`, if at all.
fn judge(table: &Table, now: Tick, as_of: Option<Tick>) -> Vec<Judged> {
    let window = Duration::from_secs(120);
    let silence = as_of.map(|as_of| Silence { as_of, since: Tick::default(), window, born_before_ms: 0 });
    table.survey(&RULES, now, silence.as_ref(), 10).pick(&|_| usize::MAX)
}

fn fresh(table: &Table) -> Vec<(NodeId, Tick)> {
    table.take_fresh().into_iter().map(|word| (word.id, word.heard)).collect()
}

#[test]
fn a_node_is_written_once_however_often_it_is_heard_of() {
    let (table, id) = (Table::default(), NodeId::generate());
    assert!(beat(&table, id, 1).is_none(), "nobody follows it yet");
    table.follow(id, NodeStatus::Online, Realm::default(), at(1));
    assert!(beat(&table, id, 2).unwrap().1);
    assert_eq!(fresh(&table), [(id, at(2))]);
    assert!(!beat(&table, id, 32).unwrap().1);
    assert_eq!(fresh(&table), [(id, at(32))]);
    assert_eq!(table.take_due(at(1), 100), []);
    let due = Due { id, since: at(2), heard: at(32) };
    assert_eq!(table.take_due(at(2), 100), [due], "the last word counts");
    assert_eq!(table.take_due(at(99), 100), []);
    table.give_back(&[due]);
    table.give_back(&[due]);
    assert_eq!(table.take_due(at(1), 100), []);
    assert_eq!(table.take_due(at(2), 100), [due], "it waits as long as before");
    beat(&table, id, 62);
    fresh(&table);
    table.forget(id);
    assert_eq!(table.take_due(at(99), 100), []);
}

#[test]
fn others_are_told_the_last_word_until_it_has_arrived() {
    let (table, one, other) = (Table::default(), NodeId::generate(), NodeId::generate());
    table.follow(one, NodeStatus::Online, Realm::default(), at(0));
    table.greet(other, NodeStatus::Online, Realm::default(), RULES.interval, || at(1));
    beat(&table, one, 2);
    beat(&table, one, 3);
    let mut words = table.take_fresh();
    words.sort_by_key(|word| word.heard);
    assert_eq!(words.iter().map(|word| (word.id, word.heard)).collect::<Vec<_>>(), [(other, at(1)), (one, at(3))]);
    assert_eq!(words[1].told_ms, 30_000);
    assert_eq!(fresh(&table), []);
    beat(&table, one, 4);
    table.give_back_fresh(&words);
    let mut again = fresh(&table);
    again.sort_by_key(|(_, heard)| *heard);
    assert_eq!(again, [(other, at(1)), (one, at(4))]);
    beat(&table, one, 5);
    table.forget(one);
    assert_eq!(fresh(&table), []);
}

#[test]
fn what_was_heard_elsewhere_counts_as_if_it_were_here() {
    let (table, id) = (Table::default(), NodeId::generate());
    let used = |cpu_millicores| Resources { cpu_millicores, ..Resources::default() };
    table.merge(id, at(1), 30_000, used(1));
    assert!(table.view(id).is_none(), "who is not followed was deleted");
    table.follow(id, NodeStatus::Online, Realm::default(), at(10));
    assert!(table.view(id).unwrap().seen.is_none(), "it only counts as heard of");
    table.merge(id, at(4), 30_000, used(4));
    table.merge(id, at(2), 30_000, used(2));
    let view = table.view(id).unwrap();
    assert_eq!((view.seen, view.used), (Some(at(4)), used(4)), "what it said before we began is shown");
    assert_eq!(judge(&table, at(54), Some(at(54))).len(), 0, "and not held against it");
    table.merge(id, at(20), 60_000, used(20));
    assert_eq!(judge(&table, at(109), Some(at(109))).len(), 0, "it was told to come less often");
    assert_eq!(judge(&table, at(110), Some(at(110)))[0].seen, Some(at(20)));
    assert_eq!(fresh(&table), [], "whoever heard it tells");

    assert!(beat(&table, id, 30).unwrap().1);
    fresh(&table);
    table.merge(id, at(31), 30_000, used(31));
    assert_eq!(table.take_due(at(99), 10), [], "and writes");
    beat(&table, id, 40);
    fresh(&table);
    table.merge(id, at(39), 30_000, used(39));
    assert_eq!(table.take_due(at(99), 10).len(), 1);
    assert_eq!(table.view(id).unwrap().used, used(31), "it said nothing of it the last time");
}

#[test]
fn who_is_silent_is_found_and_who_comes_back_too() {
    let (table, dead, alive) = (Table::default(), NodeId::generate(), NodeId::generate());
    for id in [dead, alive] {
        table.greet(id, NodeStatus::Online, Realm::default(), RULES.interval, || at(0));
    }
    beat(&table, alive, 60);
    assert!(judge(&table, at(100), None).is_empty());
    let judged = judge(&table, at(100), Some(at(100)));
    assert_eq!(judged.len(), 1);
    assert_eq!((judged[0].id, judged[0].to), (dead, NodeStatus::Offline));
    table.change(dead, NodeStatus::Offline, Some(at(100)));
    assert_eq!(table.count(), [1, 0, 1]);
    beat(&table, alive, 105);
    assert_eq!(beat(&table, dead, 110).unwrap().0, NodeStatus::Online, "it is believed at once");
    assert_eq!(judge(&table, at(110), Some(at(110)))[0].to, NodeStatus::Online);
    table.change(dead, NodeStatus::Online, Some(at(110)));
    beat(&table, alive, 205);
    assert_eq!(judge(&table, at(205), Some(at(205)))[0].to, NodeStatus::Offline);
    table.change(dead, NodeStatus::Offline, Some(at(205)));
    assert_eq!(beat(&table, dead, 210).unwrap().0, NodeStatus::Offline, "not if it does so all the time");
    assert_eq!(beat(&table, dead, 265).unwrap().0, NodeStatus::Online);
}

#[test]
fn many_nodes_spread_over_all_parts() {
    let table = Table::default();
    for _ in 0..20_000 {
        table.follow(NodeId::generate(), NodeStatus::Online, Realm::default(), at(0));
    }
    let sizes: Vec<_> = table.parts.iter().map(|part| lock(part).nodes.len()).collect();
    assert!(sizes.iter().all(|size| (20..200).contains(size)), "{sizes:?}");
    let ids = table.ids();
    assert_eq!(ids.len(), 20_000);
    table.forget_unless(|id| id == ids[7]);
    assert_eq!(table.ids(), [ids[7]]);
}

#[test]
fn a_node_takes_little_memory() {
    assert!(size_of::<Entry>() <= 72, "{}", size_of::<Entry>());
}
