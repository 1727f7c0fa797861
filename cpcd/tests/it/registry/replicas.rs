//! Several daemons on one PostgreSQL, with and without Valkey: nodes speak to any of them, and none of them is mistaken.

use std::time::{Duration, Instant};

use cpc_proto::v1::{self, watch_nodes_response::Event};
use cpcd::settings::Settings;

use crate::{
    harness::{Daemon, Engine, TestNode, eventually, for_each_engine, within},
    process::Process,
    toxiproxy::Proxy,
    valkey,
};

/// Times that are short, and long enough for a busy machine.
const SETTINGS: [(&str, &str); 5] = [
    ("registry.heartbeat_seconds", "2"),
    ("registry.degraded_seconds", "10"),
    ("registry.offline_seconds", "15"),
    ("registry.grace_seconds", "10"),
    ("registry.damping_seconds", "0"),
];

type Setting<'a> = (&'static str, &'a str);

/// Runs a test on PostgreSQL, if there is one.
async fn on_postgres(test: impl AsyncFn(Engine)) {
    for_each_engine(async |engine: Engine| {
        // SQLite has one daemon.
        if !engine.url.is_empty() {
            test(engine).await;
        }
    })
    .await;
}

/// Starts so many daemons with one root key.
async fn daemons(engine: &Engine, count: usize, more: &[Setting<'_>]) -> Vec<Daemon> {
    let settings = [&SETTINGS[..], more].concat();
    let first = Daemon::start_with(engine, &settings).await;
    let root_key = first.root_key().display().to_string();
    let mut daemons = vec![first];
    for _ in 1..count {
        let settings = [&settings[..], &[("server.root_key_file", root_key.as_str())]].concat();
        daemons.push(Daemon::start_with(engine, &settings).await);
    }
    daemons
}

/// Nodes that send heartbeats to one daemon after the other.
struct Fleet<'a> {
    daemons: Vec<&'a Daemon>,
    nodes: Vec<&'a TestNode>,
    sequence: u64,
}

impl Fleet<'_> {
    /// Sends a heartbeat of each, each to the next daemon.
    async fn beat(&mut self) {
        self.sequence += 1;
        for (number, node) in self.nodes.iter().enumerate() {
            let turn = (usize::try_from(self.sequence).unwrap() + number) % self.daemons.len();
            let beaten = self.daemons[turn].beat(&node.token, self.sequence).await.expect("a heartbeat");
            assert!(!beaten.register_again, "every daemon knows every node");
            assert_eq!(beaten.status(), v1::NodeStatus::Online);
        }
    }

    /// Goes on until a condition holds.
    async fn beat_until(&mut self, what: &str, condition: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(180);
        loop {
            self.beat().await;
            if condition().await {
                return;
            }
            assert!(Instant::now() < deadline, "not within three minutes: {what}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

async fn is_offline(daemon: &Daemon, id: &str) -> bool {
    daemon.look(id).await.expect("it is there").status() == v1::NodeStatus::Offline
}

/// Gives whose status changed from a cursor on, until one is offline.
async fn changes(daemon: &Daemon, token: &str, cursor: &str, until: &str) -> Vec<(String, v1::NodeStatus)> {
    let request = v1::WatchNodesRequest { cursor: cursor.into() };
    let mut stream = daemon.registry(Some(token)).await.watch_nodes(request).await.expect("a watch").into_inner();
    let mut changes = Vec::new();
    loop {
        let change = within("a change", stream.message()).await.expect("a change").expect("the watch goes on");
        match change.event {
            Some(Event::Changed(node)) => changes.push((node.id.clone(), node.status())),
            other => panic!("{other:?}"),
        }
        if changes.last().is_some_and(|(id, status)| id == until && *status == v1::NodeStatus::Offline) {
            return changes;
        }
    }
}

async fn cursor(daemon: &Daemon, token: &str) -> String {
    let request = v1::WatchNodesRequest::default();
    let mut stream = daemon.registry(Some(token)).await.watch_nodes(request).await.expect("a watch").into_inner();
    within("the first answer", stream.message()).await.expect("an answer").expect("an answer").cursor
}

/// One that dies is found, those who go from daemon to daemon are not touched, and every daemon says the same.
async fn the_dead_are_told_from_the_living(engine: &Engine, more: &[Setting<'_>], in_the_middle: impl Fn()) {
    let all = daemons(engine, 3, more).await;
    let reader = all[0].person("reader", &["nodes=read"]).await;
    let (one, other, dies) = (all[0].node().await, all[1].node().await, all[2].node().await);
    for daemon in &all {
        // Events show when every earlier transaction of the server has ended.
        eventually("each daemon knows each node", async || {
            let counted = daemon.get("/metrics").await.text();
            counted.contains("cpcd_nodes{status=\"online\"} 3")
        })
        .await;
    }
    let from = cursor(&all[2], &reader.token).await;
    let mut fleet = Fleet { daemons: all.iter().collect(), nodes: vec![&one, &other, &dies], sequence: 0 };
    for _ in 0..12 {
        fleet.beat().await;
    }
    fleet.nodes.pop();
    in_the_middle();
    for daemon in &all {
        let shown = fleet.sequence;
        fleet
            .beat_until("what a node said elsewhere is shown", async || {
                let node = daemon.look(&one.id).await.unwrap();
                node.used.is_some_and(|used| used.cpu_millicores > shown) && node.last_seen.is_some()
            })
            .await;
    }
    fleet.beat_until("the dead node is offline", async || is_offline(&all[1], &dies.id).await).await;
    for daemon in [&all[0], &all[2]] {
        fleet.beat_until("everywhere", async || is_offline(daemon, &dies.id).await).await;
    }
    // From the same place each daemon tells the same.
    for daemon in &all {
        let told = changes(daemon, &reader.token, &from, &dies.id).await;
        assert!(told.iter().all(|(id, _)| *id == dies.id), "{told:?}");
        assert!(told.len() <= 2, "degraded and offline: {told:?}");
    }
    let request = v1::DeleteNodeRequest { id: one.id.clone() };
    all[0].local_registry().await.delete_node(request).await.unwrap();
    for daemon in &all {
        eventually("nobody answers who was deleted", async || daemon.beat(&one.token, 1).await.is_err()).await;
    }
    for daemon in all {
        daemon.stop().await;
    }
    assert_eq!(
        engine.count(std::path::Path::new(""), "SELECT count(*) FROM liveness_replicas").await,
        0,
        "all have said goodbye"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_speak_to_any_daemon_without_a_cache() {
    on_postgres(async |engine| the_dead_are_told_from_the_living(&engine, &[], || {}).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_speak_to_any_daemon_with_a_cache_that_goes_away() {
    let Some(url) = valkey::shared() else { return };
    let Some(proxy) = Proxy::start(&valkey::place(&url)) else { return };
    on_postgres(async |engine| {
        let (through, prefix) = (format!("valkey://{}", proxy.address), valkey::config(&url).prefix);
        let cache = [("cache.url", through.as_str()), ("cache.prefix", prefix.as_str())];
        the_dead_are_told_from_the_living(&engine, &cache, || proxy.cut()).await;
        valkey::clear(&url, &prefix);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_that_judges_may_be_killed() {
    on_postgres(async |engine| {
        let folder = tempfile::tempdir().unwrap();
        let environment = |(key, value): &Setting<'_>| {
            (format!("CPCD_{}", key.to_uppercase().replace('.', "__")), (*value).to_owned())
        };
        let root_key = folder.path().join("root.key").display().to_string();
        let initial = Settings::load(None, &[("server.root_key_file", Some(root_key.clone()))]).unwrap();
        cpcd::init(&initial).unwrap();
        let settings =
            [&SETTINGS[..], &[("store.url", engine.url.as_str()), ("server.root_key_file", &root_key)]].concat();
        let settings: Vec<_> = settings.iter().map(environment).collect();
        let settings: Vec<_> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        // It is alone, so it judges.
        let judges = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
        let holder = "SELECT count(*) FROM leases WHERE name = 'detector' AND expires_at > now()";
        let count = async |query: &str| engine.count(folder.path(), query).await;
        eventually("it holds the lease", async || count(holder).await == 1).await;
        let more = [&SETTINGS[..], &[("server.root_key_file", root_key.as_str())]].concat();
        let survivors = [Daemon::start_with(&engine, &more).await, Daemon::start_with(&engine, &more).await];
        let (lives, dies) = (survivors[0].node().await, survivors[1].node().await);
        let mut fleet = Fleet { daemons: survivors.iter().collect(), nodes: vec![&lives], sequence: 0 };
        let knows_both =
            async |daemon: &Daemon| daemon.get("/metrics").await.text().contains("cpcd_nodes{status=\"online\"} 2");
        for daemon in &survivors {
            fleet.beat_until("each daemon knows each node", async || knows_both(daemon).await).await;
        }
        judges.kill();
        fleet.beat_until("another judges", async || is_offline(&survivors[0], &dies.id).await).await;
        let changed = format!("SELECT count(*) FROM events WHERE kind = 'node.status' AND subject_id = '{}'", lives.id);
        assert_eq!(count(&changed).await, 0, "who lives was never taken for anything else");
        assert!(count("SELECT epoch FROM leases WHERE name = 'detector'").await >= 2, "the lease went on");
        for daemon in survivors {
            daemon.stop().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_root_key_does_not_open_the_store() {
    on_postgres(async |engine| {
        let daemon = Daemon::start(&engine).await;
        let folder = tempfile::tempdir().unwrap();
        let Err(refused) = Daemon::bind(&engine, folder.path(), &[]).await else { panic!("it starts") };
        let text = format!("{refused:#}");
        assert!(text.contains("root key"), "{text}");
        daemon.stop().await;
    })
    .await;
}
