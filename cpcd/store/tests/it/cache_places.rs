//! Where Valkey can be: a cluster, a primary that sentinels name, behind TLS.

use std::{process::Command, time::Duration};

use cpcd_store::{
    Cache,
    cache::{Config, LogPosition, Signal},
};

use crate::{
    harness::eventually,
    valkey::{self, Server, until},
};

const LONG: Duration = Duration::from_secs(600);

/// Starts three primaries that share the slots.
fn cluster() -> Option<[Server; 3]> {
    let start = || {
        let bus = valkey::free_port().to_string();
        let server = Server::start(&["--cluster-enabled", "yes", "--cluster-port", &bus])?;
        Some((server, bus))
    };
    let servers = [start()?, start()?, start()?];
    for (number, (server, _)) in servers.iter().enumerate() {
        let (first, last) = (number * 16_384 / 3, (number + 1) * 16_384 / 3 - 1);
        server.ask::<()>(&["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()]);
        server.ask::<()>(&["CLUSTER", "SET-CONFIG-EPOCH", &(number + 1).to_string()]);
    }
    for (other, bus) in &servers[1..] {
        servers[0].0.ask::<()>(&["CLUSTER", "MEET", "127.0.0.1", &other.port.to_string(), bus]);
    }
    for (server, _) in &servers {
        until("the cluster is whole", || {
            server.ask::<String>(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
                && server.ask::<String>(&["CLUSTER", "INFO"]).contains("cluster_known_nodes:3")
        });
    }
    Some(servers.map(|(server, _)| server))
}

fn cluster_url(servers: &[Server]) -> String {
    format!("valkey+cluster://{}", servers.iter().map(Server::place).collect::<Vec<_>>().join(","))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_does_all_that_one_server_does() {
    let Some(servers) = cluster() else { return };
    let config = valkey::config(&cluster_url(&servers));
    let cache = Cache::open(&config).await.unwrap();
    cache.ping().await.unwrap();
    let keys: Vec<_> = (0..3_000_u16).map(|n| format!("many:{n}")).collect();
    let values = keys.iter().zip(0_u16..).map(|(key, n)| (key.clone(), n.to_le_bytes().to_vec()));
    cache.set_many(values.collect(), LONG).await.unwrap();
    let found = cache.get_many(&keys).await.unwrap();
    assert!((0_u16..).zip(found).all(|(n, value)| value == Some(n.to_le_bytes().to_vec())));
    for server in &servers {
        let count: usize = server.ask(&["DBSIZE"]);
        assert!((500..2_000).contains(&count), "each has its part: {count}");
    }
    assert!(cache.set_if_absent("once", vec![1], LONG).await.unwrap());
    assert!(!cache.set_if_absent("once", vec![2], LONG).await.unwrap());
    cache.delete("once").await.unwrap();
    assert_eq!(cache.get("once").await.unwrap(), None);
    for n in 0..10 {
        cache.append("log", vec![n], 100).await.unwrap();
    }
    let log = cache.read_log("log", Some(&LogPosition::default()), 100).await.unwrap();
    assert_eq!(log.len(), 10);
    assert_eq!(cache.newest_of_log("log").await.unwrap(), log[9].0);
    // What is told to one server is heard on another.
    let other = Cache::open(&Config { url: cluster_url(&servers[1..]), ..config }).await.unwrap();
    let mut subscription = other.subscribe("channel");
    assert_eq!(subscription.next().await, Signal::Reconnected);
    cache.publish("channel", vec![7]).await.unwrap();
    assert_eq!(subscription.next().await, Signal::Message(vec![7]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_follow_slots_that_have_moved() {
    let Some(servers) = cluster() else { return };
    let cache = Cache::open(&valkey::config(&cluster_url(&servers))).await.unwrap();
    // All of the first server's slots go to the second; nothing is in them yet.
    let id: String = servers[1].ask(&["CLUSTER", "MYID"]);
    for slot in 0..16_384 / 3 {
        for server in [&servers[1], &servers[0], &servers[2]] {
            server.ask::<()>(&["CLUSTER", "SETSLOT", &slot.to_string(), "NODE", &id]);
        }
    }
    let values: Vec<_> = (0..300_u16).map(|n| (format!("key:{n}"), n.to_le_bytes().to_vec())).collect();
    let keys: Vec<_> = values.iter().map(|(key, _)| key.clone()).collect();
    for _ in 0..2 {
        cache.set_many(values.clone(), LONG).await.unwrap();
        let found = cache.get_many(&keys).await.unwrap();
        assert!(found.iter().zip(&values).all(|(found, (_, value))| found.as_ref() == Some(value)));
    }
    assert_eq!(servers[0].ask::<usize>(&["DBSIZE"]), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_lost_a_server_is_away_and_takes_up_again() {
    let Some(mut servers) = cluster() else { return };
    let cache = Cache::open(&valkey::config(&cluster_url(&servers))).await.unwrap();
    let mut subscription = cache.subscribe("channel");
    assert_eq!(subscription.next().await, Signal::Reconnected);
    servers[0].kill();
    eventually("it is known to be away", async || !cache.state().is_connected).await;
    servers[0].start_again();
    eventually("it is back", async || {
        let values = (0..30).map(|n| (format!("key:{n}"), vec![n])).collect();
        cache.set_many(values, LONG).await.is_ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_primary_is_found_through_the_sentinels() {
    let Some(mut primary) = Server::start(&[]) else { return };
    let port = primary.port.to_string();
    let Some(replica) = Server::start(&["--replicaof", "127.0.0.1", &port]) else { return };
    let sentinels: Vec<_> = (0..3).filter_map(|_| Server::sentinel(primary.port)).collect();
    for sentinel in &sentinels {
        until("the sentinels know each other and the replica", || {
            let known: Vec<Vec<String>> = sentinel.ask(&["SENTINEL", "SENTINELS", "main"]);
            let replicas: Vec<Vec<String>> = sentinel.ask(&["SENTINEL", "REPLICAS", "main"]);
            known.len() == 2 && replicas.len() == 1
        });
    }
    // The first of the sentinels is not there at all.
    let places = sentinels.iter().map(Server::place).collect::<Vec<_>>().join(",");
    let url = format!("valkey+sentinel://127.0.0.1:{},{places}/main", valkey::free_port());
    let cache = Cache::open(&valkey::config(&url)).await.unwrap();
    let mut subscription = cache.subscribe("channel");
    assert_eq!(subscription.next().await, Signal::Reconnected);
    cache.set("key", vec![1], LONG).await.unwrap();
    assert_eq!(primary.ask::<usize>(&["DBSIZE"]), 1);
    until("the replica has it", || replica.ask::<usize>(&["DBSIZE"]) == 1);

    primary.kill();
    eventually("it is known to be away", async || !cache.state().is_connected).await;
    eventually("the replica is the primary", async || cache.set("key", vec![2], LONG).await.is_ok()).await;
    assert_eq!(cache.get("key").await.unwrap(), Some(vec![2]));
    assert_eq!(subscription.next().await, Signal::Reconnected);
    cache.publish("channel", vec![3]).await.unwrap();
    assert_eq!(subscription.next().await, Signal::Message(vec![3]));

    // A primary that goes on answering, but that the sentinels have replaced.
    primary.start_again();
    until("the old primary is a replica", || says(&primary, "master_link_status:up"));
    until("the sentinels take an order", || {
        sentinels[0].try_ask::<String>(&["SENTINEL", "FAILOVER", "main"]).is_some()
    });
    eventually("the first one is the primary again", async || {
        let _ = cache.set("third", vec![4], LONG).await;
        let has_third = primary.try_ask::<usize>(&["EXISTS", &format!("{}:third", cache.prefix())]) == Some(1);
        has_third && says(&primary, "role:master")
    })
    .await;
}

fn says(server: &Server, what: &str) -> bool {
    server.try_ask::<String>(&["INFO", "replication"]).is_some_and(|info| info.contains(what))
}

#[tokio::test]
async fn tls_trusts_the_named_authority_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (file("server.crt"), file("server.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", &key, "-out", &certificate])
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        assert_ne!(std::env::var("CPC_TEST_REQUIRE").as_deref(), Ok("all"), "openssl does not make a certificate");
        eprintln!("SKIPPED: openssl does not make a certificate");
        return;
    }
    let port = valkey::free_port();
    let tls = ["--tls-port", &port.to_string(), "--tls-cert-file", &certificate, "--tls-key-file", &key];
    let arguments = [&tls[..], &["--tls-auth-clients", "no", "--tls-ca-cert-file", &certificate]].concat();
    let Some(_server) = Server::start(&arguments) else { return };
    let config = valkey::config(&format!("valkeys://localhost:{port}"));
    let trusting = Cache::open(&Config { ca_file: certificate, ..config.clone() }).await.unwrap();
    trusting.set("key", vec![1], LONG).await.unwrap();
    let mut subscription = trusting.subscribe("channel");
    assert_eq!(subscription.next().await, Signal::Reconnected);
    let doubting = Cache::open(&Config { connect_timeout_ms: 500, ..config }).await.unwrap();
    assert!(doubting.ping().await.is_err(), "the system's authorities did not sign it");
}
