//! What nobody may give, and what is open on loopback only.

use cpc_proto::v1;
use http::Method;

use crate::harness::{Daemon, Engine, reason};

const DENIED: &str = "PERMISSION_DENIED";
const MISSING: &str = "TOKEN_MISSING";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_what_they_do_not_hold() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let clerk = daemon.person("clerk", &["users=write"]).await;
    let create = async |name: &str, rules: &[&str]| {
        let request = v1::CreateUserRequest {
            username: name.into(),
            public_key: cpc_signing::SecretKey::generate().public().as_bytes().to_vec(),
            permissions: rules.iter().map(|rule| crate::harness::rule_message(rule)).collect(),
        };
        daemon.identity(Some(&clerk.token)).await.create_user(request).await.map_err(|status| reason(&status))
    };
    assert_eq!(create("mighty", &["users=admin"]).await.unwrap_err(), DENIED);
    assert_eq!(create("mighty", &["system=read"]).await.unwrap_err(), DENIED);
    // The default is the server's to give, not the clerk's.
    assert!(create("plain", &[]).await.is_ok());
    assert!(create("colleague", &["users=write"]).await.is_ok());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_on_loopback_can_be_closed() {
    let settings = [("discovery.anonymous_read", "never"), ("metrics.open", "never"), ("server.reflection", "never")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    assert_eq!(daemon.get("/search?q=word").await.reason(), MISSING);
    assert_eq!(daemon.get("/metrics").await.reason(), MISSING);
    let reader = daemon.person("reader", &["metrics=read"]).await;
    assert_eq!(daemon.rest(Method::GET, "/metrics", Some(&reader.token), None).await.status, 200);
    let path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    assert_eq!(reason(&daemon.raw(path, None, Vec::new()).await.unwrap_err()), "METHOD_UNKNOWN");
    assert_eq!(daemon.get("/openapi.json").await.reason(), "ROUTE_UNKNOWN");
    // Whether it is well is for everybody, what is wrong is not.
    assert_eq!(daemon.get("/health").await.text(), "{\"status\":\"ok\"}\n");
    daemon.stop().await;
}
