//! The keys that sign tokens: changed under load without a failed call, and dropped at once in an emergency.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cpc_proto::v1;
use http::Method;
use serde_json::Value;

use crate::harness::{
    Client, Daemon, Engine, eventually, everywhere, for_each_engine, in_turn, reason, tokens, within,
};

type Identity = cpc_proto::clients::identity_service_client::IdentityServiceClient<Client>;

async fn keys(local: &mut Identity) -> v1::ListTokenKeysResponse {
    local.list_token_keys(v1::ListTokenKeysRequest {}).await.unwrap().into_inner()
}

async fn rotate(local: &mut Identity, drop_others: bool) -> v1::TokenKey {
    let answer = local.rotate_token_key(v1::RotateTokenKeyRequest { drop_others }).await.unwrap();
    answer.into_inner().key.unwrap()
}

fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn holder(daemon: &Daemon, token: &str) -> Result<String, String> {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
    answer.map(|caller| caller.into_inner().user.unwrap().username).map_err(|status| reason(&status))
}

/// The daemons of an engine: one, and on PostgreSQL another beside it.
async fn replicas(engine: &Engine) -> Vec<Arc<Daemon>> {
    let first = Daemon::start(engine).await;
    let root_key = first.root_key().display().to_string();
    let mut all = vec![Arc::new(first)];
    if !engine.url.is_empty() {
        all.push(Arc::new(Daemon::start_with(engine, &[("server.root_key_file", &root_key)]).await));
    }
    all
}

/// Calls in a loop with the newest token there is, on one edge of one daemon and after a renewal on the others too.
struct Load {
    daemons: Vec<Arc<Daemon>>,
    stop: AtomicBool,
    calls: AtomicU64,
    failures: Mutex<Vec<String>>,
}

impl Load {
    async fn caller(self: Arc<Self>, number: usize, mut pair: v1::TokenPair) {
        let mut clients = Vec::new();
        for daemon in &self.daemons {
            clients
                .push(cpc_proto::clients::identity_service_client::IdentityServiceClient::new(daemon.channel().await));
        }
        let mut round = number;
        while !self.stop.load(Ordering::Relaxed) {
            round += 1;
            let daemon = round % self.daemons.len();
            if round.is_multiple_of(5) {
                // The new token goes to the other daemon next: it has to know the key already.
                let request = v1::RefreshRequest { refresh_token: pair.refresh_token.clone(), proof: None };
                match clients[daemon].refresh_token(request).await {
                    Ok(answer) => pair = tokens(answer.into_inner()),
                    Err(status) => self.failed(format!("refresh: {status:?}")),
                }
            } else if number.is_multiple_of(2) {
                let mut request = tonic::Request::new(v1::GetCallerRequest {});
                let bearer = format!("Bearer {}", pair.access_token).parse().unwrap();
                request.metadata_mut().insert("authorization", bearer);
                if let Err(status) = clients[daemon].get_caller(request).await {
                    self.failed(format!("gRPC: {status:?}"));
                }
            } else {
                let answer = self.daemons[daemon].rest(Method::GET, "/v1/caller", Some(&pair.access_token), None).await;
                if answer.status != 200 {
                    self.failed(format!("REST: {}", answer.text()));
                }
            }
            self.calls.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn failed(&self, what: String) {
        self.failures.lock().unwrap().push(what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_changes_under_load_and_no_call_fails() {
    for_each_engine(async |engine: Engine| {
        let daemons = replicas(&engine).await;
        let alice = daemons[0].person("alice", &[]).await;
        let (stop, calls, failures) = (AtomicBool::new(false), AtomicU64::new(0), Mutex::default());
        let load = Arc::new(Load { daemons: daemons.clone(), stop, calls, failures });
        let mut callers = Vec::new();
        for number in 0..8 {
            let pair = daemons[number % daemons.len()].session(&alice.key).await;
            callers.push(tokio::spawn(load.clone().caller(number, pair)));
        }
        let mut local = daemons[0].local().await;
        let mut kids = vec![kid(&alice.token)];
        for _ in 0..3 {
            let before = load.calls.load(Ordering::Relaxed);
            let new = rotate(&mut local, false).await;
            assert!(!kids.contains(&new.kid));
            eventually("the new key signs", async || {
                let keys = keys(&mut local).await;
                assert_eq!(keys.replicas as usize, daemons.len() * engine.replicas, "on {}", engine.name);
                let state = keys.keys.iter().find(|key| key.kid == new.kid).unwrap().state();
                state == v1::TokenKeyState::Signing
            })
            .await;
            eventually("every daemon signs with it", async || {
                let mut all = true;
                for daemon in &daemons {
                    all &= in_turn(&engine, async || kid(&daemon.login(&alice.key).await.unwrap()) == new.kid).await;
                }
                all
            })
            .await;
            eventually("calls go on", async || load.calls.load(Ordering::Relaxed) >= before + 200).await;
            kids.push(new.kid);
        }
        load.stop.store(true, Ordering::Relaxed);
        for caller in callers {
            within("the load ends", caller).await.unwrap();
        }
        let failures = load.failures.lock().unwrap().clone();
        assert!(failures.is_empty(), "{} calls failed on {}: {failures:?}", failures.len(), engine.name);
        eprintln!("{} calls through 3 rotations on {}: none failed", load.calls.load(Ordering::Relaxed), engine.name);

        for daemon in &daemons {
            assert_eq!(holder(daemon, &alice.token).await.unwrap(), "alice", "an old key is accepted");
        }
        let states: Vec<_> = keys(&mut local).await.keys.iter().map(|key| (key.kid.clone(), key.state())).collect();
        let retired = kids[..3].iter().map(|kid| (kid.clone(), v1::TokenKeyState::Retired));
        let expected: Vec<_> = retired.chain([(kids[3].clone(), v1::TokenKeyState::Signing)]).collect();
        assert_eq!(states, expected, "on {}", engine.name);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_emergency_all_tokens_end_at_once() {
    for_each_engine(async |engine: Engine| {
        let daemons = replicas(&engine).await;
        let alice = daemons[0].person("alice", &[]).await;
        let session = daemons[0].session(&alice.key).await;
        let mut local = daemons[0].local().await;
        let new = rotate(&mut local, true).await;
        assert_eq!(new.state(), v1::TokenKeyState::Signing);
        let refused = async |daemon: &Daemon| {
            holder(daemon, &session.access_token).await.is_err_and(|reason| reason == "TOKEN_INVALID")
        };
        everywhere(&engine, "the old key is dropped where it was done", async || refused(&daemons[0]).await).await;
        for daemon in &daemons {
            eventually("every replica drops the old key", async || {
                in_turn(&engine, async || refused(daemon).await).await
            })
            .await;
            assert_eq!(reason(&daemon.refresh(&session.refresh_token).await.unwrap_err()), "TOKEN_REVOKED");
        }
        assert_eq!(keys(&mut local).await.keys.len(), 1);
        for daemon in &daemons {
            let token = daemon.login(&alice.key).await.unwrap();
            assert_eq!((kid(&token), holder(daemon, &token).await.unwrap()), (new.kid.clone(), "alice".to_owned()));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_waits_for_a_replica_that_has_not_acknowledged_it_and_not_for_a_dead_one() {
    for_each_engine(async |engine: Engine| {
        // An embedded store has one daemon.
        if engine.url.is_empty() {
            return;
        }
        let daemon = Daemon::start(&engine).await;
        let mut local = daemon.local().await;
        let old = keys(&mut local).await.keys[0].kid.clone();
        let slow = "INSERT INTO replicas VALUES (gen_random_uuid(), 'old', now() + interval '1 hour')";
        daemon.execute(&engine, slow).await;
        let ours = u32::try_from(engine.replicas).unwrap();
        let new = rotate(&mut local, false).await;
        assert_eq!(new.state(), v1::TokenKeyState::Waiting);
        assert_eq!(rotate(&mut local, false).await.kid, new.kid, "one waits at a time");
        eventually("the daemon acknowledges it", async || {
            let listed = keys(&mut local).await;
            listed
                .keys
                .iter()
                .any(|key| key.kid == new.kid && key.acknowledged_by == ours && listed.replicas == ours + 1)
        })
        .await;
        let alice = daemon.person("alice", &[]).await;
        assert_eq!(kid(&alice.token), old, "it does not sign yet");
        daemon.execute(&engine, "UPDATE replicas SET seen_at = now() - interval '11 s' WHERE newest_kid = 'old'").await;
        eventually("it signs when the other is gone", async || {
            kid(&daemon.login(&alice.key).await.unwrap()) == new.kid
        })
        .await;
        assert_eq!(holder(&daemon, &alice.token).await.unwrap(), "alice");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rotated_outlives_a_restart() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        rotate(&mut daemon.local().await, false).await;
        let mut local = daemon.local().await;
        eventually("the new key signs", async || {
            keys(&mut local).await.keys.last().unwrap().state() == v1::TokenKeyState::Signing
        })
        .await;
        let daemon = daemon.restart(&engine).await;
        assert_eq!(holder(&daemon, &alice.token).await.unwrap(), "alice", "on {}", engine.name);
        assert_ne!(kid(&daemon.login(&alice.key).await.unwrap()), kid(&alice.token));
        daemon.stop().await;
    })
    .await;
}
