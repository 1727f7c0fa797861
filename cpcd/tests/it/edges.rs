//! Both edges give the same answer to the same fault, and none of them is called the server's.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cpc_proto::v1;
use http::Method;
use prost::Message;
use tonic::Code;

use crate::harness::{Daemon, Engine, eventually, for_each_engine, reason, sign};

const AUTHENTICATE: &str = "/cpc.v1.IdentityService/Authenticate";
const PUBLISH: &str = "/cpc.v1.DiscoveryService/PublishContent";
const SEARCH: &str = "/cpc.v1.DiscoveryService/SearchContent";
const GET: &str = "/cpc.v1.DiscoveryService/GetContent";
const DELETE: &str = "/cpc.v1.DiscoveryService/DeleteContent";

/// One fault, spelt for both edges.
struct Case<'a> {
    what: &'a str,
    token: Option<&'a str>,
    grpc: (&'static str, Vec<u8>),
    rest: (Method, String, Option<String>),
    reason: &'a str,
}

impl Case<'_> {
    async fn check(&self, daemon: &Daemon) {
        let (path, bytes) = &self.grpc;
        let status = daemon.raw(path, self.token, bytes.clone()).await.expect_err(self.what);
        assert_ne!(status.code(), Code::Internal, "{}: {status:?}", self.what);
        assert_eq!(reason(&status), self.reason, "gRPC, {}: {status:?}", self.what);
        let (method, path, body) = &self.rest;
        let answer = daemon.rest(method.clone(), path, self.token, body.as_deref()).await;
        assert!(answer.status < 500, "{}: {}", self.what, answer.text());
        assert_eq!(answer.reason(), self.reason, "REST, {}: {}", self.what, answer.text());
        assert!(answer.json()["instance"].as_str().expect("a request id").starts_with("urn:uuid:"));
    }
}

fn post(path: &str, body: impl Into<String>) -> (Method, String, Option<String>) {
    (Method::POST, path.to_owned(), Some(body.into()))
}

fn get(path: impl Into<String>) -> (Method, String, Option<String>) {
    (Method::GET, path.into(), None)
}

fn begin(public_key: &[u8], kind: i32) -> (Vec<u8>, String) {
    let begin = v1::ChallengeRequest { public_key: public_key.to_vec(), kind, purpose: 1 };
    let message = v1::AuthRequest { step: Some(v1::auth_request::Step::Begin(begin)) };
    (message.encode_to_vec(), serde_json::to_string(&message).unwrap())
}

fn proof(proof: v1::ChallengeProof) -> (Vec<u8>, String) {
    let message = v1::AuthRequest { step: Some(v1::auth_request::Step::Proof(proof)) };
    (message.encode_to_vec(), serde_json::to_string(&message).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_login_has_the_same_reason_on_both() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start_with(&engine, &[("identity.challenge_seconds", "60")]).await;
        let alice = daemon.person("alice", &[]).await;
        let stranger = cpc_signing::SecretKey::generate();
        let mut tampered = daemon.proof(&alice.key).await;
        tampered.signature[7] ^= 1;
        let mut foreign = daemon.proof(&alice.key).await;
        foreign.challenge[5] ^= 1;
        let used = daemon.proof(&alice.key).await;
        daemon.prove(used.clone()).await.unwrap();
        let short = v1::ChallengeProof { challenge: vec![1, 2, 3], signature: vec![0; 64], ..Default::default() };
        let mut cut = daemon.proof(&alice.key).await;
        cut.signature.truncate(10);
        let mut identity_point = [0; 32];
        identity_point[0] = 1;

        let cases = [
            ("no step", (Vec::new(), "{}".to_owned()), "FIELD_REQUIRED"),
            ("no key", begin(&[], 1), "FIELD_REQUIRED"),
            ("a short key", begin(&[7; 31], 1), "KEY_INVALID"),
            ("a key off the curve", begin(&[2; 32], 1), "KEY_INVALID"),
            ("a weak key", begin(&identity_point, 1), "KEY_WEAK"),
            ("no kind", begin(alice.key.public().as_bytes(), 0), "FIELD_REQUIRED"),
            ("a kind that cannot log in", begin(alice.key.public().as_bytes(), 3), "FIELD_INVALID"),
            ("undecodable", (vec![0xff, 0xff, 0xff], "{\"begin\":".to_owned()), "MESSAGE_UNDECODABLE"),
            ("the wrong type", (vec![0x08, 0x01], "{\"begin\": 3}".to_owned()), "FIELD_REQUIRED"),
            ("no challenge of ours", proof(short), "CHALLENGE_INVALID"),
            ("a changed challenge", proof(foreign), "CHALLENGE_INVALID"),
            ("a changed signature", proof(tampered), "SIGNATURE_INVALID"),
            ("half a signature", proof(cut), "SIGNATURE_INVALID"),
            ("a key that nobody has", proof(daemon.proof(&stranger).await), "LOGIN_REFUSED"),
            ("a replay", proof(used), "CHALLENGE_USED"),
        ];
        for (what, (bytes, json), expected) in cases {
            if what == "the wrong type" {
                // A varint where a message belongs: protobuf takes it for an unknown field of another type and refuses.
                let status = daemon.raw(AUTHENTICATE, None, bytes).await.unwrap_err();
                assert_eq!(reason(&status), "MESSAGE_UNDECODABLE");
                let answer = daemon.rest(Method::POST, "/auth", None, Some(&json)).await;
                assert_eq!(answer.reason(), "MESSAGE_UNDECODABLE");
                continue;
            }
            let case =
                Case { what, token: None, grpc: (AUTHENTICATE, bytes), rest: post("/auth", json), reason: expected };
            case.check(&daemon).await;
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_challenge_is_refused_on_both() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.challenge_seconds", "1")]).await;
    let alice = daemon.person("alice", &[]).await;
    let mut late = daemon.proof(&alice.key).await;
    late.signature[0] ^= 1; // Otherwise the first try would open a session.
    eventually("the challenge expires", async || {
        reason(&daemon.prove(late.clone()).await.unwrap_err()) == "CHALLENGE_EXPIRED"
    })
    .await;
    let (bytes, json) = proof(late);
    let rest = post("/auth", json);
    Case { what: "expired", token: None, grpc: (AUTHENTICATE, bytes), rest, reason: "CHALLENGE_EXPIRED" }
        .check(&daemon)
        .await;
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_publish_has_the_same_reason_on_both() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let bob = daemon.person("bob", &[]).await;
        let reader = daemon.person("reader", &["content=read"]).await;
        let mut discovery = daemon.discovery(Some(&bob.token)).await;
        let publish = async |visibility: v1::Visibility| {
            let metadata =
                v1::ContentMetadata { title: "bob's".into(), visibility: visibility.into(), ..Default::default() };
            discovery.clone().publish_content(metadata).await.unwrap().into_inner().content.unwrap().id
        };
        let (public, private) = (publish(v1::Visibility::Public).await, publish(v1::Visibility::Private).await);
        let taken = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
        let named = v1::ContentMetadata { title: "t".into(), cid: taken.into(), ..Default::default() };
        daemon.discovery(Some(&alice.token)).await.publish_content(named).await.unwrap();
        let named = v1::ContentMetadata { title: "u".into(), request_id: "r".into(), ..Default::default() };
        daemon.discovery(Some(&alice.token)).await.publish_content(named).await.unwrap();
        discovery = daemon.discovery(Some(&bob.token)).await;
        let _ = &discovery;

        let content = |change: &dyn Fn(&mut v1::ContentMetadata)| {
            let mut metadata = v1::ContentMetadata { title: "a title".into(), ..Default::default() };
            change(&mut metadata);
            (metadata.encode_to_vec(), serde_json::to_string(&metadata).unwrap())
        };
        let me = Some(alice.token.as_str());
        let cases = [
            ("no token", None, content(&|_| ()), "TOKEN_MISSING"),
            ("no token of ours", Some("a.b.c"), content(&|_| ()), "TOKEN_INVALID"),
            ("a reader's token", Some(reader.token.as_str()), content(&|_| ()), "PERMISSION_DENIED"),
            ("no title", me, content(&|m| m.title.clear()), "FIELD_REQUIRED"),
            ("a long title", me, content(&|m| m.title = "x".repeat(256)), "FIELD_TOO_LONG"),
            ("a terminal escape", me, content(&|m| m.title = "a\u{1b}[31m".into()), "FIELD_INVALID"),
            ("a long tag", me, content(&|m| m.tags = vec!["x".repeat(51)]), "FIELD_TOO_LONG"),
            ("many tags", me, content(&|m| m.tags = vec!["x".into(); 33]), "FIELD_TOO_LONG"),
            ("no cid", me, content(&|m| m.cid = "nonsense".into()), "FIELD_INVALID"),
            ("a foreign id", me, content(&|m| m.id.clone_from(&public)), "NOT_OWNER"),
            ("a hidden id", me, content(&|m| m.id.clone_from(&private)), "CONTENT_NOT_FOUND"),
            ("an unknown id", me, content(&|m| m.id = uuid::Uuid::now_v7().to_string()), "CONTENT_NOT_FOUND"),
            ("no id", me, content(&|m| m.id = "7".into()), "FIELD_INVALID"),
            (
                "two names of two contents",
                me,
                content(&|m| (m.cid, m.request_id) = (taken.into(), "r".into())),
                "REQUEST_ID_REUSED",
            ),
            (
                "a visibility that there is not",
                me,
                (vec![0x0a, 0, 0x40, 77], "{\"visibility\":77}".to_owned()),
                "MESSAGE_UNDECODABLE",
            ),
            ("a title that does not show", me, content(&|m| m.title = "\u{2800} \u{200d}".into()), "FIELD_REQUIRED"),
            ("undecodable", me, (vec![0xff], "{".to_owned()), "MESSAGE_UNDECODABLE"),
            ("the wrong type", me, (vec![0x08, 0x01], "{\"title\":3}".to_owned()), "MESSAGE_UNDECODABLE"),
            (
                "text that is none",
                me,
                (vec![0x12, 0x02, 0xc3, 0x28], "{\"title\":\"\\ud800\"}".to_owned()),
                "MESSAGE_UNDECODABLE",
            ),
            ("oversized", me, content(&|m| m.description = "x".repeat(2 << 20)), "MESSAGE_TOO_LARGE"),
        ];
        for (what, token, (bytes, json), expected) in cases {
            let case = Case { what, token, grpc: (PUBLISH, bytes), rest: post("/v1/content", json), reason: expected };
            case.check(&daemon).await;
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_search_has_the_same_reason_on_both() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let query = |change: &dyn Fn(&mut v1::SearchQuery)| {
            let mut query = v1::SearchQuery { q: "word".into(), ..Default::default() };
            change(&mut query);
            query.encode_to_vec()
        };
        let token = cpcd_model::page::encode("another query", "20");
        let cases = [
            ("nothing to look for", query(&|q| q.q.clear()), "/search".to_owned(), "FIELD_REQUIRED"),
            ("only exclusions", query(&|q| q.q = "-a".into()), "/search?q=-a".into(), "QUERY_INVALID"),
            ("a quotation mark alone", query(&|q| q.q = "\"a".into()), "/search?q=%22a".into(), "QUERY_INVALID"),
            (
                "a long query",
                query(&|q| q.q = "x".repeat(513)),
                format!("/search?q={}", "x".repeat(513)),
                "FIELD_TOO_LONG",
            ),
            (
                "many words",
                query(&|q| q.q = "a ".repeat(33)),
                format!("/search?q={}", "a+".repeat(33)),
                "QUERY_INVALID",
            ),
            (
                "a long tag",
                query(&|q| q.tags = vec!["x".repeat(51)]),
                format!("/search?q=a&tags={}", "x".repeat(51)),
                "FIELD_TOO_LONG",
            ),
            ("no owner", query(&|q| q.owner_id = "me".into()), "/search?q=word&owner=me".into(), "FIELD_INVALID"),
            ("a negative page", query(&|q| q.page_size = -1), "/search?q=word&page_size=-1".into(), "FIELD_INVALID"),
            (
                "a broken page token",
                query(&|q| q.page_token = "!".into()),
                "/search?q=word&page_token=!".into(),
                "PAGE_TOKEN_INVALID",
            ),
            (
                "another query's page token",
                query(&|q| q.page_token.clone_from(&token)),
                format!("/search?q=word&page_token={token}"),
                "PAGE_TOKEN_INVALID",
            ),
            ("the wrong type", vec![0x20, 0xff], "/search?q=word&page_size=many".into(), "MESSAGE_UNDECODABLE"),
            ("an unknown parameter", vec![0x0a, 0x7f], "/search?query=word".into(), "MESSAGE_UNDECODABLE"),
        ];
        for (what, bytes, path, expected) in cases {
            Case { what, token: None, grpc: (SEARCH, bytes), rest: get(path), reason: expected }.check(&daemon).await;
        }
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_not_there_or_not_ones_own() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, bob) = (daemon.person("alice", &[]).await, daemon.person("bob", &[]).await);
        let metadata = v1::ContentMetadata { title: "hidden".into(), visibility: 3, ..Default::default() };
        let hidden = daemon.discovery(Some(&bob.token)).await.publish_content(metadata).await.unwrap().into_inner();
        let hidden = hidden.content.unwrap().id;
        let metadata = v1::ContentMetadata { title: "public".into(), ..Default::default() };
        let public = daemon.discovery(Some(&bob.token)).await.publish_content(metadata).await.unwrap().into_inner();
        let public = public.content.unwrap().id;
        let unknown = uuid::Uuid::now_v7().to_string();
        let me = Some(alice.token.as_str());
        for (what, id, expected) in [
            ("hidden", hidden.as_str(), "CONTENT_NOT_FOUND"),
            ("unknown", unknown.as_str(), "CONTENT_NOT_FOUND"),
            ("no id", "x", "FIELD_INVALID"),
        ] {
            let (bytes, path) = (v1::GetContentRequest { id: id.into() }.encode_to_vec(), format!("/v1/content/{id}"));
            Case { what, token: me, grpc: (GET, bytes.clone()), rest: get(&path), reason: expected }
                .check(&daemon)
                .await;
            let rest = (Method::DELETE, path, None);
            Case { what, token: me, grpc: (DELETE, bytes), rest, reason: expected }.check(&daemon).await;
        }
        let bytes = v1::DeleteContentRequest { id: public.clone() }.encode_to_vec();
        let rest = (Method::DELETE, format!("/v1/content/{public}"), None);
        Case { what: "foreign", token: me, grpc: (DELETE, bytes), rest, reason: "NOT_OWNER" }.check(&daemon).await;
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_serves() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let status = daemon.raw("/cpc.v1.DiscoveryService/Nothing", None, Vec::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "METHOD_UNKNOWN"));
    assert!(status.metadata().contains_key("cpc-request-id"));
    let answer = daemon.get("/v1/nothing").await;
    assert_eq!((answer.status, answer.reason().as_str()), (404, "ROUTE_UNKNOWN"));
    let answer = daemon.rest(Method::PUT, "/v1/content", None, None).await;
    assert_eq!((answer.status, answer.reason().as_str()), (405, "METHOD_UNKNOWN"));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_answer_on_their_paths_without_a_package_too() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let query = v1::SearchQuery { q: "word".into(), ..Default::default() };
    let bytes = daemon.raw("/DiscoveryService/SearchContent", None, query.encode_to_vec()).await.unwrap();
    assert!(v1::SearchResults::decode(bytes).unwrap().total_is_exact);
    let key = cpc_signing::SecretKey::generate();
    let (bytes, _) = begin(key.public().as_bytes(), 1);
    assert!(daemon.raw("/IdentityService/Authenticate", None, bytes).await.is_ok());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_over_rest_gives_a_token_for_both() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &[]).await;
    let (_, json) = begin(alice.key.public().as_bytes(), 1);
    let answer = daemon.rest(Method::POST, "/auth", None, Some(&json)).await.json();
    let challenge: v1::Challenge = serde_json::from_value(answer["challenge"].clone()).unwrap();
    let (_, json) = proof(sign(&alice.key, &challenge));
    let answer = daemon.rest(Method::POST, "/auth", None, Some(&json)).await.json();
    let token = answer["tokens"]["accessToken"].as_str().unwrap();
    let caller = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await.unwrap().into_inner();
    assert_eq!(caller.user.unwrap().username, "alice");
    let answer = daemon.rest(Method::GET, "/v1/caller", Some(token), None).await.json();
    assert_eq!(answer["user"]["id"].as_str().unwrap(), alice.id);
    // Bytes are base64 and 64-bit numbers are text, as proto JSON says.
    let key = STANDARD.encode(alice.key.public().as_bytes());
    assert_eq!(answer["user"]["publicKey"].as_str().unwrap(), key);
    daemon.stop().await;
}
