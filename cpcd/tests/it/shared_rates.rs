//! Limits of logins that replicas share by the cache: together they let in what one would, and each its part while they cannot hear.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use cpc_proto::{clients::identity_service_client::IdentityServiceClient, v1};
use cpc_signing::SecretKey;
use tonic::transport::Channel;
use tonic_types::StatusExt;

use crate::{
    harness::{Daemon, Engine, eventually, for_each_engine, reason},
    valkey::Server,
};

const REPLICAS: usize = 3;

/// Replicas on one PostgreSQL and a Valkey of their own.
struct Stage {
    daemons: Vec<Daemon>,
    clients: Vec<IdentityServiceClient<Channel>>,
    cache: Server,
}

impl Stage {
    async fn start(engine: &Engine, login: &[(&'static str, &str)]) -> Option<Self> {
        let cache = Server::start(&[])?;
        let url = cache.url();
        let mut settings = vec![("limits.limit_loopback", "true"), ("cache.url", url.as_str())];
        settings.extend(login);
        let first = Daemon::start_with(engine, &settings).await;
        let root_key = first.root_key().display().to_string();
        settings.push(("server.root_key_file", root_key.as_str()));
        let mut daemons = vec![first];
        for _ in 1..REPLICAS {
            daemons.push(Daemon::start_with(engine, &settings).await);
        }
        let mut clients = Vec::new();
        for daemon in &daemons {
            clients.push(IdentityServiceClient::new(daemon.channel().await));
        }
        let stage = Self { daemons, clients, cache };
        stage.all_hear(1).await;
        Some(stage)
    }

    /// Waits until the limits are divided into so many parts everywhere, and each is heard by all.
    async fn all_hear(&self, parts: usize) {
        let told = format!("cpcd_rates_parts {parts}\n");
        for daemon in &self.daemons {
            eventually("it is as it should be", async || daemon.get("/metrics").await.text().contains(&told)).await;
        }
        if parts == 1 {
            eventually("each hears", async || {
                let heard: Option<HashMap<String, usize>> =
                    self.cache.try_ask(&["PUBSUB", "NUMSUB", "cpc:rates:taken"]);
                heard.is_some_and(|heard| heard.values().any(|count| *count == REPLICAS))
            })
            .await;
        }
    }

    /// Asks one replica after the other for a challenge for a key, for so long; gives how often one was let in.
    async fn ask(&mut self, key: &SecretKey, time: Duration) -> (u32, f64) {
        let (began, mut let_in) = (Instant::now(), 0);
        while began.elapsed() < time {
            for client in &mut self.clients {
                match client.authenticate(begin(key)).await {
                    Ok(_) => let_in += 1,
                    Err(status) => refused(&status),
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        (let_in, began.elapsed().as_secs_f64())
    }

    async fn stop(self) {
        for daemon in self.daemons {
            daemon.stop().await;
        }
    }
}

fn begin(key: &SecretKey) -> v1::AuthRequest {
    let begin = v1::ChallengeRequest {
        public_key: key.public().as_bytes().to_vec(),
        kind: v1::SubjectKind::User.into(),
        purpose: v1::ChallengePurpose::Login.into(),
    };
    v1::AuthRequest { step: Some(v1::auth_request::Step::Begin(begin)) }
}

/// Sees to it that a refusal says of what, and when to come back.
fn refused(status: &tonic::Status) {
    assert_eq!(reason(status), "RATE_LIMITED");
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["limit"], "key");
    assert!(details.retry_info().unwrap().retry_delay.unwrap() > Duration::ZERO, "it says when");
}

/// Runs a test where there are PostgreSQL and Valkey.
async fn with_servers(test: impl AsyncFn(Engine)) {
    for_each_engine(async |engine: Engine| {
        // SQLite has one daemon; where there are three already, each would be nine.
        if engine.name == "postgres" {
            test(engine).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_let_in_together_what_the_limit_says() {
    with_servers(async |engine| {
        let Some(mut stage) = Stage::start(&engine, &[("rates.login.key", "10/20")]).await else { return };
        let key = SecretKey::generate();
        // Each has a whole bucket at first, and has not heard of the others.
        let (let_in, seconds) = stage.ask(&key, Duration::from_secs(2)).await;
        let most = 10.0 * seconds + 20.0 + 2.0 * 20.0;
        assert!(f64::from(let_in) <= most, "{let_in} in {seconds} s");
        // From then on it is the limit, and at most one more of each other replica that has not heard of the last one yet.
        let (let_in, seconds) = stage.ask(&key, Duration::from_secs(3)).await;
        eprintln!("{REPLICAS} replicas let in {let_in} in {seconds:.1} s, of a limit of 10 a second");
        assert!(f64::from(let_in) <= 10.0 * seconds + 4.0, "{let_in} in {seconds} s");
        let other = SecretKey::generate();
        assert!(stage.clients[0].authenticate(begin(&other)).await.is_ok(), "another key is let in");

        // Without the cache each lets in a third.
        stage.cache.kill();
        stage.all_hear(REPLICAS).await;
        stage.ask(&key, Duration::from_secs(1)).await;
        let (let_in, seconds) = stage.ask(&key, Duration::from_secs(3)).await;
        eprintln!("without Valkey they let in {let_in} in {seconds:.1} s");
        assert!(f64::from(let_in) <= 10.0 * seconds + 4.0, "{let_in} in {seconds} s");
        assert!(let_in > 0, "somebody is let in");
        stage.cache.start_again();
        stage.all_hear(1).await;
        stage.stop().await;
    })
    .await;
}

/// What failed with a key on one replica counts for that key on all.
#[tokio::test(flavor = "multi_thread")]
async fn failed_logins_count_for_their_key_everywhere() {
    with_servers(async |engine| {
        let Some(mut stage) = Stage::start(&engine, &[("rates.login.key", "1/10")]).await else { return };
        let key = SecretKey::generate();
        let mut proof = stage.daemons[0].proof(&key).await;
        proof.signature[7] ^= 1;
        let step = Some(v1::auth_request::Step::Proof(proof));
        let mut failures = 0;
        loop {
            match stage.clients[0].authenticate(v1::AuthRequest { step: step.clone() }).await {
                Ok(_) => panic!("the signature is wrong"),
                Err(status) if reason(&status) == "SIGNATURE_INVALID" => failures += 1,
                Err(status) => break refused(&status),
            }
            assert!(failures < 100, "it is never refused");
        }
        assert!((5..40).contains(&failures), "{failures}");
        for number in 1..REPLICAS {
            // Elsewhere nobody has asked for anything with this key.
            let elsewhere = stage.clients[number].clone();
            eventually("it is refused elsewhere", async || {
                let answer = elsewhere.clone().authenticate(v1::AuthRequest { step: step.clone() }).await;
                reason(&answer.unwrap_err()) == "RATE_LIMITED"
            })
            .await;
        }
        stage.stop().await;
    })
    .await;
}
