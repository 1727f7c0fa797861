//! Who may do what: every call, by everybody, through both edges.

use cpc_proto::v1;
use http::Method;
use prost::Message;

use crate::harness::{Daemon, Engine, reason};

/// What a call answers to somebody who may.
const OK: &str = "ok";
const DENIED: &str = "PERMISSION_DENIED";
const MISSING: &str = "TOKEN_MISSING";

/// A call, spelt for both edges, and what it answers to: nobody, nothing granted, reader, writer, administrator.
struct Row {
    call: &'static str,
    message: Vec<u8>,
    rest: (Method, String, Option<String>),
    expected: [&'static str; 5],
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_by_everybody_on_both_edges() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let owner = daemon.person("owner", &[]).await;
    let all = ["content", "users", "metrics", "system"];
    let with = |level: &str| all.iter().map(|resource| format!("{resource}={level}")).collect::<Vec<_>>();
    let person = async |name: &str, rules: Vec<String>| {
        daemon.person(name, &rules.iter().map(String::as_str).collect::<Vec<_>>()).await.token
    };
    let callers = [
        ("nobody", None),
        // An empty list would mean the default, so this one has a right that none of these calls asks for.
        ("nothing granted", Some(person("nothing", vec!["nodes=read".into()]).await)),
        ("reader", Some(person("reader", with("read")).await)),
        ("writer", Some(person("writer", with("write")).await)),
        ("administrator", Some(person("administrator", with("admin")).await)),
    ];
    let metadata = v1::ContentMetadata { title: "somebody's".into(), ..Default::default() };
    let content = daemon.discovery(Some(&owner.token)).await.publish_content(metadata.clone()).await.unwrap();
    let id = content.into_inner().content.unwrap().id;

    // Nobody's session began that early, so that it changes nothing.
    let revoke = v1::RevokeTokensRequest {
        target: Some(v1::revoke_tokens_request::Target::SubjectId(owner.id.clone())),
        before: Some(pbjson_types::Timestamp::default()),
    };
    let rows = [
        Row {
            call: "/cpc.v1.IdentityService/GetCaller",
            message: Vec::new(),
            rest: (Method::GET, "/v1/caller".into(), None),
            expected: [OK, OK, OK, OK, OK],
        },
        Row {
            // Whoever asks, the refresh token alone counts; this one is none.
            call: "/cpc.v1.IdentityService/RefreshToken",
            message: v1::RefreshRequest { refresh_token: "cpcr_".into() }.encode_to_vec(),
            rest: (Method::POST, "/v1/auth/refresh".into(), Some(r#"{"refreshToken":"cpcr_"}"#.into())),
            expected: ["REFRESH_INVALID"; 5],
        },
        Row {
            call: "/cpc.v1.IdentityService/ListSessions",
            message: Vec::new(),
            rest: (Method::GET, "/v1/sessions".into(), None),
            expected: [MISSING, OK, OK, OK, OK],
        },
        Row {
            // Those of somebody else.
            call: "/cpc.v1.IdentityService/ListSessions",
            message: v1::ListSessionsRequest { subject_id: owner.id.clone(), ..Default::default() }.encode_to_vec(),
            rest: (Method::GET, format!("/v1/sessions?subject={}", owner.id), None),
            expected: [MISSING, DENIED, OK, OK, OK],
        },
        Row {
            call: "/cpc.v1.IdentityService/RevokeTokens",
            message: revoke.encode_to_vec(),
            rest: (Method::POST, "/v1/auth/revoke".into(), Some(serde_json::to_string(&revoke).unwrap())),
            expected: [MISSING, DENIED, DENIED, DENIED, OK],
        },
        Row {
            call: "/cpc.v1.IdentityService/GetUser",
            message: v1::GetUserRequest { by: Some(v1::get_user_request::By::Id(owner.id.clone())) }.encode_to_vec(),
            rest: (Method::GET, format!("/v1/users/{}", owner.id), None),
            expected: [MISSING, DENIED, OK, OK, OK],
        },
        Row {
            call: "/cpc.v1.IdentityService/ListUsers",
            message: Vec::new(),
            rest: (Method::GET, "/v1/users".into(), None),
            expected: [MISSING, DENIED, OK, OK, OK],
        },
        Row {
            // Without a name it ends in the name's fault for those who may.
            call: "/cpc.v1.IdentityService/CreateUser",
            message: Vec::new(),
            rest: (Method::POST, "/v1/users".into(), Some("{}".into())),
            expected: [MISSING, DENIED, DENIED, "FIELD_REQUIRED", "FIELD_REQUIRED"],
        },
        Row {
            call: "/cpc.v1.IdentityService/CreateInvite",
            message: v1::CreateInviteRequest { kind: 1, ..Default::default() }.encode_to_vec(),
            rest: (Method::POST, "/v1/invites".into(), Some(r#"{"kind":"SUBJECT_KIND_USER"}"#.into())),
            expected: [MISSING, DENIED, DENIED, OK, OK],
        },
        Row {
            call: "/cpc.v1.IdentityService/ListInvites",
            message: v1::ListInvitesRequest { kind: 1, ..Default::default() }.encode_to_vec(),
            rest: (Method::GET, "/v1/invites?kind=user".into(), None),
            expected: [MISSING, DENIED, OK, OK, OK],
        },
        Row {
            call: "/cpc.v1.IdentityService/RevokeInvite",
            message: v1::RevokeInviteRequest { id: owner.id.clone() }.encode_to_vec(),
            rest: (Method::DELETE, format!("/v1/invites/{}", owner.id), None),
            expected: [MISSING, DENIED, DENIED, "INVITE_NOT_FOUND", "INVITE_NOT_FOUND"],
        },
        Row {
            call: "/cpc.v1.IdentityService/ListTokenKeys",
            message: Vec::new(),
            rest: (Method::GET, "/v1/token-keys".into(), None),
            expected: [MISSING, DENIED, DENIED, DENIED, OK],
        },
        Row {
            call: "/cpc.v1.IdentityService/RotateTokenKey",
            message: Vec::new(),
            rest: (Method::POST, "/v1/token-keys/rotate".into(), Some("{}".into())),
            expected: [MISSING, DENIED, DENIED, DENIED, OK],
        },
        Row {
            call: "/cpc.v1.DiscoveryService/PublishContent",
            message: metadata.encode_to_vec(),
            rest: (Method::POST, "/v1/content".into(), Some(serde_json::to_string(&metadata).unwrap())),
            expected: [MISSING, DENIED, DENIED, OK, OK],
        },
        Row {
            call: "/cpc.v1.DiscoveryService/SearchContent",
            message: v1::SearchQuery { q: "word".into(), ..Default::default() }.encode_to_vec(),
            rest: (Method::GET, "/search?q=word".into(), None),
            expected: [OK, OK, OK, OK, OK],
        },
        Row {
            call: "/cpc.v1.DiscoveryService/GetContent",
            message: v1::GetContentRequest { id: id.clone() }.encode_to_vec(),
            rest: (Method::GET, format!("/v1/content/{id}"), None),
            expected: [OK, OK, OK, OK, OK],
        },
        Row {
            call: "/cpc.v1.DiscoveryService/ListContent",
            message: Vec::new(),
            rest: (Method::GET, "/v1/content".into(), None),
            expected: [OK, OK, OK, OK, OK],
        },
        Row {
            call: "/cpc.v1.AdminService/GetStatus",
            message: Vec::new(),
            rest: (Method::GET, "/v1/status".into(), None),
            expected: [MISSING, DENIED, OK, OK, OK],
        },
        Row {
            // Late, for the administrator does delete it; over REST it is then gone.
            call: "/cpc.v1.DiscoveryService/DeleteContent",
            message: v1::DeleteContentRequest { id: id.clone() }.encode_to_vec(),
            rest: (Method::DELETE, format!("/v1/content/{id}"), None),
            expected: [MISSING, DENIED, DENIED, "NOT_OWNER", OK],
        },
        Row {
            // Last: over REST the token is then revoked.
            call: "/cpc.v1.IdentityService/Logout",
            message: Vec::new(),
            rest: (Method::POST, "/v1/auth/logout".into(), None),
            expected: [MISSING, OK, OK, OK, OK],
        },
    ];
    let mut cells = 0;
    for row in rows {
        for ((who, token), expected) in callers.iter().zip(row.expected) {
            let once_done = match row.call.rsplit('/').next() {
                Some("DeleteContent") if expected == OK => "CONTENT_NOT_FOUND",
                Some("Logout") if expected == OK => "TOKEN_REVOKED",
                _ => expected,
            };
            let answer = daemon.raw(row.call, token.as_deref(), row.message.clone()).await;
            let got = answer.map_or_else(|status| reason(&status), |_| OK.to_owned());
            assert_eq!(got, expected, "gRPC {} by {who}", row.call);
            let (method, path, body) = &row.rest;
            let answer = daemon.rest(method.clone(), path, token.as_deref(), body.as_deref()).await;
            let got = if answer.status == 200 { OK.to_owned() } else { answer.reason() };
            assert_eq!(got, once_done, "REST {} by {who}", row.call);
            cells += 2;
        }
    }
    assert_eq!(cells, 200);
    daemon.stop().await;
}

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
    // Whether it is well is for everybody, what is wrong is not.
    assert_eq!(daemon.get("/health").await.text(), "{\"status\":\"ok\"}\n");
    daemon.stop().await;
}
