//! The stream of REST: server-sent events.

use cpc_proto::v1;
use http::{Request, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::{record, recorded};
use crate::harness::{Daemon, Engine, for_each_engine, within};

/// A reader of server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
struct Reader {
    body: Incoming,
    text: String,
    last_id: String,
}

impl Reader {
    async fn open(daemon: &Daemon, token: &str, path: &str, last_id: Option<&str>) -> Self {
        let stream = TcpStream::connect(daemon.rest_address()).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::get(path).header(header::HOST, "localhost");
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        if let Some(last) = last_id {
            request = request.header("last-event-id", last);
        }
        let answer = sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        // The sender's end would end the connection.
        tokio::spawn(async move {
            sender.ready().await.ok();
            std::future::pending::<()>().await;
        });
        Self { body: answer.into_body(), text: String::new(), last_id: String::new() }
    }

    /// Gives the next event with its data; nothing at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    lines.next().map(|text| text.trim_start().to_owned())
                };
                let (id, event, data) = (field("id"), field("event"), field("data"));
                self.text = rest.to_owned();
                if let Some(id) = id {
                    self.last_id = id;
                }
                if let (Some(event), Some(data)) = (event, data) {
                    return Some((event, serde_json::from_str(&data).expect("data is JSON")));
                }
            }
            let frame = within("a frame", self.body.frame()).await?;
            let data = frame.ok()?.into_data().expect("data");
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// Reads until the stream has said where it stands.
    async fn started(&mut self) {
        while self.last_id.is_empty() {
            let frame = within("a frame", self.body.frame()).await.unwrap().unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&frame).unwrap());
            if let Some(id) = self.text.lines().find_map(|line| line.strip_prefix("id:")) {
                self.last_id = id.to_owned();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_reader_goes_on_after_the_last_id() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let reader = daemon.person("reader", &["allocations=read", "nodes=read"]).await;
        let path = "/v1/events?kinds=allocation.,node.registered";
        let mut stream = Reader::open(&daemon, &reader.token, path, None).await;
        stream.started().await;
        let node = daemon.node().await;
        let (kind, event) = stream.next().await.unwrap();
        assert_eq!((kind.as_str(), &event["kind"]), ("node.registered", &json!("node.registered")));
        assert_eq!(event["node"]["id"], json!(node.id));
        let subjects: Vec<_> = (0..300).map(|_| Uuid::now_v7()).collect();
        let events: Vec<_> = subjects.iter().map(|id| recorded("allocation.granted", *id, json!({}))).collect();
        record(&daemon, &engine, &events).await;
        let mut seen = Vec::new();
        while seen.len() < subjects.len() {
            let (kind, event) = stream.next().await.unwrap();
            assert_eq!(kind, "allocation.granted");
            seen.push(event["subjectId"].as_str().unwrap().parse::<Uuid>().unwrap());
            if seen.len() % 70 == 0 {
                let last = stream.last_id.clone();
                stream = Reader::open(&daemon, &reader.token, path, Some(&last)).await;
            }
        }
        assert_eq!(seen, subjects, "{}", engine.name);

        daemon.execute(&engine, "UPDATE event_horizon SET xid = 9000000000, id = 9000000000").await;
        let mut late = Reader::open(&daemon, &reader.token, path, Some(&stream.last_id)).await;
        assert_eq!(late.next().await, Some(("gap".into(), json!({}))));
        drop((stream, late));
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_the_token_and_with_the_daemon() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let (leaves, stays) =
        (daemon.person("leaves", &["nodes=read"]).await, daemon.person("stays", &["nodes=read"]).await);
    let mut first = Reader::open(&daemon, &leaves.token, "/v1/events", None).await;
    let mut second = Reader::open(&daemon, &stays.token, "/v1/events", None).await;
    first.started().await;
    second.started().await;
    daemon.identity(Some(&leaves.token)).await.logout(v1::LogoutRequest {}).await.unwrap();
    assert_eq!(first.next().await, None, "its token is taken back");
    let node = daemon.node().await;
    assert_eq!(second.next().await.unwrap().1["subjectId"], json!(node.id), "others go on");
    let stopping = tokio::spawn(daemon.stop());
    assert_eq!(second.next().await, None);
    within("the daemon stops", stopping).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_before_it_begins() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("registry.watches", "3")]).await;
    let reader = daemon.person("reader", &["nodes=read"]).await;
    let ask = async |path: &str, token: Option<&str>| daemon.rest(http::Method::GET, path, token, None).await;
    let token = Some(reader.token.as_str());
    assert_eq!(ask("/v1/events", None).await.reason(), "TOKEN_MISSING");
    assert_eq!(ask("/v1/events?kinds=content.", token).await.reason(), "FIELD_INVALID");
    assert_eq!(ask("/v1/events?cursor=AAAA", token).await.reason(), "PAGE_TOKEN_INVALID");
    assert_eq!(ask("/v1/events?kind=node.", token).await.reason(), "MESSAGE_UNDECODABLE");
    // Both edges share the places.
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(Reader::open(&daemon, &reader.token, "/v1/events?kinds=node.", None).await);
    }
    let told = super::watch(&daemon, &reader.token, &[], "").await;
    let refused = ask("/v1/events", token).await;
    assert_eq!(refused.reason(), "OVERLOADED");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    drop((held, told));
    daemon.stop().await;
}
