//! What a heartbeat may cost, and bring, that has something to tell or is told something.

use cpc_proto::v1;
use prost::Message;

use super::asks;
use crate::harness::{Daemon, Engine, everywhere, for_each_engine, reason};

/// The largest answer that a heartbeat may have.
const MOST_BYTES: usize = 256 * 1024;

/// Reads how many statements heartbeats have had, from the metrics.
async fn statements(daemon: &Daemon) -> u64 {
    let text = daemon.get("/metrics").await.text();
    let start = "cpcd_statements_total{cause=\"NodePing\"} ";
    text.lines().find_map(|line| line.strip_prefix(start)).map_or(0, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_that_asks_again_and_again_is_told_once() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let node = daemon.node().await;
        let labels: std::collections::HashMap<_, _> =
            (0..32).map(|number| (format!("{number:050}"), "ü".repeat(50))).collect();
        for _ in 0..100 {
            let own = v1::ResourceRequest { labels: labels.clone(), ..asks(10, 1) };
            let mut asking = daemon.registry(Some(&node.token)).await;
            asking.request_resources(own).await.unwrap();
        }
        let mut told = 0;
        everywhere(&engine, "the node is told", async || {
            let answer = daemon.say(&node, 0, Vec::new()).await;
            told += usize::from(answer.directives.is_some());
            told > 0
        })
        .await;
        let before = statements(&daemon).await;
        let mut directives = 0;
        for _ in 0..200 {
            let answer = daemon.say(&node, 0, Vec::new()).await;
            assert!(answer.encoded_len() <= MOST_BYTES, "{} bytes", answer.encoded_len());
            if let Some(told) = answer.directives {
                assert_eq!(told.given.len(), 100, "all that it is to provide for is there, whatever else is left out");
                assert!(told.is_partial);
                directives += 1;
            }
        }
        // Each replica tells it once in ten seconds, in three statements.
        let most = engine.replicas as u64;
        assert!(directives <= most, "{directives} times on {}", engine.name);
        if engine.replicas == 1 {
            let counted = statements(&daemon).await - before;
            assert!(counted <= 4, "{counted} statements for 200 heartbeats on {}", engine.name);
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_says_is_bounded() {
    // Slow, so that what may not follow soon cannot be late by itself.
    let slow = [
        ("registry.heartbeat_seconds", "90"),
        ("registry.degraded_seconds", "120"),
        ("registry.offline_seconds", "200"),
    ];
    let daemon = Daemon::start_with(&Engine::sqlite(), &slow).await;
    let node = daemon.node().await;
    let say = async |answers: Vec<v1::PartAnswer>| {
        let ping = v1::NodePing { sequence: 1, answers, ..Default::default() };
        daemon.registry(Some(&node.token)).await.heartbeat(ping).await
    };
    let answer = v1::PartAnswer { allocation_id: uuid::Uuid::now_v7().to_string(), ..Default::default() };
    let refused = say(vec![answer.clone(); 65]).await.unwrap_err();
    assert_eq!(reason(&refused), "FIELD_TOO_LONG");
    let long = v1::PartAnswer { refused: true, reason: "x".repeat(201), ..answer.clone() };
    assert_eq!(reason(&say(vec![long]).await.unwrap_err()), "FIELD_TOO_LONG");
    let unnamed = v1::PartAnswer { allocation_id: "x".into(), ..answer.clone() };
    assert_eq!(reason(&say(vec![unnamed]).await.unwrap_err()), "FIELD_INVALID");
    let before = statements(&daemon).await;
    say(vec![answer.clone(); 64]).await.unwrap();
    let counted = statements(&daemon).await - before;
    assert!(counted <= 2, "of what nobody gave it nothing is written: {counted}");
    assert_eq!(reason(&say(vec![answer]).await.unwrap_err()), "RATE_LIMITED", "once in a thirtieth of an interval");
    daemon.stop().await;
}
