//! Finding peers, through both edges.

use std::collections::BTreeSet;

use cpc_proto::v1;
use http::Method;

use super::{Newcomer, PRIVATE, Registered};
use crate::harness::{ADDRESS, Daemon, Engine, eventually, for_each_engine, in_turn, reason};

const OTHER: &str = "/ip4/9.9.9.9/tcp/4001";

async fn page(daemon: &Daemon, token: Option<&str>, request: &v1::FindPeersRequest) -> v1::FindPeersResponse {
    daemon.registry(token).await.find_peers(request.clone()).await.expect("peers").into_inner()
}

/// Gives all peers of a search, page by page.
async fn all(daemon: &Daemon, token: Option<&str>, request: &v1::FindPeersRequest) -> Vec<v1::FoundPeer> {
    let (mut request, mut peers) = (request.clone(), Vec::new());
    loop {
        let page = page(daemon, token, &request).await;
        peers.extend(page.peers);
        if page.next_page_token.is_empty() {
            return peers;
        }
        request.page_token = page.next_page_token;
    }
}

fn ids(peers: &[v1::FoundPeer]) -> BTreeSet<String> {
    peers.iter().map(|peer| peer.peer_id.clone()).collect()
}

fn of(nodes: &[&Registered]) -> BTreeSet<String> {
    nodes.iter().map(|node| node.peer_id()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_whom_they_may_and_no_more() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let everything = v1::FindPeersRequest::default();
        let stranger = daemon.person("stranger", &["content=read"]).await;
        let reader = daemon.person("reader", &["nodes=read"]).await;
        let gpu = &[("gpu", "yes")];
        let plain = Newcomer { addresses: &[ADDRESS], is_legacy: true, ..Default::default() }.register(&daemon).await;
        let chat = Newcomer { addresses: &[OTHER], namespaces: &["chat", "files"], labels: gpu, ..Default::default() };
        let chat = chat.register(&daemon).await;
        let home = Newcomer { realm: "home", addresses: &[ADDRESS, PRIVATE], ..Default::default() };
        let home = home.register(&daemon).await;
        let inner = Newcomer { realm: "home", addresses: &[PRIVATE], labels: gpu, ..Default::default() };
        let inner = inner.register(&daemon).await;
        eventually("all replicas know of all", async || {
            in_turn(&engine, async || {
                let found = all(&daemon, Some(&reader.token), &everything).await;
                found.len() == 3 && all(&daemon, Some(&home.node.token), &everything).await.len() == 3
            })
            .await
        })
        .await;

        // Nobody of no realm learns of those in one; what they may not see of a node is not shown.
        let found = all(&daemon, Some(&stranger.token), &everything).await;
        assert_eq!(ids(&found), of(&[&plain, &chat]));
        assert!(found.iter().all(|peer| peer.labels.is_empty() && peer.namespaces.is_empty()), "{found:?}");
        let record = |found: &[v1::FoundPeer], node: &Registered| {
            let peer = found.iter().find(|peer| peer.peer_id == node.peer_id()).expect("it is found").clone();
            (peer.addresses, peer.signed_peer_record)
        };
        assert_eq!(record(&found, &plain), (vec![ADDRESS.to_owned()], plain.record.clone()), "byte for byte");
        // From inside a realm those of it come first, with all that they have.
        let found = all(&daemon, Some(&home.node.token), &everything).await;
        assert_eq!(ids(&found), of(&[&inner, &plain, &chat]), "not itself");
        assert_eq!(found[0].peer_id, inner.peer_id());
        assert_eq!(record(&found, &inner), (vec![PRIVATE.to_owned()], inner.record.clone()));
        // Read on nodes finds those of any realm, by what it may know of their addresses.
        let found = all(&daemon, Some(&reader.token), &everything).await;
        assert_eq!(ids(&found), of(&[&plain, &chat, &home]), "one has no address that is for others");
        assert_eq!(
            record(&found, &home),
            (vec![ADDRESS.to_owned()], Vec::new()),
            "a record would name the private one"
        );

        let filtered = |request: v1::FindPeersRequest| {
            let (daemon, stranger, reader, home) = (&daemon, &stranger, &reader, &home);
            async move {
                let mut found = Vec::new();
                for token in [&stranger.token, &reader.token, &home.node.token] {
                    found.push(ids(&all(daemon, Some(token), &request).await));
                }
                found
            }
        };
        let namespace = v1::FindPeersRequest { namespace: "chat".into(), ..Default::default() };
        assert_eq!(filtered(namespace.clone()).await, [of(&[&chat]), of(&[&chat]), of(&[&chat])]);
        let found = all(&daemon, Some(&stranger.token), &namespace).await;
        assert_eq!(found[0].namespaces, ["chat"], "what was asked for is no secret");
        let labels = [("gpu".to_owned(), "yes".to_owned())].into();
        let labelled = v1::FindPeersRequest { labels, ..Default::default() };
        assert_eq!(filtered(labelled).await, [of(&[]), of(&[&chat]), of(&[&inner])], "labels of whom one may see");
        let peer_ids = [&home, &plain, &chat].map(Registered::peer_id).to_vec();
        let named = v1::FindPeersRequest { peer_ids, ..Default::default() };
        let of_home = of(&[&home, &plain, &chat]);
        assert_eq!(filtered(named).await, [of(&[&plain, &chat]), of_home.clone(), of_home]);
        let realm = v1::FindPeersRequest { realm: "home".into(), ..Default::default() };
        assert_eq!(ids(&all(&daemon, Some(&home.node.token), &realm).await), of(&[&inner]));
        assert_eq!(ids(&all(&daemon, Some(&reader.token), &realm).await), of(&[&home]));
        let refused = async |token: Option<&str>, request: &v1::FindPeersRequest| {
            reason(&daemon.registry(token).await.find_peers(request.clone()).await.unwrap_err())
        };
        assert_eq!(refused(Some(&stranger.token), &realm).await, "PERMISSION_DENIED");
        assert_eq!(refused(Some(&chat.node.token), &realm).await, "PERMISSION_DENIED");
        assert_eq!(refused(None, &everything).await, "TOKEN_MISSING");
        let wrong = v1::FindPeersRequest { peer_ids: vec!["nobody".into()], ..Default::default() };
        assert_eq!(refused(Some(&stranger.token), &wrong).await, "FIELD_INVALID");
        let foreign = v1::FindPeersRequest { page_token: "x".into(), ..Default::default() };
        assert_eq!(refused(Some(&stranger.token), &foreign).await, "PAGE_TOKEN_INVALID");

        // The other edge says the same; pages neither repeat nor leave out.
        let path = "/v1/peers?page_size=1&namespace=chat";
        let answer = daemon.rest(Method::GET, path, Some(&stranger.token), None).await;
        assert_eq!((answer.status, &answer.json()["peers"][0]["peerId"]), (200, &chat.peer_id().into()));
        assert_eq!(daemon.rest(Method::GET, path, None, None).await.reason(), "TOKEN_MISSING");
        let small = v1::FindPeersRequest { page_size: 1, ..Default::default() };
        let found = all(&daemon, Some(&home.node.token), &small).await;
        assert_eq!((found.len(), ids(&found)), (3, of(&[&inner, &plain, &chat])));
        // Who goes is found no more.
        daemon.local_registry().await.delete_node(v1::DeleteNodeRequest { id: chat.node.id.clone() }).await.unwrap();
        assert_eq!(ids(&all(&daemon, Some(&stranger.token), &everything).await), of(&[&plain]), "at once");
        daemon.execute(&engine, "UPDATE nodes SET is_pending = true WHERE realm = ''").await;
        assert_eq!(ids(&all(&daemon, Some(&stranger.token), &everything).await), of(&[]), "whatever memory says");
        daemon.execute(&engine, "UPDATE nodes SET is_pending = false").await;
        let past = if engine.url.is_empty() { "'2020-01-01T00:00:00.000000Z'" } else { "'2020-01-01T00:00:00Z'" };
        daemon.execute(&engine, &format!("UPDATE nodes SET expires_at = {past}")).await;
        assert_eq!(ids(&all(&daemon, Some(&home.node.token), &everything).await), of(&[]), "expired");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_opens_and_closes_by_settings() {
    let closed = Daemon::start_with(&Engine::sqlite(), &[("peers.logged_in", "false")]).await;
    let stranger = closed.person("stranger", &["content=read"]).await;
    let reader = closed.person("reader", &["nodes=read"]).await;
    let public = Newcomer { addresses: &[ADDRESS], ..Default::default() }.register(&closed).await;
    let home = Newcomer { realm: "home", addresses: &[OTHER], ..Default::default() }.register(&closed).await;
    let everything = v1::FindPeersRequest::default();
    let refused = async |token: &str| {
        reason(&closed.registry(Some(token)).await.find_peers(everything.clone()).await.unwrap_err())
    };
    assert_eq!(refused(&stranger.token).await, "PERMISSION_DENIED");
    assert_eq!(refused(&public.node.token).await, "PERMISSION_DENIED");
    eventually("the reader finds both", async || all(&closed, Some(&reader.token), &everything).await.len() == 2).await;
    assert_eq!(all(&closed, Some(&home.node.token), &everything).await.len(), 0, "its own realm has nobody else");
    closed.stop().await;

    let open = Daemon::start_with(&Engine::sqlite(), &[("peers.anonymous", "loopback")]).await;
    let public = Newcomer { addresses: &[ADDRESS], labels: &[("gpu", "yes")], ..Default::default() };
    let public = public.register(&open).await;
    Newcomer { realm: "home", addresses: &[OTHER], ..Default::default() }.register(&open).await;
    eventually("anybody finds the public one", async || ids(&all(&open, None, &everything).await) == of(&[&public]))
        .await;
    let realm = v1::FindPeersRequest { realm: "home".into(), ..Default::default() };
    assert_eq!(reason(&open.registry(None).await.find_peers(realm).await.unwrap_err()), "TOKEN_MISSING");
    open.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn near_ones_come_first() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let mut nodes = Vec::new();
    for number in 1..=5 {
        let address = format!("/ip4/{number}.1.1.1/tcp/4001");
        nodes.push(Newcomer { addresses: &[&address], ..Default::default() }.register(&daemon).await);
    }
    let [caller, others @ ..] = nodes.as_slice() else { panic!("five nodes") };
    let everything = v1::FindPeersRequest::default();
    eventually("all are found", async || all(&daemon, Some(&caller.node.token), &everything).await.len() == 4).await;
    // The first of the others is 2 ms away, the second 4 ms, and so on; what is absurd is left out.
    for sequence in 1..=40 {
        for (number, node) in nodes.iter().enumerate() {
            let far = |other: usize| u32::try_from(number.abs_diff(other) * 20_000).expect("little");
            let round_trips = nodes.iter().enumerate().filter(|(other, _)| *other != number);
            let round_trips =
                round_trips.map(|(other, node)| v1::RoundTrip { peer_id: node.peer_id(), micros: far(other) });
            let absurd =
                [("nobody", 1), ("", u32::MAX)].map(|(peer, micros)| v1::RoundTrip { peer_id: peer.into(), micros });
            let round_trips = absurd.into_iter().chain(round_trips).collect();
            let ping = v1::NodePing { sequence, round_trips, ..Default::default() };
            daemon.registry(Some(&node.node.token)).await.heartbeat(ping).await.expect("it is heard");
        }
    }
    let found = all(&daemon, Some(&caller.node.token), &everything).await;
    let expected: Vec<_> = others.iter().map(Registered::peer_id).collect();
    let got: Vec<_> = found.iter().map(|peer| peer.peer_id.clone()).collect();
    let trips: Vec<_> = found.iter().map(|peer| peer.round_trip_micros).collect();
    assert_eq!(got, expected, "{trips:?}");
    assert!(trips.iter().all(|micros| *micros > 0), "{trips:?}");
    daemon.stop().await;
}
