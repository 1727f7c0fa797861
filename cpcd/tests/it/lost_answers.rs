//! Answers of PostgreSQL that are lost, in commits above all, and clients who ask again: nothing is there twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use cpc_proto::v1;
use cpc_signing::{Dialect, SecretKey};
use futures_util::future::join_all;
use tonic::{Code, Status};

use crate::{
    harness::{ADDRESS, Daemon, Engine, eventually, for_each_engine, reason, record, within},
    toxiproxy::Proxy,
};

const CLIENTS: usize = 6;
const EACH: usize = 12;

/// What the clients and the one who disturbs them know of each other.
#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    /// Calls that were answered.
    answered: AtomicU32,
    /// Commits of which nobody knew.
    lost: AtomicU32,
}

/// Ends the disturbance with the test, however that ends.
struct Over(Arc<Shared>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

/// Breaks the link again and again; gives how often. After each time some calls must have been answered.
fn disturb(proxy: &Proxy, shared: &Shared) -> u32 {
    let mut rounds = 0;
    while !shared.is_over.load(Ordering::Relaxed) {
        // Now the connections are reset, now the answers alone go nowhere: most commits are then under way.
        let is_reset = rounds % 2 == 0;
        if is_reset {
            proxy.cut()
        } else {
            proxy.halt_answers()
        }
        std::thread::park_timeout(Duration::from_millis(if is_reset { 30 } else { 700 }));
        proxy.heal();
        let before = shared.answered.load(Ordering::Relaxed);
        while shared.answered.load(Ordering::Relaxed) < before + 5 && !shared.is_over.load(Ordering::Relaxed) {
            std::thread::park_timeout(Duration::from_millis(5));
        }
        rounds += 1;
    }
    rounds
}

/// Asks again while the answer is one that trying again is worth.
async fn until_answered<T>(shared: &Shared, mut ask: impl AsyncFnMut() -> Result<T, Status>) -> Result<T, Status> {
    loop {
        match ask().await {
            Err(status) if matches!(status.code(), Code::Unavailable | Code::Aborted | Code::DeadlineExceeded) => {
                if reason(&status) == "OUTCOME_UNKNOWN" {
                    shared.lost.fetch_add(1, Ordering::Relaxed);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => {
                shared.answered.fetch_add(1, Ordering::Relaxed);
                return other;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_again_after_a_lost_answer_gets_one_of_everything() {
    for_each_engine(async |engine| {
        if engine.url.is_empty() || engine.replicas > 1 {
            return;
        }
        let (head, rest) = engine.url.split_once('@').unwrap();
        let (target, path) = rest.split_once('/').unwrap();
        let Some(proxy) = Proxy::start(target) else { return };
        let behind = Engine { url: format!("{head}@{}/{path}", proxy.address), ..engine.clone() };
        let daemon = Daemon::start_with(&behind, &[("store.away_after_ms", "500")]).await;
        let alice = daemon.person("alice", &["content=write", "nodes=write", "allocations=write"]).await;
        daemon.node().await;
        let (shared, proxy) = (Arc::new(Shared::default()), Arc::new(proxy));
        let over = Over(shared.clone());
        let nemesis = {
            let (shared, proxy) = (shared.clone(), proxy.clone());
            tokio::task::spawn_blocking(move || disturb(&proxy, &shared))
        };
        let clients = (0..CLIENTS).map(|client| {
            let (daemon, token, shared) = (&daemon, alice.token.clone(), &*shared);
            async move {
                let mut ids = Vec::new();
                for number in 0..EACH {
                    let request_id = format!("request {client} {number}");
                    let content = v1::ContentMetadata { title: "a title".into(), request_id, ..Default::default() };
                    let mut discovery = daemon.discovery(Some(&token)).await;
                    let published = until_answered(shared, async || discovery.publish_content(content.clone()).await);
                    ids.push(published.await.unwrap().into_inner().content.unwrap().id);
                    let lease = v1::ResourceRequest {
                        resources: Some(v1::NodeResources { cpu_millicores: 1, ..Default::default() }),
                        request_id: format!("lease {client} {number}"),
                        ..Default::default()
                    };
                    let mut registry = daemon.registry(Some(&token)).await;
                    let leased = until_answered(shared, async || registry.request_resources(lease.clone()).await);
                    assert_eq!(leased.await.unwrap().into_inner().parts.len(), 1);
                    if number % 4 == 0 {
                        // A node that hears nothing registers again, with a new challenge.
                        let key = SecretKey::generate();
                        let signed = record(&key, 1, &[ADDRESS], Dialect::Standard);
                        let mut registry = daemon.registry(Some(&token)).await;
                        let registered = until_answered(shared, async || {
                            let proof = daemon.proof_for(&key, v1::SubjectKind::Node, v1::ChallengePurpose::Register);
                            let info = v1::NodeInfo {
                                signed_peer_record: signed.clone(),
                                proof: Some(proof.await),
                                ..Default::default()
                            };
                            registry.register_node(info).await
                        });
                        registered.await.unwrap();
                    }
                }
                ids
            }
        });
        let ids = within("all clients end", join_all(clients.collect::<Vec<_>>())).await;
        let mut ids: Vec<_> = ids.into_iter().flatten().collect();
        // One proof, sent until there is an answer, opens one session at most.
        let mut opened = 0;
        for _ in 0..6 {
            let proof = daemon.proof(&alice.key).await;
            match until_answered(&shared, async || daemon.prove(proof.clone()).await).await {
                Ok(_) => opened += 1,
                Err(status) => assert_eq!(reason(&status), "CHALLENGE_USED"),
            }
        }
        drop(over);
        let rounds = nemesis.await.unwrap();
        proxy.heal();
        eventually("the store is back", async || daemon.get("/readyz").await.status == 200).await;
        let nowhere = std::path::Path::new("");
        let count = async |query| engine.count(nowhere, query).await;
        let wanted = i64::try_from(CLIENTS * EACH).unwrap();
        assert_eq!(count("SELECT count(*) FROM content").await, wanted, "one of each");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CLIENTS * EACH, "each acknowledged under an id of its own");
        for id in &ids {
            let query = format!("SELECT count(*) FROM content WHERE id = '{id}'");
            assert_eq!(engine.count(nowhere, &query).await, 1, "acknowledged and lost: {id}");
        }
        assert_eq!(count("SELECT count(*) FROM nodes").await, 1 + i64::try_from(CLIENTS * EACH.div_ceil(4)).unwrap());
        assert_eq!(count("SELECT count(*) FROM allocations").await, wanted, "one lease for each request");
        assert_eq!(
            count("SELECT sum(granted_cpu)::BIGINT FROM nodes").await,
            wanted,
            "and nothing granted beside them"
        );
        assert_eq!(count("SELECT sum(cpu)::BIGINT FROM allocation_owners").await, wanted);
        let sessions = count("SELECT count(*) FROM sessions WHERE subject_kind = 'user'").await;
        assert!((1 + opened..=1 + 6).contains(&sessions), "{opened} answered, {sessions} there");
        eprintln!(
            "{rounds} faults, {} commits without an answer; {} acknowledged, 0 lost, 0 twice",
            shared.lost.load(Ordering::Relaxed),
            ids.len()
        );
        daemon.stop().await;
    })
    .await;
}
