//! Login and tokens: good once, good for one server, and nothing else is let in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cpc_proto::v1;
use serde_json::{Value, json};

use crate::harness::{Daemon, Engine, Replays, for_each_engine, reason};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_parallel_replays_one_opens_a_session() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let proof = daemon.proof(&alice.key).await;
        let replays = Replays::send(&proof, &[daemon.channel().await], 1000);
        assert_eq!(replays.opened().await, 1, "on {}", engine.name);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_for_one_server_is_nothing_to_another() {
    let (here, there) = (Daemon::start(&Engine::sqlite()).await, Daemon::start(&Engine::sqlite()).await);
    let alice = here.person("alice", &[]).await;
    let proof = here.proof(&alice.key).await;
    assert_eq!(reason(&there.prove(proof).await.unwrap_err()), "CHALLENGE_INVALID");
    here.stop().await;
    there.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_accounts_outlive_a_restart() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let daemon = daemon.restart(&engine).await;
        let mut identity = daemon.identity(Some(&alice.token)).await;
        let caller = identity.get_caller(v1::GetCallerRequest {}).await.unwrap().into_inner();
        assert_eq!(caller.user.unwrap().id, alice.id, "on {}", engine.name);
        assert!(daemon.login(&alice.key).await.is_ok());
        daemon.stop().await;
    })
    .await;
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What an attacker changes in a header.
type Change = Box<dyn Fn(&mut Value)>;

/// The header and claims of a good token, changed and signed with whatever the attacker has: not the key.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_tokens_are_refused() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &[]).await;
    let parts: Vec<_> = alice.token.split('.').collect();
    let part =
        |index: usize| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap() };
    let (header, claims) = (part(0), part(1));
    let headers: Vec<(&str, Change)> = vec![
        ("no algorithm", Box::new(|h| h["alg"] = json!("none"))),
        ("algorithm in other case", Box::new(|h| h["alg"] = json!("NONE"))),
        ("another MAC", Box::new(|h| h["alg"] = json!("HS512"))),
        ("a signature", Box::new(|h| h["alg"] = json!("RS256"))),
        ("EdDSA", Box::new(|h| h["alg"] = json!("EdDSA"))),
        ("another type", Box::new(|h| h["typ"] = json!("at+jwt"))),
        ("no type", Box::new(|h| drop(h.as_object_mut().unwrap().remove("typ")))),
        ("no key id", Box::new(|h| drop(h.as_object_mut().unwrap().remove("kid")))),
        ("a path as key id", Box::new(|h| h["kid"] = json!("../../../../dev/null"))),
        ("SQL as key id", Box::new(|h| h["kid"] = json!("' OR 1=1 --"))),
        ("a key in the header", Box::new(|h| h["jwk"] = json!({"kty": "oct", "k": "AAAA"}))),
        ("a key's address", Box::new(|h| h["jku"] = json!("http://127.0.0.1/keys"))),
        ("a critical extension", Box::new(|h| h["crit"] = json!(["exp"]))),
    ];
    let mut tokens = Vec::new();
    for (what, change) in headers {
        let mut changed = header.clone();
        change(&mut changed);
        tokens.push((what, format!("{}.{}.{}", encode(&changed), parts[1], parts[2])));
        tokens.push((what, format!("{}.{}.", encode(&changed), parts[1])));
    }
    let mut other = claims.clone();
    other["sub"] = json!(uuid::Uuid::now_v7());
    tokens.push(("another subject", format!("{}.{}.{}", parts[0], encode(&other), parts[2])));
    tokens.push(("no signature", format!("{}.{}.", parts[0], parts[1])));
    tokens.push(("two parts", format!("{}.{}", parts[0], parts[1])));
    tokens.push(("five parts", format!("{}.a.b", alice.token)));
    tokens.push(("a long one", "a".repeat(10_000)));
    tokens.push(("nothing", String::new()));
    for (what, token) in tokens {
        let refused = daemon.identity(Some(&token)).await.get_caller(v1::GetCallerRequest {}).await.unwrap_err();
        assert_eq!(reason(&refused), "TOKEN_INVALID", "{what}");
        let answer = daemon.rest(http::Method::GET, "/v1/caller", Some(&token), None).await;
        assert_eq!((answer.status, answer.reason().as_str()), (401, "TOKEN_INVALID"), "{what}");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_expires() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.access_token_seconds", "1")]).await;
    let alice = daemon.person("alice", &[]).await;
    let mut identity = daemon.identity(Some(&alice.token)).await;
    crate::harness::eventually("the token expires", async || {
        identity.get_caller(v1::GetCallerRequest {}).await.is_err_and(|status| reason(&status) == "TOKEN_EXPIRED")
    })
    .await;
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_keys_are_unique() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let create = async |username: &str, key: &[u8]| {
            let request =
                v1::CreateUserRequest { username: username.into(), public_key: key.to_vec(), permissions: Vec::new() };
            daemon.local().await.create_user(request).await.map(drop).map_err(|status| reason(&status))
        };
        let fresh = cpc_signing::SecretKey::generate().public();
        assert_eq!(create("alice", fresh.as_bytes()).await.unwrap_err(), "USERNAME_TAKEN", "on {}", engine.name);
        assert_eq!(create("bob", alice.key.public().as_bytes()).await.unwrap_err(), "KEY_TAKEN", "on {}", engine.name);
        assert_eq!(create("Bob", fresh.as_bytes()).await.unwrap_err(), "FIELD_INVALID");
        assert_eq!(create("bob", &[0; 32]).await.unwrap_err(), "KEY_WEAK");
        assert!(create("bob", fresh.as_bytes()).await.is_ok());
        daemon.stop().await;
    })
    .await;
}
