//! Login over HTTP as libp2p has it, by a client of our own that follows the specification.

use std::collections::HashMap;

use base64::{Engine as _, prelude::BASE64_URL_SAFE};
use cpc_proto::v1;
use cpc_signing::{PeerIdAuthMessage, PublicKey, SecretKey};
use http::Method;

use crate::harness::{Answer, Daemon, Engine, eventually, for_each_engine};

const PATH: &str = "/v1/auth/libp2p";
/// What the harness says in its header `Host`.
const HOST: &str = "localhost";
const CHALLENGE: &str = "ERERERERERERERERERERERERERERERERERERERERERE=";

/// Reads a header's parameters.
fn parameters(answer: &Answer, header: &str) -> HashMap<String, String> {
    let text = answer.headers[header].to_str().unwrap();
    let rest = text.strip_prefix("libp2p-PeerID ").unwrap_or_else(|| panic!("{header}: {text}"));
    let pairs = rest.split(", ").map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    pairs.collect()
}

fn encoded(key: &PublicKey) -> String {
    BASE64_URL_SAFE.encode(key.to_libp2p_bytes())
}

fn server_key(hello: &HashMap<String, String>) -> PublicKey {
    PublicKey::from_libp2p_bytes(&BASE64_URL_SAFE.decode(&hello["public-key"]).unwrap()).unwrap()
}

fn signed(key: &SecretKey, hello: &HashMap<String, String>, hostname: &str) -> String {
    let server = server_key(hello);
    let message = PeerIdAuthMessage::Client { challenge: &hello["challenge-client"], server: &server, hostname };
    BASE64_URL_SAFE.encode(key.sign(&message.to_bytes()))
}

fn is_servers(signature: &str, server: &PublicKey, client: &PublicKey) -> bool {
    let message = PeerIdAuthMessage::Server { challenge: CHALLENGE, client, hostname: HOST };
    server.verify(&message.to_bytes(), &BASE64_URL_SAFE.decode(signature).unwrap()).is_ok()
}

async fn send(daemon: &Daemon, method: Method, path: &str, authorization: &str) -> Answer {
    let headers = [("authorization", format!("libp2p-PeerID {authorization}"))];
    let headers = if authorization.is_empty() { &headers[1..] } else { &headers[..] };
    let answer = daemon.rest_with(method, path, headers).await;
    for header in ["www-authenticate", "authentication-info"] {
        assert!(answer.headers.get(header).is_none_or(|value| value.len() <= 2_048), "{header} is too long");
    }
    answer
}

async fn hello(daemon: &Daemon) -> HashMap<String, String> {
    let answer = send(daemon, Method::GET, PATH, "").await;
    assert_eq!((answer.status, answer.reason().as_str()), (401, "TOKEN_MISSING"));
    parameters(&answer, "www-authenticate")
}

/// Logs in as the server begins it.
async fn log_in(daemon: &Daemon, key: &SecretKey, path: &str) -> Answer {
    let hello = hello(daemon).await;
    let authorization = format!(
        r#"public-key="{}", opaque="{}", challenge-server="{CHALLENGE}", sig="{}""#,
        encoded(&key.public()),
        hello["opaque"],
        signed(key, &hello, HOST)
    );
    send(daemon, Method::POST, path, &authorization).await
}

async fn caller(daemon: &Daemon, bearer: &str) -> serde_json::Value {
    // Under the scheme of libp2p, and as any other token.
    let own = send(daemon, Method::GET, "/v1/caller", &format!("bearer=\"{bearer}\"")).await.json();
    let plain = daemon.rest(Method::GET, "/v1/caller", Some(bearer), None).await.json();
    assert_eq!(own, plain);
    own
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_begins_and_both_know_each_other() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, node) = (daemon.person("alice", &[]).await, daemon.node().await);
        let hello = hello(&daemon).await;
        let server = server_key(&hello);
        let answer = log_in(&daemon, &alice.key, PATH).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let info = parameters(&answer, "authentication-info");
        assert!(is_servers(&info["sig"], &server, &alice.key.public()), "the server proves itself too");
        assert!(info["expires"].parse::<jiff::Timestamp>().is_ok());
        let tokens: v1::TokenPair = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(tokens.access_token, info["bearer"]);
        let who = caller(&daemon, &info["bearer"]).await;
        assert_eq!(who["user"]["id"], alice.id.as_str(), "on {}", engine.name);
        assert_eq!(who["serverId"], server.peer_id().to_string());
        daemon.refresh(&tokens.refresh_token).await.expect("it is a session like any other");

        let answer = log_in(&daemon, &node.key, PATH).await;
        let who = caller(&daemon, &parameters(&answer, "authentication-info")["bearer"]).await;
        assert_eq!(who["kind"], "CALLER_KIND_NODE");
        let answer = log_in(&daemon, &node.key, &format!("{PATH}?kind=user")).await;
        assert_eq!((answer.status, answer.reason().as_str()), (401, "LOGIN_REFUSED"));
        assert!(parameters(&answer, "www-authenticate").contains_key("opaque"), "with which to try again");
        let stranger = SecretKey::generate();
        assert_eq!(log_in(&daemon, &stranger, PATH).await.reason(), "LOGIN_REFUSED");
        // The audit has it as any other login.
        let entries = async |outcome: v1::AuditOutcome, target: String| {
            let action = "IdentityService/Authenticate".to_owned();
            let request = v1::ListAuditEntriesRequest { action, outcome: outcome.into(), target, ..Default::default() };
            daemon.local_audit().await.list_audit_entries(request).await.unwrap().into_inner().entries
        };
        let done = entries(v1::AuditOutcome::Ok, String::new()).await;
        assert!(done.iter().any(|entry| entry.actor_kind == "node" && entry.actor_id == node.id), "{done:?}");
        eventually("refusals are written", async || {
            entries(v1::AuditOutcome::Refused, stranger.public().peer_id().to_string()).await.len() == 1
        })
        .await;
        let listed = daemon.rest(Method::GET, "/.well-known/libp2p/protocols", None, None).await.json();
        assert_eq!(listed["/http-peer-id-auth/1.0.0"]["path"], PATH);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_begins_and_learns_first_who_the_server_is() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let first = format!(r#"challenge-server="{CHALLENGE}", public-key="{}""#, encoded(&alice.key.public()));
        let answer = send(&daemon, Method::GET, PATH, &first).await;
        assert_eq!(answer.status, 401);
        let hello = parameters(&answer, "www-authenticate");
        assert!(is_servers(&hello["sig"], &server_key(&hello), &alice.key.public()));
        let second = format!(r#"opaque="{}" sig="{}""#, hello["opaque"], signed(&alice.key, &hello, HOST));
        let answer = send(&daemon, Method::GET, PATH, &second).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let info = parameters(&answer, "authentication-info");
        assert!(!info.contains_key("sig"), "it has proven itself before");
        assert_eq!(caller(&daemon, &info["bearer"]).await["user"]["id"], alice.id.as_str());

        // The challenge is good once, on whichever replica.
        let replayed = send(&daemon, Method::GET, PATH, &second).await;
        assert_eq!((replayed.status, replayed.reason().as_str()), (401, "CHALLENGE_USED"), "on {}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_for_somebody_else_opens_nothing() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
    let prove = async |by: &SecretKey, named: &SecretKey, hostname: &str| {
        let hello = hello(&daemon).await;
        let text = format!(
            r#"public-key="{}", opaque="{}", challenge-server="{CHALLENGE}", sig="{}""#,
            encoded(&named.public()),
            hello["opaque"],
            signed(by, &hello, hostname)
        );
        let answer = send(&daemon, Method::GET, PATH, &text).await;
        if answer.status == 200 { "ok".to_owned() } else { answer.reason() }
    };
    assert_eq!(prove(&alice.key, &alice.key, HOST).await, "ok");
    assert_eq!(prove(&alice.key, &alice.key, "evil.example").await, "SIGNATURE_INVALID", "a server in between");
    assert_eq!(prove(&bob.key, &alice.key, HOST).await, "SIGNATURE_INVALID");

    let good = hello(&daemon).await;
    let key = encoded(&alice.key.public());
    let with = |opaque: &str, sig: &str| format!(r#"public-key="{key}", opaque="{opaque}", sig="{sig}""#);
    let sig = signed(&alice.key, &good, HOST);
    let turned = format!("{}{}", if good["opaque"].starts_with('A') { "B" } else { "A" }, &good["opaque"][1..]);
    let refused = async |text: &str| send(&daemon, Method::GET, PATH, text).await.reason();
    assert_eq!(refused(&with(&turned, &sig)).await, "CHALLENGE_INVALID");
    assert_eq!(refused(&with("AAAA", &sig)).await, "CHALLENGE_INVALID");
    assert_eq!(refused(&with(&good["opaque"], "!")).await, "FIELD_INVALID");
    assert_eq!(refused(&format!(r#"opaque="{}", sig="{sig}""#, good["opaque"])).await, "FIELD_REQUIRED");
    assert_eq!(refused(&format!(r#"public-key="AAAA", challenge-server="{CHALLENGE}""#)).await, "KEY_INVALID");
    assert_eq!(refused(&with(&"A".repeat(2_100), &sig)).await, "FIELD_TOO_LONG");
    // Asked for with one key, answered with another.
    let first = format!(r#"challenge-server="{CHALLENGE}", public-key="{}""#, encoded(&bob.key.public()));
    let for_bob = parameters(&send(&daemon, Method::GET, PATH, &first).await, "www-authenticate");
    let stolen = with(&for_bob["opaque"], &signed(&alice.key, &for_bob, HOST));
    assert_eq!(refused(&stolen).await, "CHALLENGE_INVALID");
    let elsewhere = [("host", "evil.example".to_owned())];
    let answer = daemon.rest_with(Method::GET, PATH, &elsewhere).await;
    assert_eq!((answer.status, answer.reason().as_str()), (400, "FIELD_INVALID"), "another host");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hosts_that_are_listed_are_ours_too() {
    let hosts = [
        ("identity.http_login_hosts", r#"["cpcd.example"]"#),
        ("server.public_endpoint", "https://grpc.example:50051"),
    ];
    let daemon = Daemon::start_with(&Engine::sqlite(), &hosts).await;
    for host in ["cpcd.example", "CPCD.example:3030", "grpc.example", "127.0.0.1:3030"] {
        let answer = daemon.rest_with(Method::GET, PATH, &[("host", host.to_owned())]).await;
        assert_eq!(answer.status, 401, "{host}: {}", answer.text());
    }
    let other = daemon.rest_with(Method::GET, PATH, &[("host", "example.com".to_owned())]).await;
    assert_eq!(other.status, 400);
    daemon.stop().await;
}
