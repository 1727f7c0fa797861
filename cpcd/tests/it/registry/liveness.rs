//! Who lives: online, degraded, offline, and the stream that tells.

use std::time::Duration;

use cpc_proto::v1::{self, watch_nodes_response::Event};
use cpc_signing::{Dialect, SecretKey};
use tonic::Streaming;

use crate::harness::{ADDRESS, Daemon, Engine, TestNode, eventually, for_each_engine, reason, record, within};

/// Thirty times as fast as usual, and without the time of grace.
const FAST: [(&str, &str); 5] = [
    ("registry.heartbeat_seconds", "1"),
    ("registry.degraded_seconds", "2"),
    ("registry.offline_seconds", "4"),
    ("registry.grace_seconds", "0"),
    ("registry.damping_seconds", "0"),
];

async fn watch(daemon: &Daemon, token: &str, cursor: &str) -> Streaming<v1::WatchNodesResponse> {
    let request = v1::WatchNodesRequest { cursor: cursor.into() };
    daemon.registry(Some(token)).await.watch_nodes(request).await.expect("a watch").into_inner()
}

async fn next(changes: &mut Streaming<v1::WatchNodesResponse>) -> v1::WatchNodesResponse {
    within("a change", changes.message()).await.unwrap().expect("the watch goes on")
}

/// Gives whose status changed, and to what.
async fn next_status(changes: &mut Streaming<v1::WatchNodesResponse>) -> (String, v1::NodeStatus) {
    match next(changes).await.event.expect("a change") {
        Event::Changed(node) => (node.id.clone(), node.status()),
        other @ (Event::DeletedId(_) | Event::Gap(_)) => panic!("{other:?}"),
    }
}

/// The same, past what is only told late: an event shows when every earlier transaction of the server has ended.
async fn next_worse(changes: &mut Streaming<v1::WatchNodesResponse>) -> (String, v1::NodeStatus) {
    loop {
        let (id, status) = next_status(changes).await;
        if status != v1::NodeStatus::Online {
            return (id, status);
        }
    }
}

async fn beat_on(daemon: &Daemon, node: &TestNode, until: impl AsyncFn() -> bool) {
    let mut sequence = 0;
    eventually("the others are judged", async || {
        sequence += 1;
        daemon.beat(&node.token, sequence).await.expect("a heartbeat");
        until().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_noticed_and_so_is_a_return() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &FAST).await;
        let reader = daemon.person("reader", &["nodes=read"]).await;
        let (alive, dead) = (daemon.node().await, daemon.node().await);
        let mut changes = watch(&daemon, &reader.token, "").await;
        let now = next(&mut changes).await;
        assert!(now.event.is_none() && !now.cursor.is_empty(), "the first says where now is");
        let is_offline = async || daemon.look(&dead.id).await.unwrap().status() == v1::NodeStatus::Offline;
        beat_on(&daemon, &alive, is_offline).await;
        assert_eq!(next_worse(&mut changes).await, (dead.id.clone(), v1::NodeStatus::Degraded));
        assert_eq!(next_status(&mut changes).await, (dead.id.clone(), v1::NodeStatus::Offline));
        let status = async |status: v1::NodeStatus| {
            let request = v1::ListNodesRequest { status: status.into(), ..Default::default() };
            let nodes =
                daemon.registry(Some(&reader.token)).await.list_nodes(request).await.unwrap().into_inner().nodes;
            nodes.into_iter().map(|node| node.id).collect::<Vec<_>>()
        };
        assert_eq!(status(v1::NodeStatus::Offline).await, std::slice::from_ref(&dead.id));
        assert_eq!(status(v1::NodeStatus::Online).await, std::slice::from_ref(&alive.id));
        // Another replica may answer than the one that judged.
        eventually("it is counted", async || {
            daemon.get("/metrics").await.text().contains("cpcd_nodes{status=\"offline\"} 1")
        })
        .await;

        daemon.beat(&dead.token, 1).await.unwrap();
        assert_eq!(next_status(&mut changes).await, (dead.id.clone(), v1::NodeStatus::Online));
        drop(changes);

        // Whoever was away meanwhile finds all of it after their cursor, in its order.
        let mut again = watch(&daemon, &reader.token, &now.cursor).await;
        assert_eq!(next_worse(&mut again).await, (dead.id.clone(), v1::NodeStatus::Degraded));
        for expected in [v1::NodeStatus::Offline, v1::NodeStatus::Online] {
            assert_eq!(next_status(&mut again).await, (dead.id.clone(), expected));
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_start_silence_proves_nothing() {
    let mut settings = FAST;
    settings[3].1 = "3600";
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &settings).await;
        let (silent, speaks) = (daemon.node().await, daemon.node().await);
        let mut sequence = 0;
        let started = std::time::Instant::now();
        // Three times as long as the silence that makes offline.
        eventually("twelve seconds have passed", async || {
            sequence += 1;
            daemon.beat(&speaks.token, sequence).await.unwrap();
            started.elapsed() > Duration::from_secs(12)
        })
        .await;
        assert_eq!(daemon.look(&silent.id).await.unwrap().status(), v1::NodeStatus::Online);
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM events WHERE kind = 'node.status'").await, 0);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_tells_of_ends_and_gaps() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let admin = daemon.person("admin", &["nodes=admin"]).await;
        let mut changes = watch(&daemon, &admin.token, "").await;
        let start = next(&mut changes).await.cursor;
        let node = daemon.node().await;
        assert_eq!(next_status(&mut changes).await.0, node.id);
        let request = v1::DeleteNodeRequest { id: node.id.clone() };
        daemon.registry(Some(&admin.token)).await.delete_node(request).await.unwrap();
        assert_eq!(next(&mut changes).await.event, Some(Event::DeletedId(node.id.clone())));
        // What came before a deletion is not told any more, the deletion is.
        let mut again = watch(&daemon, &admin.token, &start).await;
        assert_eq!(next(&mut again).await.event, Some(Event::DeletedId(node.id)));

        daemon.execute(&engine, "UPDATE event_horizon SET xid = 9000000000, id = 9000000000").await;
        let mut late = watch(&daemon, &admin.token, &start).await;
        assert!(matches!(next(&mut late).await.event, Some(Event::Gap(_))));
        for wrong in ["x", "AAAA", &start[..start.len() - 2], &start.replace(&start[..2], "__")] {
            let request = v1::WatchNodesRequest { cursor: wrong.to_owned() };
            let refused = daemon.registry(Some(&admin.token)).await.watch_nodes(request).await.unwrap_err();
            assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID", "{wrong}");
        }
        let refused = daemon.registry(None).await.watch_nodes(v1::WatchNodesRequest::default()).await.unwrap_err();
        assert_eq!(reason(&refused), "TOKEN_MISSING");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_what_a_watcher_may_see_is_gone_for_them() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let green = daemon.person("green", &["nodes=read@label:colour:green"]).await;
        let mut changes = watch(&daemon, &green.token, "").await;
        next(&mut changes).await;
        let key = SecretKey::generate();
        let register = async |seq: u64, colour: &str| {
            let mut info = daemon.node_info(&key, record(&key, seq, &[ADDRESS], Dialect::Standard)).await;
            info.labels = [("colour".to_owned(), colour.to_owned())].into();
            daemon.local_registry().await.register_node(info).await.expect("it registers").into_inner().node_id
        };
        let id = register(1, "green").await;
        assert_eq!(next_status(&mut changes).await.0, id);
        register(2, "red").await;
        assert_eq!(next(&mut changes).await.event, Some(Event::DeletedId(id.clone())));
        // What happens to it then is nothing to them, until it is green again.
        register(3, "blue").await;
        register(4, "green").await;
        assert_eq!(next_status(&mut changes).await.0, id);
        daemon.stop().await;
    })
    .await;
}
