//! How often costly calls may be made: the same on both edges.

use cpc_proto::v1;
use http::Method;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{Daemon, Engine, reason};

fn begin(key: u8) -> v1::AuthRequest {
    let begin = v1::ChallengeRequest {
        public_key: cpc_signing::SecretKey::from_seed(&[key; 32]).public().as_bytes().to_vec(),
        kind: v1::SubjectKind::User.into(),
        purpose: v1::ChallengePurpose::Login.into(),
    };
    v1::AuthRequest { step: Some(v1::auth_request::Step::Begin(begin)) }
}

fn refused(status: &tonic::Status, limit: &str) {
    assert_eq!((status.code(), reason(status).as_str()), (Code::ResourceExhausted, "RATE_LIMITED"));
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().metadata["limit"], limit);
    assert!(details.retry_info().unwrap().retry_delay.unwrap().as_millis() > 0, "it says when");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_its_rate_on_both_edges_together() {
    let settings = [("limits.limit_loopback", "true"), ("rates.login.key", "1/3")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let mut identity = daemon.identity(None).await;
    // What comes back while the test runs is at most one a second; it asks until it is refused.
    let mut let_in = 0;
    let status = loop {
        match identity.authenticate(begin(1)).await {
            Ok(_) => let_in += 1,
            Err(status) => break status,
        }
        assert!(let_in < 1000, "it is never refused");
    };
    assert!(let_in >= 3);
    refused(&status, "key");
    assert!(identity.authenticate(begin(2)).await.is_ok(), "another key is let in");
    let body = serde_json::to_string(&begin(1)).unwrap();
    let answer = loop {
        let answer = daemon.rest(Method::POST, "/auth", None, Some(&body)).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((answer.status, answer.reason().as_str()), (429, "RATE_LIMITED"));
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    // The administrator of this machine is not limited.
    let mut local = daemon.local().await;
    for _ in 0..20 {
        local.authenticate(begin(1)).await.unwrap();
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn networks_and_all_have_theirs() {
    for (setting, limit) in [("rates.search.network", "network"), ("rates.search.all", "all")] {
        let settings = [("limits.limit_loopback", "true"), (setting, "1/5")];
        let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
        let mut discovery = daemon.discovery(None).await;
        let query = v1::SearchQuery { q: "word".into(), ..Default::default() };
        let mut let_in = 0;
        let status = loop {
            match discovery.search_content(query.clone()).await {
                Ok(_) => let_in += 1,
                Err(status) => break status,
            }
            assert!(let_in < 1000, "it is never refused");
        };
        assert!(let_in >= 5);
        refused(&status, limit);
        // What costs little goes on.
        assert!(discovery.list_content(v1::ListContentRequest::default()).await.is_ok());
        daemon.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_has_his_whatever_the_connection() {
    let settings = [("limits.limit_loopback", "true"), ("rates.publish.key", "1/4")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let alice = daemon.person("alice", &["content=write"]).await;
    let bob = daemon.person("bob", &["content=write"]).await;
    let entry = || v1::ContentMetadata { title: "a title".into(), ..Default::default() };
    let mut let_in = 0;
    let status = loop {
        match daemon.discovery(Some(&alice.token)).await.publish_content(entry()).await {
            Ok(_) => let_in += 1,
            Err(status) => break status,
        }
        assert!(let_in < 1000, "she is never refused");
    };
    assert!(let_in >= 4);
    refused(&status, "key");
    assert!(daemon.discovery(Some(&bob.token)).await.publish_content(entry()).await.is_ok());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_dodges_by_a_forged_header() {
    let forged = |number: u32| vec![("x-forwarded-for", format!("198.51.{number}.1"))];
    let ask = async |daemon: &Daemon, number: u32| {
        daemon.rest_with(Method::GET, "/search?q=word", &forged(number)).await.status
    };
    let settings = [("limits.limit_loopback", "true"), ("rates.search.network", "1/3")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let mut last = 0;
    for number in 0..250 {
        last = ask(&daemon, number).await;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "whoever asks is one network");
    daemon.stop().await;

    // From a proxy that is known each is who it says.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cpcd.toml");
    std::fs::write(&file, "[limits]\ntrusted_proxies = [\"127.0.0.1\"]\n[rates]\nsearch = { network = \"1/3\" }\n")
        .unwrap();
    let settings = cpcd::settings::Settings::load(
        Some(&file),
        &[
            ("server.data_dir", Some(folder.path().join("data").display().to_string())),
            ("server.grpc_listen", Some("127.0.0.1:0".into())),
            ("server.rest_listen", Some("127.0.0.1:0".into())),
        ],
    )
    .unwrap();
    let daemon = Daemon::adopt(cpcd::Server::bind(settings).await.unwrap());
    // Not limited by its own address, and closed to strangers: the origin counts for both limits and what is open on loopback.
    for number in 0..50 {
        assert_ne!(ask(&daemon, number).await, 429);
    }
    let mut last = 0;
    for _ in 0..250 {
        last = ask(&daemon, 77).await;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    daemon.stop().await;
}
