//! Several replicas on one store, with or without a shared cache, in time that the test moves: all parts as they run, joined by hand.

use std::{sync::Arc, time::Duration};

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
    AllocationConfig, Config, Detector,
    brake::Realm,
    config::PrivateAddresses,
    follow,
    moment::Moment,
    rules::Rules,
    sender::Sender,
    signals::Signals,
    table::{Judged, Table},
};
use crate::Caller;

const RULES: Rules = Rules::USUAL;
const CONFIG: Config = Config {
    heartbeat_seconds: 30,
    degraded_seconds: 45,
    offline_seconds: 90,
    grace_seconds: 150,
    damping_seconds: 60,
    brake_percent: 15,
    brake_least: 5,
    brake_window_seconds: 120,
    heartbeats_per_second: 1000,
    max_addresses: 20,
    private_addresses: PrivateAddresses::Never,
    watches: 10,
    nodes_per_network: 0,
    new_nodes_per_network_per_hour: 0,
    max_nodes: 0,
    pending_nodes: 0,
    pending_seconds: 604_800,
    ephemeral_seconds: 600,
    allocations: AllocationConfig::USUAL,
};

/// Longer than anything is kept.
const KEPT: Duration = Duration::from_secs(3600);

struct World {
    store: Store,
    cache: Option<Cache>,
    clock: Clock,
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
        Self { store: Store::open(&config).await.unwrap(), cache, clock: Clock::default() }
    }

    async fn replica(&self) -> Replica {
        let (clock, table) = (self.clock.clone(), Arc::new(Table::default()));
        let (others, sender) = follow(&self.store, self.cache.clone(), &clock, &table).await.unwrap();
        let signals = others.signals.clone();
        let detector = Detector::new(&self.store, &clock, &CONFIG, table.clone(), Some(others));
        sender.say_hello().await.unwrap();
        Replica { clock, table, signals, sender, detector }
    }

    async fn node(&self) -> NodeId {
        let (id, now) = (NodeId::generate(), self.clock.now());
        let mut public_key = [0; 32];
        public_key[..16].copy_from_slice(id.uuid().as_bytes());
        let node = Node::new(id, public_key, now);
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

impl Replica {
    fn beat(&self, id: NodeId, cpu_millicores: u64) -> bool {
        let used = Some(Resources { cpu_millicores, ..Resources::default() });
        self.table.beat(id, used, || self.clock.tick(), |_| Duration::from_secs(30), &RULES).is_some()
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
        World { cache: None, store: world.store.clone(), clock: world.clock.clone() }.replica().await,
    );
    let (dies, lives) = (world.node().await, world.node().await);
    world.pass(170, &mut [&mut a, &mut b], &[dies, lives]).await;
    assert!(b.signals.is_deaf.load(std::sync::atomic::Ordering::Relaxed));
    world.pass(95, &mut [&mut a, &mut b], &[lives]).await;
    assert_eq!((world.status(dies).await, world.status(lives).await), (NodeStatus::Offline, NodeStatus::Online));
    world.store.close().await;
}
