//! Checks of addresses: what is dialled, what it costs, and that nothing else is.

use std::time::Duration;

use cpc_proto::v1::{
    self, CheckReachabilityRequest, CheckReachabilityResponse, ReachabilityDialStatus, ReachabilityStatus,
    check_reachability_request::Step, check_reachability_response::Step as Answer,
};
use tokio::{io::AsyncReadExt, net::TcpListener, sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status, Streaming};

use super::{Newcomer, Registered};
use crate::harness::{ADDRESS, Daemon, Engine, eventually, reason};

/// A check under way.
struct Check {
    send: mpsc::Sender<CheckReachabilityRequest>,
    answers: Streaming<CheckReachabilityResponse>,
}

impl Check {
    /// Begins one; with an address, a proxy says that the node speaks from there.
    async fn begin(daemon: &Daemon, node: &Registered, addresses: &[String], observed: Option<&str>) -> Self {
        let (send, messages) = mpsc::channel(64);
        let dial = v1::ReachabilityDial { addresses: addresses.to_vec(), nonce: 0x0102_0304_0506_0708 };
        send.send(CheckReachabilityRequest { step: Some(Step::Dial(dial)) }).await.unwrap();
        let mut request = Request::new(ReceiverStream::new(messages));
        if let Some(observed) = observed {
            request.metadata_mut().insert("x-forwarded-for", observed.parse().unwrap());
        }
        let answers = daemon.registry(Some(&node.node.token)).await.check_reachability(request).await.unwrap();
        Self { send, answers: answers.into_inner() }
    }

    async fn say(&self, step: Step) {
        self.send.send(CheckReachabilityRequest { step: Some(step) }).await.unwrap();
    }

    async fn next(&mut self) -> Result<Option<Answer>, Status> {
        let answer = timeout(Duration::from_secs(30), self.answers.message()).await.expect("an answer in time")?;
        Ok(answer.and_then(|answer| answer.step))
    }

    async fn result(&mut self) -> v1::ReachabilityResult {
        match self.next().await.expect("no error") {
            Some(Answer::Result(result)) => result,
            other => panic!("no result but {other:?}"),
        }
    }
}

async fn check(daemon: &Daemon, node: &Registered, addresses: &[String]) -> v1::ReachabilityResult {
    Check::begin(daemon, node, addresses, None).await.result().await
}

/// Every kind of address that leads to this machine: none is dialled, and the listener proves it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_private_is_dialled() {
    let any = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = any.local_addr().unwrap().port();
    let peer = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    let addresses = [
        format!("/ip4/127.0.0.1/tcp/{port}"),
        format!("/ip4/127.1.2.3/tcp/{port}/p2p/{peer}"),
        format!("/ip4/0.0.0.0/tcp/{port}"),
        format!("/ip4/10.0.0.1/tcp/{port}"),
        format!("/ip4/100.64.0.1/tcp/{port}"),
        format!("/ip4/169.254.169.254/tcp/{port}"),
        format!("/ip4/192.168.0.1/tcp/{port}/ws"),
        format!("/ip4/224.0.0.1/tcp/{port}"),
        format!("/ip6/::1/tcp/{port}"),
        format!("/ip6/::ffff:127.0.0.1/tcp/{port}"),
        format!("/ip6/2002:7f00:1::/tcp/{port}"),
        format!("/ip6/64:ff9b::7f00:1/tcp/{port}"),
        format!("/ip6/fe80::1/tcp/{port}"),
        format!("/dns4/localhost/tcp/{port}"),
        format!("/dns/localhost./tcp/{port}"),
        "/dnsaddr/localhost".to_owned(),
        format!("/ip4/127.0.0.1/udp/{port}/quic-v1"),
        format!("/ip4/8.8.8.8/udp/{port}/quic-v1"),
        format!("/ip4/8.8.8.8/tcp/{port}/p2p/{peer}/p2p-circuit"),
        "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234".to_owned(),
    ];
    for settings in [&[("registry.private_addresses", "never")][..], &[("registry.private_addresses", "realm")][..]] {
        let daemon = Daemon::start_with(&Engine::sqlite(), settings).await;
        let all = Newcomer { realm: "home", addresses: &[ADDRESS], ..Default::default() }.register(&daemon).await;
        let result = check(&daemon, &all, &addresses).await;
        assert_eq!(result.status(), ReachabilityStatus::DialRefused, "{result:?}");
        assert_eq!((result.dial_status(), result.is_verified), (ReachabilityDialStatus::Unspecified, false));
        for some in addresses.chunks(10) {
            let one = Newcomer { realm: "home", addresses: &[ADDRESS], ..Default::default() }.register(&daemon).await;
            for address in some {
                let result = check(&daemon, &one, std::slice::from_ref(address)).await;
                assert_eq!(result.status(), ReachabilityStatus::DialRefused, "{address}: {result:?}");
            }
        }
        daemon.stop().await;
    }
    // From elsewhere not even where this machine's own are: who speaks through a proxy is not here.
    let settings = [("registry.private_addresses", "always"), ("limits.trusted_proxies", "[\"127.0.0.1\"]")];
    let daemon = Daemon::start_with(&Engine::sqlite(), &settings).await;
    let node = Newcomer { addresses: &[ADDRESS], ..Default::default() }.register(&daemon).await;
    let result = Check::begin(&daemon, &node, &addresses, Some("9.9.9.9")).await.result().await;
    assert_eq!(result.status(), ReachabilityStatus::DialRefused, "{result:?}");
    daemon.stop().await;
    assert!(timeout(Duration::from_millis(300), any.accept()).await.is_err(), "somebody dialled");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_there_shows_it_and_ranks_as_reached() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("registry.private_addresses", "always")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().unwrap().port());
    let node = Newcomer { addresses: &[&address], ..Default::default() }.register(&daemon).await;
    let route = async || {
        let request = v1::FindPeersRequest { peer_ids: vec![node.peer_id()], ..Default::default() };
        let found = daemon.local_registry().await.find_peers(request).await.unwrap().into_inner().peers;
        found.first().map(v1::FoundPeer::route)
    };
    assert_eq!(route().await, Some(v1::PeerRoute::Direct));
    // What is not allowed is passed over; the first that is counts, and no other is tried.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("/ip4/127.0.0.1/tcp/{}", closed.local_addr().unwrap().port());
    drop(closed);
    let result = check(&daemon, &node, &["/ip4/10.0.0.1/tcp/1".into(), dead, address.clone()]).await;
    assert_eq!((result.status(), result.address_index), (ReachabilityStatus::Ok, 1));
    assert_eq!(result.dial_status(), ReachabilityDialStatus::DialError);

    let dialled = async |is_right: bool| {
        let mut check = Check::begin(&daemon, &node, std::slice::from_ref(&address), None).await;
        let (mut stream, from) = timeout(Duration::from_secs(30), listener.accept()).await.unwrap().unwrap();
        let ours = [daemon.grpc_address().port(), daemon.rest_address().port()];
        assert!(!ours.contains(&from.port()), "not from where we listen");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        assert_eq!((bytes.len(), &bytes[..8]), (24, &[1, 2, 3, 4, 5, 6, 7, 8][..]));
        assert_eq!(check.result().await.dial_status(), ReachabilityDialStatus::Ok);
        let proof = if is_right { bytes[8..].to_vec() } else { vec![0; 16] };
        check.say(Step::Proof(v1::ReachabilityProof { proof })).await;
        check.next().await
    };
    assert_eq!(reason(&dialled(false).await.unwrap_err()), "FIELD_INVALID");
    assert_eq!(route().await, Some(v1::PeerRoute::Direct), "anybody takes a connection");
    let Ok(Some(Answer::Result(result))) = dialled(true).await else { panic!("no result") };
    assert!(result.is_verified);
    assert_eq!(route().await, Some(v1::PeerRoute::Verified));
    let everything = v1::FindPeersRequest::default();
    eventually("the directory says so too", async || {
        let found = daemon.local_registry().await.find_peers(everything.clone()).await.unwrap().into_inner().peers;
        found.first().map(v1::FoundPeer::route) == Some(v1::PeerRoute::Verified)
    })
    .await;
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dial_to_elsewhere_costs_and_nobody_dials_often() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("limits.trusted_proxies", "[\"127.0.0.1\"]")]).await;
    let node = Newcomer { addresses: &[ADDRESS], ..Default::default() }.register(&daemon).await;
    // The dial itself is never paid for here: it would leave this machine.
    for step in 0..3 {
        let mut check = Check::begin(&daemon, &node, &[ADDRESS.to_owned()], Some("9.9.9.9")).await;
        let Ok(Some(Answer::DataWanted(wanted))) = check.next().await else { panic!("it is free") };
        assert!((30_000..=100_000).contains(&wanted.bytes), "{wanted:?}");
        let wrong = match step {
            0 => Step::Data(v1::ReachabilityData { data: vec![0; 5000] }),
            1 => Step::Data(v1::ReachabilityData { data: Vec::new() }),
            _ => Step::Proof(v1::ReachabilityProof { proof: vec![0; 16] }),
        };
        check.say(wrong).await;
        let error = reason(&check.next().await.unwrap_err());
        assert_eq!(error, if step == 2 { "MESSAGE_UNDECODABLE" } else { "FIELD_INVALID" });
    }
    let nothing = ["/ip4/10.0.0.1/tcp/1".to_owned()];
    for _ in 3..12 {
        assert_eq!(check(&daemon, &node, &nothing).await.status(), ReachabilityStatus::DialRefused);
    }
    let mut thirteenth = Check::begin(&daemon, &node, &nothing, None).await;
    assert_eq!(reason(&thirteenth.next().await.unwrap_err()), "RATE_LIMITED");
    let other = Newcomer { addresses: &[ADDRESS], ..Default::default() }.register(&daemon).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut check = Check::begin(&daemon, &other, &[ADDRESS.to_owned()], Some("9.9.9.9")).await;
        assert!(matches!(check.next().await, Ok(Some(Answer::DataWanted(_)))));
        held.push(check);
    }
    let mut third = Check::begin(&daemon, &other, &nothing, None).await;
    assert_eq!(reason(&third.next().await.unwrap_err()), "RATE_LIMITED", "two at once");
    held.clear();
    eventually("there is room again", async || {
        let mut check = Check::begin(&daemon, &other, &nothing, None).await;
        check.next().await.is_ok()
    })
    .await;
    daemon.stop().await;
}
