//! Several replicas on one store, with or without a shared cache, in time that the test moves: all parts as they run, joined by hand.

use std::{cell::Cell, sync::Arc, time::Duration};

use cpcd_model::{
    Reason,
    id::NodeId,
    node::{Node, NodeStatus, Resources},
    time::{Clock, Tick},
};
use cpcd_store::{
    Cache, Store, cache,
    sql::{self, NewEvent, Priority},
};

use super::{
    Config, Detector,
    brake::Realm,
    follow,
    moment::Moment,
    moves::Moves,
    rules::Rules,
    sender::Sender,
    signals::Signals,
    table::{Judged, Table},
};
use crate::Caller;

const RULES: Rules = Rules::USUAL;
const CONFIG: Config = Config::USUAL;

/// Longer than anything is kept.
const KEPT: Duration = Duration::from_secs(3600);

struct World {
    store: Store,
    cache: Option<Cache>,
    clock: Clock,
    /// How many seconds have gone on.
    second: Cell<u64>,
}

struct Replica {
    clock: Clock,
    table: Arc<Table>,
    signals: Arc<Signals>,
    sender: Sender,
    detector: Detector,
}

impl World {
    async fn new(has_cache: bool) -> Self {
        let config = sql::Config { url: "sqlite::memory:".into(), ..Default::default() };
        let cache = if has_cache { Some(Cache::open(&cache::Config::default()).await.unwrap()) } else { None };
        let store = Store::open(&config).await.unwrap();
        Self { store, cache, clock: Clock::default(), second: Cell::default() }
    }

    async fn replica(&self) -> Replica {
        let (clock, table) = (self.clock.clone(), Arc::new(Table::default()));
        let (others, sender) = follow(&self.store, self.cache.clone(), &clock, &table).await.unwrap();
        let signals = others.signals.clone();
        let detector =
            Detector::new(&self.store, &clock, &CONFIG, table.clone(), Moves::new(table.clone()), Some(others));
        sender.say_hello().await.unwrap();
        Replica { clock, table, signals, sender, detector }
    }

    async fn node(&self) -> NodeId {
        self.node_in("").await
    }

    async fn node_in(&self, realm: &str) -> NodeId {
        let (id, now) = (NodeId::generate(), self.clock.now());
        let mut public_key = [0; 32];
        public_key[..16].copy_from_slice(id.uuid().as_bytes());
        let node = Node { realm: realm.to_owned(), ..Node::new(id, public_key, now) };
        self.store
            .write(Priority::Registry, move |tx| {
                Box::pin(async move {
                    tx.insert_node(&node).await?;
                    tx.insert_events(&[event("node.registered", id)], now).await
                })
            })
            .await
            .unwrap();
        id
    }

    /// Gives realm and state of each brake that was told of.
    async fn brakes(&self) -> Vec<(String, String)> {
        let events = self.store.list_events(None, 1000).await.unwrap().0;
        let word = |event: &sql::Event, name: &str| event.payload[name].as_str().unwrap().to_owned();
        let brakes = events.iter().filter(|event| event.kind == "registry.brake");
        brakes.map(|event| (word(event, "realm"), word(event, "state"))).collect()
    }

    async fn count(&self, ids: &[NodeId], status: NodeStatus) -> usize {
        let nodes = self.store.get_nodes(ids).await.unwrap();
        nodes.iter().filter(|node| node.status == status).count()
    }

    async fn status(&self, id: NodeId) -> NodeStatus {
        self.store.get_node(id).await.unwrap().unwrap().status
    }

    /// Lets seconds pass for some replicas, and nodes beat each thirty of them, in turn at each.
    async fn pass(&self, seconds: u64, replicas: &mut [&mut Replica], nodes: &[NodeId]) {
        for second in 0..seconds {
            self.clock.advance(Duration::from_secs(1));
            for replica in replicas.iter_mut() {
                replica.step().await;
            }
            for (number, id) in nodes.iter().enumerate() {
                if (second + number as u64).is_multiple_of(30) {
                    let turn = (second as usize / 30 + number) % replicas.len();
                    assert!(replicas[turn].beat(*id, second), "any replica takes it, without a statement");
                }
            }
        }
    }
}

impl World {
    /// Lets seconds pass as [`World::pass`] does; each node keeps to its own time from one call to the next.
    async fn go_on(&self, seconds: u64, replicas: &mut [&mut Replica], nodes: &[NodeId]) {
        for _ in 0..seconds {
            self.second.set(self.second.get() + 1);
            let second = self.second.get();
            self.pass(1, replicas, &[]).await;
            for id in nodes {
                let own = second + u64::from(id.uuid().as_bytes()[15]);
                if own.is_multiple_of(30) {
                    let turn = (own / 30) as usize % replicas.len();
                    assert!(replicas[turn].beat(*id, second), "any replica takes it, without a statement");
                }
            }
        }
    }
}

impl Replica {
    fn beat(&self, id: NodeId, cpu_millicores: u64) -> bool {
        self.beat_told(id, cpu_millicores, 30).is_some()
    }

    /// Takes a heartbeat, and tells the node to come again after so long; gives what the node is told that it is.
    fn beat_told(&self, id: NodeId, cpu_millicores: u64, seconds: u64) -> Option<NodeStatus> {
        let (used, told) = (Resources { cpu_millicores, ..Resources::default() }, Duration::from_secs(seconds));
        self.table.beat(id, Some(used), || self.clock.tick(), |_| told, &RULES).map(|(status, _)| status)
    }

    async fn step(&mut self) {
        self.sender.pass_on().await.unwrap();
        self.detector.look(&Caller::system()).await.unwrap();
    }

    fn status(&self, id: NodeId) -> NodeStatus {
        self.table.view(id).unwrap().status
    }
}

fn event(kind: &'static str, id: NodeId) -> NewEvent {
    NewEvent { kind, subject_id: id.uuid(), payload: serde_json::Value::Null }
}

#[tokio::test]
async fn what_one_hears_all_know_and_each_shows() {
    for has_cache in [true, false] {
        let world = World::new(has_cache).await;
        let (mut a, mut b, mut c) = (world.replica().await, world.replica().await, world.replica().await);
        let (dies, lives) = (world.node().await, world.node().await);
        world.pass(1, &mut [&mut a, &mut b, &mut c], &[]).await;
        assert!(b.beat(dies, 7) && c.beat(lives, 8));
        world.pass(170, &mut [&mut a, &mut b, &mut c], &[dies, lives]).await;
        assert_eq!((world.status(dies).await, world.status(lives).await), (NodeStatus::Online, NodeStatus::Online));
        let views = [&a, &b, &c].map(|replica| replica.table.view(lives).unwrap());
        for view in views {
            // Milliseconds are lost where times are turned into each other.
            let apart = view.seen.max(views[0].seen).unwrap().since(view.seen.min(views[0].seen).unwrap());
            assert!(view.used == views[0].used && apart < Duration::from_millis(10), "{view:?}");
        }
        world.pass(90 + 5, &mut [&mut a, &mut b, &mut c], &[lives]).await;
        assert_eq!(world.status(dies).await, NodeStatus::Offline, "with a cache: {has_cache}");
        world.pass(1, &mut [&mut a, &mut b, &mut c], &[]).await;
        for replica in [&a, &b, &c] {
            assert_eq!((replica.status(dies), replica.status(lives)), (NodeStatus::Offline, NodeStatus::Online));
        }
        let rows =
            world.store.list_liveness_batches(uuid::Uuid::nil(), &[], world.clock.now() - KEPT, 1000).await.unwrap();
        assert_eq!(rows.is_empty(), has_cache, "one way is enough");
        assert!(rows.len() <= 3 * 62, "and nothing is kept for long: {}", rows.len());
        world.store.close().await;
    }
}

#[tokio::test]
async fn a_goodbye_hands_the_lease_over_and_hides_no_death() {
    let world = World::new(false).await;
    let (mut a, mut b) = (world.replica().await, world.replica().await);
    let (dies, lives) = (world.node().await, world.node().await);
    world.pass(160, &mut [&mut a, &mut b], &[dies, lives]).await;
    // One that has just begun leaves the lease to one that knows more.
    let mut c = world.replica().await;
    a.sender.say_goodbye().await.unwrap();
    a.detector.release().await;
    for _ in 0..92 {
        world.pass(1, &mut [&mut c, &mut b], &[]).await;
        assert!(c.beat(lives, 1));
    }
    assert_eq!((world.status(dies).await, world.status(lives).await), (NodeStatus::Offline, NodeStatus::Online));
    world.store.close().await;
}

#[tokio::test]
async fn a_replica_that_vanishes_is_held_against_nobody() {
    let world = World::new(true).await;
    let (mut a, mut b) = (world.replica().await, world.replica().await);
    let (dies, lives) = (world.node().await, world.node().await);
    world.pass(170, &mut [&mut a, &mut b], &[dies, lives]).await;
    assert!(a.beat(lives, 1) && a.beat(dies, 1), "and it dies with what it has heard");
    // Whose first try went to the dead replica comes a little late; the other node is dead too.
    world.pass(40, &mut [&mut b], &[]).await;
    assert!(b.beat(lives, 1));
    for _ in 0..7 {
        world.pass(15, &mut [&mut b], &[]).await;
        assert!(b.beat(lives, 1));
        assert_eq!((world.status(dies).await, world.status(lives).await), (NodeStatus::Online, NodeStatus::Online));
    }
    for _ in 0..2 {
        world.pass(15, &mut [&mut b], &[]).await;
        assert!(b.beat(lives, 1));
    }
    assert_eq!((world.status(dies).await, world.status(lives).await), (NodeStatus::Offline, NodeStatus::Online));
    world.store.close().await;
}

#[tokio::test]
async fn who_was_held_up_doubts_and_its_late_word_is_refused() {
    let world = World::new(false).await;
    let mut a = world.replica().await;
    let (one, other) = (world.node().await, world.node().await);
    world.pass(160, &mut [&mut a], &[one, other]).await;
    let mut b = world.replica().await;
    // Only one of them runs for a while; the nodes are behind the one that does not.
    let late = Moment::now(&a.clock);
    world.pass(90, &mut [&mut b], &[]).await;
    let judged = |id| Judged {
        id,
        realm: Realm::default(),
        from: NodeStatus::Online,
        to: NodeStatus::Offline,
        heard: Tick::default(),
        seen: Some(Tick::default()),
    };
    let refused = a.detector.write(&[judged(one), judged(other)], &[], 1, late, late.tick).await.unwrap_err();
    assert_eq!(refused.reason(), Reason::WriteConflict);
    assert!(a.beat(one, 1) && a.beat(other, 1));
    world.pass(140, &mut [&mut a, &mut b], &[one, other]).await;
    let events = world.store.list_events(None, 100).await.unwrap().0;
    assert!(events.iter().all(|event| event.kind != "node.status"), "{events:?}");
    world.store.close().await;
}

#[tokio::test]
async fn what_is_stored_elsewhere_is_followed_even_over_a_gap() {
    let world = World::new(true).await;
    let (mut a, mut b) = (world.replica().await, world.replica().await);
    let (one, other) = (world.node().await, world.node().await);
    world.pass(1, &mut [&mut a, &mut b], &[one, other]).await;
    let delete = async |id: NodeId| {
        let now = world.clock.now();
        let write = world.store.write(Priority::Registry, move |tx| {
            Box::pin(async move {
                tx.delete_node(id).await?;
                tx.insert_events(&[event("node.deleted", id)], now).await
            })
        });
        write.await.unwrap();
    };
    delete(one).await;
    world.pass(1, &mut [&mut a, &mut b], &[]).await;
    assert!(!a.beat(one, 1) && !b.beat(one, 1), "nobody answers who was deleted");
    assert!(a.beat(other, 1) && b.beat(other, 1));

    delete(other).await;
    let third = world.node().await;
    let later = world.clock.now() + KEPT;
    let clear = world
        .store
        .write(Priority::Bulk, move |tx| Box::pin(async move { tx.delete_events_before(later, 1000).await }));
    assert!(clear.await.unwrap() > 0);
    world.pass(1, &mut [&mut a, &mut b], &[]).await;
    assert!(!a.beat(other, 1) && !b.beat(other, 1));
    assert!(a.beat(third, 1) && b.beat(third, 1));
    world.store.close().await;
}

#[tokio::test]
async fn whoever_starts_shows_what_nodes_said_last() {
    let world = World::new(true).await;
    let mut a = world.replica().await;
    let node = world.node().await;
    world.pass(1, &mut [&mut a], &[]).await;
    assert!(a.beat(node, 700));
    world.pass(20, &mut [&mut a], &[]).await;
    let b = world.replica().await;
    let view = b.table.view(node).unwrap();
    assert_eq!(view.used.cpu_millicores, 700);
    let ago = world.clock.tick().since(view.seen.unwrap());
    assert!((Duration::from_secs(19)..Duration::from_secs(25)).contains(&ago), "{ago:?}");
    world.store.close().await;
}

#[tokio::test]
async fn a_jump_of_the_shared_clock_begins_a_time_of_grace() {
    let world = World::new(false).await;
    let (mut a, mut b) = (world.replica().await, world.replica().await);
    let node = world.node().await;
    world.clock.follow(world.clock.ask(), world.clock.now());
    world.pass(160, &mut [&mut a, &mut b], &[node]).await;
    assert!(a.beat(node, 1));
    let hour = Duration::from_secs(3600);
    for shared in [world.clock.now() + hour, world.clock.now() - hour] {
        let ahead = world.clock.tick().since(Clock::default().tick());
        world.clock.follow(world.clock.ask(), shared - ahead);
        world.pass(120, &mut [&mut a, &mut b], &[]).await;
        assert_eq!(world.status(node).await, NodeStatus::Online);
    }
    assert_eq!(world.clock.jumps(), 2);
    world.pass(40, &mut [&mut a, &mut b], &[]).await;
    assert_eq!(world.status(node).await, NodeStatus::Offline);
    world.store.close().await;
}

#[tokio::test]
async fn who_cannot_read_the_cache_is_told_by_the_store() {
    let world = World::new(true).await;
    let (mut a, mut b) = (
        world.replica().await,
        World { cache: None, store: world.store.clone(), clock: world.clock.clone(), second: Cell::default() }
            .replica()
            .await,
    );
    let (dies, lives) = (world.node().await, world.node().await);
    world.pass(170, &mut [&mut a, &mut b], &[dies, lives]).await;
    assert!(b.signals.is_deaf.load(std::sync::atomic::Ordering::Relaxed));
    world.pass(95, &mut [&mut a, &mut b], &[lives]).await;
    assert_eq!((world.status(dies).await, world.status(lives).await), (NodeStatus::Offline, NodeStatus::Online));
    world.store.close().await;
}

/// Many nodes of a realm, which have been there for long, and few of another.
async fn realms(world: &World) -> (Vec<NodeId>, Vec<NodeId>) {
    let (mut many, mut few) = (Vec::new(), Vec::new());
    for number in 0..50 {
        match number % 5 {
            0 => few.push(world.node_in("few").await),
            _ => many.push(world.node_in("many").await),
        }
    }
    world.clock.advance(Duration::from_secs(2 * 3600));
    (many, few)
}

fn brake(realm: &str, state: &str) -> (String, String) {
    (realm.to_owned(), state.to_owned())
}

#[tokio::test]
async fn a_realm_that_fails_at_once_is_called_dead_slowly_and_no_other_is() {
    use NodeStatus::{Offline, Online};
    let world = World::new(false).await;
    let (many, few) = realms(&world).await;
    let mut a = world.replica().await;
    let all = [many.as_slice(), &few].concat();
    world.go_on(160, &mut [&mut a], &all).await;
    assert_eq!(world.count(&all, Online).await, 50);

    // Sixty of a hundred at once; and one of the others, which is seen as soon as ever.
    let (silent, living) = (&many[..24], [&many[24..], &few[1..]].concat());
    world.go_on(97, &mut [&mut a], &living).await;
    assert_eq!(world.brakes().await, [brake("many", "on")]);
    assert_eq!(world.status(few[0]).await, Offline);
    let first = world.count(silent, Offline).await;
    assert!(first <= 5, "those who could be since the first ones could, one in ten seconds: {first}");
    assert_eq!(a.table.braked()[0], 1);
    world.go_on(60, &mut [&mut a], &living).await;
    let called = world.count(silent, Offline).await;
    assert!((first + 5..=first + 7).contains(&called), "it goes on: {first}, {called}");

    // Whoever is back is believed at the first heartbeat, brake or not.
    let back = *silent.iter().find(|id| a.status(**id) == Offline).unwrap();
    assert_eq!(a.beat_told(back, 1, 30), Some(Online));
    world.go_on(1, &mut [&mut a], &[]).await;
    assert_eq!(world.status(back).await, Online);

    // Nothing new fails: it lets go by itself, and the rest is called dead at once.
    let mut living = living.clone();
    living.push(back);
    world.go_on(360, &mut [&mut a], &living).await;
    assert_eq!(world.brakes().await, [brake("many", "on"), brake("many", "off")]);
    assert_eq!((world.count(silent, Offline).await, a.table.braked()), (23, [0, 0]));
    assert_eq!(world.count(&living, Online).await, living.len());

    // Those who are gone count for nothing any more: of the 17 that are left in the realm a third is much.
    world.go_on(92, &mut [&mut a], &living[6..]).await;
    assert_eq!(world.brakes().await.last(), Some(&brake("many", "on")));
    world.store.close().await;
}

#[tokio::test]
async fn whoever_takes_over_goes_on_braking_and_after_a_start_so_does_everybody() {
    let world = World::new(false).await;
    let (many, _) = realms(&world).await;
    let (mut a, mut b) = (world.replica().await, world.replica().await);
    world.go_on(160, &mut [&mut a, &mut b], &many).await;
    world.go_on(120, &mut [&mut a, &mut b], &[]).await;
    assert_eq!(world.brakes().await.iter().filter(|told| **told == brake("many", "on")).count(), 1);
    a.sender.say_goodbye().await.unwrap();
    a.detector.release().await;
    let before = world.count(&many, NodeStatus::Offline).await;
    world.go_on(40, &mut [&mut b], &[]).await;
    let after = world.count(&many, NodeStatus::Offline).await;
    assert!((1..=5).contains(&(after - before)), "{before}, {after}");
    assert_eq!(world.brakes().await.iter().filter(|told| **told == brake("many", "on")).count(), 1, "told once");

    // All are away for ten minutes: nobody is called anything before the time of grace is over, and then slowly.
    b.sender.say_goodbye().await.unwrap();
    b.detector.release().await;
    world.clock.advance(Duration::from_secs(600));
    let mut c = world.replica().await;
    world.go_on(149, &mut [&mut c], &[]).await;
    assert_eq!(world.count(&many, NodeStatus::Offline).await, after);
    world.go_on(12, &mut [&mut c], &[]).await;
    assert!((after + 1..=after + 4).contains(&world.count(&many, NodeStatus::Offline).await));
    world.store.close().await;
}

#[tokio::test]
async fn who_was_told_to_come_less_often_has_longer_at_any_replica() {
    let world = World::new(false).await;
    let (mut a, mut b) = (world.replica().await, world.replica().await);
    let node = world.node().await;
    world.go_on(160, &mut [&mut a, &mut b], &[node]).await;
    assert_eq!(a.beat_told(node, 1, 60), Some(NodeStatus::Online));
    world.go_on(1, &mut [&mut a, &mut b], &[]).await;
    a.sender.say_goodbye().await.unwrap();
    a.detector.release().await;
    world.go_on(87, &mut [&mut b], &[]).await;
    assert_eq!(world.status(node).await, NodeStatus::Online, "its limit is ninety seconds, and not forty-five");
    world.go_on(5, &mut [&mut b], &[]).await;
    assert_eq!(world.status(node).await, NodeStatus::Degraded);
    world.go_on(90, &mut [&mut b], &[]).await;
    assert_eq!(world.status(node).await, NodeStatus::Offline);
    world.store.close().await;
}
