//! What must hold in any trouble: nothing is let in twice, and nothing that was revoked.

use std::time::Duration;

use cpc_proto::v1;
use cpc_signing::SecretKey;
use futures_util::future::join_all;

use super::{cluster::Cluster, table::Place};
use crate::harness::{Daemon, Fault, Replays, eventually, reason};

const TRIALS: u64 = 12;

/// Sends one proof to every replica at once, while the links to Valkey change; gives how many took it.
async fn taken_by(cluster: &Cluster, proof: &v1::ChallengeProof) -> usize {
    let answers = join_all(cluster.daemons.iter().map(|daemon| daemon.prove(proof.clone()))).await;
    for answer in &answers {
        if let Err(status) = answer {
            assert!(matches!(reason(status).as_str(), "CHALLENGE_USED" | "CHALLENGE_INVALID"), "{status:?}");
        }
    }
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proof_is_good_twice_at_the_moment_of_valkeys_death() {
    let Some(cluster) = Cluster::start().await else { return };
    let person = cluster.called().person("alice", &[]).await;
    for trial in 0..TRIALS {
        let fault = if trial % 2 == 0 { Fault::Down } else { Fault::HalfOpen };
        let proof = cluster.called().proof(&person.key).await;
        // The moment wanders: from before the proofs arrive to after they are judged.
        let die = async {
            tokio::time::sleep(Duration::from_millis(trial)).await;
            cluster.fail(Place::Valkey, fault).await;
        };
        let (first, ()) = tokio::join!(taken_by(&cluster, &proof), die);
        assert_eq!(first, 1, "trial {trial}: exactly one replica takes it, with Valkey dying");
        assert_eq!(taken_by(&cluster, &proof).await, 0, "trial {trial}: it was taken before Valkey died");
        let during = cluster.called().proof(&person.key).await;
        assert_eq!(taken_by(&cluster, &during).await, 1, "trial {trial}: exactly one takes it without Valkey");
        let (again, ()) = tokio::join!(taken_by(&cluster, &during), cluster.mend(Place::Valkey, fault));
        assert_eq!(again, 0, "trial {trial}: it was taken before Valkey came back");
        assert_eq!(taken_by(&cluster, &proof).await, 0, "trial {trial}: nor is the first good again");
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_replays_one_is_taken_whatever_becomes_of_valkey() {
    let Some(cluster) = Cluster::start().await else { return };
    let person = cluster.called().person("alice", &[]).await;
    let channels = join_all(cluster.daemons.iter().map(Daemon::channel)).await;
    let proof = async || cluster.called().proof(&person.key).await;
    let replays = Replays::send(&proof().await, &channels, 1000);
    assert_eq!(replays.opened().await, 1, "with Valkey up");
    let dying = proof().await;
    let before = Replays::send(&dying, &channels, 500);
    cluster.fail(Place::Valkey, Fault::Down).await;
    assert_eq!(before.and(Replays::send(&dying, &channels, 500)).opened().await, 1, "with Valkey dying in between");
    let replays = Replays::send(&proof().await, &channels, 1000);
    assert_eq!(replays.opened().await, 1, "with Valkey down");
    assert_eq!(Replays::send(&dying, &channels, 30).opened().await, 0, "what was taken stays taken");
    cluster.stop().await;
}

/// Tells whether a daemon takes a token; what it cannot judge it does not take.
async fn takes(daemon: &Daemon, token: &str) -> bool {
    daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await.is_ok()
}

/// Tells whether a daemon knows that a token is revoked, or believes none any more: that begins five seconds after it last heard.
async fn heeds(daemon: &Daemon, token: &str) -> bool {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
    let status = daemon.admin().await.get_status(v1::GetStatusRequest {}).await.expect("a status").into_inner();
    answer.is_err_and(|refused| reason(&refused) == "TOKEN_REVOKED") || status.revocations_age_ms >= 5_000
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_stays_refused_through_every_trouble() {
    let Some(cluster) = Cluster::start().await else { return };
    let person = cluster.called().person("alice", &[]).await;
    let mut revoked = Vec::new();
    for (place, fault) in [
        (Place::Valkey, Fault::Down),
        (Place::Valkey, Fault::HalfOpen),
        (Place::OpenSearch, Fault::HalfOpen),
        (Place::OfAnother, Fault::Down),
        (Place::OfAnother, Fault::HalfOpen),
    ] {
        let token = cluster.called().session(&person.key).await.access_token;
        for daemon in &cluster.daemons {
            assert!(takes(daemon, &token).await, "every replica knows the token before {fault:?} of {place:?}");
        }
        cluster.fail(place, fault).await;
        let mut identity = cluster.called().identity(Some(&token)).await;
        identity.logout(v1::LogoutRequest {}).await.expect("a logout needs SQL alone");
        assert!(!takes(cluster.called(), &token).await, "at once where it was done");
        for daemon in &cluster.daemons {
            eventually(&format!("it is heeded with {fault:?} of {place:?}"), async || heeds(daemon, &token).await)
                .await;
        }
        revoked.push(token);
        for token in &revoked {
            for daemon in &cluster.daemons {
                assert!(!takes(daemon, token).await, "it stays refused with {fault:?} of {place:?}");
            }
        }
        cluster.mend(place, fault).await;
        let fresh = cluster.called().session(&person.key).await.access_token;
        for daemon in &cluster.daemons {
            eventually("each replica takes a good token again", async || {
                for token in &revoked {
                    assert!(!takes(daemon, token).await, "nor does it come back after {fault:?} of {place:?}");
                }
                takes(daemon, &fresh).await
            })
            .await;
        }
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_store_opens_no_door() {
    let Some(cluster) = Cluster::start().await else { return };
    let daemon = cluster.called();
    let reader = daemon.person("reader", &["content=read"]).await;
    let stranger = SecretKey::generate();
    for fault in [Fault::Down, Fault::HalfOpen] {
        cluster.fail(Place::Postgres, fault).await;
        // Neither who may not, nor who is nobody, nor a forged token gets further than when all is well.
        let mut identity = daemon.identity(Some(&reader.token)).await;
        let refused = identity.list_users(v1::ListUsersRequest::default()).await.unwrap_err();
        assert!(matches!(reason(&refused).as_str(), "PERMISSION_DENIED" | "ENGINE_AWAY"), "{refused:?}");
        let refused = daemon.login(&stranger).await.unwrap_err();
        assert_eq!(reason(&refused), "ENGINE_AWAY");
        let forged = format!("{}x", reader.token);
        let mut identity = daemon.identity(Some(&forged)).await;
        let refused = identity.get_caller(v1::GetCallerRequest {}).await.unwrap_err();
        assert_eq!(reason(&refused), "TOKEN_INVALID");
        cluster.mend(Place::Postgres, fault).await;
        eventually("the store is back", async || {
            takes(daemon, &reader.token).await && daemon.login(&reader.key).await.is_ok()
        })
        .await;
    }
    cluster.stop().await;
}
