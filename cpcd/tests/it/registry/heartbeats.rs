//! Heartbeats: unary, in a stream and over REST; without a statement.

use cpc_proto::v1;
use cpc_signing::Dialect;
use http::Method;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use tonic_types::StatusExt;

use crate::harness::{ADDRESS, Daemon, Engine, eventually, everywhere, for_each_engine, reason, record, within};

/// Reads how many statements a cause has had, from the metrics.
pub(super) async fn statements(daemon: &Daemon, cause: &str) -> u64 {
    let text = daemon.get("/metrics").await.text();
    let start = format!("cpcd_statements_total{{cause=\"{cause}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&start)).map_or(0, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_costs_no_statement_whatever_its_way() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let node = daemon.node().await;
        for sequence in 1..=50 {
            let answer = daemon.beat(&node.token, sequence).await.unwrap();
            assert_eq!((answer.sequence, answer.register_again), (sequence, false));
            assert_eq!(answer.status(), v1::NodeStatus::Online);
            assert!((1..=30_000).contains(&answer.next_heartbeat_ms), "{answer:?}");
        }
        let body = json!({ "sequence": "51", "used": { "memoryBytes": "5" } }).to_string();
        let answer = daemon.rest(Method::POST, "/v1/heartbeat", Some(&node.token), Some(&body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());

        let (sender, receiver) = mpsc::channel(4);
        let mut client = daemon.registry(Some(&node.token)).await;
        let mut answers = client.heartbeat_stream(ReceiverStream::new(receiver)).await.expect("a stream").into_inner();
        for sequence in 52..=100 {
            sender.send(v1::NodePing { sequence, ..Default::default() }).await.unwrap();
            let answer = within("an answer", answers.message()).await.unwrap().unwrap();
            assert_eq!(answer.sequence, sequence);
        }
        drop(sender);
        assert!(within("the end", answers.message()).await.unwrap().is_none());
        // A replica that hears of a node for the first time reads it once; the one that registered it knows it.
        let most = u64::from(engine.replicas > 1);
        for _ in 0..engine.replicas {
            let counted = statements(&daemon, "NodePing").await;
            assert!(counted <= most, "{counted} statements for 100 heartbeats on {}", engine.name);
        }
        everywhere(&engine, "what a heartbeat leaves out stays", async || {
            daemon.look(&node.id).await.unwrap().used.unwrap().memory_bytes == 5
        })
        .await;
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_heard_is_written_at_the_end() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let node = daemon.node().await;
        daemon.execute(&engine, "UPDATE nodes SET last_seen = NULL").await;
        daemon.beat(&node.token, 1).await.unwrap();
        let daemon = daemon.restart(&engine).await;
        assert_eq!(daemon.count(&engine, "SELECT count(*) FROM nodes WHERE last_seen IS NOT NULL").await, 1);
        // The token outlives the daemon, and the node is known again.
        assert!(!daemon.beat(&node.token, 2).await.unwrap().register_again);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_brings_what_is_new() {
    // With so short an interval a node may soon say something new again.
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("registry.heartbeat_seconds", "1")]).await;
    let node = daemon.node().await;
    let once = async |ping: v1::NodePing| {
        let answer = daemon.registry(Some(&node.token)).await.heartbeat(ping).await;
        answer.map(tonic::Response::into_inner).map_err(|status| reason(&status))
    };
    let beat = async |ping: v1::NodePing| {
        let mut answer = Err(String::new());
        eventually("the node may say something new", async || {
            answer = once(ping.clone()).await;
            answer.as_ref().err().is_none_or(|reason| reason != "RATE_LIMITED")
        })
        .await;
        answer
    };
    let newer = record(&node.key, 2, &["/ip4/1.1.1.1/udp/4001/quic-v1"], Dialect::Legacy);
    let capacity = Some(v1::NodeResources { cpu_millicores: 500, ..Default::default() });
    beat(v1::NodePing { sequence: 1, capacity, signed_peer_record: newer.clone(), ..Default::default() })
        .await
        .unwrap();
    let seen = daemon.look(&node.id).await.unwrap();
    assert_eq!(
        (seen.addresses, seen.capacity.unwrap().cpu_millicores),
        (vec!["/ip4/1.1.1.1/udp/4001/quic-v1".into()], 500)
    );
    let stale = record(&node.key, 1, &[ADDRESS], Dialect::Standard);
    let ping = |signed_peer_record| v1::NodePing { sequence: 2, signed_peer_record, ..Default::default() };
    assert_eq!(beat(ping(stale)).await.unwrap_err(), "RECORD_STALE");
    let foreign = record(&cpc_signing::SecretKey::generate(), 9, &[], Dialect::Standard);
    assert_eq!(beat(ping(foreign)).await.unwrap_err(), "RECORD_KEY_MISMATCH");
    let used = Some(v1::NodeResources { memory_bytes: u64::MAX, ..Default::default() });
    assert_eq!(beat(v1::NodePing { sequence: 3, used, ..Default::default() }).await.unwrap_err(), "FIELD_INVALID");
    assert_eq!(daemon.look(&node.id).await.unwrap().signed_peer_record, newer);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_said_now_and_then() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let node = daemon.node().await;
    let say = async |cpu_millicores: u64| {
        let capacity = Some(v1::NodeResources { cpu_millicores, ..Default::default() });
        let ping = v1::NodePing { sequence: 1, capacity, ..Default::default() };
        daemon.registry(Some(&node.token)).await.heartbeat(ping).await
    };
    say(1).await.unwrap();
    let refused = say(2).await.unwrap_err();
    assert_eq!(reason(&refused), "RATE_LIMITED");
    assert!(refused.get_error_details().retry_info().is_some());
    assert_eq!(daemon.look(&node.id).await.unwrap().capacity.unwrap().cpu_millicores, 1);
    daemon.beat(&node.token, 2).await.expect("that it lives may be said at any time");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_nodes_have_a_heartbeat_and_a_deleted_one_has_none() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (node, other) = (daemon.node().await, daemon.node().await);
        let admin = daemon.person("admin", &["nodes=admin"]).await;
        let refused = async |token: &str| reason(&daemon.beat(token, 1).await.unwrap_err());
        assert_eq!(refused(&admin.token).await, "PERMISSION_DENIED");
        assert_eq!(refused("nonsense").await, "TOKEN_INVALID");
        // A stream ends at once when its node is deleted.
        let (sender, receiver) = mpsc::channel(4);
        let mut client = daemon.registry(Some(&node.token)).await;
        let mut answers = client.heartbeat_stream(ReceiverStream::new(receiver)).await.unwrap().into_inner();
        sender.send(v1::NodePing { sequence: 1, ..Default::default() }).await.unwrap();
        within("an answer", answers.message()).await.unwrap().unwrap();
        let request = v1::DeleteNodeRequest { id: node.id.clone() };
        daemon.registry(Some(&admin.token)).await.delete_node(request.clone()).await.unwrap();
        assert_eq!(reason(&within("the end", answers.message()).await.unwrap_err()), "TOKEN_REVOKED");
        everywhere(&engine, "the deleted node is refused", async || {
            daemon.beat(&node.token, 1).await.is_err_and(|status| reason(&status) == "TOKEN_REVOKED")
        })
        .await;
        assert_eq!(reason(&daemon.look(&node.id).await.unwrap_err()), "NODE_NOT_FOUND");
        let again = daemon.registry(Some(&admin.token)).await.delete_node(request).await.unwrap_err();
        assert_eq!(reason(&again), "NODE_NOT_FOUND");
        daemon.beat(&other.token, 1).await.unwrap();
        // A row that went without a trace: the node must register again.
        daemon.execute(&engine, "DELETE FROM nodes").await;
        let daemon = daemon.restart(&engine).await;
        assert!(daemon.beat(&other.token, 2).await.unwrap().register_again);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_renews_the_nodes_token() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.access_token_seconds", "3")]).await;
    let mut token = daemon.node().await.token;
    let (mut renewals, mut sequence) = (0, 0);
    // Longer than two tokens last, by heartbeats alone.
    eventually("the token is renewed three times", async || {
        sequence += 1;
        let answer = daemon.beat(&token, sequence).await.expect("a token that was renewed is good");
        if let Some(fresh) = answer.tokens {
            assert!(fresh.refresh_token.is_empty());
            token = fresh.access_token;
            renewals += 1;
        }
        renewals == 3
    })
    .await;
    daemon.stop().await;
}
