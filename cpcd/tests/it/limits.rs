//! The limits of connections, and what floods get.

use std::{
    io::{Read, Write},
    time::Duration,
};

use cpc_proto::v1;
use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::{
    harness::{
        Daemon, Engine, eventually,
        frames::{
            ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM, Raw, SETTINGS, call,
            frame,
        },
        reason, within,
    },
    process::Process,
};

const CHECK: &str = "/grpc.health.v1.Health/Check";
const WATCH: &str = "/grpc.health.v1.Health/Watch";

/// An empty message.
const EMPTY: [u8; 5] = [0; 5];

/// More than any flood needs to be ended, and less than takes long.
const FLOOD: usize = 200_000;

/// Whether the other side has ended a connection that nothing more comes from.
async fn is_ended(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_millis(50), stream.read_to_end(&mut bytes)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_are_told_and_kept() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    for address in [daemon.grpc_address(), daemon.rest_address()] {
        let mut raw = Raw::connect(address, &[]).await;
        let (flags, _, payload) = raw.until(SETTINGS).await.expect("settings");
        assert_eq!(flags & ACK, 0);
        let value = |identifier: u16| {
            payload
                .chunks(6)
                .find(|entry| entry[..2] == identifier.to_be_bytes())
                .map(|entry| u32::from_be_bytes(entry[2..].try_into().unwrap()))
        };
        assert_eq!(value(3), Some(128), "streams");
        assert_eq!(value(6), Some(16_384), "headers");
    }
    // A head that is larger than that.
    let mut request = tonic::Request::new(HealthCheckRequest::default());
    request.metadata_mut().insert("x-long", "x".repeat(20_000).parse().unwrap());
    assert!(HealthClient::new(daemon.channel().await).check(request).await.is_err());
    let head = format!("GET /livez HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(20_000));
    let answer = ask(&daemon, &head).await;
    assert!(answer.starts_with("HTTP/1.1 431") && answer.contains("MESSAGE_TOO_LARGE"), "{answer}");
    daemon.stop().await;
}

/// Sends bytes to REST; gives all that comes back.
async fn ask(daemon: &Daemon, request: &str) -> String {
    let mut stream = TcpStream::connect(daemon.rest_address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = within("an answer", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_http_itself_refuses_is_said_in_our_words() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    for wrong in [
        "POST /auth HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /auth HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n",
        "POST /auth HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
        "POST /auth HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n",
        "GET /livez HTTP/1.1\r\nhost : x\r\n\r\n",
        "GET /livez HTTP/1.1\r\nx: a\0b\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        let answer = ask(&daemon, wrong).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{wrong:?}: {answer}");
        assert!(answer.contains("content-type: application/problem+json\r\n"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let problem: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"));
        assert_eq!((problem["reason"].as_str(), problem["status"].as_u64()), (Some("MESSAGE_UNDECODABLE"), Some(400)));
    }
    // A second request with two lengths gets nothing but the end; the first its answer.
    let second = "GET /livez HTTP/1.1\r\nhost: x\r\n\r\nPOST /auth HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\
        transfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = ask(&daemon, second).await;
    assert!(answer.matches("HTTP/1.1").count() <= 1, "{answer}");
    // What is refused by us says so once.
    let missing = ask(&daemon, "GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(missing.starts_with("HTTP/1.1 404") && missing.contains("ROUTE_UNKNOWN"), "{missing}");
    let trace = ask(&daemon, "TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(trace.starts_with("HTTP/1.1 40") && !trace.contains("host: x"), "{trace}");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_is_small() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let large = async |path| {
        // Field 15, which no message has, of 100,000 bytes.
        let message = [&[0x7a, 0xa0, 0x8d, 0x06][..], &vec![0; 100_000]].concat();
        reason(&daemon.raw(path, None, message).await.unwrap_err())
    };
    assert_eq!(large("/cpc.v1.NodeOrchestration/Heartbeat").await, "MESSAGE_TOO_LARGE");
    assert_ne!(large("/cpc.v1.NodeOrchestration/RegisterNode").await, "MESSAGE_TOO_LARGE");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_its_connections() {
    let settings = [("limits.limit_loopback", "true"), ("limits.connections_per_address", "3")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    for address in [daemon.grpc_address(), daemon.rest_address()] {
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(TcpStream::connect(address).await.unwrap());
        }
        let mut fourth = TcpStream::connect(address).await.unwrap();
        let mut nothing = Vec::new();
        let _ = within("one too many is closed", fourth.read_to_end(&mut nothing)).await;
        assert!(nothing.is_empty());
        for stream in &mut held {
            assert!(!is_ended(stream).await, "the others stay");
        }
        // Another address is let in, and so is this one once it has closed one.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let mut other = socket.connect(address).await.unwrap();
        assert!(!is_ended(&mut other).await);
        held.pop();
        eventually("there is room again", async || !is_ended(&mut TcpStream::connect(address).await.unwrap()).await)
            .await;
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_connections_are_closed_and_streams_are_not() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("limits.idle_seconds", "1")]).await;
    let mut watch =
        HealthClient::new(daemon.channel().await).watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status, 1);
    // One after a call, one without; they say goodbye first.
    for calls in [true, false] {
        let mut raw = Raw::connect(daemon.grpc_address(), &[]).await;
        if calls {
            raw.stream.write_all(&frame(HEADERS, END_HEADERS, 1, &call(CHECK))).await.unwrap();
            raw.stream.write_all(&frame(DATA, END_STREAM, 1, &EMPTY)).await.unwrap();
            raw.until(HEADERS).await.expect("an answer");
        }
        assert!(raw.until(GOAWAY).await.is_some(), "it says goodbye");
        while raw.read().await.is_some() {}
    }
    let mut stream = TcpStream::connect(daemon.rest_address()).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = within("it is closed", stream.read_to_end(&mut answer)).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    // Older than all of them, and silent as long.
    let silent = tokio::time::timeout(Duration::from_millis(50), watch.message()).await;
    assert!(silent.is_err(), "it goes on: {silent:?}");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_connections_end_and_their_clients_go_on() {
    let settings = [("limits.connection_age_seconds", "1"), ("limits.connection_grace_seconds", "1")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let mut raw = Raw::connect(daemon.grpc_address(), &[]).await;
    raw.stream.write_all(&frame(HEADERS, END_HEADERS, 1, &call(WATCH))).await.unwrap();
    raw.stream.write_all(&frame(DATA, END_STREAM, 1, &EMPTY)).await.unwrap();
    raw.until(HEADERS).await.expect("an answer");
    assert!(raw.until(GOAWAY).await.is_some(), "it is asked to end");
    while raw.read().await.is_some() {}
    let mut health = HealthClient::new(daemon.channel().await);
    // A client may lose a call that it sends just then; it can send the next.
    for _ in 0..2 {
        let mut raw = Raw::connect(daemon.grpc_address(), &[]).await;
        assert!(raw.until(GOAWAY).await.is_some(), "another generation of connections has ended");
        eventually("calls go on", async || health.check(HealthCheckRequest::default()).await.is_ok()).await;
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administrator_gets_in_when_the_edges_are_full() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("limits.connections", "2")]).await;
    let mut held = Vec::new();
    for address in [daemon.grpc_address(), daemon.rest_address()] {
        for _ in 0..5 {
            held.push(TcpStream::connect(address).await.unwrap());
        }
    }
    let answer =
        within("the socket answers", async { daemon.local().await.list_users(v1::ListUsersRequest::default()).await });
    assert!(answer.await.is_ok());
    drop(held);
    assert_eq!(daemon.get("/livez").await.status, 200);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_administrator_gets_in_when_files_would_run_out() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start_limited(folder.path(), 256, &[]).await;
    let mut held = Vec::new();
    for address in [&process.grpc, &process.rest] {
        for _ in 0..300 {
            // What has no place waits in the kernel's queue.
            if let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
            {
                held.push(stream);
            }
        }
    }
    assert!(held.len() > 256, "{} connections", held.len());
    process.run(&["--local", "status"]);
    process.run(&["--local", "user", "list"]);
    // Whoever comes when there is room again is served: what could not be accepted has ended no listener.
    drop(held);
    eventually("gRPC serves the network again", async || {
        process.cpcctl(&["--timeout", "2s", "whoami"]).output().is_ok_and(|said| said.status.success())
    })
    .await;
    eventually("REST serves again", async || {
        let asked = async {
            let mut stream = TcpStream::connect(&process.rest).await.ok()?;
            stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.ok()?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.ok()?;
            answer.starts_with(b"HTTP/1.1 200").then_some(())
        };
        matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Some(())))
    })
    .await;
    process.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_has_the_time_of_its_call() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("limits.request_seconds", "1")]).await;
    let mut stream = std::net::TcpStream::connect(daemon.rest_address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(b"POST /auth HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 100\r\n\r\n{").unwrap();
    let read = move || {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    let answer = tokio::task::spawn_blocking(read).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 504") && answer.contains("DEADLINE_EXCEEDED"), "{answer}");
    let mut raw = Raw::connect(daemon.grpc_address(), &[]).await;
    raw.stream.write_all(&frame(HEADERS, END_HEADERS, 1, &call(CHECK))).await.unwrap();
    raw.stream.write_all(&frame(DATA, 0, 1, &EMPTY[..3])).await.unwrap();
    assert!(raw.until(HEADERS).await.is_some(), "it is answered");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_takes_ends_its_connection() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("limits.stream_idle_seconds", "1")]).await;
    // No room for a single byte of any answer.
    let mut raw = Raw::connect(daemon.grpc_address(), &[(4, 0)]).await;
    raw.stream.write_all(&frame(HEADERS, END_HEADERS, 1, &call(CHECK))).await.unwrap();
    raw.stream.write_all(&frame(DATA, END_STREAM, 1, &EMPTY)).await.unwrap();
    while raw.read().await.is_some() {}
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_end_their_connection_and_nothing_else() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let mut innocent = HealthClient::new(daemon.channel().await);
    let address = daemon.grpc_address();
    let stream = |number: usize| u32::try_from(number).unwrap() * 2 + 1;
    let connect = || Raw::connect(address, &[]);
    let pings = connect().await.flood(FLOOD, |_| frame(PING, 0, 0, &[0; 8])).await;
    let settings = connect().await.flood(FLOOD, |_| frame(SETTINGS, 0, 0, &[])).await;
    let resets = connect().await.flood(FLOOD, |number| {
        [frame(HEADERS, END_HEADERS, stream(number), &call(CHECK)), frame(RST_STREAM, 0, stream(number), &[0, 0, 0, 8])]
            .concat()
    });
    let resets = resets.await;
    let continuations = connect().await.flood(FLOOD, |number| match number {
        0 => frame(HEADERS, 0, 1, &call(CHECK)),
        _ => frame(CONTINUATION, 0, 1, &[]),
    });
    let continuations = continuations.await;
    let empty = connect().await.flood(FLOOD, |number| match number {
        0 => frame(HEADERS, END_HEADERS, 1, &call(CHECK)),
        _ => frame(DATA, 0, 1, &[]),
    });
    let empty = empty.await;
    for (name, sent) in [
        ("pings", pings),
        ("settings", settings),
        ("resets", resets),
        ("continuations", continuations),
        ("empty", empty),
    ] {
        assert!(sent < FLOOD, "{name}: the connection took {sent}");
    }
    innocent.check(HealthCheckRequest::default()).await.expect("another connection goes on");
    assert_eq!(daemon.rest(Method::GET, "/livez", None, None).await.status, 200);
    daemon.stop().await;
}
